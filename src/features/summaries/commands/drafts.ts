import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { draftOf, type Summary } from '../queries/editing.ts'
import { keepsEarlierDraft } from '../rules/drafts.ts'
import type { DraftContent } from '../schema.ts'

/** Earlier drafts of one text: beyond these the oldest go. */
const KEPT = 60

/** Keeps the draft that is about to be overwritten where the rules say so, or where `always` does. */
export async function keepEarlierDraft(
  trx: Trx,
  ctx: Context,
  before: Summary,
  after: DraftContent,
  always: boolean,
): Promise<void> {
  const of = { organization_id: before.organization_id, summary_id: before.id }
  const lately = await trx
    .selectFrom('summary_drafts')
    .select('id')
    .where('organization_id', '=', of.organization_id)
    .where('summary_id', '=', of.summary_id)
    .where('kept_at', '>', sql<Date>`now() - interval '10 minutes'`)
    .limit(1)
    .executeTakeFirst()
  const content = draftOf(before)
  const facts = { before: content, after, by: before.edited_by, actor: ctx.actor.id, keptLately: lately !== undefined }
  if (!always && !keepsEarlierDraft(facts)) return
  await trx
    .insertInto('summary_drafts')
    .values({ ...of, content: jsonb(content), by_name: before.edited_by_name, saved_at: before.updated_at })
    .execute()
  await trx
    .deleteFrom('summary_drafts')
    .where('organization_id', '=', of.organization_id)
    .where('summary_id', '=', of.summary_id)
    .where('id', 'not in', (eb) =>
      eb
        .selectFrom('summary_drafts')
        .select('id')
        .where('organization_id', '=', of.organization_id)
        .where('summary_id', '=', of.summary_id)
        .orderBy('kept_at', 'desc')
        .orderBy('id', 'desc')
        .limit(KEPT),
    )
    .execute()
}
