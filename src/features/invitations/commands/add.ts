import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { wallTime } from '../../../text/dates.ts'
import { splitVietnameseName } from '../../../text/fold.ts'
import { recordAudit } from '../../audit/commands.ts'
import { listPositionsOf, type SelectedPosition, selectPositions } from '../../directory/queries/positions.ts'
import { describePosition, isValidOn } from '../../directory/rules.ts'
import { selectorSchema } from '../../directory/schema.ts'
import { getSeminar, type SeminarRow } from '../../seminars/queries.ts'
import type { InviteeInput } from '../schema.ts'
import { printSeats } from './seats.ts'

export interface Added {
  /** New invitations. */
  added: number
  /** Positions they were invited for, also of people who were on the list already. */
  seats: number
  /** People who were on the list already. */
  already: number
}

interface Invitee {
  person: SelectedPosition['person']
  seats: { delegationId: string | null; position: SelectedPosition }[]
}

const CHUNK = 1000

/**
 * Invites whom delegations select on the seminar's day, in the delegations' order; without ids all delegations at once.
 * Nobody is invited twice: a person of two positions gets one invitation that lists both.
 * @throws DomainError not_found; closed
 */
export async function inviteDelegations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  delegationIds?: string[],
): Promise<Added> {
  const seminar = await getOpenSeminar(trx, organizationId, seminarId)
  const delegations = await trx
    .selectFrom('delegations')
    .select(['id', 'selector'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('selector', 'is not', null)
    .orderBy('ordinal')
    .execute()
  const invitees = new Map<string, Invitee>()
  for (const { id, selector } of delegations.filter((d) => !delegationIds || delegationIds.includes(d.id))) {
    for (const position of await selectPositions(
      trx,
      organizationId,
      selectorSchema.parse(selector),
      dayOf(seminar, ctx),
    )) {
      const invitee = invitees.get(position.person.id) ?? { person: position.person, seats: [] }
      if (!invitee.seats.some((seat) => seat.position.id === position.id))
        invitee.seats.push({ delegationId: id, position })
      invitees.set(position.person.id, invitee)
    }
  }
  return invite(trx, ctx, seminar, [...invitees.values()])
}

/**
 * Invites people of the directory, each with all positions held on the seminar's day; as part of a delegation where one is given.
 * @throws DomainError not_found; closed
 */
export async function invitePeople(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  { personIds, delegationId = null }: { personIds: string[]; delegationId?: string | null },
): Promise<Added> {
  const seminar = await getOpenSeminar(trx, organizationId, seminarId)
  if (delegationId !== null) await assertDelegation(trx, seminar, delegationId)
  const day = dayOf(seminar, ctx)
  const invitees: Invitee[] = []
  for (let i = 0; i < personIds.length; i += CHUNK) {
    const ids = personIds.slice(i, i + CHUNK)
    const people = await trx
      .selectFrom('people')
      .select(['id', 'name', 'family', 'middle', 'given', 'gender', 'email', 'phone', 'locale'])
      .where('organization_id', '=', organizationId)
      .where('id', 'in', ids)
      .execute()
    const positions = (await listPositionsOf(trx, organizationId, ids)).filter((p) => isValidOn(p, day))
    for (const person of people) {
      const seats = positions.filter((p) => p.person.id === person.id).map((position) => ({ delegationId, position }))
      invitees.push({ person: person as Invitee['person'], seats })
    }
  }
  return invite(trx, ctx, seminar, invitees, delegationId)
}

/**
 * Invites someone who is in no directory.
 * @throws DomainError not_found; closed; invalid where the same name and address is invited already
 */
export async function inviteByHand(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  input: InviteeInput,
): Promise<string> {
  const seminar = await getOpenSeminar(trx, organizationId, seminarId)
  if (input.delegation_id !== null) await assertDelegation(trx, seminar, input.delegation_id)
  const row = await trx
    .insertInto('invitations')
    .values({ organization_id: organizationId, seminar_id: seminarId, ...input, ...splitVietnameseName(input.name) })
    .onConflict((c) => c.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!row) throw invalid({ field: 'name', code: 'on_list' })
  if (input.positions.length) {
    await trx
      .insertInto('invitation_seats')
      .values(
        input.positions.map((text, i) => ({
          organization_id: organizationId,
          invitation_id: row.id,
          delegation_id: input.delegation_id,
          text,
          text_en: input.positions_en[i] ?? null,
        })),
      )
      .execute()
  }
  await carrySequences(trx, organizationId, seminarId)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'invitation.added',
    subjectKind: 'invitation',
    subjectId: row.id,
    seminarId,
    details: { name: input.name },
  })
  return row.id
}

/** People may be invited until the seminar is held or cancelled. */
async function getOpenSeminar(trx: Trx, organizationId: string, seminarId: string): Promise<SeminarRow> {
  const seminar = await getSeminar(trx, organizationId, seminarId)
  if (seminar.state === 'held' || seminar.state === 'cancelled')
    throw new DomainError('closed', { detail: `seminar_${seminar.state === 'held' ? 'over' : 'cancelled'}` })
  return seminar
}

async function assertDelegation(trx: Trx, seminar: SeminarRow, id: string): Promise<void> {
  const found = await trx
    .selectFrom('delegations')
    .select('id')
    .where('organization_id', '=', seminar.organization_id)
    .where('seminar_id', '=', seminar.id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw invalid({ field: 'delegation_id', code: 'invalid' })
}

function dayOf(seminar: SeminarRow, ctx: Context): string {
  return (seminar.starts_local ?? wallTime(ctx.now, seminar.timezone)).slice(0, 10)
}

/** Two organizers may add the same people at once: the unique indexes decide, and both see the same list. */
async function invite(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  invitees: Invitee[],
  delegationId: string | null = null,
): Promise<Added> {
  const { organization_id: organizationId, id: seminarId } = seminar
  const sum: Added = { added: 0, seats: 0, already: 0 }
  for (let i = 0; i < invitees.length; i += CHUNK) {
    const chunk = invitees.slice(i, i + CHUNK)
    const added = await trx
      .insertInto('invitations')
      .values(
        chunk.map(({ person: { id, email_dead_at: _, ...person } }) => ({
          organization_id: organizationId,
          seminar_id: seminarId,
          person_id: id,
          delegation_id: delegationId,
          ...person,
        })),
      )
      .onConflict((c) => c.doNothing())
      .returning('id')
      .execute()
    const rows = await trx
      .selectFrom('invitations')
      .select(['id', 'person_id'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', seminarId)
      .where(
        'person_id',
        'in',
        chunk.map(({ person }) => person.id),
      )
      .where('status', '<>', 'withdrawn')
      .execute()
    const byPerson = new Map(rows.map((row) => [row.person_id as string, row.id]))
    const seats = chunk.flatMap(({ person, seats: own }) =>
      own.map(({ delegationId: delegation, position }) => ({
        organization_id: organizationId,
        invitation_id: byPerson.get(person.id) as string,
        delegation_id: delegation,
        position_id: position.id,
        text: describePosition(position.unit, position, 'vi'),
        text_en: position.title_en ? describePosition(position.unit, position, 'en') : null,
      })),
    )
    const newSeats = seats.length
      ? await trx
          .insertInto('invitation_seats')
          .values(seats)
          .onConflict((c) => c.doNothing())
          .returning('id')
          .execute()
      : []
    await printSeats(
      trx,
      organizationId,
      newSeats.map((seat) => seat.id),
    )
    sum.added += added.length
    sum.seats += newSeats.length
    sum.already += chunk.length - added.length
  }
  await carrySequences(trx, organizationId, seminarId)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'invitations.added',
    subjectKind: 'seminar',
    subjectId: seminarId,
    seminarId,
    details: { ...sum },
  })
  return sum
}

/** Who is invited again after a withdrawal starts above the SEQUENCE that told them it was over (RFC 5546 section 2.1.4). */
async function carrySequences(trx: Trx, organizationId: string, seminarId: string): Promise<void> {
  await sql`
    update invitations i set calendar_sequence = w.last + 1
    from (select coalesce(person_id::text, lower(email)) as who, max(calendar_sequence) as last from invitations
          where organization_id = ${organizationId} and seminar_id = ${seminarId} and status = 'withdrawn' and calendar_sequence is not null
          group by 1) w
    where i.organization_id = ${organizationId} and i.seminar_id = ${seminarId} and coalesce(i.person_id::text, lower(i.email)) = w.who
      and i.status = 'draft' and i.calendar_sequence is null`.execute(trx)
}
