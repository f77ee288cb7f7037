import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarRow } from '../queries.ts'
import type { Places } from './places.ts'
import type { Topic } from './topics.ts'

/** A seminar with its places and topics. */
export interface WholeSeminar {
  seminar: SeminarRow
  places: Places
  topics: Topic[]
}

/** One seminar with its places and topics, in one statement. @throws DomainError not_found */
export async function getWholeSeminar(db: Db, organizationId: string, id: string): Promise<WholeSeminar> {
  const { rows } = await sql<SeminarRow & { places: Places | null; topic_list: Topic[] }>`
    select s.*,
      (select jsonb_build_object('capacity', p.capacity, 'taken', p.taken)
        from seminar_places p where p.organization_id = s.organization_id and p.seminar_id = s.id) as places,
      coalesce((select jsonb_agg(jsonb_build_object('name', t.name, 'nameEn', t.name_en, 'key', t.key) order by st.ordinal)
        from seminar_topics st join topics t on t.organization_id = st.organization_id and t.id = st.topic_id
        where st.organization_id = s.organization_id and st.seminar_id = s.id), '[]') as topic_list
    from seminars s where s.organization_id = ${organizationId} and s.id = ${id}`.execute(db)
  const [row] = rows
  if (!row) throw new DomainError('not_found')
  const { places, topic_list: topics, ...seminar } = row
  return { seminar, places: places ?? { capacity: null, taken: 0 }, topics }
}
