import { sql } from 'kysely'

/** Speeches that are late, and those that wait to be read. */
export const speechNeeds = (organizationId: string) => sql`
  select 'speeches_overdue', p.seminar_id, count(*)::int, (array_agg(p.name order by p.deadline_at))[1:3], min(p.deadline_at), false
  from presentations p
  where p.organization_id = ${organizationId} and p.state in ('requested', 'accepted', 'returned') and p.deadline_at < now()
  group by p.seminar_id
  union all
  select 'speeches_to_read', p.seminar_id, count(*)::int, (array_agg(p.name order by p.received_at))[1:3], min(p.received_at), true
  from presentations p where p.organization_id = ${organizationId} and p.state = 'received' group by p.seminar_id`
