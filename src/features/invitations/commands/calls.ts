import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { isDue } from '../queries/calls.ts'
import { joinReason } from '../rules/calls.ts'
import type { CallInput, CallOutcome, CallReason } from '../schema.ts'

/** Someone who cannot be written to, and what they are to be told. */
export interface CallAsk {
  invitationId: string
  /** Set where it is the invitee's substitute who is told. */
  substitutionId: string | null
  reason: CallReason
}

interface Standing {
  invitation_id: string
  substitution_id: string | null
  call_id: string | null
  reasons: CallReason[] | null
  known: boolean
}

/** At most as many as one statement takes in. */
const CHUNK = 500

/**
 * Asks that people be telephoned. Each has one open call a seminar; what comes up joins it, and what was overtaken leaves it.
 * @returns how many there are to call for this, as the list of calls has them
 */
export async function requestCalls(
  trx: Trx,
  organizationId: string,
  seminarId: string,
  asks: CallAsk[],
): Promise<number> {
  let count = 0
  for (let i = 0; i < asks.length; i += CHUNK)
    count += await requestSome(trx, organizationId, seminarId, asks.slice(i, i + CHUNK))
  return count
}

async function requestSome(trx: Trx, organizationId: string, seminarId: string, asks: CallAsk[]): Promise<number> {
  const standing = await lockStanding(trx, organizationId, asks)
  const joined = asks.flatMap((ask) => {
    const now = standing.get(keyOf(ask.invitationId, ask.substitutionId))
    const reasons = now ? joinReason({ open: now.reasons, known: now.known }, ask.reason) : null
    return now && reasons !== null ? [{ ...now, to: reasons }] : []
  })
  const moot = joined.flatMap(({ call_id, to }) => (to === 'moot' && call_id !== null ? [call_id] : []))
  await endCalls(trx, organizationId, moot, 'moot')
  const open = joined.flatMap((row) => (row.to === 'moot' ? [] : [{ ...row, to: row.to }]))
  if (!open.length) return 0
  const { rows } = await sql<{ n: number }>`
    with asked as (
      insert into calls as c (organization_id, seminar_id, invitation_id, substitution_id, reasons)
      select ${organizationId}, ${seminarId}, v.invitation_id, v.substitution_id, array(select jsonb_array_elements_text(v."to"))
      from jsonb_to_recordset(${jsonb(open)}) as v(invitation_id uuid, substitution_id uuid, "to" jsonb)
      on conflict (organization_id, invitation_id, substitution_id) where is_open
      do update set reasons = excluded.reasons, asked_at = now(), version = c.version + 1
      returning c.*)
    select count(*)::int as n from asked c
    join seminars s on s.organization_id = c.organization_id and s.id = c.seminar_id where ${isDue}`.execute(trx)
  return rows[0]?.n ?? 0
}

const keyOf = (invitationId: string, substitutionId: string | null) => `${invitationId} ${substitutionId ?? ''}`

/** How those asked for stand, with their invitations locked: the open call, and whether they know of their invitation. */
async function lockStanding(trx: Trx, organizationId: string, asks: CallAsk[]): Promise<Map<string, Standing>> {
  const wanted = asks.map(({ invitationId, substitutionId }) => ({
    invitation_id: invitationId,
    substitution_id: substitutionId,
  }))
  // One after another, or two reasons that come up at once would each be told alone; in order, so that nobody waits in a ring.
  await sql`select from invitations where organization_id = ${organizationId}
    and id in (select v.invitation_id from jsonb_to_recordset(${jsonb(wanted)}) as v(invitation_id uuid))
    order by id for no key update`.execute(trx)
  const { rows } = await sql<Standing>`
    select v.invitation_id, v.substitution_id, c.id as call_id, c.reasons,
      case when v.substitution_id is null
        then coalesce(i.opened_at, i.answered_at) is not null or not coalesce('invitation' = any (c.reasons), false)
        else not coalesce('invitation' = any (c.reasons), false) and (u.calendar_sequence is not null or exists (select from calls e
          where e.organization_id = i.organization_id and e.substitution_id = u.id and e.outcome <> 'moot')) end as known
    from jsonb_to_recordset(${jsonb(wanted)}) as v(invitation_id uuid, substitution_id uuid)
    join invitations i on i.organization_id = ${organizationId} and i.id = v.invitation_id
    left join substitutions u on u.organization_id = i.organization_id and u.id = v.substitution_id
    left join calls c on c.organization_id = i.organization_id and c.invitation_id = i.id
      and c.substitution_id is not distinct from v.substitution_id and c.is_open`.execute(trx)
  return new Map(rows.map((row) => [keyOf(row.invitation_id, row.substitution_id), row]))
}

async function endCalls(trx: Trx, organizationId: string, ids: string[], outcome: CallOutcome): Promise<void> {
  if (!ids.length) return
  await trx
    .updateTable('calls')
    .set((eb) => ({ outcome, recorded_at: sql<Date>`now()`, recorded_by: null, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute()
}

/** A withdrawal nobody was told of yet is not told any more where the same person is invited again. */
export async function dropWithdrawals(trx: Trx, organizationId: string, invitedAgain: string[]): Promise<void> {
  await sql`
    update calls c set outcome = 'moot', recorded_at = now(), version = c.version + 1
    from invitations o, invitations n
    where n.organization_id = ${organizationId} and n.id in (${sql.join(invitedAgain)}) and n.person_id is not null
      and o.organization_id = n.organization_id and o.person_id = n.person_id and o.seminar_id = n.seminar_id and o.id <> n.id
      and c.organization_id = o.organization_id and c.invitation_id = o.id and c.substitution_id is null and c.is_open`.execute(
    trx,
  )
}

/** Of a seminar that is off, or invitations taken back: who was never told need not be told, whether the others are or not. */
export async function dropUntold(
  trx: Trx,
  organizationId: string,
  which: { seminarId: string } | { invitationIds: string[] },
): Promise<void> {
  const concerned =
    'seminarId' in which
      ? sql`c.seminar_id = ${which.seminarId}`
      : sql`c.invitation_id in (${sql.join(which.invitationIds)})`
  await sql`
    update calls c set outcome = 'moot', recorded_at = now(), version = c.version + 1
    from invitations i
    where c.organization_id = ${organizationId} and ${concerned} and c.is_open and 'invitation' = any (c.reasons)
      and i.organization_id = c.organization_id and i.id = c.invitation_id
      and (c.substitution_id is not null or coalesce(i.opened_at, i.answered_at) is null)`.execute(trx)
}

/** Who answers knows what there was to tell them: their call is done. An update for a statement or on its own. */
export function answeredCall(
  trx: Pick<Trx, 'updateTable'>,
  ctx: Context,
  organizationId: string,
  invitationId: string,
) {
  return trx
    .updateTable('calls')
    .set((eb) => ({
      outcome: 'answered',
      recorded_at: sql<Date>`now()`,
      recorded_by: ctx.actor.name,
      version: eb('version', '+', 1),
    }))
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .where('substitution_id', 'is', null)
    .where('is_open', '=', true)
}

/**
 * Writes down how a call went. Who was not reached stays on the list; what was ticked off by mistake is mended the same way.
 * @throws DomainError not_found; stale_version where somebody else was first; conflict `call_ended` where there is nothing to
 * tell any more, or a later call stands open
 */
export async function recordCall(
  trx: Trx,
  ctx: Context,
  {
    organizationId,
    id,
    version,
    outcome,
    note,
  }: { organizationId: string; id: string; version: number | undefined } & CallInput,
): Promise<void> {
  const call = await lockCall(trx, organizationId, id)
  if (version !== undefined && version !== call.version) throw new DomainError('stale_version')
  const endedByItself = ['answered', 'letter', 'moot'].includes(call.outcome ?? '')
  if (endedByItself || (!call.is_open && outcome === 'not_reached' && (await hasOpenCall(trx, call))))
    throw new DomainError('conflict', { detail: 'call_ended' })
  await trx
    .updateTable('calls')
    .set((eb) => ({
      outcome,
      note,
      tries: eb('tries', '+', outcome === 'not_reached' ? 1 : 0),
      recorded_at: sql<Date>`now()`,
      recorded_by: ctx.actor.name,
      version: eb('version', '+', 1),
    }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: `call.${outcome}`,
    subjectKind: 'invitation',
    subjectId: call.invitation_id,
    seminarId: call.seminar_id,
    details: { name: call.name, ...(note ? { note } : {}) },
  })
}

/** Locks one call, and gives it with the name of whom it is for. @throws DomainError not_found */
export async function lockCall(trx: Trx, organizationId: string, id: string) {
  const row = await trx
    .selectFrom('calls as c')
    .innerJoin('invitations as i', (j) =>
      j.onRef('i.organization_id', '=', 'c.organization_id').onRef('i.id', '=', 'c.invitation_id'),
    )
    .leftJoin('substitutions as u', (j) =>
      j.onRef('u.organization_id', '=', 'c.organization_id').onRef('u.id', '=', 'c.substitution_id'),
    )
    .selectAll('c')
    .select(sql<string>`coalesce(u.name, i.name)`.as('name'))
    .where('c.organization_id', '=', organizationId)
    .where('c.id', '=', id)
    .forUpdate('c')
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

async function hasOpenCall(
  trx: Trx,
  call: { organization_id: string; invitation_id: string; substitution_id: string | null },
): Promise<boolean> {
  const open = await trx
    .selectFrom('calls')
    .select('id')
    .where('organization_id', '=', call.organization_id)
    .where('invitation_id', '=', call.invitation_id)
    .where('substitution_id', 'is not distinct from', call.substitution_id)
    .where('is_open', '=', true)
    .executeTakeFirst()
  return open !== undefined
}
