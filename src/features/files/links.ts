/** Schemes that are followed only by a click and start nothing. */
const FOLLOWED = /^(https?|mailto|tel):/i
const SCHEME = /^[a-z][a-z\d+.-]*:/i

/** Whether an address leads out of the package by itself: a scheme, another machine, a folder above. */
export function leadsOut(target: string): boolean {
  const plain = target.trim()
  return SCHEME.test(plain) || /^([\\/]|\.\.[\\/])/.test(plain)
}

/** Whether a link in the text may stay: a web or mail address, a place in the document, a file beside it. */
export function mayBeFollowed(target: string): boolean {
  const plain = target.trim()
  return FOLLOWED.test(plain) || !(SCHEME.test(plain) || /^[\\/]/.test(plain))
}

/** Whether an address is on the reader's own disk, where nothing is fetched from elsewhere: `C:\…`, `file:///C:/…`. */
export function isOwnDisk(target: string): boolean {
  return /^(file:\/{3})?[a-z]:[\\/]/i.test(target.trim())
}
