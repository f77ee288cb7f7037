import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'

/** Seminars whose waiting line may move: for the recurring task. */
export async function listSeminarsToFill(db: Db): Promise<{ organization_id: string; seminar_id: string }[]> {
  return db
    .selectFrom('seminar_places as p')
    .innerJoin('seminars as s', (j) =>
      j.onRef('s.organization_id', '=', 'p.organization_id').onRef('s.id', '=', 'p.seminar_id'),
    )
    .select(['p.organization_id', 'p.seminar_id'])
    .where((eb) => eb.or([eb('p.capacity', 'is', null), eb('p.taken', '<', eb.ref('p.capacity'))]))
    .where('s.state', '=', 'scheduled')
    .where('s.starts_at', '>', sql<Date>`now()`)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('invitations as i')
          .select('i.id')
          .whereRef('i.organization_id', '=', 'p.organization_id')
          .whereRef('i.seminar_id', '=', 'p.seminar_id')
          .where('i.answer', '=', 'waitlisted')
          .where('i.status', '=', 'sent'),
      ),
    )
    .execute()
}
