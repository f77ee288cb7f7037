import type { Selectable } from 'kysely'
import type { Locale } from '../../../context.ts'
import type { Db } from '../../../db/transaction.ts'
import type { Summaries, SummaryPhotos, SummaryRevisions } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import { renderMarkdown } from '../../../text/markdown.ts'
import {
  type DraftContent,
  type FiguresTable,
  figuresTable,
  type PhotoVariant,
  type PrintedPhoto,
  type PrintedSummary,
  photoVariants,
  printedSummary,
} from '../schema.ts'

type Row<T> = Omit<T, 'figures' | 'published' | 'variants' | 'content' | 'locale' | 'state' | 'body_html'>

export type Summary = Row<Selectable<Summaries>> & {
  locale: Locale
  state: 'draft' | 'published' | 'withdrawn'
  figures: FiguresTable | null
  published: PrintedSummary | null
  /** The body as HTML, made when it was saved. */
  blocks: string[]
}

export type SummaryPhoto = Row<Selectable<SummaryPhotos>> & { variants: PhotoVariant[] }
export type SummaryRevision = Row<Selectable<SummaryRevisions>> & { content: PrintedSummary }

/** A row as it is read, its JSON in the shape that was written. */
export function toSummary({ body_html, ...row }: Selectable<Summaries>): Summary {
  return {
    ...row,
    locale: row.locale as Locale,
    state: row.state as Summary['state'],
    figures: row.figures === null ? null : figuresTable.parse(row.figures),
    published: row.published === null ? null : printedSummary.parse(row.published),
    blocks: body_html ?? renderMarkdown(row.body),
  }
}

/** The summary of a seminar in a language, whatever its state. */
export async function findSummary(
  db: Db,
  organizationId: string,
  seminarId: string,
  locale: Locale,
): Promise<Summary | undefined> {
  const row = await db
    .selectFrom('summaries')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('locale', '=', locale)
    .executeTakeFirst()
  return row && toSummary(row)
}

/** The same. @throws DomainError not_found */
export async function getSummary(db: Db, organizationId: string, seminarId: string, locale: Locale): Promise<Summary> {
  const summary = await findSummary(db, organizationId, seminarId, locale)
  if (!summary) throw new DomainError('not_found')
  return summary
}

/** The photos of a seminar in order: those of the draft, published or not. */
export async function listPhotos(db: Db, organizationId: string, seminarId: string): Promise<SummaryPhoto[]> {
  const rows = await db
    .selectFrom('summary_photos')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .orderBy('ordinal')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, variants: photoVariants.parse(row.variants) }))
}

/** One photo of a seminar. @throws DomainError not_found */
export async function getPhoto(db: Db, organizationId: string, seminarId: string, id: string): Promise<SummaryPhoto> {
  const photo = (await listPhotos(db, organizationId, seminarId)).find((one) => one.id === id)
  if (!photo) throw new DomainError('not_found')
  return photo
}

/** Where a photo stands in one of the two texts. */
export function placeIn(photo: SummaryPhoto, locale: Locale): number | null {
  return locale === 'en' ? photo.after_paragraph_en : photo.after_paragraph
}

/** The photos that cannot be published in a language: nobody wrote, in it, what they show (WCAG 2.2, 1.1.1). */
export function photosWithoutAlt(photos: SummaryPhoto[], locale: Locale): SummaryPhoto[] {
  return photos.filter((photo) => !(locale === 'en' ? photo.alt_en : photo.alt))
}

/** A photo with its words in one language; what was not written in English is printed as it was written in Vietnamese. */
export function printPhoto(photo: SummaryPhoto, locale: Locale): PrintedPhoto {
  const english = locale === 'en' && (photo.caption_en !== null || photo.alt_en !== null)
  return {
    id: photo.id,
    caption: english ? (photo.caption_en ?? '') : photo.caption,
    alt: english ? (photo.alt_en ?? photo.caption_en ?? '') : photo.alt || photo.caption,
    lang: english ? 'en' : 'vi',
    afterParagraph: placeIn(photo, locale),
    width: photo.width,
    height: photo.height,
    variants: photo.variants,
  }
}

/** The words of a draft alone. */
export function draftOf(summary: Summary): DraftContent {
  return {
    title: summary.title,
    lead: summary.lead,
    body: summary.body,
    byline: summary.byline,
    figures: summary.figures,
    conclusions: summary.conclusions,
    conclusionsBy: summary.conclusions_by,
  }
}

/** The draft as it would be printed now: what the preview shows and publishing copies. */
export function printDraft(
  summary: Summary,
  photos: SummaryPhoto[],
  times: Pick<PrintedSummary, 'publishedAt' | 'correctedAt' | 'correctionNote'>,
): PrintedSummary {
  return {
    ...draftOf(summary),
    blocks: summary.blocks,
    photos: photos.map((photo) => printPhoto(photo, summary.locale)),
    ...times,
  }
}

/** Everything that was ever published of a summary, the latest first. */
export async function listRevisions(db: Db, organizationId: string, summaryId: string): Promise<SummaryRevision[]> {
  const rows = await db
    .selectFrom('summary_revisions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('summary_id', '=', summaryId)
    .orderBy('number', 'desc')
    .limit(100)
    .execute()
  return rows.map((row) => ({ ...row, content: printedSummary.parse(row.content) }))
}

/** A stored variant of a photo of this seminar, by its file: for members, who see drafts too. */
export function findPhotoFile(db: Db, organizationId: string, seminarId: string, fileId: string) {
  return db
    .selectFrom('files as f')
    .select(['f.organization_id', 'f.id as file_id', 'f.storage_key', 'f.name', 'f.media_type', 'f.size', 'f.sha256'])
    .select(['f.scan', 'f.damage'])
    .where('f.organization_id', '=', organizationId)
    .where('f.id', '=', fileId)
    .where('f.purpose', '=', 'photo')
    .where('f.storage_key', 'like', `${organizationId}/photo/${seminarId}/%`)
    .executeTakeFirst()
}
