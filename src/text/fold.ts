import type { Locale } from '../context.ts'

// Text direction overrides and invisible spaces: they let one name look like another. U+00AD stays: TCVN3 writes ư so.
const DECEPTIVE = /[\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]/g

/** Well-formed Unicode in composed form (NFC), as all stored text is. A lone surrogate becomes U+FFFD. */
export function nfc(text: string): string {
  return text.toWellFormed().normalize('NFC')
}

/**
 * What search compares: without marks, đ as d, lower case. Equals the SQL function `fold`, step by step and in its order,
 * so that a folded query finds a folded column.
 */
export function fold(text: string): string {
  const bare = text
    .toWellFormed()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐðÐ]/g, 'd')
  // Letter by letter: Postgres knows no final sigma.
  return Array.from(bare, (letter) => letter.toLowerCase()).join('')
}

/** Input of one line: NFC, line breaks, tabs and control characters as spaces, spaces collapsed, ends trimmed. */
export function cleanLine(text: string): string {
  return nfc(text)
    .replace(/[\u2028\u2029\p{Cc}]/gu, ' ')
    .replace(DECEPTIVE, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Input of several lines: NFC, every line break as LF, other control characters but tabs dropped, ends trimmed. */
export function cleanText(text: string): string {
  return nfc(text)
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replace(DECEPTIVE, '')
    .trim()
}

/** Whether a field of one line holds what could start a new mail header or hide text: CR, LF, NUL, other controls but tab. */
export function hasControlCharacters(text: string): boolean {
  return /(?!\t)[\u2028\u2029\p{Cc}]/u.test(text)
}

export interface NameParts {
  family: string
  middle: string
  given: string
}

/** Family name first, given name last, the rest between. A single word is a given name. */
export function splitVietnameseName(name: string): NameParts {
  const words = cleanLine(name).split(' ')
  const given = words.pop() ?? ''
  const family = words.shift() ?? ''
  return { family, middle: words.join(' '), given }
}

const collator = new Intl.Collator('vi')

/** Order of people in a list: by given name, then family, then middle name, by Vietnamese collation. */
export function compareNames(a: string | NameParts, b: string | NameParts): number {
  const x = typeof a === 'string' ? splitVietnameseName(a) : a
  const y = typeof b === 'string' ? splitVietnameseName(b) : b
  return (
    collator.compare(x.given, y.given) || collator.compare(x.family, y.family) || collator.compare(x.middle, y.middle)
  )
}

const ASCII: Record<string, string> = {
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '′': "'",
  '–': '-',
  '—': '-',
  '‑': '-',
  '−': '-',
  '·': '-',
  '…': '...',
}

/** Text for an SMS without diacritics: printable ASCII and LF only. What has no plain form is left out. */
export function plainAscii(text: string): string {
  return text
    .toWellFormed()
    .replace(/[đĐðÐ“”„‘’′–—‑−·…]/g, (sign) => ASCII[sign] ?? '')
    .normalize('NFKD')
    .replace(/[^\S\n]/g, ' ')
    .replace(/[^\n -~]/g, '')
}

const SLUG_MAX = 80

/** An address part of at most 80 ASCII letters, digits and hyphens, cut between words. Empty when nothing is left. */
export function slugify(text: string): string {
  const words = plainAscii(text)
    .toLowerCase()
    .replace(/'/g, '')
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  let slug = words.shift()?.slice(0, SLUG_MAX) ?? ''
  for (const word of words) {
    if (slug.length + 1 + word.length > SLUG_MAX) break
    slug += `-${word}`
  }
  return slug
}

/** The text with its first letter as a capital. */
export function upperFirst(text: string, locale: Locale = 'vi'): string {
  const first = Array.from(text)[0] ?? ''
  return first.toLocaleUpperCase(locale) + text.slice(first.length)
}

/** The text with its first letter small, unless its second is a capital too (an abbreviation keeps its form). */
export function lowerFirst(text: string, locale: Locale = 'vi'): string {
  const [first = '', second = ''] = Array.from(text)
  if (/\p{Lu}/u.test(second)) return text
  return first.toLocaleLowerCase(locale) + text.slice(first.length)
}
