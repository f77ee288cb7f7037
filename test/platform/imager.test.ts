import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createImager } from '../../src/platform/imager.ts'

const imager = createImager()
const variantsOf = (bytes: Uint8Array) => imager.variants(bytes)

const SECRET = 'BI-MAT-21.0338N'

/** One segment of a JPEG file: marker and content, its length before it. */
function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** TIFF of an EXIF block whose second directory carries a thumbnail: a whole JPEG of its own. */
function exifWithThumbnail(thumbnail: Buffer): Buffer {
  const entry = (tag: number, type: number, value: number) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(1, 4)
    bytes.writeUInt32LE(value, 8)
    return bytes
  }
  const count = (n: number) => Buffer.from([n, 0])
  const offset = (n: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(n)
    return bytes
  }
  const second = 8 + 2 + 12 + 4
  const data = second + 2 + 3 * 12 + 4
  return Buffer.concat([
    Buffer.from('Exif\0\0II*\0', 'latin1'),
    offset(8),
    count(1),
    entry(0x0112, 3, 1),
    offset(second),
    count(3),
    entry(0x0103, 3, 6),
    entry(0x0201, 4, data),
    entry(0x0202, 4, thumbnail.length),
    offset(0),
    thumbnail,
  ])
}

const field = (background: string, width = 1200, height = 800) =>
  sharp({ create: { width, height, channels: 3, background } })

/** A JPEG that carries every kind of hidden word there is. */
async function talkative(): Promise<Buffer> {
  const thumbnail = await field('#00f', 64, 48)
    .jpeg()
    .withExif({ IFD0: { Artist: SECRET } })
    .toBuffer()
  const plain = await field('#921f25')
    .jpeg()
    .withExif({
      IFD0: { Artist: SECRET, Copyright: SECRET, ImageDescription: SECRET },
      IFD2: { UserComment: SECRET, BodySerialNumber: SECRET },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '21/1 2/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '106/1 46/1 0/1',
      },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${SECRET}"/></rdf:RDF></x:xmpmeta>`)
    .toBuffer()
  const iptc = Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0', 'latin1'),
    Buffer.from([0, 0, 0, SECRET.length + 5, 0x1c, 0x02, 0x50, 0, SECRET.length]),
    Buffer.from(SECRET),
  ])
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, exifWithThumbnail(thumbnail)),
    segment(0xed, iptc),
    segment(0xfe, Buffer.from(`ghi chú ${SECRET}`)),
    plain.subarray(2),
    // After the picture's end: some telephones put a film there.
    Buffer.from(`ftypmp42 ${SECRET}`),
  ])
}

/** What stands in a WebP file besides the picture. */
function webpChunks(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes)
  const found: string[] = []
  for (let at = 12; at + 8 <= view.length; at += 8 + view.readUInt32LE(at + 4) + (view.readUInt32LE(at + 4) % 2))
    found.push(view.toString('latin1', at, at + 4).trim())
  return found
}

describe('what is hidden in a photo', () => {
  it('is gone from every size: place, EXIF, IPTC, XMP, comments, thumbnails, what stands behind the end', async () => {
    const original = await talkative()
    const before = await sharp(original).metadata()
    expect([before.exif, before.xmp, before.iptc].every(Boolean)).toBe(true)
    expect(original.toString('latin1').split(SECRET).length).toBeGreaterThan(7)
    const made = await variantsOf(original)
    expect(made.map((one) => `${one.mediaType} ${one.width}x${one.height}`)).toEqual([
      'image/webp 480x320',
      'image/jpeg 480x320',
      'image/webp 960x640',
      'image/jpeg 960x640',
      'image/webp 1200x800',
      'image/jpeg 1200x800',
    ])
    for (const { bytes, mediaType } of made) {
      const text = Buffer.from(bytes).toString('latin1')
      for (const word of [SECRET, 'Exif', 'GPS', 'xmpmeta', 'http://ns.adobe.com', 'Photoshop', '8BIM', 'ICC_PROFILE'])
        expect(text.includes(word), `${word} in ${mediaType}`).toBe(false)
      const { exif, xmp, iptc, icc, orientation, comments } = await sharp(bytes).metadata()
      expect([exif, xmp, iptc, icc, orientation, comments]).toEqual(Array(6).fill(undefined))
      if (mediaType === 'image/webp') expect(webpChunks(bytes)).toEqual(['VP8'])
      // A thumbnail would begin a second picture.
      else expect(text.split('\xff\xd8\xff').length).toBe(2)
    }
  })
})

describe('upright', () => {
  const red = { r: 220, g: 20, b: 20 }
  const green = { r: 20, g: 180, b: 20 }
  const blue = { r: 20, g: 20, b: 220 }
  const white = { r: 250, g: 250, b: 250 }
  const corner = (background: typeof red, left: number, top: number) => ({
    input: { create: { width: 300, height: 150, channels: 3 as const, background } },
    left,
    top,
  })
  const upright = () =>
    sharp({ create: { width: 600, height: 300, channels: 3, background: white } })
      .composite([corner(red, 0, 0), corner(green, 300, 0), corner(blue, 0, 150)])
      .png()
      .toBuffer()
  /** How the pixels lie in the file for each value of Orientation (EXIF 2.32, 4.6.4). */
  const stored: Record<number, (image: Buffer) => Promise<Buffer>> = {
    1: async (image) => image,
    2: (image) => sharp(image).flop().toBuffer(),
    3: (image) => sharp(image).rotate(180).toBuffer(),
    4: (image) => sharp(image).flip().toBuffer(),
    5: async (image) =>
      sharp(await sharp(image).rotate(90).toBuffer())
        .flop()
        .toBuffer(),
    6: (image) => sharp(image).rotate(270).toBuffer(),
    7: async (image) =>
      sharp(await sharp(image).rotate(270).toBuffer())
        .flop()
        .toBuffer(),
    8: (image) => sharp(image).rotate(90).toBuffer(),
  }
  const colourAt = async (bytes: Uint8Array, left: number, top: number) => {
    const { data } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width = 0 } = await sharp(bytes).metadata()
    return [...data.subarray((top * width + left) * 3, (top * width + left) * 3 + 3)]
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('whichever way the camera was held: orientation %i', async (orientation) => {
    const pixels = await (stored[orientation] as (image: Buffer) => Promise<Buffer>)(await upright())
    const original = await sharp(pixels).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer()
    expect((await sharp(original).metadata()).orientation).toBe(orientation)
    for (const { bytes, width, height } of await variantsOf(original)) {
      expect(width / height).toBe(2)
      for (const [x, y, { r, g, b }] of [
        [0.25, 0.25, red],
        [0.75, 0.25, green],
        [0.25, 0.75, blue],
        [0.75, 0.75, white],
      ] as const) {
        const seen = await colourAt(bytes, Math.round(width * x), Math.round(height * y))
        for (const [i, wanted] of [r, g, b].entries())
          expect(Math.abs((seen[i] as number) - wanted), `${orientation} at ${x},${y}: ${seen}`).toBeLessThan(20)
      }
    }
  })
})

describe('colours', () => {
  const middle = async (bytes: Uint8Array) => {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels
    return { channels: info.channels, colour: [...data.subarray(at, at + 3)] }
  }
  const near = (seen: number[], wanted: number[], within: number) =>
    seen.every((value, i) => Math.abs(value - (wanted[i] as number)) <= within)

  it('of a telephone’s wide gamut (Display P3) come out the same in sRGB', async () => {
    const original = await field('rgb(200, 60, 40)', 600, 400).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer()
    expect((await sharp(original).metadata()).icc).toBeDefined()
    const raw = await middle(await sharp(original).keepIccProfile().png().toBuffer())
    for (const { bytes } of await variantsOf(original)) {
      const { colour } = await middle(bytes)
      expect(near(colour, [200, 60, 40], 6), `${colour}; in the file ${raw.colour}`).toBe(true)
    }
  })

  it.each([
    ['print colours', () => field('rgb(200, 60, 40)', 600, 400).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['16 bits', () => field('rgb(200, 60, 40)', 600, 400).toColourspace('rgb16').png().toBuffer()],
    ['grey', () => field('rgb(90, 90, 90)', 600, 400).greyscale().jpeg().toBuffer()],
    ['a palette', () => field('rgb(200, 60, 40)', 600, 400).png({ palette: true }).toBuffer()],
  ])('of %s are taken', async (_, make) => {
    const made = await variantsOf(await make())
    expect(made).toHaveLength(4)
    for (const { bytes } of made) expect((await sharp(bytes).metadata()).space).toMatch(/^(srgb|b-w)$/)
  })

  it('stand on white where a picture is transparent', async () => {
    const clear = await sharp({ create: { width: 600, height: 400, channels: 4, background: '#0000' } })
      .png()
      .toBuffer()
    for (const { bytes } of await variantsOf(clear)) expect((await middle(bytes)).colour).toEqual([255, 255, 255])
  })
})

describe('sizes', () => {
  it('are never larger than the original', async () => {
    expect((await variantsOf(await field('#888', 300, 200).jpeg().toBuffer())).map((one) => one.width)).toEqual([
      300, 300,
    ])
    const wide = await variantsOf(await field('#888', 5000, 2500).jpeg().toBuffer())
    expect(wide.map((one) => one.width)).toEqual([480, 480, 960, 960, 1600, 1600])
  })

  it('of a strip as tall as a scroll are bounded', async () => {
    const made = await variantsOf(await field('#888', 1000, 9000).png().toBuffer())
    for (const { width, height } of made) expect(width * height).toBeLessThan(1600 * 4001)
  })

  it('of more than 60 megapixels are refused before they are decoded', async () => {
    const bomb = await field('#888', 9000, 7000).png({ compressionLevel: 9 }).toBuffer()
    await expect(variantsOf(bomb)).rejects.toThrow(/pixel limit/)
  })
})
