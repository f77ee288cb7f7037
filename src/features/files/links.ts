/** Schemes that are followed only by a click and start nothing. */
const FOLLOWED = /^(https?|mailto|tel):/i
const SCHEME = /^[a-z][a-z\d+.-]*:/i
/** What opens a program, a file or another machine, or runs. */
const DANGEROUS =
  /^((javascript|vbscript|file|data|smb|shell|res|mk|jar|search|search-ms|ms-[a-z-]+):|[a-z]:[\\/]|[\\/]{2})/i

// Those who follow an address leave out blanks before it, and control characters wherever they are.
function plainOf(target: string): string {
  return target.replace(/[\0-\x1f]+/g, '').trim()
}

/** Whether an address leads out of the package by itself: a scheme, another machine, a folder above. */
export function leadsOut(target: string): boolean {
  const plain = plainOf(target)
  return SCHEME.test(plain) || /^[\\/]|(^|[\\/])\.\.([\\/]|$)/.test(plain)
}

/** Whether a link in the text may stay: a web or mail address, a place in the document, a file beside it. */
export function mayBeFollowed(target: string): boolean {
  const plain = plainOf(target)
  return FOLLOWED.test(plain) || !(SCHEME.test(plain) || /^[\\/]/.test(plain))
}

/** Whether an address is one that nobody should follow: of a file, another machine in the network, a program, a script. */
export function runsOrFetches(target: string): boolean {
  return DANGEROUS.test(plainOf(target))
}

/** Whether an address is on the reader's own disk, where nothing is fetched from elsewhere: `C:\…`, `file:///C:/…`. */
export function isOwnDisk(target: string): boolean {
  return /^(file:\/{3})?[a-z]:[\\/]/i.test(target.trim())
}
