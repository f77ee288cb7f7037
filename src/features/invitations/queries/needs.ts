import { sql } from 'kysely'
import { isDue } from './calls.ts'

const NEAR_DEADLINE_DAYS = 3

/**
 * What waits about invitations: substitutes for the chair, people to telephone and those whom no number leads to, the silent
 * near their deadline, letters that were not sent.
 */
export const invitationNeeds = (organizationId: string) => sql`
  select 'substitutions_pending', i.seminar_id, count(*)::int, (array_agg(i.name order by u.created_at))[1:3], min(u.created_at), false
  from substitutions u join invitations i on i.organization_id = u.organization_id and i.id = u.invitation_id
  where u.organization_id = ${organizationId} and u.state = 'pending' and i.status = 'sent' group by i.seminar_id
  union all
  select case when coalesce(i.phone, h.phone) is null then 'calls_unreachable' else 'calls_open' end, c.seminar_id, count(*)::int,
    (array_agg(coalesce(u.name, i.name) order by c.created_at, c.id))[1:3], min(c.created_at), false
  from calls c join invitations i on i.organization_id = c.organization_id and i.id = c.invitation_id
  join seminars s on s.organization_id = c.organization_id and s.id = c.seminar_id
  left join people h on h.organization_id = i.organization_id and h.id = i.person_id
  left join substitutions u on u.organization_id = c.organization_id and u.id = c.substitution_id
  where c.organization_id = ${organizationId} and ${isDue}
  group by c.seminar_id, coalesce(i.phone, h.phone) is null
  union all
  select 'unanswered_near_deadline', i.seminar_id, count(*)::int, null::text[], min(coalesce(s.answer_deadline_at, s.starts_at)), false
  from invitations i join seminars s on s.organization_id = i.organization_id and s.id = i.seminar_id
  where i.organization_id = ${organizationId} and i.status = 'sent' and i.answer is null
    and s.state in ('draft', 'scheduled') and (s.ends_at is null or s.ends_at > now())
    and coalesce(s.answer_deadline_at, s.starts_at) between now() and now() + make_interval(days => ${NEAR_DEADLINE_DAYS})
  group by i.seminar_id
  union all
  select 'invitations_unsent', i.seminar_id, count(*)::int, null::text[], null::timestamptz, false
  from invitations i join seminars s on s.organization_id = i.organization_id and s.id = i.seminar_id
  where i.organization_id = ${organizationId} and i.status = 'draft'
    and s.state in ('draft', 'scheduled') and (s.ends_at is null or s.ends_at > now())
  group by i.seminar_id`
