// Reads WOFF2 (https://www.w3.org/TR/WOFF2/) into TrueType: what draws the social cards reads no WOFF2 itself.
import { brotliDecompressSync } from 'node:zlib'

// Section 4.1, table of known tags.
const TAGS =
  'cmap head hhea hmtx maxp name OS/2 post cvt  fpgm glyf loca prep CFF  VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG  sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill'
    .match(/.{4}(?: |$)/g)
    .map((tag) => tag.slice(0, 4))

function reader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const step = (n) => {
    at += n
    return at - n
  }
  const self = {
    u8: () => view.getUint8(step(1)),
    u16: () => view.getUint16(step(2)),
    i16: () => view.getInt16(step(2)),
    u32: () => view.getUint32(step(4)),
    bytes: (n) => bytes.subarray(step(n), at),
    /** Section 4.1: UIntBase128. */
    base128() {
      let value = 0
      for (let i = 0; i < 5; i++) {
        const byte = self.u8()
        value = value * 128 + (byte & 0x7f)
        if (byte < 0x80) return value
      }
      throw new Error('WOFF2: a number of more than five bytes')
    },
    /** Section 4.1: 255UInt16. */
    packed16() {
      const code = self.u8()
      if (code === 253) return self.u16()
      if (code === 255) return self.u8() + 253
      if (code === 254) return self.u8() + 506
      return code
    },
  }
  return self
}

/** @param {Uint8Array} woff2 @returns {Uint8Array} the same font as TrueType; a variable one stays variable */
export function woff2ToTtf(woff2) {
  const head = reader(woff2)
  if (head.u32() !== 0x774f4632) throw new Error('not WOFF2')
  const flavor = head.u32()
  if (flavor !== 0x00010000) throw new Error('WOFF2: only TrueType outlines are read')
  head.u32()
  const count = head.u16()
  head.bytes(6)
  const compressed = head.u32()
  head.bytes(24)
  const directory = Array.from({ length: count }, () => {
    const flags = head.u8()
    const tag = (flags & 63) === 63 ? String.fromCharCode(...head.bytes(4)) : TAGS[flags & 63]
    const length = head.base128()
    const changed = tag === 'glyf' || tag === 'loca' ? flags >> 6 !== 3 : flags >> 6 !== 0
    return { tag, changed, length: changed ? head.base128() : length }
  })
  const data = reader(brotliDecompressSync(head.bytes(compressed)))
  const tables = new Map(directory.map(({ tag, changed, length }) => [tag, { changed, bytes: data.bytes(length) }]))
  if (tables.get('hmtx')?.changed) throw new Error('WOFF2: a transformed hmtx is not read')
  if (tables.get('glyf').changed) {
    const { glyf, loca } = readGlyphs(tables.get('glyf').bytes)
    tables.set('glyf', { bytes: glyf })
    tables.set('loca', { bytes: loca })
    const copy = Uint8Array.from(tables.get('head').bytes)
    new DataView(copy.buffer).setInt16(50, 1)
    tables.set('head', { bytes: copy })
  }
  return writeFont(flavor, tables)
}

/** Section 5.1: the transformed glyf table, back to glyf and a long loca. */
function readGlyphs(bytes) {
  const top = reader(bytes)
  top.u16()
  const overlapKnown = (top.u16() & 1) === 1
  const count = top.u16()
  top.u16()
  const sizes = Array.from({ length: 7 }, () => top.u32())
  const [contours, points, flags, triplets, composites, boxes, instructions] = sizes.map((n) => reader(top.bytes(n)))
  const bit = (map, i) => (map[i >> 3] & (0x80 >> (i & 7))) !== 0
  const boxed = boxes.bytes(((count + 31) >> 5) << 2)
  const overlaps = overlapKnown ? top.bytes((count + 7) >> 3) : new Uint8Array((count + 7) >> 3)
  const glyphs = []
  for (let i = 0; i < count; i++) {
    const n = contours.i16()
    const box = bit(boxed, i) ? boxes.bytes(8) : undefined
    if (n === 0) glyphs.push(new Uint8Array(0))
    else if (n > 0) glyphs.push(simpleGlyph(n, box, bit(overlaps, i), { points, flags, triplets, instructions }))
    else glyphs.push(compositeGlyph(box, { composites, triplets, instructions }))
  }
  const loca = new DataView(new ArrayBuffer(4 * (count + 1)))
  let at = 0
  glyphs.forEach((glyph, i) => {
    loca.setUint32(4 * i, at)
    at += glyph.length + (-glyph.length & 3)
  })
  loca.setUint32(4 * count, at)
  const glyf = new Uint8Array(at)
  glyphs.forEach((glyph, i) => {
    glyf.set(glyph, loca.getUint32(4 * i))
  })
  return { glyf, loca: new Uint8Array(loca.buffer) }
}

function simpleGlyph(contours, box, overlap, { points, flags, triplets, instructions }) {
  const ends = []
  let last = -1
  for (let i = 0; i < contours; i++) {
    last += points.packed16()
    ends.push(last)
  }
  const outline = []
  let [x, y] = [0, 0]
  for (let i = 0; i <= last; i++) {
    const flag = flags.u8()
    const [dx, dy] = triplet(flag & 0x7f, triplets)
    x += dx
    y += dy
    outline.push({ on: flag < 0x80, dx, dy, x, y })
  }
  const code = instructions.bytes(triplets.packed16())
  const xs = outline.map((p) => p.x)
  const ys = outline.map((p) => p.y)
  const out = writer(12 + 2 * contours + code.length + 5 * outline.length)
  out.i16(contours)
  if (box) out.bytes(box)
  else for (const side of [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]) out.i16(side)
  for (const end of ends) out.u16(end)
  out.u16(code.length)
  out.bytes(code)
  outline.forEach(({ on }, i) => {
    out.u8((on ? 1 : 0) | (overlap && i === 0 ? 0x40 : 0))
  })
  for (const { dx } of outline) out.i16(dx)
  for (const { dy } of outline) out.i16(dy)
  return out.done()
}

/** Section 5.2: a step from one point to the next. */
function triplet(flag, bytes) {
  const sign = (bit, value) => (flag & bit ? value : -value)
  const b0 = bytes.u8()
  if (flag < 10) return [0, sign(1, ((flag & 14) << 7) + b0)]
  if (flag < 20) return [sign(1, (((flag - 10) & 14) << 7) + b0), 0]
  if (flag < 84) {
    const b = flag - 20
    return [sign(1, 1 + (b & 0x30) + (b0 >> 4)), sign(2, 1 + ((b & 0x0c) << 2) + (b0 & 0x0f))]
  }
  const b1 = bytes.u8()
  if (flag < 120) {
    const b = flag - 84
    return [sign(1, 1 + (Math.floor(b / 12) << 8) + b0), sign(2, 1 + (((b % 12) >> 2) << 8) + b1)]
  }
  const b2 = bytes.u8()
  if (flag < 124) return [sign(1, (b0 << 4) + (b1 >> 4)), sign(2, ((b1 & 0x0f) << 8) + b2)]
  return [sign(1, (b0 << 8) + b1), sign(2, (b2 << 8) + bytes.u8())]
}

function compositeGlyph(box, { composites, triplets, instructions }) {
  if (!box) throw new Error('WOFF2: a composite glyph without its box')
  const parts = []
  let coded = false
  for (let more = true; more; ) {
    const flags = composites.u16()
    const size = 2 + (flags & 1 ? 4 : 2) + (flags & 8 ? 2 : flags & 0x40 ? 4 : flags & 0x80 ? 8 : 0)
    parts.push([flags, composites.bytes(size)])
    coded ||= (flags & 0x100) !== 0
    more = (flags & 0x20) !== 0
  }
  const code = coded ? instructions.bytes(triplets.packed16()) : undefined
  const out = writer(10 + parts.reduce((sum, [, bytes]) => sum + 2 + bytes.length, 0) + (code ? 2 + code.length : 0))
  out.i16(-1)
  out.bytes(box)
  for (const [flags, bytes] of parts) {
    out.u16(flags)
    out.bytes(bytes)
  }
  if (code) {
    out.u16(code.length)
    out.bytes(code)
  }
  return out.done()
}

function writer(size) {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  let at = 0
  const step = (n) => {
    at += n
    return at - n
  }
  return {
    u8: (value) => view.setUint8(step(1), value),
    u16: (value) => view.setUint16(step(2), value),
    i16: (value) => view.setInt16(step(2), value),
    u32: (value) => view.setUint32(step(4), value),
    bytes: (value) => bytes.set(value, step(value.length)),
    done: () => bytes.subarray(0, at),
  }
}

function writeFont(flavor, tables) {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1))
  const room = (n) => n + (-n & 3)
  const out = writer(12 + 16 * sorted.length + sorted.reduce((sum, [, { bytes }]) => sum + room(bytes.length), 0))
  const log = Math.floor(Math.log2(sorted.length))
  out.u32(flavor)
  for (const value of [sorted.length, 16 << log, log, 16 * sorted.length - (16 << log)]) out.u16(value)
  let at = 12 + 16 * sorted.length
  for (const [tag, { bytes }] of sorted) {
    out.bytes(Uint8Array.from(tag, (letter) => letter.charCodeAt(0)))
    for (const value of [checksum(bytes), at, bytes.length]) out.u32(value)
    at += room(bytes.length)
  }
  for (const [, { bytes }] of sorted) {
    out.bytes(bytes)
    out.bytes(new Uint8Array(-bytes.length & 3))
  }
  return out.done()
}

function checksum(bytes) {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 4)
    sum = (sum + (((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | (bytes[i + 3] ?? 0)) >>> 0)) >>> 0
  return sum
}
