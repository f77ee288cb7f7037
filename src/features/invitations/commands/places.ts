import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudits } from '../../audit/commands.ts'
import { placeGivenMail } from '../emails/answers.ts'
import { isMailable } from '../emails/invitation.ts'
import { getEvent } from '../queries/event.ts'
import { stateWithPlace } from '../rules.ts'
import { announce, nobody, sumTold, type Told } from './announce.ts'
import { inviteSubstitutes } from './substitutes.ts'

/** What the counter says: whether a place was granted, and the last number of the waiting line, which was handed out if not. */
interface Asked {
  granted: boolean
  waiting_last: number
}

/**
 * Asks the counter for a place: one conditional update, which also hands out the next number of the waiting line where
 * none is free. Nobody else's row is locked, and the counter's only until the commit.
 */
export function takePlace(organizationId: string, seminarId: string) {
  return sql<Asked>`(update seminar_places set
      granted = (capacity is null or taken < capacity),
      taken = taken + (case when capacity is null or taken < capacity then 1 else 0 end),
      waiting_last = waiting_last + (case when capacity is null or taken < capacity then 0 else 1 end)
    where organization_id = ${organizationId} and seminar_id = ${seminarId}
    returning granted, waiting_last)`
}

/** Stands for the counter where no place is wanted, or one is held. */
export const noPlaceAsked = sql<Asked>`(select false as granted, 0 as waiting_last)`

/** Gives places back, and hands them to the first in line in the same transaction. @returns how those who got one are told */
export async function freePlaces(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  count: number,
): Promise<Placed> {
  await trx
    .updateTable('seminar_places')
    .set((eb) => ({ taken: eb('taken', '-', count) }))
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .execute()
  return givePlaces(trx, ctx, organizationId, seminarId)
}

/** How many places were given, and how those who got one are told. */
export interface Placed extends Told {
  given: number
}
const none: Placed = { given: 0, ...nobody }

/** How many are told in one transaction; the next run goes on. */
const MOST_AT_ONCE = 1000

/**
 * Fills free places from the waiting line, in order, and tells those who get one. Called when a place comes free, after the
 * capacity was raised, and by the task `fill_places`. The counter is locked first: hand-outs come one after another, and
 * whoever joined the line before is seen. An invitation that is being answered at this moment is passed over.
 */
export async function givePlaces(trx: Trx, ctx: Context, organizationId: string, seminarId: string): Promise<Placed> {
  const places = await trx
    .selectFrom('seminar_places')
    .select(['capacity', 'taken'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .forUpdate()
    .executeTakeFirst()
  if (!places) return none
  const free = places.capacity === null ? MOST_AT_ONCE : Math.min(places.capacity - places.taken, MOST_AT_ONCE)
  if (free <= 0) return none
  const next = await lockFirstInLine(trx, organizationId, seminarId, free)
  if (!next.length) return none
  await seat(trx, organizationId, next)
  await trx
    .updateTable('seminar_places')
    .set((eb) => ({ taken: eb('taken', '+', next.length) }))
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .execute()
  return { given: next.length, ...(await tell(trx, ctx, organizationId, seminarId, next)) }
}

/** The first in line while the seminar is still to come, each with the open substitution. */
async function lockFirstInLine(trx: Trx, organizationId: string, seminarId: string, limit: number) {
  const rows = await trx
    .selectFrom('invitations as i')
    .innerJoin('seminars as s', (j) =>
      j.onRef('s.organization_id', '=', 'i.organization_id').onRef('s.id', '=', 'i.seminar_id'),
    )
    .selectAll('i')
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
    .where('i.answer', '=', 'waitlisted')
    .where('i.status', '=', 'sent')
    .where('s.state', '=', 'scheduled')
    .where((eb) => eb.or([eb('s.starts_at', 'is', null), eb('s.starts_at', '>', sql<Date>`now()`)]))
    .orderBy('i.waiting_no')
    .limit(limit)
    .forUpdate('i')
    .skipLocked()
    .execute()
  if (!rows.length) return []
  const substitutions = await trx
    .selectFrom('substitutions')
    .select(['invitation_id', 'state'])
    .where('organization_id', '=', organizationId)
    .where(
      'invitation_id',
      'in',
      rows.map((row) => row.id),
    )
    .where('state', 'in', ['pending', 'approved'])
    .execute()
  const open = new Map(substitutions.map((s) => [s.invitation_id, s.state as 'pending' | 'approved']))
  return rows.map((row) => ({ ...row, state: stateWithPlace(open.get(row.id) ?? null) }))
}
type Seated = Awaited<ReturnType<typeof lockFirstInLine>>[number]

async function seat(trx: Trx, organizationId: string, next: Seated[]): Promise<void> {
  for (const state of new Set(next.map((row) => row.state))) {
    await trx
      .updateTable('invitations')
      .set((eb) => ({
        answer: state,
        waiting_no: null,
        holds_place: true,
        version: eb('version', '+', 1),
        updated_at: sql<Date>`now()`,
      }))
      .where('organization_id', '=', organizationId)
      .where(
        'id',
        'in',
        next.filter((row) => row.state === state).map((row) => row.id),
      )
      .execute()
  }
}

async function tell(trx: Trx, ctx: Context, organizationId: string, seminarId: string, next: Seated[]): Promise<Told> {
  const event = await getEvent(trx, organizationId, seminarId)
  const notices = next.map((row) => ({
    invitationId: row.id,
    substitutionId: null,
    reason: 'place_given' as const,
    letter: isMailable(row.email) ? placeGivenMail(event, ctx, { ...row, email: row.email }, row.state) : null,
  }))
  const told = await announce(trx, ctx, organizationId, seminarId, notices)
  await recordAudits(
    trx,
    ctx,
    next.map((row) => ({
      organizationId,
      action: 'invitation.place_given',
      subjectKind: 'invitation',
      subjectId: row.id,
      seminarId,
      details: { name: row.name, state: row.state },
    })),
  )
  const substituted = next.filter((row) => row.state === 'substituted').map((row) => row.id)
  return sumTold(told, await inviteSubstitutes(trx, ctx, organizationId, seminarId, substituted))
}
