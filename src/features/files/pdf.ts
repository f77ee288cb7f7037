import { type Budget, spend } from './budget.ts'
import { type ByteSource, byteString, hasAt } from './bytes.ts'
import { unpack } from './inflate.ts'
import { pdfLexer } from './pdf-lexer.ts'
import { judgeLinks, noLinks, type PdfLinks } from './pdf-links.ts'
import { type PdfObject, pdfObject } from './pdf-object.ts'
import { refused } from './refusal.ts'

/** Where readers look for the end; some writers put a few lines after it. */
const TAIL = 2048
const WINDOW = 256 * 1024
/** `1234567890 00000 obj`, with more blanks than anybody writes. */
const BEFORE = 48
const BLANK = new Uint8Array([0x20])
const MAX_OBJECTS_STREAM = 16 * 1024 * 1024

/** Whether this begins as a PDF does: at the very start, but for a byte order mark or blanks. */
export function looksLikePdf(head: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?\s{0,16}%PDF-[12]\.\d/.test(byteString(head.subarray(0, 64)))
}

/**
 * A whole PDF (ISO 32000) that opens without a password, starts nothing by itself and holds no other file. Every place where an
 * object may begin is read as one, each for itself: what an update hides, and what a table of contents points to inside of
 * something else, is seen as well. Streams of objects are unfolded.
 * @throws DomainError file_damaged, file_encrypted, file_active, file_external, file_embedded, file_too_complex
 */
export async function checkPdf(source: ByteSource, budget: Budget): Promise<void> {
  const tail = byteString(await source.read(Math.max(0, source.size - TAIL), TAIL))
  if (!tail.includes('%%EOF') || !/startxref\s{1,16}\d+/.test(tail)) throw refused('file_damaged')
  const links = noLinks()
  for (let at = 0; at < source.size; at += WINDOW - BEFORE) {
    const bytes = (await source.read(at, WINDOW)).slice()
    spend(budget, bytes.byteLength / 8)
    for (let i = at ? BEFORE : 0; i < bytes.byteLength; i++) {
      const begins = beginsAt(bytes, i)
      if (begins) await checkObject(source, at + i + 1, numberBefore(bytes, i - 2), links, budget)
    }
  }
  judgeLinks(links)
}

/** Whether `obj` or `trailer` ends here. A number, a blank or a comment's end is before it, never a letter (`endobj`). */
function beginsAt(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0x6a && bytes[at - 1] === 0x62 && bytes[at - 2] === 0x6f) {
    const before = bytes[at - 3] ?? 0
    return before <= 0x20 || (before >= 0x30 && before <= 0x39)
  }
  return bytes[at] === 0x72 && hasAt(bytes, at - 6, 'trailer')
}

function numberBefore(bytes: Uint8Array, at: number): number {
  const text = byteString(bytes.subarray(Math.max(0, at - BEFORE + 3), at))
  return Number(/(\d{1,10})\s{1,20}\d{1,5}\s{0,20}$/.exec(text)?.[1] ?? -1)
}

async function checkObject(source: ByteSource, start: number, number: number, links: PdfLinks, budget: Budget) {
  const { object, take } = pdfObject(number, links)
  const lex = pdfLexer(take)
  for (let at = start, size = 2048; at < source.size; size = 64 * 1024) {
    const piece = await source.read(at, size)
    const read = lex(piece)
    spend(budget, read < 0 ? piece.byteLength : read)
    if (read >= 0) {
      if (object.hasStream) await checkStream(source, at + read, object, links, budget)
      return
    }
    at += piece.byteLength
  }
}

async function checkStream(
  source: ByteSource,
  keyword: number,
  { dictionary }: PdfObject,
  links: PdfLinks,
  budget: Budget,
): Promise<void> {
  if (!dictionary) return
  // A stream whose bytes are elsewhere (7.3.8.2).
  if (dictionary.keys.has('F')) throw refused('file_external')
  // A page of another file, shown in place of its own (8.10.4).
  if (dictionary.keys.has('Ref')) throw refused('file_external')
  if (!dictionary.keys.has('N') || !dictionary.keys.has('First')) return
  const first = dictionary.numbers.get('First')
  const filter = dictionary.keys.has('Filter') ? dictionary.names.get('Filter') : ''
  // Objects that cannot be looked at (7.5.7): no writer of documents packs them in another way.
  const known = filter === '' || filter === 'FlateDecode' || filter === 'Fl'
  if (first === undefined || !known || dictionary.keys.has('DecodeParms')) throw refused('file_too_complex')
  const start = await afterLine(source, keyword)
  const read = (at: number, length: number) => source.read(start + at, length)
  const bytes = filter ? await unpack(read, budget, MAX_OBJECTS_STREAM) : await read(0, MAX_OBJECTS_STREAM)
  checkPacked(bytes, first, links, budget)
}

/** Where the line of `stream` ends; its first blank is read already. */
async function afterLine(source: ByteSource, at: number): Promise<number> {
  const text = byteString(await source.read(at - 1, 64))
  return at - 1 + (/^[ \t]*(\r\n|\r|\n)/.exec(text)?.[0].length ?? 1)
}

/** The objects of a stream: pairs of number and place, then, from `first` on, the objects. */
function checkPacked(bytes: Uint8Array, first: number, links: PdfLinks, budget: Budget): void {
  spend(budget, Math.min(first, bytes.byteLength))
  const pairs = byteString(bytes.subarray(0, first)).match(/\d+/g) ?? []
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const lex = pdfLexer(pdfObject(Number(pairs[i]), links, true).take)
    const rest = bytes.subarray(first + Number(pairs[i + 1]))
    const read = lex(rest)
    // The last word ends with the bytes.
    if (read < 0) lex(BLANK)
    spend(budget, read < 0 ? rest.byteLength : read + 1)
  }
}
