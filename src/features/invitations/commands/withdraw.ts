import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudits } from '../../audit/commands.ts'
import { revokeLinks } from '../../links/commands.ts'
import { cancelQueued, enqueueMessages } from '../../mail/commands.ts'
import { withdrawalMail } from '../emails/changes.ts'
import { isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { nextSequence } from '../rules.ts'
import { freePlaces } from './places.ts'
import { storeTold } from './send.ts'
import { endSubstitutions } from './substitutes.ts'

/**
 * Takes sent invitations back: their links end, their places go to the first in line, and who was sent one is told with a
 * METHOD:CANCEL of their own (RFC 5546 section 3.2.5). Drafts and withdrawn ones are left.
 * @returns how many were withdrawn
 * @throws DomainError not_found
 */
export async function withdrawInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: string[],
): Promise<number> {
  const details = await getEventDetails(trx, organizationId, seminarId)
  const rows = ids.length ? await lockSent(trx, organizationId, seminarId, ids) : []
  if (!rows.length) return 0
  const own = rows.map((row) => row.id)
  await trx
    .updateTable('invitations')
    .set((eb) => ({
      status: 'withdrawn',
      withdrawn_at: sql<Date>`now()`,
      holds_place: false,
      waiting_no: null,
      answer: sql`nullif(answer, 'waitlisted')`,
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('organization_id', '=', organizationId)
    .where('id', 'in', own)
    .execute()
  await revokeLinks(trx, 'invitation', own)
  await cancelQueued(trx, { organizationId, invitationId: own })
  await endSubstitutions(trx, ctx, organizationId, seminarId, own)
  if (details.event.state === 'scheduled') await tellWithdrawn(trx, ctx, details, rows)
  await recordAudits(
    trx,
    ctx,
    rows.map((row) => ({
      organizationId,
      action: 'invitation.withdrawn',
      subjectKind: 'invitation',
      subjectId: row.id,
      seminarId,
      details: { name: row.name },
    })),
  )
  const places = rows.filter((row) => row.holds_place).length
  if (places) await freePlaces(trx, ctx, organizationId, seminarId, places)
  return rows.length
}

async function lockSent(trx: Trx, organizationId: string, seminarId: string, ids: string[]) {
  return trx
    .selectFrom('invitations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', 'in', ids)
    .where('status', '=', 'sent')
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** Only calendars that were told of the event are told that it is over for them. */
async function tellWithdrawn(
  trx: Trx,
  ctx: Context,
  details: Awaited<ReturnType<typeof getEventDetails>>,
  rows: Awaited<ReturnType<typeof lockSent>>,
): Promise<void> {
  const batch = openBatch(details, ctx)
  const told: { id: string; sequence: number }[] = []
  const messages = rows.flatMap((row) => {
    if (row.calendar_sequence === null || !isMailable(row.email)) return []
    const sequence = nextSequence(details.event.sequence, row.calendar_sequence)
    told.push({ id: row.id, sequence })
    return [withdrawalMail(batch, row, { email: row.email, sequence })]
  })
  await enqueueMessages(trx, ctx, messages)
  await storeTold(trx, details.event.organization_id, told)
}
