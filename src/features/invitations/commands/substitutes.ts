import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import type { NewMessage } from '../../mail/schema.ts'
import { withdrawalMail } from '../emails/changes.ts'
import { isMailable, openBatch, substituteMail } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { recipientColumns } from './recipients.ts'

/** Sends an invitation of their own to the approved substitutes of these invitees who have an address and none yet. */
export async function inviteSubstitutes(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  invitationIds: string[],
): Promise<void> {
  if (!invitationIds.length) return
  const rows = await listSubstitutes(trx, organizationId, invitationIds)
  const due = rows.filter(
    (row) => row.sub_state === 'approved' && row.sub_sequence === null && isMailable(row.sub_email),
  )
  if (!due.length) return
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  const told = await toldBefore(
    trx,
    organizationId,
    seminarId,
    due.map((row) => row.sub_email as string),
  )
  const messages = due.map((row) => {
    const sequence = Math.max(batch.details.event.sequence, told.get((row.sub_email as string).toLowerCase()) ?? 0)
    return {
      row,
      sequence,
      mail: substituteMail(
        batch,
        row,
        { name: row.sub_name, position: row.sub_position, email: row.sub_email as string },
        sequence,
      ),
    }
  })
  await mailSubstitutes(trx, ctx, organizationId, messages)
}

/**
 * Ends the open substitutions of these invitees; a substitute who had an invitation of their own is told, and it leaves
 * their calendar.
 */
export async function endSubstitutions(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  invitationIds: string[],
): Promise<void> {
  if (!invitationIds.length) return
  const rows = await listSubstitutes(trx, organizationId, invitationIds)
  if (!rows.length) return
  const invited = rows.filter((row) => row.sub_sequence !== null && isMailable(row.sub_email))
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
  if (!invited.length) return
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  const messages = invited.map((row) => {
    const sequence = Math.max(batch.details.event.sequence, (row.sub_sequence as number) + 1)
    const substitute = { name: row.sub_name, position: row.sub_position }
    return { row, sequence, mail: withdrawalMail(batch, row, { email: row.sub_email as string, sequence, substitute }) }
  })
  await mailSubstitutes(trx, ctx, organizationId, messages)
}

interface SubstituteMail {
  row: { sub_id: string }
  sequence: number
  mail: NewMessage
}

/** Puts the letters in the outbox and notes the SEQUENCE each substitute's calendar now has. */
async function mailSubstitutes(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  messages: SubstituteMail[],
): Promise<void> {
  await enqueueMessages(
    trx,
    ctx,
    messages.map(({ mail }) => mail),
  )
  await storeSequences(
    trx,
    organizationId,
    messages.map(({ row, sequence }) => ({ id: row.sub_id, sequence })),
  )
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
  told: { id: string; sequence: number }[],
): Promise<void> {
  if (!told.length) return
  await sql`
    update substitutions u set calendar_sequence = v.sequence
    from jsonb_to_recordset(${JSON.stringify(told)}::text::jsonb) as v(id uuid, sequence integer)
    where u.organization_id = ${organizationId} and u.id = v.id`.execute(trx)
}
