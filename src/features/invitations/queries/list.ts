import { type ExpressionBuilder, sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import { matchesSearch } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import type { DB } from '../../../db/types.ts'
import type { AnswerState, InvitationFilter, Telling } from '../schema.ts'
import { countCalls, isDue } from './calls.ts'
import { countWaitingLetters, letterState, toldAt } from './letters.ts'

const columns = [
  'i.id',
  'i.name',
  'i.family',
  'i.middle',
  'i.given',
  'i.positions',
  'i.positions_en',
  'i.email',
  'i.phone',
  'i.status',
  'i.sent_at',
  'i.opened_at',
  'i.answer',
  'i.answered_at',
  'i.waiting_no',
  'i.delegation_id',
  'i.seminar_id',
  'i.person_id',
  'i.gender',
  'i.locale',
  'i.withdrawn_at',
  'i.answered_via',
  'i.reason',
  'i.note',
  'i.version',
  'i.created_at',
  'i.updated_at',
] as const

/** Of `invitations i`: a call to the invitee is to be made, now. */
const toCall = sql<boolean>`exists (select from calls c
  join seminars s on s.organization_id = c.organization_id and s.id = c.seminar_id
  where c.organization_id = i.organization_id and c.invitation_id = i.id and c.substitution_id is null and ${isDue})`

/** Of `invitations i`: there is something to tell the invitee by telephone, be it time for that or not. */
const isAsked = sql<boolean>`exists (select from calls c where c.organization_id = i.organization_id and c.invitation_id = i.id
  and c.substitution_id is null and c.is_open)`

/** Of `invitations i`: the invitee was told by telephone or some other way, and nothing is left to tell. */
const wasCalled = sql<boolean>`(not ${isAsked} and exists (select from calls c where c.organization_id = i.organization_id
  and c.invitation_id = i.id and c.substitution_id is null and c.outcome in ('reached', 'left_word', 'otherwise')))`

/**
 * How the invitee of a sent invitation is told: by a letter, by a call that is to be made (`to_call`) or was (`called`). Of
 * `invitations i`; null of drafts, and where neither was.
 */
export const telling = sql<Telling | null>`case when i.status = 'draft' then null when ${toCall} then 'to_call'
  when ${isAsked} then null when ${wasCalled} then 'called' when i.calendar_sequence is not null then 'letter' end`

function narrowed(db: Db, organizationId: string, seminarId: string, filter: InvitationFilter) {
  let query = db
    .selectFrom('invitations as i')
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
  // A withdrawn invitation is history: it shows only where it is asked for.
  query = filter.status ? query.where('i.status', '=', filter.status) : query.where('i.status', '<>', 'withdrawn')
  if (filter.q) query = query.where((eb) => matchesSearch(eb.ref('i.search'), filter.q))
  if (filter.answer === 'none') query = query.where('i.answer', 'is', null)
  else if (filter.answer) query = query.where('i.answer', '=', filter.answer)
  if (filter.address) query = query.where('i.email', filter.address === 'with' ? 'is not' : 'is', null)
  if (filter.call) query = query.where(filter.call === 'open' ? toCall : wasCalled)
  if (filter.delegation) query = query.where((eb) => inDelegation(eb, filter.delegation as string))
  if (filter.sort === 'answered') query = query.where('i.answered_at', 'is not', null)
  return query
}

/** Of a delegation by any of their seats. */
function inDelegation(eb: ExpressionBuilder<DB & { i: DB['invitations'] }, 'i'>, delegationId: string) {
  return eb.or([
    eb('i.delegation_id', '=', delegationId),
    eb.exists(
      eb
        .selectFrom('invitation_seats as t')
        .select('t.id')
        .whereRef('t.organization_id', '=', 'i.organization_id')
        .whereRef('t.invitation_id', '=', 'i.id')
        .where('t.delegation_id', '=', delegationId),
    ),
  ])
}

/** A seminar's invitations: by given name, or the latest answer first. */
export async function listInvitations(
  db: Db,
  organizationId: string,
  seminarId: string,
  filter: InvitationFilter,
  limit = 50,
) {
  const query = narrowed(db, organizationId, seminarId, filter)
    .select(columns)
    .select(letterState.as('letter'))
    .select(toldAt.as('told_at'))
    .select(telling.as('telling'))
    .limit(limit + 1)
  if (filter.sort === 'answered') return listByAnswer(query, filter.cursor, limit)
  return listByName(query, filter.cursor, limit)
}

type ListQuery = ReturnType<typeof listQuery>
function listQuery(db: Db) {
  return narrowed(db, '', '', {} as InvitationFilter)
    .select(columns)
    .select(letterState.as('letter'))
    .select(toldAt.as('told_at'))
    .select(telling.as('telling'))
}
export type InvitationListRow = Awaited<ReturnType<ListQuery['execute']>>[number]

async function listByName(
  query: ListQuery,
  cursor: string | undefined,
  limit: number,
): Promise<Page<InvitationListRow>> {
  let page = query
  if (cursor) {
    const [given, family, middle, id] = decodeCursor(cursor, 4)
    page = page.where(
      sql<boolean>`(i.given, i.family, i.middle, i.id) > (${given}::text, ${family}::text, ${middle}::text, ${id}::uuid)`,
    )
  }
  const rows = await page.orderBy('i.given').orderBy('i.family').orderBy('i.middle').orderBy('i.id').execute()
  return toPage(rows, limit, (row) => [row.given, row.family, row.middle, row.id])
}

async function listByAnswer(
  query: ListQuery,
  cursor: string | undefined,
  limit: number,
): Promise<Page<InvitationListRow>> {
  let page = query
  if (cursor) {
    const [at, id] = decodeCursor(cursor, 2)
    page = page.where(sql<boolean>`(i.answered_at, i.id) < (${at}::timestamptz, ${id}::uuid)`)
  }
  const rows = await page
    .select(sql<string>`i.answered_at::text`.as('at'))
    .orderBy('i.answered_at', 'desc')
    .orderBy('i.id', 'desc')
    .execute()
  return toPage(rows, limit, (row) => [(row as unknown as { at: string }).at, row.id])
}

/** How many invitations of a filter there are. */
export async function countInvitations(
  db: Db,
  organizationId: string,
  seminarId: string,
  filter: InvitationFilter,
): Promise<number> {
  const row = await narrowed(db, organizationId, seminarId, filter)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

export interface InvitationCounts {
  draft: number
  draftWithoutAddress: number
  /** Asked to be sent; `waiting` of their letters have not gone yet. */
  sent: number
  waiting: number
  /** Calls to make, as the list of them has it: substitutes, and those whose invitation was taken back, are in it. */
  toCall: number
  /** Of those sent: told nothing yet that only a call can tell, and told by telephone or some other way. */
  uncalled: number
  called: number
  opened: number
  withdrawn: number
  unanswered: number
  /** Sent invitations by what was answered. */
  answers: Partial<Record<AnswerState, number>>
  seats: number
  places: { capacity: number | null; taken: number }
  substitutionsPending: number
}

/** Where a seminar's invitations stand, in one round trip each for people and for places. */
export async function countByState(db: Db, organizationId: string, seminarId: string): Promise<InvitationCounts> {
  const groups = await db
    .selectFrom('invitations as i')
    .select([
      'status',
      'answer',
      sql<number>`count(*)::int`.as('n'),
      sql<number>`count(opened_at)::int`.as('opened'),
      sql<number>`count(*) filter (where email is null)::int`.as('bare'),
      sql<number>`count(*) filter (where ${isAsked})::int`.as('uncalled'),
      sql<number>`count(*) filter (where ${wasCalled})::int`.as('called'),
    ])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .groupBy(['status', 'answer'])
    .execute()
  const { rows } = await sql<{ seats: number; capacity: number | null; taken: number; pending: number }>`
    select p.capacity, p.taken,
      (select count(*)::int from invitation_seats t join invitations i on i.organization_id = t.organization_id and i.id = t.invitation_id
        where i.organization_id = p.organization_id and i.seminar_id = p.seminar_id and i.status <> 'withdrawn') as seats,
      (select count(*)::int from substitutions u join invitations i on i.organization_id = u.organization_id and i.id = u.invitation_id
        where i.organization_id = p.organization_id and i.seminar_id = p.seminar_id and i.status = 'sent' and u.state = 'pending') as pending
    from seminar_places p where p.organization_id = ${organizationId} and p.seminar_id = ${seminarId}`.execute(db)
  const waiting = await countWaitingLetters(db, organizationId, seminarId)
  const calls = await countCalls(db, organizationId, { state: 'open', seminarId })
  const sum = (
    test: (group: (typeof groups)[number]) => boolean,
    of: 'n' | 'opened' | 'bare' | 'uncalled' | 'called' = 'n',
  ) => groups.filter(test).reduce((total, group) => total + group[of], 0)
  const sent = groups.filter((group) => group.status === 'sent')
  return {
    draft: sum((g) => g.status === 'draft'),
    draftWithoutAddress: sum((g) => g.status === 'draft', 'bare'),
    sent: sum((g) => g.status === 'sent'),
    waiting,
    toCall: calls,
    uncalled: sum((g) => g.status === 'sent', 'uncalled'),
    called: sum((g) => g.status === 'sent', 'called'),
    opened: sum((g) => g.status === 'sent', 'opened'),
    withdrawn: sum((g) => g.status === 'withdrawn'),
    unanswered: sum((g) => g.status === 'sent' && g.answer === null),
    answers: Object.fromEntries(sent.filter((g) => g.answer !== null).map((g) => [g.answer, g.n])),
    seats: rows[0]?.seats ?? 0,
    places: { capacity: rows[0]?.capacity ?? null, taken: rows[0]?.taken ?? 0 },
    substitutionsPending: rows[0]?.pending ?? 0,
  }
}

/** A seminar's delegations in order, with how many were invited by each. */
export async function listDelegationsWithCounts(db: Db, organizationId: string, seminarId: string) {
  return db
    .selectFrom('delegations as d')
    .leftJoin('invitation_seats as t', (j) =>
      j.onRef('t.organization_id', '=', 'd.organization_id').onRef('t.delegation_id', '=', 'd.id'),
    )
    .leftJoin('invitations as i', (j) =>
      j
        .onRef('i.organization_id', '=', 't.organization_id')
        .onRef('i.id', '=', 't.invitation_id')
        .on('i.status', '<>', 'withdrawn'),
    )
    .select([
      'd.id',
      'd.text',
      'd.text_en',
      sql<boolean>`d.selector is not null`.as('selects'),
      sql<number>`count(distinct i.id)::int`.as('people'),
    ])
    .where('d.organization_id', '=', organizationId)
    .where('d.seminar_id', '=', seminarId)
    .groupBy(['d.organization_id', 'd.id'])
    .orderBy('d.ordinal')
    .execute()
}
export type DelegationWithCount = Awaited<ReturnType<typeof listDelegationsWithCounts>>[number]

/** Which of these ids, by their places, are not of this seminar's invitations: the first twenty. */
export async function listForeign(db: Db, organizationId: string, seminarId: string, ids: string[]): Promise<number[]> {
  if (!ids.length) return []
  const rows = await db
    .selectFrom('invitations')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', 'in', ids)
    .execute()
  const own = new Set(rows.map((row) => row.id))
  return ids.flatMap((id, n) => (own.has(id.toLowerCase()) ? [] : [n])).slice(0, 20)
}

/** The names of some invitations of a seminar in one status, by name. */
export function listNames(db: Db, organizationId: string, seminarId: string, ids: string[], status: 'draft' | 'sent') {
  return db
    .selectFrom('invitations')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('status', '=', status)
    .where('id', 'in', ids)
    .orderBy('given')
    .orderBy('family')
    .orderBy('middle')
    .orderBy('id')
    .execute()
}
