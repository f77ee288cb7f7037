import type { Db } from '../../../db/transaction.ts'

/** Whether a text of this seminar was public and was taken back. */
export async function wasWithdrawn(db: Db, seminar: { organization_id: string; id: string }): Promise<boolean> {
  const row = await db
    .selectFrom('summaries')
    .select('id')
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .where('state', '=', 'withdrawn')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
