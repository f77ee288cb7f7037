import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { listAgendas } from './detail.ts'

const DRAFT_DAYS = 14
const MOST_AGENDAS = 50

/** What waits about the seminars themselves: a date that draws near, one that was held, one without a chair. */
export const seminarNeeds = (organizationId: string) => sql`
  select 'draft_soon', s.id, greatest(0, (s.starts_at at time zone s.timezone)::date - (now() at time zone s.timezone)::date),
    null::text[], null::timestamptz, false
  from seminars s
  where s.organization_id = ${organizationId} and s.state = 'draft' and (s.ends_at is null or s.ends_at > now())
    and s.starts_at < now() + make_interval(days => ${DRAFT_DAYS})
  union all
  select 'mark_held', s.id, 1, null::text[], null::timestamptz, false
  from seminars s where s.organization_id = ${organizationId} and s.state = 'scheduled' and s.ends_at < now()
  union all
  select 'no_chair', s.id, 1, null::text[], null::timestamptz, false
  from seminars s
  where s.organization_id = ${organizationId} and s.state in ('draft', 'scheduled') and s.ends_at > now() and s.starts_at is not null
    and not exists (select from chairs c where c.organization_id = s.organization_id and c.seminar_id = s.id and c.role = 'chair')`

/**
 * Of `seminars`: whether the agenda may run past the end, or ask somebody to two places; `computeAgenda` knows it for sure. An item
 * ends no later than the start, or a fixed start before it, and all minutes since. Only with a fixed start may two items overlap.
 * Of several days none that has a fixed start is left out.
 */
const mayNotFit = sql<boolean>`exists (
  select from (
    select i.minutes, i.fixed_start, sum(i.minutes) over (order by i.ordinal desc, i.id desc) * interval '1 minute' as rest
    from agenda_items i where i.organization_id = seminars.organization_id and i.seminar_id = seminars.id) a
  having sum(a.minutes) * interval '1 minute' > seminars.ends_local - seminars.starts_local
    or bool_or(seminars.starts_local::date + a.fixed_start + a.rest > seminars.ends_local)
    or count(a.fixed_start) > 0 and (seminars.starts_local::date < seminars.ends_local::date or exists (
      select from agenda_items i join agenda_speakers p on p.organization_id = i.organization_id and p.agenda_item_id = i.id
      where i.organization_id = seminars.organization_id and i.seminar_id = seminars.id
      having count(p.person_id) > count(distinct p.person_id) or count(*) > count(distinct fold(p.name)))))`

/** Agendas that run past the end, or ask one speaker to two places at once; of the next 50 seminars where that may be. */
export async function listAgendaNeeds(db: Db, organizationId: string, seminarId: string | undefined) {
  let query = db
    .selectFrom('seminars')
    .select(['organization_id', 'id', 'theme', 'theme_en', 'timezone', 'starts_local', 'ends_local'])
    .where('organization_id', '=', organizationId)
    .where('state', 'in', ['draft', 'scheduled'])
    .where('ends_at', '>', sql<Date>`now()`)
    .where(mayNotFit)
  if (seminarId !== undefined) query = query.where('id', '=', seminarId)
  const seminars = await query.orderBy('starts_at').orderBy('id').limit(MOST_AGENDAS).execute()
  const needs: {
    kind: 'agenda_overrun' | 'agenda_clash'
    seminar: Titled
    count: number
    names: string[]
    at: null
  }[] = []
  const agendas = await listAgendas(db, organizationId, seminars)
  for (const [index, seminar] of seminars.entries()) {
    const { overrunMinutes, clashes } = agendas[index] as (typeof agendas)[number]
    const { id, theme, theme_en: themeEn, timezone } = seminar
    const of = { seminar: { id, theme, themeEn, timezone }, at: null }
    if (overrunMinutes > 0) needs.push({ ...of, kind: 'agenda_overrun', count: overrunMinutes, names: [] })
    const names = [...new Set(clashes.map((clash) => clash.name))]
    if (clashes.length > 0) needs.push({ ...of, kind: 'agenda_clash', count: clashes.length, names: names.slice(0, 3) })
  }
  return needs
}

interface Titled {
  id: string
  theme: string
  themeEn: string | null
  timezone: string
}
