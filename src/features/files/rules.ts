import { cleanLine } from '../../text/fold.ts'

/**
 * A storage key as we make them: 1–6 names of letters, digits, `_`, `-`, with single dots only inside a name, joined by `/`.
 * @throws RangeError on anything else, `..` and absolute paths included: a key never comes from a sender
 */
export function validKey(key: string): string {
  if (!isKey(key)) throw new RangeError('not a storage key')
  return key
}

/** Whether a name has the form of a storage key. */
export function isKey(key: string): boolean {
  return key.length <= 200 && /^[\w-]+(\.[\w-]+)*(\/[\w-]+(\.[\w-]+)*){0,5}$/.test(key)
}

/** Keys that are no organisation's: the mark that says whose the store is, and what was put aside. */
export function isReserved(key: string): boolean {
  return /^(deployment|quarantine)\//.test(key)
}

/** Where a file that nobody names is put aside: the day stands in the key, since a copy loses the file's own time. */
export function quarantineKey(key: string, now: Date): string {
  return `quarantine/${now.toISOString().slice(0, 10)}/${key}`
}

/** The day a file was put aside, and the key it had. */
export function readQuarantineKey(key: string): { since: string; key: string } | undefined {
  const [, since, own] = /^quarantine\/(\d{4}-\d{2}-\d{2})\/(.+)$/.exec(key) ?? []
  return since && own ? { since, key: own } : undefined
}

/** So many unknown files are no left-overs of killed processes: the database, or the store, is the wrong one. */
export function tooManyUnknown(unknown: number, looked: number): boolean {
  return unknown > 20 && unknown * 10 > looked
}

/** Longest display name, in UTF-16 units, its extension included. */
const MAX_NAME = 150

/**
 * The name a file is shown and downloaded under: NFC, no path, no control, direction or reserved characters, at most 150
 * characters, with the extension of what it really is. `fallback` where nothing is left.
 */
export function displayName(given: string | undefined, extension: string, fallback: string): string {
  const last =
    cleanLine(given ?? '')
      .split(/[/\\]/)
      .at(-1) ?? ''
  const clean = last.replace(/[<>:"|?*]/g, ' ').replace(/\s+/g, ' ')
  const bare = clean.replace(/\.(pdf|docx?|docm|odt|pptx?|pptm|odp)$/i, '').replace(/^[.\s]+|(?<![.\s])[.\s]+$/g, '')
  const stem = bare
    .slice(0, MAX_NAME - extension.length - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trim()
  return `${stem || fallback}.${extension}`
}

/** `12,4 MB`, `12.4 MB`; `8 KB`: for people, in units of 1,024. */
export function sizeInWords(bytes: number, locale: 'vi' | 'en'): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`
  const mb = bytes / (1024 * 1024)
  if (mb >= 10 * 1024) return `${Math.round(mb / 1024)} GB`
  const text = mb >= 100 || Number.isInteger(mb) ? String(Math.round(mb)) : mb.toFixed(1)
  return `${locale === 'vi' ? text.replace('.', ',') : text} MB`
}

export interface ByteRange {
  start: number
  end: number
}

/**
 * The one range a `Range` header asks for, inclusive (RFC 9110 section 14.1.2): undefined when the whole is to be sent
 * (none, several, or another unit), 'unsatisfiable' when it lies outside.
 */
export function requestedRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  if (first === '') {
    const length = Number(last)
    return length === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** `attachment; filename="bai.pdf"; filename*=UTF-8''b%C3%A0i.pdf` (RFC 6266, RFC 8187). */
export function contentDisposition(kind: 'attachment' | 'inline', name: string): string {
  const ascii = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .replace(/[^\w.() -]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
