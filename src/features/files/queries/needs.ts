import { sql } from 'kysely'

/**
 * Of the organisation as a whole, since papers and photos of years ago count too: stored files that are missing or damaged, and those
 * that have waited for the scanner for longer than a scan takes.
 */
export const fileNeeds = (organizationId: string) => sql`
  select 'files_damaged', null::uuid, count(*)::int, (array_agg(distinct f.name))[1:3], min(f.damaged_at), true
  from files f where f.organization_id = ${organizationId} and f.damaged_at is not null and f.scan <> 'found'
  having count(*) > 0
  union all
  select 'files_unscanned', null::uuid, count(*)::int, (array_agg(f.name order by f.created_at))[1:3], min(f.created_at), true
  from files f where f.organization_id = ${organizationId} and f.scan = 'waiting' and f.created_at < now() - interval '5 minutes'
  having count(*) > 0`
