import { z } from '@hono/zod-openapi'
import type { SeminarRow } from '../features/seminars/queries.ts'
import { noteInput } from '../features/seminars/schema.ts'
import type { EarlierDraft } from '../features/summaries/queries/drafts.ts'
import type { Summary, SummaryRevision } from '../features/summaries/queries/editing.ts'
import { type DraftContent, draftContent, figuresTable, summaryInput } from '../features/summaries/schema.ts'
import { id, instant } from './schemas.ts'

const line = z.string().nullable()
const locale = z.enum(['vi', 'en'], { error: 'invalid' })

/** The words of a summary: paragraphs of the lead, Markdown, a table of figures, conclusions. */
const text = draftContent.extend({ figures: figuresTable.nullable() })

/** The summary of a seminar in one language: its draft, and whether the public reads one. */
export const summarySchema = z
  .object({
    id,
    seminarId: id,
    locale,
    state: z.enum(['draft', 'published', 'withdrawn']),
    url: z.url().nullable(),
    ...text.shape,
    leadEdited: z.boolean(),
    publishedAt: instant.nullable(),
    correctionNote: line,
    editedBy: line,
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Summary' })
export type SummaryBody = z.output<typeof summarySchema>

const form = summaryInput.shape
const given = {
  title: form.title.optional(),
  lead: z.array(z.string()).max(100, 'too_many').nullable().optional(),
  body: z.string().nullable().optional(),
  byline: form.byline.optional(),
  figures: figuresTable.strict().nullable().optional(),
  conclusions: z.array(z.string()).max(200, 'too_many').optional(),
  conclusionsBy: form.conclusionsBy.optional(),
}

/** A summary is begun with what the data gives; what is sent stands in its place. */
export const newSummarySchema = z
  .strictObject({ locale, ...given })
  .meta({ id: 'NewSummary', example: { locale: 'vi' } })

export const summaryPatchSchema = z.strictObject(given).meta({
  id: 'SummaryPatch',
  example: { body: '## Kết quả\n\nCó 12 ý kiến tham luận.', conclusions: ['Nhân rộng mô hình'] },
})
export type SummaryPatch = z.output<typeof summaryPatchSchema>

/** The form that an edit makes of the text as it stands. */
export function formOf(
  stands: DraftContent,
  { lead, conclusions, ...patch }: SummaryPatch,
): z.input<typeof summaryInput> {
  return {
    ...stands,
    ...patch,
    lead: (lead ?? stands.lead).join('\n\n'),
    conclusions: (conclusions ?? stands.conclusions).join('\n'),
  }
}

/** Published, for a text that is published already with a note on what is corrected; or taken off the public pages. */
export const summaryStateSchema = z
  .discriminatedUnion(
    'state',
    [
      z.strictObject({ state: z.literal('published'), note: noteInput.shape.note }),
      z.strictObject({ state: z.literal('withdrawn') }),
    ],
    { error: 'state' },
  )
  .meta({ id: 'SummaryState', example: { state: 'published', note: 'Sửa số đại biểu dự.' } })

/** Something that was published, and what was said of it. */
export const revisionSchema = z
  .object({ id, number: z.int(), note: line, by: line, createdAt: instant })
  .meta({ id: 'SummaryRevision' })
export const wholeRevisionSchema = revisionSchema
  .extend({
    text: text.extend({
      publishedAt: instant,
      correctedAt: instant.nullable(),
      photos: z.array(
        z.object({ id, caption: z.string(), alt: z.string(), locale, afterParagraph: z.int().nullable() }),
      ),
    }),
  })
  .meta({ id: 'WholeSummaryRevision' })

/** A draft as it was before it was overwritten. */
export const earlierDraftSchema = z.object({ id, by: line, savedAt: instant }).meta({ id: 'EarlierDraft' })
export const wholeDraftSchema = earlierDraftSchema.extend({ text }).meta({ id: 'WholeEarlierDraft' })

export function toSummary(row: Summary, seminar: SeminarRow, origin: string): SummaryBody {
  const open = row.state === 'published' && seminar.state !== 'draft' && seminar.visibility !== 'private'
  return {
    id: row.id,
    seminarId: row.seminar_id,
    locale: row.locale,
    state: row.state,
    url: open ? `${origin}${row.locale === 'en' ? '/en' : ''}/s/${seminar.slug}/summary` : null,
    title: row.title,
    lead: row.lead,
    leadEdited: row.lead_edited,
    body: row.body,
    byline: row.byline,
    figures: row.figures,
    conclusions: row.conclusions,
    conclusionsBy: row.conclusions_by,
    publishedAt: row.published_at?.toISOString() ?? null,
    correctionNote: row.correction_note,
    editedBy: row.edited_by_name,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

export function toRevision(row: SummaryRevision): z.output<typeof revisionSchema> {
  return { id: row.id, number: row.number, note: row.note, by: row.by_name, createdAt: row.created_at.toISOString() }
}

export function toWholeRevision(row: SummaryRevision): z.output<typeof wholeRevisionSchema> {
  const { photos, correctionNote: _note, blocks: _html, ...words } = row.content
  return {
    ...toRevision(row),
    text: {
      ...words,
      photos: photos.map((photo) => ({
        id: photo.id,
        caption: photo.caption,
        alt: photo.alt,
        locale: photo.lang,
        afterParagraph: photo.afterParagraph,
      })),
    },
  }
}

export function toEarlierDraft(row: EarlierDraft): z.output<typeof earlierDraftSchema> {
  return { id: row.id, by: row.by_name, savedAt: row.saved_at.toISOString() }
}
