import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { draftContent } from '../schema.ts'

/** Earlier drafts of a text without their words, the latest first. */
export function listDrafts(db: Db, organizationId: string, summaryId: string) {
  return db
    .selectFrom('summary_drafts')
    .select(['id', 'by_name', 'saved_at'])
    .where('organization_id', '=', organizationId)
    .where('summary_id', '=', summaryId)
    .orderBy('kept_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}
export type EarlierDraft = Awaited<ReturnType<typeof listDrafts>>[number]

/** One of them, with its words. @throws DomainError not_found */
export async function getDraft(db: Db, organizationId: string, summaryId: string, id: string) {
  const row = await db
    .selectFrom('summary_drafts')
    .select(['id', 'by_name', 'saved_at', 'content'])
    .where('organization_id', '=', organizationId)
    .where('summary_id', '=', summaryId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return { ...row, content: draftContent.parse(row.content) }
}
