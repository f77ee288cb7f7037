import type { Context, Locale, Role } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { issueLinks, revokeLinks } from '../../links/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { colleagueInvitedMail } from '../emails.tsx'
import { findAccountByEmail } from '../queries.ts'
import { hoursAfter, invitationState, lifetimes } from '../rules.ts'

/** Issues the link of an invitation's generation, ends the earlier ones, and puts the mail in the outbox. */
async function sendInvitation(
  trx: Trx,
  ctx: Context,
  invitation: {
    organization_id: string
    id: string
    email: string
    role: string
    generation: number
    expires_at: Date
  },
): Promise<void> {
  const { organization_id: organizationId, id, generation } = invitation
  await revokeLinks(trx, 'join', id, generation)
  await issueLinks(trx, ctx, [
    { purpose: 'join', organizationId, targetId: id, generation, expiresAt: invitation.expires_at },
  ])
  const organization = await trx
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow()
  await enqueueMessages(trx, ctx, [
    colleagueInvitedMail({
      locale: organization.locale as Locale,
      organization,
      mailFrom: ctx.mail.from,
      expiresAt: invitation.expires_at,
      to: invitation.email,
      role: invitation.role as Role,
      invitedBy: ctx.actor.name,
      memberInvitationId: id,
      generation,
    }),
  ])
}

/**
 * Invites a colleague by a link that holds seven days, and mails it.
 * @throws DomainError invalid: email `member` (works here already) or `invited` (has an open invitation)
 */
export async function inviteMember(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  input: { email: string; role: Role },
): Promise<{ id: string; generation: number }> {
  const email = input.email.toLowerCase()
  const account = await findAccountByEmail(trx, email)
  if (account && (await isActiveMember(trx, organizationId, account.id)))
    throw invalid({ field: 'email', code: 'member' })
  const open = await trx
    .selectFrom('member_invitations')
    .select(['accepted_at', 'withdrawn_at', 'expires_at'])
    .where('organization_id', '=', organizationId)
    .where('email', '=', email)
    .execute()
  if (open.some((row) => invitationState(row, ctx.now) === 'open')) throw invalid({ field: 'email', code: 'invited' })
  const invitation = await trx
    .insertInto('member_invitations')
    .values({
      organization_id: organizationId,
      email,
      role: input.role,
      invited_by: ctx.actor.name,
      expires_at: hoursAfter(ctx.now, lifetimes.join),
    })
    .returning(['organization_id', 'id', 'email', 'role', 'generation', 'expires_at'])
    .executeTakeFirstOrThrow()
  await sendInvitation(trx, ctx, invitation)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.invited',
    subjectKind: 'member_invitation',
    subjectId: invitation.id,
    details: { email, role: input.role },
  })
  return { id: invitation.id, generation: invitation.generation }
}

async function isActiveMember(trx: Trx, organizationId: string, userId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('members')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Sends an invitation again with a new link, good for seven days more. @throws DomainError not_found */
export async function resendMemberInvitation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
): Promise<void> {
  const invitation = await trx
    .updateTable('member_invitations')
    .set((eb) => ({ generation: eb('generation', '+', 1), expires_at: hoursAfter(ctx.now, lifetimes.join) }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning(['organization_id', 'id', 'email', 'role', 'generation', 'expires_at'])
    .executeTakeFirst()
  if (!invitation) throw new DomainError('not_found')
  await sendInvitation(trx, ctx, invitation)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.invited_again',
    subjectKind: 'member_invitation',
    subjectId: id,
    details: { email: invitation.email, role: invitation.role },
  })
}

/** Takes an invitation back: its link ends. @throws DomainError not_found */
export async function withdrawMemberInvitation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
): Promise<void> {
  const invitation = await trx
    .updateTable('member_invitations')
    .set((eb) => ({ withdrawn_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning(['email', 'role'])
    .executeTakeFirst()
  if (!invitation) throw new DomainError('not_found')
  await revokeLinks(trx, 'join', id)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.invitation_withdrawn',
    subjectKind: 'member_invitation',
    subjectId: id,
    details: { email: invitation.email },
  })
}
