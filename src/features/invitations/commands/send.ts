import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit, recordAudits } from '../../audit/commands.ts'
import { issueLinks, revokeLinks } from '../../links/commands.ts'
import { cancelQueued, enqueueMessages } from '../../mail/commands.ts'
import { type Batch, invitationMail, isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { lockInvitation } from './answer.ts'
import { recipientColumns } from './recipients.ts'

export interface Sent {
  /** Invitations whose mail was put in the outbox. */
  mailed: number
  /** Invitations without a usable address: their link is open, to be printed or copied. */
  byHand: number
}

/** Mails are rendered in portions, so that a bulk of any size needs the memory of one. */
const CHUNK = 500
const columns = [
  'id',
  'person_id',
  'name',
  'gender',
  'positions',
  'positions_en',
  'email',
  'locale',
  'generation',
  'calendar_sequence',
] as const
const recipient = [...recipientColumns, 'i.calendar_sequence'] as const

/**
 * Sends the drafts of a seminar: all, or those named. Each goes out once, however often and from wherever this is asked.
 * Without an address the link is opened all the same.
 * @throws DomainError not_found; conflict `seminar_not_open` unless the seminar is scheduled and still to come
 */
export async function sendInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  which: 'all' | { ids: string[] },
): Promise<Sent> {
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  assertSendable(batch)
  const sum: Sent = { mailed: 0, byHand: 0 }
  for (let start = 0; ; start += CHUNK) {
    const ids = which === 'all' ? undefined : which.ids.slice(start, start + CHUNK)
    if (ids?.length === 0) break
    const drafts = await claimDrafts(trx, organizationId, seminarId, ids)
    if (drafts.length) {
      const sent = await mail(trx, ctx, batch, drafts)
      sum.mailed += sent.mailed
      sum.byHand += sent.byHand
    } else if (which === 'all') break
  }
  if (sum.mailed + sum.byHand > 0) {
    await recordAudit(trx, ctx, {
      organizationId,
      action: 'invitations.sent',
      subjectKind: 'seminar',
      subjectId: seminarId,
      seminarId,
      details: { ...sum },
    })
  }
  return sum
}

function assertSendable({ details: { event }, ctx }: Batch): void {
  const over = event.starts_at !== null && event.starts_at < ctx.now
  if (event.state !== 'scheduled' || over)
    throw new DomainError('conflict', { detail: over ? 'seminar_over' : 'seminar_not_open' })
}

/** Marks drafts as sent before they are rendered: nobody else can claim them. In order of precedence, so they leave in it. */
async function claimDrafts(trx: Trx, organizationId: string, seminarId: string, ids: string[] | undefined) {
  return trx
    .with('due', (db) => {
      let due = db
        .selectFrom('invitations')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('seminar_id', '=', seminarId)
        .where('status', '=', 'draft')
      if (ids) due = due.where('id', 'in', ids)
      return due.orderBy('id').limit(CHUNK).forUpdate().skipLocked()
    })
    .updateTable('invitations')
    .set((eb) => ({
      status: 'sent',
      sent_at: sql<Date>`now()`,
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('organization_id', '=', organizationId)
    .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
    .returning(columns)
    .execute()
}
type Claimed = Awaited<ReturnType<typeof claimDrafts>>[number]

async function mail(trx: Trx, ctx: Context, batch: Batch, invitations: Claimed[]): Promise<Sent> {
  const { event } = batch.details
  await issueLinks(
    trx,
    ctx,
    invitations.map((row) => ({
      purpose: 'invitation',
      organizationId: event.organization_id,
      targetId: row.id,
      generation: row.generation,
    })),
  )
  const told: { id: string; sequence: number }[] = []
  const messages = invitations.flatMap((row) => {
    if (!isMailable(row.email)) return []
    const sequence = Math.max(event.sequence, row.calendar_sequence ?? 0)
    told.push({ id: row.id, sequence })
    return [invitationMail(batch, { ...row, email: row.email }, sequence)]
  })
  const { queued } = await enqueueMessages(trx, ctx, messages)
  await storeTold(trx, event.organization_id, told)
  return { mailed: queued, byHand: invitations.length - queued }
}

/** Remembers what each invitee's calendar was last told. */
export async function storeTold(
  trx: Trx,
  organizationId: string,
  told: { id: string; sequence: number }[],
): Promise<void> {
  if (!told.length) return
  await sql`
    update invitations i set calendar_sequence = v.sequence
    from jsonb_to_recordset(${JSON.stringify(told)}::text::jsonb) as v(id uuid, sequence integer)
    where i.organization_id = ${organizationId} and i.id = v.id`.execute(trx)
}

/**
 * Sends invitations that were sent before once more, with the same link and SEQUENCE.
 * @returns how many have an address; those without are left
 * @throws DomainError not_found; conflict
 */
export async function resendInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: string[],
): Promise<number> {
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  assertSendable(batch)
  let mailed = 0
  for (let i = 0; i < ids.length; i += CHUNK) {
    const rows = await trx
      .selectFrom('invitations as i')
      .select(recipient)
      .where('i.organization_id', '=', organizationId)
      .where('i.seminar_id', '=', seminarId)
      .where('i.id', 'in', ids.slice(i, i + CHUNK))
      .where('i.status', '=', 'sent')
      .execute()
    const mailable = rows.filter((row) => isMailable(row.email))
    const sent = await mail(trx, ctx, batch, mailable)
    mailed += sent.mailed
    await recordAudits(
      trx,
      ctx,
      mailable.map((row) => ({
        organizationId,
        action: 'invitation.resent',
        subjectKind: 'invitation',
        subjectId: row.id,
        seminarId,
        details: { name: row.name },
      })),
    )
  }
  return mailed
}

/**
 * Gives an invitee a new link: the old one ends at once, mails with it that still wait are stopped, and the invitation goes
 * out again with the new one where there is an address.
 * @throws DomainError not_found; conflict where the invitation was not sent or the seminar is not open
 */
export async function renewLink(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
): Promise<{ mailed: boolean }> {
  const invitation = await lockInvitation(trx, organizationId, id)
  if (invitation.status !== 'sent') throw new DomainError('conflict', { detail: 'invitation_not_sent' })
  const generation = invitation.generation + 1
  await trx
    .updateTable('invitations')
    .set((eb) => ({ generation, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
  await revokeLinks(trx, 'invitation', id, generation)
  await issueLinks(trx, ctx, [{ purpose: 'invitation', organizationId, targetId: id, generation }])
  await cancelQueued(trx, { organizationId, invitationId: id })
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'invitation.link_renewed',
    subjectKind: 'invitation',
    subjectId: id,
    seminarId: invitation.seminar_id,
    details: { name: invitation.name },
  })
  return { mailed: (await resendInvitations(trx, ctx, organizationId, invitation.seminar_id, [id])) > 0 }
}
