import { sql } from 'kysely'
import type { Context, Locale } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { cleanText } from '../../../text/fold.ts'
import type { SeminarRow } from '../../seminars/queries.ts'
import { listPhotos, photosWithoutAlt, printDraft, type Summary, toSummary } from '../queries/editing.ts'
import { auditSummary, lockSummary } from './editing.ts'
import { dropUnusedFiles } from './photos.ts'

/** What publishing did; `dropped` are storage keys that nothing refers to any more: the shell deletes them after commit. */
export interface Published {
  summary: Summary
  dropped: string[]
}

/**
 * Copies the draft into what the public reads. For a text that is published already this is a correction and needs a
 * note, which readers see. The first publication's time stays; a withdrawn text is published anew.
 * @throws DomainError stale_version · conflict (seminar_draft: its page is not public) · invalid (lead or note missing; `photo.<id>`
 * alt_missing: nobody wrote what it shows)
 */
export async function publishSummary(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  locale: Locale,
  version: number,
  options: { note?: string | null; at?: Date } = {},
): Promise<Published> {
  const before = await lockSummary(trx, seminar, locale, version)
  if (seminar.state === 'draft') throw new DomainError('conflict', { detail: 'seminar_draft' })
  if (before.lead.length === 0 && before.body === '') throw invalid({ field: 'lead', code: 'required' })
  const correction = before.state === 'published' && before.published !== null
  const note = cleanText(options.note ?? '').slice(0, 500) || null
  if (correction && note === null) throw invalid({ field: 'note', code: 'required' })
  const photos = await listPhotos(trx, seminar.organization_id, seminar.id)
  const silent = photosWithoutAlt(photos, locale)
  if (silent.length) throw invalid(...silent.map((photo) => ({ field: `photo.${photo.id}`, code: 'alt_missing' })))
  const now = options.at ?? ctx.now
  const publishedAt = correction && before.published_at ? before.published_at : now
  const content = printDraft(before, photos, {
    publishedAt: publishedAt.toISOString(),
    correctedAt: correction ? now.toISOString() : null,
    correctionNote: correction ? note : null,
  })
  const row = await trx
    .updateTable('summaries')
    .set({
      state: 'published',
      published: jsonb(content),
      published_at: publishedAt,
      correction_note: content.correctionNote,
      version: before.version + 1,
      updated_at: sql`now()`,
    })
    .where('organization_id', '=', before.organization_id)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('summary_revisions')
    .values((eb) => ({
      organization_id: before.organization_id,
      summary_id: before.id,
      number: eb
        .selectFrom('summary_revisions')
        .select(sql<number>`coalesce(max(number), 0) + 1`.as('n'))
        .where('organization_id', '=', before.organization_id)
        .where('summary_id', '=', before.id),
      content: jsonb(content),
      note,
      by_name: ctx.actor.name,
    }))
    .execute()
  await auditSummary(trx, ctx, correction ? 'summary.corrected' : 'summary.published', row, { note })
  return { summary: toSummary(row), dropped: await dropUnusedFiles(trx, seminar, before.published?.photos ?? []) }
}

/** Takes the text off the public pages; draft and revisions stay. @throws DomainError stale_version · conflict (not_published) */
export async function withdrawSummary(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  locale: Locale,
  version: number,
): Promise<Summary> {
  const before = await lockSummary(trx, seminar, locale, version)
  if (before.state !== 'published') throw new DomainError('conflict', { detail: 'not_published' })
  const row = await trx
    .updateTable('summaries')
    .set({ state: 'withdrawn', version: before.version + 1, updated_at: sql`now()` })
    .where('organization_id', '=', before.organization_id)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditSummary(trx, ctx, 'summary.withdrawn', row)
  return toSummary(row)
}
