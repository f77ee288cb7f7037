import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { withdrawalMail } from '../emails/changes.ts'
import { isMailable, openBatch, substituteMail } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { announce, type Notice, nobody, type Told } from './announce.ts'
import { recipientColumns } from './recipients.ts'

/** Invites the approved substitutes of these invitees who were not yet: by a letter of their own, or by telephone. */
export async function inviteSubstitutes(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  invitationIds: string[],
): Promise<Told> {
  if (!invitationIds.length) return nobody
  const rows = await listSubstitutes(trx, organizationId, invitationIds)
  const due = rows.filter((row) => row.sub_state === 'approved' && row.sub_sequence === null)
  if (!due.length) return nobody
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  const told = await toldBefore(
    trx,
    organizationId,
    seminarId,
    due.flatMap((row) => row.sub_email ?? []),
  )
  const notices = due.map((row) => {
    const sequence = Math.max(batch.details.event.sequence, told.get(row.sub_email?.toLowerCase() ?? '') ?? 0)
    const substitute = { name: row.sub_name, position: row.sub_position, email: row.sub_email as string }
    const letter = isMailable(row.sub_email) ? substituteMail(batch, row, substitute, sequence) : null
    return { invitationId: row.id, substitutionId: row.sub_id, reason: 'invitation' as const, sequence, letter }
  })
  return tellSubstitutes(trx, ctx, organizationId, seminarId, notices)
}

/**
 * Ends the open substitutions of these invitees; a substitute who was invited is told, and it leaves their calendar.
 */
export async function endSubstitutions(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  invitationIds: string[],
): Promise<Told> {
  if (!invitationIds.length) return nobody
  const rows = await listSubstitutes(trx, organizationId, invitationIds)
  if (!rows.length) return nobody
  await trx
    .updateTable('substitutions')
    .set({ state: 'withdrawn' })
    .where('organization_id', '=', organizationId)
    .where(
      'id',
      'in',
      rows.map((row) => row.sub_id),
    )
    .execute()
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  const notices = rows.map((row) => {
    const sequence = Math.max(batch.details.event.sequence, (row.sub_sequence ?? 0) + 1)
    const substitute = { name: row.sub_name, position: row.sub_position }
    const to = { email: row.sub_email ?? '', sequence, substitute }
    const letter = row.sub_sequence !== null && isMailable(row.sub_email) ? withdrawalMail(batch, row, to) : null
    return { invitationId: row.id, substitutionId: row.sub_id, reason: 'withdrawal' as const, sequence, letter }
  })
  return tellSubstitutes(trx, ctx, organizationId, seminarId, notices)
}

/** Tells them, and notes the SEQUENCE that the calendar of each who is written to now has. */
async function tellSubstitutes(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  notices: (Notice & { sequence: number })[],
): Promise<Told> {
  const { went, ...told } = await announce(trx, ctx, organizationId, seminarId, notices)
  await storeSequences(trx, organizationId, went)
  return told
}

/** Open substitutions with their invitees. */
function listSubstitutes(trx: Trx, organizationId: string, invitationIds: string[]) {
  return trx
    .selectFrom('substitutions as u')
    .innerJoin('invitations as i', (j) =>
      j.onRef('i.organization_id', '=', 'u.organization_id').onRef('i.id', '=', 'u.invitation_id'),
    )
    .select(recipientColumns)
    .select([
      'u.id as sub_id',
      'u.name as sub_name',
      'u.position as sub_position',
      'u.email as sub_email',
      'u.state as sub_state',
      'u.calendar_sequence as sub_sequence',
    ])
    .where('u.organization_id', '=', organizationId)
    .where('u.invitation_id', 'in', invitationIds)
    .where('u.state', 'in', ['pending', 'approved'])
    .execute()
}

/** The next SEQUENCE for addresses that were substitutes at this seminar before and were told it is over for them. */
async function toldBefore(
  trx: Trx,
  organizationId: string,
  seminarId: string,
  emails: string[],
): Promise<Map<string, number>> {
  if (!emails.length) return new Map()
  const rows = await trx
    .selectFrom('substitutions as u')
    .innerJoin('invitations as i', (j) =>
      j.onRef('i.organization_id', '=', 'u.organization_id').onRef('i.id', '=', 'u.invitation_id'),
    )
    .select([sql<string>`lower(u.email)`.as('email'), sql<number>`max(u.calendar_sequence)`.as('last')])
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
    .where('u.calendar_sequence', 'is not', null)
    .where(
      sql<string>`lower(u.email)`,
      'in',
      emails.map((email) => email.toLowerCase()),
    )
    .groupBy(sql`lower(u.email)`)
    .execute()
  return new Map(rows.map((row) => [row.email, row.last + 1]))
}

/** Remembers what each substitute's calendar was last told. */
export async function storeSequences(
  trx: Trx,
  organizationId: string,
  went: { substitutionId: string | null; sequence: number }[],
): Promise<void> {
  const told = went.flatMap(({ substitutionId: id, sequence }) => (id === null ? [] : [{ id, sequence }]))
  if (!told.length) return
  await sql`
    update substitutions u set calendar_sequence = v.sequence
    from jsonb_to_recordset(${JSON.stringify(told)}::text::jsonb) as v(id uuid, sequence integer)
    where u.organization_id = ${organizationId} and u.id = v.id`.execute(trx)
}
