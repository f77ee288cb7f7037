import { sql } from 'kysely'
import type { Context, Locale } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import type { SeminarRow } from '../../seminars/queries.ts'
import { getPhoto, listPhotos, type SummaryPhoto } from '../queries/editing.ts'
import { type PhotoInput, type PrintedPhoto, photoVariants, printedSummary } from '../schema.ts'

type Of = Pick<SeminarRow, 'organization_id' | 'id'>

/** A photo whose variants are stored already, each under a key of ours. */
export interface StoredPhoto {
  name: string
  variants: { key: string; width: number; height: number; mediaType: string; size: number; sha256: Uint8Array }[]
}

const MAX_PHOTOS = 60

/** Adds a photo at the end. The first of a seminar stands above the lead. @throws DomainError conflict (too_many_photos) */
export async function addPhoto(
  trx: Trx,
  ctx: Context,
  seminar: Of,
  stored: StoredPhoto,
  place?: {
    afterParagraph: number | null
    caption?: string
    captionEn?: string | null
    alt?: string
    altEn?: string | null
  },
): Promise<SummaryPhoto> {
  const before = await listPhotos(trx, seminar.organization_id, seminar.id)
  if (before.length >= MAX_PHOTOS) throw new DomainError('conflict', { detail: 'too_many_photos' })
  const files = await trx
    .insertInto('files')
    .values(
      stored.variants.map((variant) => ({
        organization_id: seminar.organization_id,
        purpose: 'photo',
        storage_key: variant.key,
        name: stored.name,
        media_type: variant.mediaType,
        size: variant.size,
        sha256: variant.sha256,
      })),
    )
    .returning(['id', 'storage_key'])
    .execute()
  const idOf = new Map(files.map((file) => [file.storage_key, file.id]))
  const variants = stored.variants.map(({ key, width, height, mediaType }) => ({
    width,
    height,
    mediaType,
    fileId: idOf.get(key) as string,
  }))
  const stands = place ? place.afterParagraph : before.length === 0 ? null : 0
  const largest = variants.reduce((a, b) => (b.width > a.width ? b : a))
  const row = await trx
    .insertInto('summary_photos')
    .values({
      organization_id: seminar.organization_id,
      seminar_id: seminar.id,
      file_id: largest.fileId,
      ordinal: (before.at(-1)?.ordinal ?? 0) + 1,
      width: largest.width,
      height: largest.height,
      variants: jsonb(variants),
      after_paragraph: stands,
      after_paragraph_en: stands,
      caption: place?.caption ?? '',
      caption_en: place?.captionEn ?? null,
      alt: place?.alt ?? '',
      alt_en: place?.altEn ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditPhoto(trx, ctx, 'photo.added', row, { name: stored.name })
  return { ...row, variants }
}

/**
 * Captions and alternative texts of a photo, and its place in the text of `locale`; what is not given stays. While the
 * other text is not begun its place goes with this one; with a version only as it was read. @throws DomainError not_found · stale_version
 */
export async function editPhoto(
  trx: Trx,
  ctx: Context,
  seminar: Of,
  locale: Locale,
  id: string,
  input: PhotoInput,
  version?: number,
): Promise<SummaryPhoto> {
  const before = await getPhoto(trx, seminar.organization_id, seminar.id, id)
  const both = input.place !== undefined && (await writtenIn(trx, seminar)).every((one) => one === locale)
  const row = await trx
    .updateTable('summary_photos')
    .set({
      version: sql`version + 1`,
      ...(input.caption === undefined ? {} : { caption: input.caption }),
      ...(input.alt === undefined ? {} : { alt: input.alt }),
      ...(input.captionEn === undefined ? {} : { caption_en: input.captionEn || null }),
      ...(input.altEn === undefined ? {} : { alt_en: input.altEn || null }),
      ...(input.place === undefined || (locale === 'en' && !both) ? {} : { after_paragraph: input.place }),
      ...(input.place === undefined || (locale === 'vi' && !both) ? {} : { after_paragraph_en: input.place }),
    })
    .where('organization_id', '=', seminar.organization_id)
    .where('id', '=', id)
    .where((eb) => (version === undefined ? eb.lit(true) : eb('version', '=', version)))
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new DomainError('stale_version')
  await auditPhoto(trx, ctx, 'photo.edited', before)
  return { ...row, variants: before.variants }
}

async function writtenIn(trx: Trx, seminar: Of): Promise<string[]> {
  const rows = await trx
    .selectFrom('summaries')
    .select('locale')
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .execute()
  return rows.map((row) => row.locale)
}

/** Moves a photo one place up or down; at an end nothing happens. @throws DomainError not_found */
export async function movePhoto(trx: Trx, seminar: Of, id: string, by: -1 | 1): Promise<void> {
  const order = (await listPhotos(trx, seminar.organization_id, seminar.id)).map((photo) => photo.id)
  const at = order.indexOf(id)
  if (at === -1) throw new DomainError('not_found')
  const other = order[at + by]
  if (other === undefined) return
  order[at] = other
  order[at + by] = id
  await orderPhotos(trx, seminar, order)
}

/** Puts the photos in this order; ids that are not the seminar's are passed over, photos not named come last. */
export async function orderPhotos(trx: Trx, seminar: Of, ids: string[]): Promise<void> {
  const present = (await listPhotos(trx, seminar.organization_id, seminar.id)).map((photo) => photo.id)
  const named = [...new Set(ids)].filter((id) => present.includes(id))
  const order = [...named, ...present.filter((id) => !named.includes(id))]
  for (const [index, id] of order.entries()) {
    await trx
      .updateTable('summary_photos')
      .set({ ordinal: index + 1 })
      .where('organization_id', '=', seminar.organization_id)
      .where('id', '=', id)
      .execute()
  }
}

/**
 * Takes a photo out of the draft, with a version only as it was read. @returns storage keys to delete after commit: none while a
 * published text still shows it
 * @throws DomainError not_found · stale_version
 */
export async function deletePhoto(
  trx: Trx,
  ctx: Context,
  seminar: Of,
  id: string,
  version?: number,
): Promise<string[]> {
  const photo = await getPhoto(trx, seminar.organization_id, seminar.id, id)
  const gone = await trx
    .deleteFrom('summary_photos')
    .where('organization_id', '=', seminar.organization_id)
    .where('id', '=', id)
    .where((eb) => (version === undefined ? eb.lit(true) : eb('version', '=', version)))
    .returning('id')
    .executeTakeFirst()
  if (!gone && version !== undefined) throw new DomainError('stale_version')
  await auditPhoto(trx, ctx, 'photo.deleted', photo)
  return dropUnusedFiles(trx, seminar, [photo])
}

/** Forgets the files of photos that neither a draft nor a published text shows. @returns their storage keys */
export async function dropUnusedFiles(
  trx: Trx,
  seminar: Of,
  photos: Pick<PrintedPhoto, 'variants'>[],
): Promise<string[]> {
  const candidates = photos.flatMap((photo) => photo.variants.map((variant) => variant.fileId))
  if (candidates.length === 0) return []
  const used = await usedFiles(trx, seminar)
  const unused = candidates.filter((id) => !used.has(id))
  if (unused.length === 0) return []
  const rows = await trx
    .deleteFrom('files')
    .where('organization_id', '=', seminar.organization_id)
    .where('purpose', '=', 'photo')
    .where('id', 'in', unused)
    .returning('storage_key')
    .execute()
  return rows.map((row) => row.storage_key)
}

async function usedFiles(trx: Trx, seminar: Of): Promise<Set<string>> {
  const drafts = await trx
    .selectFrom('summary_photos')
    .select('variants')
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .execute()
  const printed = await trx
    .selectFrom('summaries')
    .select('published')
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .where('published', 'is not', null)
    .execute()
  return new Set(
    [
      ...drafts.flatMap((row) => photoVariants.parse(row.variants)),
      ...printed.flatMap((row) => printedSummary.parse(row.published).photos.flatMap((photo) => photo.variants)),
    ].map((variant) => variant.fileId),
  )
}

function auditPhoto(
  trx: Trx,
  ctx: Context,
  action: string,
  photo: { organization_id: string; id: string; seminar_id: string },
  details: Record<string, unknown> = {},
): Promise<void> {
  return recordAudit(trx, ctx, {
    organizationId: photo.organization_id,
    action,
    subjectKind: 'photo',
    subjectId: photo.id,
    seminarId: photo.seminar_id,
    details,
  })
}
