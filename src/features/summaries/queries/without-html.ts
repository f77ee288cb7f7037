import { type SqlBool, sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { printedSummary } from '../schema.ts'

/** Texts that were written before their HTML was stored with them, with their Markdown: a bounded number. */
export async function listWithoutHtml(db: Db, limit: number) {
  const rows = await db
    .selectFrom('summaries')
    .select(['organization_id', 'id', 'body', 'published'])
    .where(sql<SqlBool>`body_html is null or not published ? 'blocks'`)
    .orderBy('organization_id')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ published, ...row }) => ({
    ...row,
    published: published === null ? null : printedSummary.parse(published),
  }))
}
export type WithoutHtml = Awaited<ReturnType<typeof listWithoutHtml>>[number]
