import sharp from 'sharp'
import type { Imager } from '../services.ts'

const WIDTHS = [480, 960, 1600]
/** A photo of more pixels than this is refused before it is decoded. */
const MAX_PIXELS = 60_000_000

/** Photos by sharp: turned upright, every metadata block dropped (GPS above all), in three widths as WebP and JPEG. */
export function createImager(): Imager {
  return {
    async variants(bytes) {
      const upright = await sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
        .rotate()
        .toBuffer({ resolveWithObject: true })
      const widths = WIDTHS.filter((w) => w < upright.info.width)
      if (widths.length < WIDTHS.length) widths.push(upright.info.width)
      const made = []
      for (const width of widths) {
        const sized = sharp(upright.data, { limitInputPixels: MAX_PIXELS }).resize({ width })
        for (const [mediaType, image] of [
          ['image/webp', sized.clone().webp({ quality: 78 })],
          ['image/jpeg', sized.clone().jpeg({ quality: 80, mozjpeg: true, progressive: true })],
        ] as const) {
          const { data, info } = await image.toBuffer({ resolveWithObject: true })
          made.push({ width: info.width, height: info.height, mediaType, bytes: new Uint8Array(data) })
        }
      }
      return made
    },
  }
}
