import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudits } from '../../audit/commands.ts'
import { revokeLinks } from '../../links/commands.ts'
import { cancelQueued } from '../../mail/commands.ts'
import { withdrawalMail } from '../emails/changes.ts'
import { isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { nextSequence } from '../rules.ts'
import { announce, nobody, sumTold, type Told } from './announce.ts'
import { dropUntold } from './calls.ts'
import { freePlaces } from './places.ts'
import { noticeTo, storeTold } from './send.ts'
import { endSubstitutions } from './substitutes.ts'

/**
 * Takes sent invitations back: their links end, their places go to the first in line, and who was sent one is told with a
 * METHOD:CANCEL of their own (RFC 5546 section 3.2.5). Drafts and withdrawn ones are left.
 * @returns how many were withdrawn, and how all whom this concerns are told
 * @throws DomainError not_found
 */
export async function withdrawInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: string[],
): Promise<Told & { withdrawn: number }> {
  const details = await getEventDetails(trx, organizationId, seminarId)
  const rows = ids.length ? await lockSent(trx, organizationId, seminarId, ids) : []
  if (!rows.length) return { withdrawn: 0, ...nobody }
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
  const ended = await endSubstitutions(trx, ctx, organizationId, seminarId, own)
  const open = details.event.state === 'scheduled'
  // Of a seminar that is off or over there is nothing more to tell.
  if (!open) await dropUntold(trx, organizationId, { invitationIds: own })
  const told = open ? await tellWithdrawn(trx, ctx, details, rows) : nobody
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
  const placed = places ? await freePlaces(trx, ctx, organizationId, seminarId, places) : nobody
  return { withdrawn: rows.length, ...sumTold(ended, told, placed) }
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

/** Only calendars that were told of the event are told that it is over for them; others are telephoned where they know of it. */
async function tellWithdrawn(
  trx: Trx,
  ctx: Context,
  details: Awaited<ReturnType<typeof getEventDetails>>,
  rows: Awaited<ReturnType<typeof lockSent>>,
): Promise<Told> {
  const batch = openBatch(details, ctx)
  const notices = rows.map((row) => {
    const sequence = nextSequence(details.event.sequence, row.calendar_sequence)
    const writes = row.calendar_sequence !== null && isMailable(row.email)
    const letter = writes ? withdrawalMail(batch, row, { email: row.email as string, sequence }) : null
    return { ...noticeTo(row), reason: 'withdrawal' as const, sequence, letter }
  })
  const { organization_id: organizationId, id } = details.event
  const { went, ...told } = await announce(trx, ctx, organizationId, id, notices)
  await storeTold(trx, organizationId, went)
  return told
}
