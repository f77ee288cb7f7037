// QR codes by ISO/IEC 18004: byte mode, level M, versions 1 to 20. Enough for an address of 660 octets.

/** Codewords for errors in a block, and blocks, by version (ISO/IEC 18004 table 9, level M). */
const ECC = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26]
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]
const MAX_VERSION = 20
const FORMAT_M = 0

/** The dark modules of a code, row by row, without the quiet zone. @throws RangeError when the text is too long */
export function qrModules(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text)
  const version = versionFor(bytes.length)
  const code = blank(version)
  placeData(code, interleave(dataCodewords(bytes, version), version))
  let best: Code | undefined
  let least = Number.POSITIVE_INFINITY
  for (let mask = 0; mask < 8; mask++) {
    const tried = { ...code, dark: code.dark.map((row) => [...row]) }
    applyMask(tried, mask)
    placeFormat(tried, mask)
    const bad = penalty(tried.dark)
    if (bad < least) [best, least] = [tried, bad]
  }
  return (best as Code).dark
}

/** The code as an SVG of its own, with its quiet zone, dark on white whatever the page's colours. `label` is read aloud. */
export function qrSvg(text: string, label: string): string {
  const rows = qrModules(text)
  const size = rows.length + 8
  const path = rows
    .flatMap((row, y) => runs(row).map(([x, length]) => `M${x + 4} ${y + 4}h${length}v1h-${length}z`))
    .join('')
  const title = label.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="${title}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`
}

function runs(row: boolean[]): [number, number][] {
  const found: [number, number][] = []
  row.forEach((dark, x) => {
    const last = found.at(-1)
    if (dark && last && last[0] + last[1] === x) last[1]++
    else if (dark) found.push([x, 1])
  })
  return found
}

interface Code {
  size: number
  dark: boolean[][]
  /** Modules that are no data: patterns and format. */
  fixed: boolean[][]
}

/** Modules left for data and error codewords (ISO/IEC 18004 table 1). */
function rawModules(version: number): number {
  const align = version === 1 ? 0 : Math.floor(version / 7) + 2
  const patterns = align === 0 ? 0 : (25 * align - 10) * align - 55
  return (16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0)
}

function capacity(version: number): number {
  return Math.floor(rawModules(version) / 8) - (ECC[version] as number) * (BLOCKS[version] as number)
}

function versionFor(length: number): number {
  for (let version = 1; version <= MAX_VERSION; version++) {
    if (capacity(version) * 8 >= 4 + (version < 10 ? 8 : 16) + length * 8) return version
  }
  throw new RangeError('too long for a QR code')
}

function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = []
  const push = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  push(0b0100, 4)
  push(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) push(byte, 8)
  const total = capacity(version) * 8
  push(0, Math.min(4, total - bits.length))
  push(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < total; pad ^= 0xec ^ 0x11) push(pad, 8)
  const words: number[] = []
  for (let i = 0; i < bits.length; i += 8) words.push(bits.slice(i, i + 8).reduce((word, bit) => (word << 1) | bit, 0))
  return words
}

/** Splits into blocks, adds Reed–Solomon codewords to each, and takes them by turns. */
function interleave(data: number[], version: number): number[] {
  const blocks = BLOCKS[version] as number
  const ecc = ECC[version] as number
  const total = Math.floor(rawModules(version) / 8)
  const short = blocks - (total % blocks)
  const length = Math.floor(total / blocks) - ecc
  const divisor = generator(ecc)
  const parts: { data: number[]; ecc: number[] }[] = []
  for (let i = 0, at = 0; i < blocks; i++) {
    const part = data.slice(at, at + length + (i < short ? 0 : 1))
    at += part.length
    parts.push({ data: part, ecc: remainder(part, divisor) })
  }
  const out: number[] = []
  for (let i = 0; i <= length; i++) for (const part of parts) if (i < part.data.length) out.push(part.data[i] as number)
  for (let i = 0; i < ecc; i++) for (const part of parts) out.push(part.ecc[i] as number)
  return out
}

/** Product in GF(2⁸) modulo x⁸ + x⁴ + x³ + x² + 1. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d)
    product ^= ((b >>> i) & 1) * a
  }
  return product
}

function generator(degree: number): number[] {
  const result = [...Array<number>(degree - 1).fill(0), 1]
  for (let i = 0, root = 1; i < degree; i++, root = multiply(root, 2)) {
    for (let j = 0; j < degree; j++) result[j] = multiply(result[j] as number, root) ^ (result[j + 1] ?? 0)
  }
  return result
}

function remainder(data: number[], divisor: number[]): number[] {
  const result = Array<number>(divisor.length).fill(0)
  for (const word of data) {
    const factor = word ^ (result.shift() as number)
    result.push(0)
    divisor.forEach((coefficient, i) => {
      result[i] = (result[i] as number) ^ multiply(coefficient, factor)
    })
  }
  return result
}

function blank(version: number): Code {
  const size = version * 4 + 17
  const grid = () => Array.from({ length: size }, () => Array<boolean>(size).fill(false))
  const code: Code = { size, dark: grid(), fixed: grid() }
  for (let i = 0; i < size; i++) {
    set(code, 6, i, i % 2 === 0)
    set(code, i, 6, i % 2 === 0)
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy))
        set(code, x + dx, y + dy, ring !== 2 && ring !== 4)
      }
    }
  }
  placeAlignment(code, version)
  placeFormat(code, 0)
  if (version >= 7) placeVersion(code, version)
  return code
}

function set(code: Code, x: number, y: number, dark: boolean): void {
  if (x < 0 || y < 0 || x >= code.size || y >= code.size) return
  ;(code.dark[y] as boolean[])[x] = dark
  ;(code.fixed[y] as boolean[])[x] = true
}

function placeAlignment(code: Code, version: number): void {
  if (version === 1) return
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const at = [6]
  for (let i = 0, place = code.size - 7; i < count - 1; i++, place -= step) at.splice(1, 0, place)
  const last = count - 1
  at.forEach((y, i) => {
    at.forEach((x, j) => {
      if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) set(code, x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
      }
    })
  })
}

function placeFormat(code: Code, mask: number): void {
  const data = (FORMAT_M << 3) | mask
  let rest = data
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
  const bits = ((data << 10) | rest) ^ 0x5412
  const bit = (i: number) => ((bits >>> i) & 1) === 1
  const { size } = code
  for (let i = 0; i <= 5; i++) set(code, 8, i, bit(i))
  set(code, 8, 7, bit(6))
  set(code, 8, 8, bit(7))
  set(code, 7, 8, bit(8))
  for (let i = 9; i < 15; i++) set(code, 14 - i, 8, bit(i))
  for (let i = 0; i < 8; i++) set(code, size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i++) set(code, 8, size - 15 + i, bit(i))
  set(code, 8, size - 8, true)
}

function placeVersion(code: Code, version: number): void {
  let rest = version
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1
    const a = code.size - 11 + (i % 3)
    const b = Math.floor(i / 3)
    set(code, a, b, dark)
    set(code, b, a, dark)
  }
}

/** Two columns at a time from the right, up and down by turns; the timing column is passed over. */
function placeData(code: Code, words: number[]): void {
  let i = 0
  for (let right = code.size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < code.size; step++) {
      for (let j = 0; j < 2; j++) {
        const x = right - j
        const up = ((right + 1) & 2) === 0
        const y = up ? code.size - 1 - step : step
        if (code.fixed[y]?.[x] || i >= words.length * 8) continue
        ;(code.dark[y] as boolean[])[x] = (((words[i >>> 3] as number) >>> (7 - (i & 7))) & 1) === 1
        i++
      }
    }
  }
}

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

function applyMask(code: Code, mask: number): void {
  const turns = MASKS[mask] as (typeof MASKS)[number]
  code.dark.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (!code.fixed[y]?.[x] && turns(x, y)) row[x] = !dark
    })
  })
}

/** How hard a code is to read: long runs, blocks, false finders, imbalance (ISO/IEC 18004 section 7.8.3). */
function penalty(rows: boolean[][]): number {
  const size = rows.length
  const columns = rows.map((_, x) => rows.map((row) => row[x] as boolean))
  let bad = 0
  for (const line of [...rows, ...columns]) {
    const text = line.map(Number).join('')
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) bad += run.length - 2
    for (let i = 0; i + 11 <= size; i++) {
      const part = text.slice(i, i + 11)
      if (part === '10111010000' || part === '00001011101') bad += 40
    }
  }
  for (let y = 0; y + 1 < size; y++) {
    for (let x = 0; x + 1 < size; x++) {
      const dark = rows[y]?.[x]
      if (dark === rows[y]?.[x + 1] && dark === rows[y + 1]?.[x] && dark === rows[y + 1]?.[x + 1]) bad += 3
    }
  }
  const dark = rows.flat().filter(Boolean).length
  return bad + Math.floor(Math.abs((dark * 20) / (size * size) - 10)) * 10
}
