import { type Budget, spend } from './budget.ts'
import { type ByteSource, byteString, join, memorySource } from './bytes.ts'
import { unpack } from './inflate.ts'
import { refused } from './refusal.ts'

// [MS-PPT] 2.13.24, types of records.
const OBJECT = 0x1011
const ATOM_OF_MACROS = 0x0400
const LINKED = 0x0fce
const CONTROL = 0x0fee
const TEXT = 0x0fba
/** Films and sounds that lie outside; their address is a text within. */
const MEDIA = new Set([0x1006, 0x1007, 0x100d, 0x1010])
const ELSEWHERE = /^\s*(https?:|ftp:|smb:|\\\\|\/\/|file:\/\/(?!\/))/i
// [MS-PPT] 2.4.10–2.4.11: a VBAInfoContainer of one VBAInfoAtom whose fHasMacros is 1, wherever it lies.
const MACROS = /\x0f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00[\s\S]{4}\x01\x00\x00\x00/
const MAX_STREAM = 128 * 1024 * 1024
const MAX_OBJECT = 24 * 1024 * 1024

/**
 * The records of a presentation of before 2007 ([MS-PPT] 2.3): macros, controls, links to other files, embedded objects. Each record
 * is passed once: containers are entered, all else is stepped over.
 * @throws DomainError file_macros, file_active, file_external, file_embedded, file_damaged, file_bomb, file_too_complex
 */
export async function checkSlides(
  pieces: AsyncIterable<Uint8Array>,
  budget: Budget,
  checkObject: (object: ByteSource, budget: Budget) => Promise<void>,
): Promise<void> {
  const all: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.byteLength
    if (size > MAX_STREAM) throw refused('file_too_complex')
    all.push(piece.slice())
  }
  const bytes = join(all)
  refuseHidden(bytes, budget)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let mediaUntil = 0
  for (let at = 0; at + 8 <= bytes.byteLength; ) {
    const kind = view.getUint16(at, true)
    const type = view.getUint16(at + 2, true)
    const length = view.getUint32(at + 4, true)
    const body = at + 8
    spend(budget, 8)
    if (type === LINKED) throw refused('file_external')
    if (type === CONTROL) throw refused('file_active')
    if (type === ATOM_OF_MACROS && body + 8 <= bytes.byteLength && view.getUint32(body + 4, true) === 1)
      throw refused('file_macros')
    if (MEDIA.has(type)) mediaUntil = Math.max(mediaUntil, body + length)
    if (type === TEXT && at < mediaUntil) {
      const text = new TextDecoder('utf-16le').decode(bytes.subarray(body, body + Math.min(length, 600)))
      if (ELSEWHERE.test(text)) throw refused('file_external')
    }
    if (type === OBJECT) {
      const object = await unpackObject(bytes.subarray(body, body + length), kind >>> 4 === 1, budget)
      if (object.byteLength >= 512) await checkObject(memorySource(object), budget)
    }
    // The last four bits of the kind say whether it holds further records.
    at = (kind & 0xf) === 0xf ? body : body + length
  }
}

function refuseHidden(bytes: Uint8Array, budget: Budget): void {
  const step = 256 * 1024
  for (let at = 0; at < bytes.byteLength; at += step) {
    spend(budget, step / 8)
    if (MACROS.test(byteString(bytes.subarray(at, at + step + 64)))) throw refused('file_macros')
  }
}

/** [MS-PPT] 2.10.34: a compound file, as it is or packed behind its size. */
async function unpackObject(bytes: Uint8Array, packed: boolean, budget: Budget): Promise<Uint8Array> {
  if (!packed) return bytes
  const zipped = bytes.subarray(4)
  return unpack(async (at, length) => zipped.subarray(at, at + length), budget, MAX_OBJECT)
}
