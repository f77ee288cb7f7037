import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'

/** A page that is open tells so every 20 seconds; two missed signs of life, and it counts as closed. */
const PRESENT_FOR = '45 seconds'

/** The names of the other members who have this page open now. */
export async function listOthersPresent(
  db: Db,
  organizationId: string,
  userId: string,
  subjectKind: string,
  subjectId: string,
): Promise<string[]> {
  const rows = await db
    .selectFrom('editors_present as e')
    .innerJoin('auth.user as u', 'u.id', 'e.user_id')
    .select('u.name')
    .where('e.organization_id', '=', organizationId)
    .where('e.subject_kind', '=', subjectKind)
    .where('e.subject_id', '=', subjectId)
    .where('e.user_id', '<>', userId)
    .where('e.seen_at', '>', sql<Date>`now() - ${PRESENT_FOR}::interval`)
    .orderBy('u.name')
    .limit(5)
    .execute()
  return rows.map((row) => row.name)
}
