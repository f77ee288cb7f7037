import { dbNow } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'

/** Notes that someone has a page open, by the database's clock. */
export async function notePresence(
  trx: Trx,
  organizationId: string,
  userId: string,
  subjectKind: string,
  subjectId: string,
): Promise<void> {
  await trx
    .insertInto('editors_present')
    .values({ organization_id: organizationId, subject_kind: subjectKind, subject_id: subjectId, user_id: userId })
    .onConflict((oc) =>
      oc.columns(['organization_id', 'subject_kind', 'subject_id', 'user_id']).doUpdateSet({ seen_at: dbNow }),
    )
    .execute()
}
