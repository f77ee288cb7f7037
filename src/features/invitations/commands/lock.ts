import { type Selectable, sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import type { Invitations } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import type { SeminarState } from '../../seminars/rules.ts'
import type { SubstitutePolicy } from '../schema.ts'

export type LockedInvitation = Selectable<Invitations> & { db_now: Date }
export interface OpenSubstitution {
  id: string
  name: string
  position: string
  email: string | null
  state: 'pending' | 'approved'
}

/** Locks the invitation alone, and reads the database's clock with it. @throws DomainError not_found */
export async function lockInvitation(trx: Trx, organizationId: string, id: string): Promise<LockedInvitation> {
  const row = await trx
    .selectFrom('invitations')
    .selectAll()
    .select(sql<Date>`now()`.as('db_now'))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** What a decision needs and no more. */
export interface SeminarFacts {
  state: SeminarState
  starts_at: Date | null
  answer_deadline_at: Date | null
  online_offered: boolean
  substitute_policy: SubstitutePolicy
  capacity: number | null
  open: OpenSubstitution | null
}

/**
 * Locks the invitation and reads what decides with it, in one statement: every answer takes this way. Whoever had to wait for the
 * lock reads again, for the statement saw the seminar as it stood before the wait. @throws DomainError not_found
 */
export async function lockWithSeminar(
  trx: Trx,
  organizationId: string,
  id: string,
): Promise<{ invitation: LockedInvitation; seminar: SeminarFacts }> {
  const { rows } = await sql<LockedInvitation & { seminar: SeminarFacts; waited: boolean }>`
    with locked as (select * from invitations where organization_id = ${organizationId} and id = ${id} for update)
    select i.*, now() as db_now, ${seminarFacts} as seminar,
      i.version <> (select before.version from invitations before where before.organization_id = ${organizationId} and before.id = ${id}) as waited
    from locked i`.execute(trx)
  const [row] = rows
  if (!row) throw new DomainError('not_found')
  const { seminar, waited, ...invitation } = row
  return { invitation, seminar: revive(waited ? await readSeminarFacts(trx, organizationId, id) : seminar) }
}

/** Of the invitation `i`, as JSON. */
const seminarFacts = sql<SeminarFacts>`(select jsonb_build_object('state', s.state, 'starts_at', s.starts_at, 'answer_deadline_at', s.answer_deadline_at,
    'online_offered', s.online_offered, 'substitute_policy', s.substitute_policy, 'capacity', p.capacity,
    'open', (select jsonb_build_object('id', u.id, 'name', u.name, 'position', u.position, 'email', u.email, 'state', u.state)
      from substitutions u where u.organization_id = i.organization_id and u.invitation_id = i.id and u.state in ('pending', 'approved')))
  from seminars s join seminar_places p on p.organization_id = s.organization_id and p.seminar_id = s.id
  where s.organization_id = i.organization_id and s.id = i.seminar_id)`

async function readSeminarFacts(trx: Trx, organizationId: string, id: string): Promise<SeminarFacts> {
  const { rows } = await sql<{ seminar: SeminarFacts }>`
    select ${seminarFacts} as seminar from invitations i where i.organization_id = ${organizationId} and i.id = ${id}`.execute(
    trx,
  )
  return (rows[0] as { seminar: SeminarFacts }).seminar
}

/** JSON has instants as text. */
function revive(facts: SeminarFacts): SeminarFacts {
  const { starts_at: startsAt, answer_deadline_at: deadline } = facts
  return {
    ...facts,
    starts_at: startsAt && new Date(startsAt),
    answer_deadline_at: deadline && new Date(deadline),
  }
}
