import { Inflate } from 'fflate'
import { type Budget, spend, spendUnfolded } from './budget.ts'
import { type ByteSource, hasAt, join } from './bytes.ts'
import { FEED, hasEnded } from './inflate.ts'
import { refused } from './refusal.ts'

export interface ZipEntry {
  name: string
  method: number
  compressedSize: number
  /** As declared; what counts is what comes out. */
  size: number
  offset: number
}

const MAX_ENTRIES = 5000
const MAX_DIRECTORY = 2 * 1024 * 1024

/**
 * The central directory of a ZIP (APPNOTE 4.3) that begins with its first entry and ends with its end record: nothing
 * before, nothing behind, nothing overlapping.
 * @throws DomainError file_damaged, file_encrypted, file_bomb
 */
export async function readDirectory(source: ByteSource): Promise<ZipEntry[]> {
  const { start, length, count } = await findEnd(source)
  if (count > MAX_ENTRIES || length > MAX_DIRECTORY) throw refused('file_bomb')
  const bytes = await source.read(start, length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: ZipEntry[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (!hasAt(bytes, at, 'PK\x01\x02') || at + 46 > length) throw refused('file_damaged')
    const nameLength = view.getUint16(at + 28, true)
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > length) throw refused('file_damaged')
    if (view.getUint16(at + 8, true) & 1) throw refused('file_encrypted')
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    })
    at = next
  }
  checkLayout(entries, start)
  return entries
}

async function findEnd(source: ByteSource) {
  const tailSize = Math.min(source.size, 22 + 0xffff)
  const tail = await source.read(source.size - tailSize, tailSize)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (!hasAt(tail, at, 'PK\x05\x06') || at + 22 + view.getUint16(at + 20, true) !== tail.byteLength) continue
    const end = {
      count: view.getUint16(at + 10, true),
      length: view.getUint32(at + 12, true),
      start: view.getUint32(at + 16, true),
    }
    // ZIP64 and parts on several disks: no word processor writes a document of this size so.
    const oneDisk = view.getUint32(at + 4, true) === 0 && view.getUint16(at + 8, true) === end.count
    if (!oneDisk || end.start + end.length !== source.size - tailSize + at) break
    return end
  }
  throw refused('file_damaged')
}

function checkLayout(entries: ZipEntry[], directory: number): void {
  const names = new Set<string>()
  let free = 0
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    const { name, method, offset, compressedSize } = entry
    const key = name.toLowerCase()
    const strange = name === '' || /[\0\\]|^\/|^[a-z]:|(^|\/)\.\.(\/|$)/i.test(name)
    if (strange || names.has(key) || (method !== 0 && method !== 8)) throw refused('file_damaged')
    if (offset < free || (free === 0 && offset !== 0)) throw refused('file_damaged')
    names.add(key)
    free = offset + 30 + compressedSize
  }
  if (free > directory) throw refused('file_damaged')
}

/**
 * What an entry unfolds to, in pieces, counted against the budget.
 * @throws DomainError file_bomb past the budget, file_damaged where it is not what the directory says
 */
export async function* unfold(source: ByteSource, entry: ZipEntry, budget: Budget): AsyncGenerator<Uint8Array> {
  const header = await source.read(entry.offset, 30)
  if (!hasAt(header, 0, 'PK\x03\x04')) throw refused('file_damaged')
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const nameLength = view.getUint16(26, true)
  const name = await source.read(entry.offset + 30, nameLength)
  if (new TextDecoder().decode(name) !== entry.name || view.getUint16(8, true) !== entry.method)
    throw refused('file_damaged')
  const start = entry.offset + 30 + nameLength + view.getUint16(28, true)
  let given = 0
  for await (const chunk of entry.method === 8
    ? inflated(source, start, entry, budget)
    : stored(source, start, entry)) {
    given += chunk.byteLength
    spendUnfolded(budget, chunk.byteLength)
    if (given > entry.size) throw refused('file_bomb')
    if (chunk.byteLength) yield chunk
  }
  if (given !== entry.size) throw refused('file_damaged')
}

async function* stored(source: ByteSource, start: number, { compressedSize }: ZipEntry) {
  for (let at = 0; at < compressedSize; at += 64 * 1024) {
    yield await source.read(start + at, Math.min(64 * 1024, compressedSize - at))
  }
}

async function* inflated(source: ByteSource, start: number, { compressedSize }: ZipEntry, budget: Budget) {
  let out: Uint8Array[] = []
  const inflate = new Inflate((chunk) => out.push(chunk))
  for (let at = 0; at < compressedSize; at += FEED) {
    const fed = await source.read(start + at, Math.min(FEED, compressedSize - at))
    spend(budget, fed.byteLength)
    try {
      // The last piece is given as such, so that a stream without an end is an error. A copy: the inflater keeps it.
      inflate.push(fed.slice(), at + FEED >= compressedSize)
    } catch (error) {
      throw refused('file_damaged', error)
    }
    yield* out
    out = []
    // Behind its end the inflater would gather all that it is given, and copy it with every piece.
    if (hasEnded(inflate) && at + FEED < compressedSize) throw refused('file_damaged')
  }
}

/** The bytes of one entry, at most `max`. @throws DomainError file_bomb past them */
export async function readEntry(source: ByteSource, entry: ZipEntry, budget: Budget, max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of unfold(source, entry, budget)) {
    size += chunk.byteLength
    if (size > max) throw refused('file_bomb')
    chunks.push(chunk)
  }
  return join(chunks, size)
}
