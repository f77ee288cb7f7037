const SECTOR = 512
const END = 0xfffffffe

/**
 * A .doc of so many megabytes whose text lies sector by sector in turn in its two halves, or all over it: what reads it in order jumps
 * in the file at each sector.
 */
export function hoppingDoc(mb: number, how: 'halves' | 'anywhere'): Uint8Array {
  const sectors = (mb * 1024 * 1024) / SECTOR - 1
  const tables = Math.ceil(sectors / 128)
  const extras = Math.ceil(Math.max(0, tables - 109) / 127)
  const firstTable = 1 + extras
  const firstData = firstTable + tables
  const bytes = new Uint8Array((sectors + 1) * SECTOR)
  const view = new DataView(bytes.buffer)
  const put = (at: number, value: number) => view.setUint32(at, value, true)
  bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
  put(24, 0x0003003e)
  put(28, 0x0009fffe)
  put(32, 6)
  put(44, tables)
  put(48, 0)
  put(56, 4096)
  put(60, END)
  put(68, extras ? 1 : END)
  put(72, extras)
  for (let i = 0; i < 109; i++) put(76 + i * 4, i < tables ? firstTable + i : 0xffffffff)
  for (let d = 0; d < extras; d++) {
    const at = (d + 2) * SECTOR
    for (let i = 0; i < 127; i++) {
      const table = 109 + d * 127 + i
      put(at + i * 4, table < tables ? firstTable + table : 0xffffffff)
    }
    put(at + 508, d + 1 < extras ? d + 2 : END)
  }

  const count = sectors - firstData
  const half = Math.floor(count / 2)
  // A prime beyond the number of sectors: each is met once, far from the one before.
  const step = 3_999_971 % count
  const order = Array.from({ length: half * 2 }, (_, i) =>
    how === 'halves' ? firstData + (i % 2) * half + (i >> 1) : firstData + ((i * step) % count),
  )
  const next = (sector: number, to: number) => put((firstTable + 1) * SECTOR + sector * 4, to)
  next(0, END)
  for (const [i, sector] of order.entries()) next(sector, order[i + 1] ?? END)

  const entry = (index: number, name: string, type: number, start: number, size: number) => {
    const at = SECTOR + index * 128
    for (let i = 0; i < name.length; i++) view.setUint16(at + i * 2, name.charCodeAt(i), true)
    view.setUint16(at + 64, (name.length + 1) * 2, true)
    bytes[at + 66] = type
    put(at + 116, start)
    put(at + 120, size)
  }
  const first = order[0] as number
  entry(0, 'Root Entry', 5, END, 0)
  entry(1, 'WordDocument', 2, first, order.length * SECTOR)
  view.setUint16((first + 1) * SECTOR, 0xa5ec, true)
  return bytes
}
