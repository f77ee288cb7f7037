import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { getAgenda } from './detail.ts'

export const needKinds = [
  'substitutions_pending',
  'mail_bounced',
  'mail_failed',
  'speeches_overdue',
  'speeches_to_read',
  'unanswered_near_deadline',
  'invitations_unsent',
  'mark_held',
  'draft_soon',
  'agenda_clash',
  'agenda_overrun',
  'no_chair',
] as const
export type NeedKind = (typeof needKinds)[number]

/** One thing that waits for an organizer. */
export interface Need {
  kind: NeedKind
  seminarId: string
  theme: string
  themeEn: string | null
  timezone: string
  /** How many; minutes for an overrun; days left for a draft. */
  count: number
  /** Up to three names of those concerned. */
  names: string[]
  /** Since when the oldest waits, or the deadline, where there is one. */
  at: Date | null
}

const DRAFT_DAYS = 14
const NEAR_DEADLINE_DAYS = 3
const MOST_AGENDAS = 50

interface Row {
  kind: NeedKind
  seminar_id: string
  theme: string
  theme_en: string | null
  timezone: string
  count: number
  names: string[] | null
  at: Date | null
}

/**
 * What waits for an organizer, most pressing first, over all seminars or in one. The database's clock decides what is late.
 */
export async function listNeedsHand(db: Db, organizationId: string, seminarId?: string): Promise<Need[]> {
  const { rows } = await sql<Row>`
    with s as (
      select * from seminars where organization_id = ${organizationId} and ${seminarId ? sql`id = ${seminarId}` : sql`true`}
    ), open as (
      select * from s where state in ('draft', 'scheduled') and (ends_at is null or ends_at > now())
    ), needs as (
      select 'substitutions_pending' as kind, i.seminar_id, count(*)::int as count,
        (array_agg(i.name order by u.created_at))[1:3] as names, min(u.created_at) as at
      from substitutions u join invitations i on i.organization_id = u.organization_id and i.id = u.invitation_id
      where u.organization_id = ${organizationId} and u.state = 'pending' and i.status = 'sent' group by i.seminar_id
      union all
      select case m.state when 'bounced' then 'mail_bounced' else 'mail_failed' end, m.seminar_id, count(*)::int, (array_agg(coalesce(m.to_name, m.to_address) order by m.id))[1:3], min(m.created_at)
      from messages m
      where m.organization_id = ${organizationId} and m.state in ('bounced', 'failed') and m.seminar_id is not null
        and not exists (select from messages later where later.organization_id = m.organization_id
          and later.invitation_id = m.invitation_id and later.id > m.id and later.state in ('queued', 'sending', 'sent'))
      group by m.state, m.seminar_id
      union all
      select 'speeches_overdue', p.seminar_id, count(*)::int, (array_agg(p.name order by p.deadline_at))[1:3], min(p.deadline_at)
      from presentations p
      where p.organization_id = ${organizationId} and p.state in ('requested', 'accepted', 'returned') and p.deadline_at < now()
      group by p.seminar_id
      union all
      select 'speeches_to_read', p.seminar_id, count(*)::int, (array_agg(p.name order by p.received_at))[1:3], min(p.received_at)
      from presentations p where p.organization_id = ${organizationId} and p.state = 'received' group by p.seminar_id
      union all
      select 'unanswered_near_deadline', i.seminar_id, count(*)::int, null::text[], min(coalesce(open.answer_deadline_at, open.starts_at))
      from invitations i join open on open.id = i.seminar_id
      where i.organization_id = ${organizationId} and i.status = 'sent' and i.answer is null
        and coalesce(open.answer_deadline_at, open.starts_at) between now() and now() + make_interval(days => ${NEAR_DEADLINE_DAYS})
      group by i.seminar_id
      union all
      select 'invitations_unsent', i.seminar_id, count(*)::int, null, null::timestamptz
      from invitations i join open on open.id = i.seminar_id
      where i.organization_id = ${organizationId} and i.status = 'draft' group by i.seminar_id
      union all
      select 'draft_soon', id, greatest(0, (starts_at at time zone timezone)::date - (now() at time zone timezone)::date), null, null::timestamptz
      from open where state = 'draft' and starts_at < now() + make_interval(days => ${DRAFT_DAYS})
      union all
      select 'mark_held', id, 1, null, null from s where state = 'scheduled' and ends_at < now()
      union all
      select 'no_chair', id, 1, null, null from open
      where starts_at is not null and not exists (select from chairs c where c.organization_id = ${organizationId} and c.seminar_id = open.id and c.role = 'chair')
    )
    select needs.kind, needs.seminar_id, s.theme, s.theme_en, s.timezone, needs.count, needs.names, needs.at
    from needs join s on s.id = needs.seminar_id
    where s.state in ('draft', 'scheduled', 'postponed') or needs.kind in ('speeches_to_read', 'mail_bounced', 'mail_failed')
      and s.state = 'held' and s.ends_at > now() - interval '30 days'
    order by s.starts_at nulls last, s.id limit 500`.execute(db)
  const needs = rows.map(toNeed)
  needs.push(...(await listAgendaNeeds(db, organizationId, seminarId)))
  const rank = (need: Need) => needKinds.indexOf(need.kind)
  return needs.sort((a, b) => rank(a) - rank(b))
}

function toNeed(row: Row): Need {
  return {
    kind: row.kind,
    seminarId: row.seminar_id,
    theme: row.theme,
    themeEn: row.theme_en,
    timezone: row.timezone,
    count: row.count,
    names: row.names ?? [],
    at: row.at,
  }
}

async function listAgendaNeeds(db: Db, organizationId: string, seminarId: string | undefined): Promise<Need[]> {
  let query = db
    .selectFrom('seminars')
    .select(['organization_id', 'id', 'theme', 'theme_en', 'timezone', 'starts_local', 'ends_local'])
    .where('organization_id', '=', organizationId)
    .where('state', 'in', ['draft', 'scheduled'])
    .where('ends_at', '>', sql<Date>`now()`)
  if (seminarId !== undefined) query = query.where('id', '=', seminarId)
  const seminars = await query.orderBy('starts_at').orderBy('id').limit(MOST_AGENDAS).execute()
  const needs: Need[] = []
  for (const seminar of seminars) {
    const { overrunMinutes, clashes } = await getAgenda(db, seminar)
    const of = {
      seminarId: seminar.id,
      theme: seminar.theme,
      themeEn: seminar.theme_en,
      timezone: seminar.timezone,
      at: null,
    }
    if (overrunMinutes > 0) needs.push({ ...of, kind: 'agenda_overrun', count: overrunMinutes, names: [] })
    const names = [...new Set(clashes.map((clash) => clash.name))]
    if (clashes.length > 0) needs.push({ ...of, kind: 'agenda_clash', count: clashes.length, names: names.slice(0, 3) })
  }
  return needs
}
