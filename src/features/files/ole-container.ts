import { type ByteSource, hasAt, join } from './bytes.ts'
import { refused } from './refusal.ts'

export interface OleEntry {
  name: string
  type: 'root' | 'storage' | 'stream'
  classId: Uint8Array
  start: number
  size: number
}

export interface OleContainer {
  entries: OleEntry[]
  /** Where a sector begins in the file. */
  offsetOf(sector: number): number
  /** The sectors of a chain, at most `max`. */
  chain(first: number, max: number): Promise<number[]>
  sectorSize: number
  miniSectorSize: number
}

const LAST = 0xfffffffa
/** 4,096 entries of 128 bytes: far beyond any document. */
const MAX_DIRECTORY_BYTES = 512 * 1024

/**
 * The directory of a compound file ([MS-CFB] 2.2–2.6). Every chain is bounded and a loop ends it.
 * @throws DomainError file_damaged
 */
export async function readContainer(source: ByteSource): Promise<OleContainer> {
  const head = await source.read(0, 512)
  if (head.byteLength < 512 || !hasAt(head, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) throw refused('file_damaged')
  const header = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const shift = header.getUint16(30, true)
  if ((shift !== 9 && shift !== 12) || header.getUint16(32, true) !== 6) throw refused('file_damaged')
  const sectorSize = 2 ** shift
  const offsetOf = (sector: number) => (sector + 1) * sectorSize
  const word = async (sector: number, index: number) => {
    const at = offsetOf(sector) + index * 4
    if (at + 4 > source.size) throw refused('file_damaged')
    const bytes = await source.read(at, 4)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
  }
  const perSector = sectorSize / 4
  const extra = await chainOfExtraTables(header.getUint32(68, true), header.getUint32(72, true))

  async function chainOfExtraTables(first: number, count: number): Promise<number[]> {
    const sectors: number[] = []
    for (let at = first; at < LAST && sectors.length < Math.min(count, 1000); at = await word(at, perSector - 1))
      sectors.push(at)
    return sectors
  }
  async function nextOf(sector: number): Promise<number> {
    const table = Math.floor(sector / perSector)
    const inExtra = table - 109
    const holder = extra[Math.floor(inExtra / (perSector - 1))]
    if (inExtra >= 0 && holder === undefined) throw refused('file_damaged')
    const place =
      inExtra < 0 ? header.getUint32(76 + table * 4, true) : await word(holder as number, inExtra % (perSector - 1))
    return word(place, sector % perSector)
  }
  async function chain(first: number, max: number): Promise<number[]> {
    const sectors: number[] = []
    for (let at = first; at < LAST; at = await nextOf(at)) {
      if (sectors.length >= max) throw refused('file_damaged')
      sectors.push(at)
    }
    return sectors
  }

  const directory: Uint8Array[] = []
  for (const sector of await chain(header.getUint32(48, true), MAX_DIRECTORY_BYTES / sectorSize)) {
    directory.push((await source.read(offsetOf(sector), sectorSize)).slice())
  }
  return { entries: parseEntries(join(directory)), offsetOf, chain, sectorSize, miniSectorSize: 64 }
}

function parseEntries(bytes: Uint8Array): OleEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const types: Record<number, OleEntry['type']> = { 1: 'storage', 2: 'stream', 5: 'root' }
  const entries: OleEntry[] = []
  for (let at = 0; at + 128 <= bytes.byteLength; at += 128) {
    const type = types[bytes[at + 66] ?? 0]
    const nameBytes = view.getUint16(at + 64, true)
    if (!type || nameBytes < 2 || nameBytes > 64) continue
    entries.push({
      name: new TextDecoder('utf-16le').decode(bytes.subarray(at, at + nameBytes - 2)),
      type,
      classId: bytes.subarray(at + 80, at + 96),
      start: view.getUint32(at + 116, true),
      size: view.getUint32(at + 120, true),
    })
  }
  if (entries[0]?.type !== 'root') throw refused('file_damaged')
  return entries
}

/**
 * The beginning of a stream, at most 64 bytes. Streams under 4,096 bytes lie in the root's stream, in sectors of 64
 * ([MS-CFB] 2.4).
 */
export async function readSmallStream(
  source: ByteSource,
  container: OleContainer,
  entry: OleEntry,
  length: number,
): Promise<Uint8Array> {
  if (entry.size >= 4096) return source.read(container.offsetOf(entry.start), length)
  const root = container.entries[0] as OleEntry
  const at = entry.start * container.miniSectorSize
  const index = Math.floor(at / container.sectorSize)
  const sectors = await container.chain(root.start, 20_000)
  const sector = sectors[index]
  if (sector === undefined) throw refused('file_damaged')
  return source.read(container.offsetOf(sector) + (at % container.sectorSize), Math.min(length, entry.size))
}
