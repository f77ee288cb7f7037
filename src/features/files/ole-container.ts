import { type Budget, spend } from './budget.ts'
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
  /** The bytes of a stream in order, sector by sector or in longer runs. @throws DomainError file_damaged */
  stream(entry: OleEntry): AsyncGenerator<Uint8Array>
}

/** From here on a sector number is a mark ([MS-CFB] 2.1). */
const LAST = 0xfffffffa
/** 4,096 entries of 128 bytes: far beyond any document. */
const MAX_DIRECTORY = 512 * 1024
const MINI = 64
const MINI_UNDER = 4096
const RUN = 64 * 1024

/**
 * A compound file ([MS-CFB] 2.2–2.6): its table of sectors is read once, whole; no chain is longer than the file has sectors.
 * @throws DomainError file_damaged
 */
export async function readContainer(source: ByteSource, budget: Budget): Promise<OleContainer> {
  const head = await source.read(0, 512)
  if (head.byteLength < 512 || !hasAt(head, 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) throw refused('file_damaged')
  const header = words(head)
  const shift = (header[7] as number) >>> 16
  if ((shift !== 9 && shift !== 12) || ((header[8] as number) & 0xffff) !== 6) throw refused('file_damaged')
  const sectorSize = 2 ** shift
  const sectors = Math.floor(source.size / sectorSize)
  const readSector = async (sector: number) => {
    if (sector >= sectors) throw refused('file_damaged')
    spend(budget, sectorSize / 8)
    return (await source.read((sector + 1) * sectorSize, sectorSize)).slice()
  }
  const table = await readTable(header, sectors, sectorSize / 4, async (sector) => words(await readSector(sector)))

  async function* chain(first: number, size: number, whole = false): AsyncGenerator<Uint8Array> {
    let left = Math.min(size, source.size)
    let at = first
    while (left > 0 && at < LAST) {
      let run = 1
      while (table[at + run - 1] === at + run && run * sectorSize < Math.min(RUN, left)) run++
      if (at + run > sectors) throw refused('file_damaged')
      const bytes = await source.read((at + 1) * sectorSize, Math.min(run * sectorSize, left))
      if (!bytes.byteLength) throw refused('file_damaged')
      spend(budget, bytes.byteLength / 8)
      left -= run * sectorSize
      at = table[at + run - 1] ?? LAST
      yield bytes
    }
    if (whole && at < LAST) throw refused('file_damaged')
  }

  const entries = parseEntries(await gather(chain(header[12] as number, MAX_DIRECTORY, true)))
  const root = entries[0] as OleEntry
  let mini: Promise<{ bytes: Uint8Array; table: Uint32Array }> | undefined
  const readMini = async () => ({
    bytes: await gather(chain(root.start, Math.min(root.size, MAX_MINI))),
    table: words(await gather(chain(header[15] as number, (MAX_MINI / MINI) * 4))),
  })

  async function* stream(entry: OleEntry): AsyncGenerator<Uint8Array> {
    if (entry.size >= MINI_UNDER || entry === root) return yield* chain(entry.start, entry.size)
    mini ??= readMini()
    const { bytes, table: next } = await mini
    let at = entry.start
    for (let left = entry.size; left > 0 && at < LAST; left -= MINI) {
      const piece = bytes.subarray(at * MINI, at * MINI + Math.min(MINI, left))
      if (!piece.byteLength) throw refused('file_damaged')
      yield piece
      at = next[at] ?? LAST
    }
  }
  return { entries, stream }
}

/** Small streams lie in one stream of the root; beyond this no document has any. */
const MAX_MINI = 16 * 1024 * 1024

/** The table of sectors ([MS-CFB] 2.3, 2.5): 109 of its sectors are named in the header, further ones in a chain. */
async function readTable(
  header: Uint32Array,
  sectors: number,
  perSector: number,
  read: (sector: number) => Promise<Uint32Array>,
): Promise<Uint32Array> {
  const holders = [...header.subarray(19, 128)].filter((sector) => sector < LAST)
  const needed = Math.ceil(sectors / perSector)
  for (let at = header[17] as number, seen = 0; at < LAST && holders.length < needed; seen++) {
    if (seen > needed) throw refused('file_damaged')
    const extra = await read(at)
    for (const sector of extra.subarray(0, -1)) if (sector < LAST) holders.push(sector)
    at = extra.at(-1) as number
  }
  const table = new Uint32Array(Math.min(holders.length, needed + 1) * perSector)
  for (const [i, holder] of holders.slice(0, needed + 1).entries()) table.set(await read(holder), i * perSector)
  return table
}

/** Little-endian numbers of 32 bits. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.byteLength >>> 2 }, (_, i) => view.getUint32(i * 4, true))
}

async function gather(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece.slice())
  return join(all)
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

/** The beginning of a stream, at most `length` bytes. */
export async function startOf(container: OleContainer, entry: OleEntry, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of container.stream(entry)) {
    pieces.push(piece.slice(0, length - size))
    size += piece.byteLength
    if (size >= length) break
  }
  return join(pieces)
}
