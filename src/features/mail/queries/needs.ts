import { sql } from 'kysely'
import { stopsOf } from './line.ts'

/** Letters that wait because sending stands still, over the organisation; those that did not arrive, and were not sent again since. */
export const mailNeeds = (organizationId: string) => sql`
  select case s.stage when 'none' then 'mail_no_way' else 'mail_stopped' end, null::uuid, w.n,
    case s.stage when 'none' then null else array[s.reply] end, s.since, true
  from (${stopsOf(organizationId)} order by t.scope desc limit 1) s,
    (select count(*)::int as n from messages w
     where w.organization_id = ${organizationId} and w.state <> 'sent' and w.state in ('queued', 'sending')) w
  where w.n > 0
  union all
  select case m.state when 'bounced' then 'mail_bounced' else 'mail_failed' end, m.seminar_id, count(*)::int,
    (array_agg(coalesce(m.to_name, m.to_address) order by m.id))[1:3], min(m.created_at), true
  from messages m
  where m.organization_id = ${organizationId} and m.state in ('bounced', 'failed')
    and not exists (select from messages later where later.organization_id = m.organization_id
      and later.invitation_id = m.invitation_id and later.id > m.id and later.state in ('queued', 'sending', 'sent'))
  group by m.state, m.seminar_id`
