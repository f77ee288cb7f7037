import { runsOrFetches } from './links.ts'
import { refused } from './refusal.ts'

/**
 * What objects say of each other by their numbers (ISO 32000-1, 7.3.10), gathered over the whole file, whatever their order: it is
 * judged at the end.
 */
export interface PdfLinks {
  /** What the document does when it is opened. */
  opening: Set<number>
  /** Actions that do more than turn to a page. */
  acting: Set<number>
  /** Strings that are addresses. */
  addresses: Set<number>
  /** Strings that would be bad addresses. */
  bad: Set<number>
  /** Objects that are nothing but another one. */
  aliases: Map<number, number[]>
}

const MAX_LINKS = 200_000

export function noLinks(): PdfLinks {
  return { opening: new Set(), acting: new Set(), addresses: new Set(), bad: new Set(), aliases: new Map() }
}

/** Notes a number. @throws DomainError file_too_complex */
export function note(set: Set<number>, number: number | undefined): void {
  if (number === undefined || Number.isNaN(number)) return
  if (set.size >= MAX_LINKS) throw refused('file_too_complex')
  set.add(number)
}

/** Notes that one object stands for another. @throws DomainError file_too_complex */
export function noteAlias({ aliases }: PdfLinks, from: number, to: number): void {
  if (aliases.size >= MAX_LINKS) throw refused('file_too_complex')
  const known = aliases.get(from)
  if (known) known.push(to)
  else aliases.set(from, [to])
}

/** @throws DomainError file_active, file_external */
export function judgeLinks(links: PdfLinks): void {
  if (meets(links.opening, links.acting, links)) throw refused('file_active')
  if (meets(links.addresses, links.bad, links)) throw refused('file_external')
}

/** Whether one of these is, or stands for, one of those. Each object is gone over once. */
function meets(these: Set<number>, those: Set<number>, { aliases }: PdfLinks): boolean {
  const seen = new Set(these)
  for (const number of seen) {
    if (those.has(number)) return true
    for (const next of aliases.get(number) ?? []) seen.add(next)
  }
  return false
}

/** Whether a string (7.9.2: PDFDocEncoding, UTF-16BE or UTF-8) is an address that no click should follow. */
export function isBadAddress({ text, isCut }: { text: string; isCut: boolean }): boolean {
  const plain = inLatin(text)
  // So many blanks before it that it cannot be looked at.
  return runsOrFetches(plain) || (isCut && plain.replace(/[\0-\x20]+/g, '').length < 20)
}

// What is looked for has no letters beyond the first 128: the other byte of each pair tells nothing.
function inLatin(text: string): string {
  if (text.startsWith('\xef\xbb\xbf')) return text.slice(3)
  if (text.startsWith('\xfe\xff')) return text.slice(2).replace(/[\s\S]([\s\S]?)/g, '$1')
  if (text.startsWith('\xff\xfe')) return text.slice(2).replace(/([\s\S])[\s\S]?/g, '$1')
  return text
}
