import { sql } from 'kysely'
import type { Context, Locale } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { renderMarkdown } from '../../../text/markdown.ts'
import { recordAudit } from '../../audit/commands.ts'
import { type SeminarRow, seminarTitle } from '../../seminars/queries.ts'
import { getDraft } from '../queries/drafts.ts'
import { findSummary, type Summary, toSummary } from '../queries/editing.ts'
import { leadFromData } from '../queries/lead.ts'
import type { SummaryInput } from '../schema.ts'
import { keepEarlierDraft } from './drafts.ts'
import { movePhotos } from './places.ts'

/** The summary of a seminar in a language: as it is, or a new draft with the lead that the data gives. */
export async function createSummary(trx: Trx, ctx: Context, seminar: SeminarRow, locale: Locale): Promise<Summary> {
  const { organization_id: organizationId, id: seminarId } = seminar
  const row = await trx
    .insertInto('summaries')
    .values({
      organization_id: organizationId,
      seminar_id: seminarId,
      locale,
      title: seminarTitle(seminar, locale),
      lead: await leadFromData(trx, seminar, locale, ctx.now),
    })
    .onConflict((c) => c.columns(['organization_id', 'seminar_id', 'locale']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) return (await findSummary(trx, organizationId, seminarId, locale)) as Summary
  await auditSummary(trx, ctx, 'summary.created', row)
  return toSummary(row)
}

/**
 * Locks a summary for a change. `version` is the one that the page was opened on.
 * @throws DomainError not_found · stale_version
 */
export async function lockSummary(
  trx: Trx,
  seminar: Pick<SeminarRow, 'organization_id' | 'id'>,
  locale: Locale,
  version: number,
): Promise<Summary> {
  const row = await trx
    .selectFrom('summaries')
    .selectAll()
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .where('locale', '=', locale)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  if (row.version !== version) throw new DomainError('stale_version')
  return toSummary(row)
}

/**
 * Writes what was typed. A lead that differs from the stored one was edited by hand: from then on it is never refreshed.
 * What the public reads does not change; photos go with the paragraphs they stand after. @throws DomainError not_found · stale_version
 */
export async function editSummary(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  locale: Locale,
  version: number,
  input: SummaryInput,
): Promise<Summary> {
  return overwrite(trx, ctx, await lockSummary(trx, seminar, locale, version), input)
}

/** Brings an earlier draft back; the one it replaces is kept. @throws DomainError not_found · stale_version */
export async function restoreDraft(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  locale: Locale,
  version: number,
  draftId: string,
): Promise<Summary> {
  const before = await lockSummary(trx, seminar, locale, version)
  const { content } = await getDraft(trx, seminar.organization_id, before.id, draftId)
  return overwrite(trx, ctx, before, content, true)
}

async function overwrite(trx: Trx, ctx: Context, before: Summary, input: SummaryInput, keep = false): Promise<Summary> {
  await keepEarlierDraft(trx, ctx, before, input, keep)
  const blocks = renderMarkdown(input.body)
  await movePhotos(trx, before, blocks)
  const leadEdited = before.lead_edited || !sameLines(before.lead, input.lead)
  const row = await trx
    .updateTable('summaries')
    .set({
      title: input.title,
      lead: input.lead,
      lead_edited: leadEdited,
      body: input.body,
      body_html: blocks,
      byline: input.byline,
      figures: input.figures === null ? null : jsonb(input.figures),
      conclusions: input.conclusions,
      conclusions_by: input.conclusionsBy,
      edited_by: ctx.actor.id,
      edited_by_name: ctx.actor.name,
      version: before.version + 1,
      updated_at: sql`now()`,
    })
    .where('organization_id', '=', before.organization_id)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditEdit(trx, ctx, row)
  return toSummary(row)
}

/** Writes the lead anew from the data. @throws DomainError stale_version · conflict (lead_edited: someone wrote it by hand) */
export async function refreshLead(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  locale: Locale,
  version: number,
): Promise<Summary> {
  const before = await lockSummary(trx, seminar, locale, version)
  if (before.lead_edited) throw new DomainError('conflict', { detail: 'lead_edited' })
  const lead = await leadFromData(trx, seminar, locale, before.published_at ?? ctx.now)
  const row = await trx
    .updateTable('summaries')
    .set({ lead, version: before.version + 1, updated_at: sql`now()` })
    .where('organization_id', '=', before.organization_id)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditSummary(trx, ctx, 'summary.lead_refreshed', row)
  return toSummary(row)
}

export function auditSummary(
  trx: Trx,
  ctx: Context,
  action: string,
  row: { organization_id: string; id: string; seminar_id: string; locale: string },
  details: Record<string, unknown> = {},
): Promise<void> {
  return recordAudit(trx, ctx, {
    organizationId: row.organization_id,
    action,
    subjectKind: 'summary',
    subjectId: row.id,
    seminarId: row.seminar_id,
    details: { locale: row.locale, ...details },
  })
}

/** An editor saves every few seconds by itself: one entry in ten minutes tells enough. */
async function auditEdit(trx: Trx, ctx: Context, row: Parameters<typeof auditSummary>[3]): Promise<void> {
  const recent = await trx
    .selectFrom('audit_events')
    .select('id')
    .where('organization_id', '=', row.organization_id)
    .where('subject_id', '=', row.id)
    .where('action', '=', 'summary.edited')
    .where('actor_id', '=', ctx.actor.id)
    .where('at', '>', sql<Date>`now() - interval '10 minutes'`)
    .limit(1)
    .executeTakeFirst()
  if (!recent) await auditSummary(trx, ctx, 'summary.edited', row)
}

function sameLines(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i])
}
