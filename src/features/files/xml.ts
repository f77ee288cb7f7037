import { refused } from './refusal.ts'

/**
 * A small XML part as text: UTF-8 or, by its mark, UTF-16, as word processors write it.
 * @throws DomainError file_damaged on other encodings, file_active on a document type (entities that unfold or load)
 */
export function xmlText(bytes: Uint8Array, doctype: 'refused' | 'doctype-allowed' = 'refused'): string {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  const text = new TextDecoder(mark).decode(bytes)
  if (text.includes('\0')) throw refused('file_damaged')
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(text)?.[1]
  if (declared && !/^(utf-?8|utf-?16(le|be)?|us-ascii)$/i.test(declared)) throw refused('file_damaged')
  if (doctype === 'refused' && /<!(DOCTYPE|ENTITY)/i.test(text)) throw refused('file_active')
  return text
}

/** The attributes of every element of a name, whatever its prefix; attribute names lose theirs. */
export function elements(text: string, name: string): Record<string, string>[] {
  // `<` stands in no attribute (XML 1.0, 3.1), so that no element is searched beyond the next one.
  const tag = new RegExp(`<(?:[\\w.-]+:)?${name}(\\s(?:"[^"<]*"|'[^'<]*'|[^"'<>])*)?>`, 'g')
  return [...text.matchAll(tag)].map((match) => attributes(match[1] ?? ''))
}

/** The attributes in the text of one tag, their names without a prefix. */
export function attributes(text: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  for (const [, name, double, single] of text.matchAll(/(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    found[name as string] = plain(double ?? single ?? '')
  }
  return found
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function plain(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, named) => {
    if (named) return NAMED[named.toLowerCase()] ?? whole
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

export type XmlToken = { name: string; attributes: string; closing: boolean; empty: boolean } | { text: string }

/** Tags and texts of a part, in order; comments, instructions and what is malformed are left out. */
export function* tokens(xml: string): Generator<XmlToken> {
  const tag = /<(\/?)([\w:.-]+)((?:\s(?:"[^"<]*"|'[^'<]*'|[^"'<>])*)?\/?)>|([^<]+)/g
  for (const [, slash, name, rest = '', text] of xml.matchAll(tag)) {
    if (text !== undefined) yield { text: plain(text) }
    else if (name) yield { name, attributes: rest, closing: slash === '/', empty: rest.endsWith('/') }
  }
}
