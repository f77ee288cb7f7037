import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit, recordAudits } from '../../audit/commands.ts'
import { issueLinks, revokeLinks } from '../../links/commands.ts'
import { cancelQueued } from '../../mail/commands.ts'
import { type Batch, invitationMail, isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { announce, nobody, sumTold, type Told } from './announce.ts'
import { lockInvitation } from './answer.ts'
import { dropWithdrawals } from './calls.ts'
import { recipientColumns } from './recipients.ts'

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
 * Who has no address, or a dead one, is to be telephoned; their link is opened all the same.
 * @throws DomainError not_found; conflict `seminar_not_open` unless the seminar is scheduled and still to come
 */
export async function sendInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  which: 'all' | { ids: string[] },
): Promise<Told> {
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  assertSendable(batch)
  let sum = nobody
  for (let start = 0; ; start += CHUNK) {
    const ids = which === 'all' ? undefined : which.ids.slice(start, start + CHUNK)
    if (ids?.length === 0) break
    const drafts = await claimDrafts(trx, organizationId, seminarId, ids)
    if (drafts.length) {
      sum = sumTold(sum, await mail(trx, ctx, batch, drafts))
    } else if (which === 'all') break
  }
  if (sum.mailed + sum.toCall > 0) {
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

async function mail(trx: Trx, ctx: Context, batch: Batch, invitations: Claimed[]) {
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
  await dropWithdrawals(
    trx,
    event.organization_id,
    invitations.map((row) => row.id),
  )
  const notices = invitations.map((row) => {
    const sequence = Math.max(event.sequence, row.calendar_sequence ?? 0)
    const letter = isMailable(row.email) ? invitationMail(batch, { ...row, email: row.email }, sequence) : null
    return { ...noticeTo(row), reason: 'invitation' as const, letter, sequence }
  })
  const told = await announce(trx, ctx, event.organization_id, event.id, notices)
  await storeTold(trx, event.organization_id, told.went)
  return told
}

/** A notice to the invitee, not to their substitute. */
export const noticeTo = ({ id }: { id: string }) => ({ invitationId: id, substitutionId: null })

/** Remembers what each invitee's calendar was last told. */
export async function storeTold(
  trx: Trx,
  organizationId: string,
  told: { invitationId: string; sequence: number }[],
): Promise<void> {
  if (!told.length) return
  await sql`
    update invitations i set calendar_sequence = v.sequence
    from jsonb_to_recordset(${jsonb(told.map(({ invitationId: id, sequence }) => ({ id, sequence })))}) as v(id uuid, sequence integer)
    where i.organization_id = ${organizationId} and i.id = v.id`.execute(trx)
}

/**
 * Sends invitations that were sent before once more, with the same link and SEQUENCE. Who has no address is to be telephoned.
 * @throws DomainError not_found; conflict
 */
export async function resendInvitations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: string[],
): Promise<Told> {
  const batch = openBatch(await getEventDetails(trx, organizationId, seminarId), ctx)
  assertSendable(batch)
  let sum = nobody
  for (let i = 0; i < ids.length; i += CHUNK) {
    const rows = await trx
      .selectFrom('invitations as i')
      .select(recipient)
      .where('i.organization_id', '=', organizationId)
      .where('i.seminar_id', '=', seminarId)
      .where('i.id', 'in', ids.slice(i, i + CHUNK))
      .where('i.status', '=', 'sent')
      .execute()
    if (!rows.length) continue
    const told = await mail(trx, ctx, batch, rows)
    sum = sumTold(sum, told)
    const went = new Set(told.went.map((notice) => notice.invitationId))
    const resent = rows.filter((row) => went.has(row.id))
    await recordAudits(
      trx,
      ctx,
      resent.map((row) => ({
        organizationId,
        action: 'invitation.resent',
        subjectKind: 'invitation',
        subjectId: row.id,
        seminarId,
        details: { name: row.name },
      })),
    )
  }
  return sum
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
  if (!isMailable(invitation.email)) return { mailed: false }
  const { mailed } = await resendInvitations(trx, ctx, organizationId, invitation.seminar_id, [id])
  return { mailed: mailed > 0 }
}
