import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'

/** How a group's seats stand. `invited` counts seats of invitations that were sent. */
export interface Figures {
  /** Chosen, but nothing was sent yet. */
  unsent: number
  invited: number
  /** Come in person or online. */
  accepted: number
  substituted: number
  declined: number
  waitlisted: number
  /** No answer yet, or a substitute the chair has not consented to. */
  waiting: number
}

export interface DelegationFigures extends Figures {
  /** Null: seats of no delegation. */
  id: string | null
  text: string
  textEn: string | null
}

interface Row extends Figures {
  id: string | null
  text: string | null
  text_en: string | null
  total: boolean
}

/**
 * Answers by delegation, seat by seat (someone invited for two positions counts in both groups), and `people`: each once.
 * One query. Delegations stand in their printed order, seats without one at the end.
 */
export async function findSeminarFigures(
  db: Db,
  organizationId: string,
  seminarId: string,
): Promise<{ delegations: DelegationFigures[]; people: Figures }> {
  const { rows } = await sql<Row>`
    with states as (
      select i.id, case
          when i.status = 'draft' then 'unsent'
          when i.answer in ('accepted', 'online') then 'accepted'
          when i.answer in ('substituted', 'declined', 'waitlisted') then i.answer
          else 'waiting' end as state
      from invitations i
      where i.organization_id = ${organizationId} and i.seminar_id = ${seminarId} and i.status <> 'withdrawn'
    ), units as (
      select s.delegation_id as id, states.state from states
      join invitation_seats s on s.organization_id = ${organizationId} and s.invitation_id = states.id
      union all
      select i.delegation_id, states.state from states
      join invitations i on i.organization_id = ${organizationId} and i.id = states.id
      where not exists (select from invitation_seats s where s.organization_id = ${organizationId} and s.invitation_id = states.id)
    ), counted as (
      select false as total, id, state from units
      union all
      select true, null, state from states
    ), summed as (
      select total, id,
        count(*) filter (where state = 'unsent')::int as unsent,
        count(*) filter (where state <> 'unsent')::int as invited,
        count(*) filter (where state = 'accepted')::int as accepted,
        count(*) filter (where state = 'substituted')::int as substituted,
        count(*) filter (where state = 'declined')::int as declined,
        count(*) filter (where state = 'waitlisted')::int as waitlisted,
        count(*) filter (where state = 'waiting')::int as waiting
      from counted group by total, id
    ), groups as (
      select id, text, text_en, ordinal from delegations where organization_id = ${organizationId} and seminar_id = ${seminarId}
    )
    select coalesce(summed.total, false) as total, coalesce(groups.id, summed.id) as id, groups.text, groups.text_en,
      coalesce(unsent, 0) as unsent, coalesce(invited, 0) as invited, coalesce(accepted, 0) as accepted,
      coalesce(substituted, 0) as substituted, coalesce(declined, 0) as declined,
      coalesce(waitlisted, 0) as waitlisted, coalesce(waiting, 0) as waiting
    from groups full join summed on summed.id = groups.id
    order by groups.ordinal nulls last, groups.id`.execute(db)
  const people = rows.find((row) => row.total)
  return {
    delegations: rows
      .filter((row) => !row.total)
      .map((row) => ({ ...figuresOf(row), id: row.id, text: row.text ?? '', textEn: row.text_en })),
    people: figuresOf(people),
  }
}

function figuresOf(row: Row | undefined): Figures {
  const {
    unsent = 0,
    invited = 0,
    accepted = 0,
    substituted = 0,
    declined = 0,
    waitlisted = 0,
    waiting = 0,
  } = row ?? {}
  return { unsent, invited, accepted, substituted, declined, waitlisted, waiting }
}

export interface RecentAnswer {
  seminarId: string
  theme: string
  themeEn: string | null
  name: string
  positions: string[]
  positionsEn: string[]
  result: string
  at: Date
}

/** The last answers that came in, over all seminars; for those shown once, one line a person. */
export async function listRecentAnswers(db: Db, organizationId: string, limit = 8): Promise<RecentAnswer[]> {
  const rows = await db
    .selectFrom('invitations as i')
    .innerJoin('seminars as s', (join) =>
      join.onRef('s.organization_id', '=', 'i.organization_id').onRef('s.id', '=', 'i.seminar_id'),
    )
    .select([
      's.id as seminar_id',
      's.theme',
      's.theme_en',
      'i.name',
      'i.positions',
      'i.positions_en',
      'i.answer',
      'i.answered_at',
    ])
    .where('i.organization_id', '=', organizationId)
    .where('i.answered_at', 'is not', null)
    .where('i.answer', 'is not', null)
    .where('i.status', '<>', 'withdrawn')
    .orderBy('i.answered_at', 'desc')
    .orderBy('i.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    seminarId: row.seminar_id,
    theme: row.theme,
    themeEn: row.theme_en,
    name: row.name,
    positions: row.positions,
    positionsEn: row.positions_en,
    result: row.answer as string,
    at: row.answered_at as Date,
  }))
}

/**
 * How many are written to when time or place change, and how many can only be telephoned. `off`: when there is no date any more;
 * then who was never told of the invitation is told nothing.
 */
export async function countConcerned(
  db: Db,
  organizationId: string,
  seminarId: string,
  { off }: { off: boolean },
): Promise<{ mailed: number; toCall: number }> {
  const isUntold = sql<boolean>`(coalesce(opened_at, answered_at) is null and exists (select from calls c
    where c.organization_id = invitations.organization_id and c.invitation_id = invitations.id and c.substitution_id is null
      and c.is_open and 'invitation' = any (c.reasons)))`
  return db
    .selectFrom('invitations')
    .select([
      sql<number>`count(email)::int`.as('mailed'),
      sql<number>`count(*) filter (where email is null and not (${off} and ${isUntold}))::int`.as('toCall'),
    ])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('status', '=', 'sent')
    .executeTakeFirstOrThrow()
}
