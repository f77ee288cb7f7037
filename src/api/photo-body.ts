import { z } from '@hono/zod-openapi'
import type { SummaryPhoto } from '../features/summaries/queries/editing.ts'
import { photoInput } from '../features/summaries/schema.ts'
import { id } from './schemas.ts'

/** A photo of a seminar's summary, with its words in both languages and its sizes. */
export const photoSchema = z
  .object({
    id,
    seminarId: id,
    caption: z.string(),
    captionEn: z.string().nullable(),
    alt: z.string(),
    altEn: z.string().nullable(),
    afterParagraph: z.int().nullable(),
    afterParagraphEn: z.int().nullable(),
    width: z.int(),
    height: z.int(),
    variants: z.array(z.object({ width: z.int(), height: z.int(), mediaType: z.string(), url: z.url() })),
    version: z.int(),
  })
  .meta({ id: 'Photo' })
export type PhotoBody = z.output<typeof photoSchema>

const { caption, captionEn, alt, altEn } = photoInput.shape
const place = z.number({ error: 'number' }).int('number').min(0, 'number').max(9999, 'number').nullable().optional()

export const photoPatchSchema = z
  .strictObject({ caption, captionEn, alt, altEn, afterParagraph: place, afterParagraphEn: place })
  .meta({
    id: 'PhotoPatch',
    example: { caption: 'Quang cảnh hội thảo.', alt: 'Đại biểu ngồi kín hội trường', afterParagraph: 2 },
  })

export function toPhoto(row: SummaryPhoto, origin: string): PhotoBody {
  const own = `${origin}/api/v1/seminars/${row.seminar_id}/photos/${row.id}`
  return {
    id: row.id,
    seminarId: row.seminar_id,
    caption: row.caption,
    captionEn: row.caption_en,
    alt: row.alt,
    altEn: row.alt_en,
    afterParagraph: row.after_paragraph,
    afterParagraphEn: row.after_paragraph_en,
    width: row.width,
    height: row.height,
    variants: row.variants.map(({ fileId, ...variant }) => ({ ...variant, url: `${own}/variants/${fileId}` })),
    version: row.version,
  }
}
