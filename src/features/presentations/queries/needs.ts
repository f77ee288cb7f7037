import { sql } from 'kysely'

/** Speeches that are late, those that wait to be read, and those whose newest version is locked away for a virus. */
export const speechNeeds = (organizationId: string) => sql`
  select 'speeches_overdue', p.seminar_id, count(*)::int, (array_agg(p.name order by p.deadline_at))[1:3], min(p.deadline_at), false
  from presentations p
  where p.organization_id = ${organizationId} and p.state in ('requested', 'accepted', 'returned') and p.deadline_at < now()
  group by p.seminar_id
  union all
  select 'speeches_to_read', p.seminar_id, count(*)::int, (array_agg(p.name order by p.received_at))[1:3], min(p.received_at), true
  from presentations p where p.organization_id = ${organizationId} and p.state = 'received' group by p.seminar_id
  union all
  select 'speeches_infected', p.seminar_id, count(*)::int, (array_agg(p.name order by last.scanned_at))[1:3], min(last.scanned_at), true
  from presentations p cross join lateral (
    select f.scan, f.scanned_at from presentation_versions v
    join files f on f.organization_id = v.organization_id and f.id = v.file_id
    where v.organization_id = p.organization_id and v.presentation_id = p.id order by v.number desc limit 1) last
  where p.organization_id = ${organizationId} and last.scan = 'found' and p.state not in ('declined', 'approved', 'withdrawn')
  group by p.seminar_id`
