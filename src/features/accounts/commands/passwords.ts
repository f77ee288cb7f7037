import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { issueLinks, revokeLinks, useLink } from '../../links/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { passwordResetMail } from '../emails.tsx'
import { findAccountByEmail, lastGeneration } from '../queries.ts'
import { hoursAfter, lifetimes } from '../rules.ts'
import { setPassword } from './accounts.ts'

/**
 * Mails a link to set a new password, good for an hour and once, in the name of one of the person's organisations. An
 * address without an account, or whose person works nowhere any more, changes nothing: the caller answers the same.
 */
export async function requestPasswordReset(trx: Trx, ctx: Context, email: string): Promise<void> {
  const account = await findAccountByEmail(trx, email)
  if (!account) return
  const organization = await trx
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .selectAll('o')
    .where('m.user_id', '=', account.id)
    .where('m.disabled_at', 'is', null)
    .orderBy('m.created_at')
    .orderBy('o.id')
    .limit(1)
    .executeTakeFirst()
  if (!organization) return
  const generation = (await lastGeneration(trx, 'reset', account.id)) + 1
  const expiresAt = hoursAfter(ctx.now, lifetimes.reset)
  await revokeLinks(trx, 'reset', account.id)
  await issueLinks(trx, ctx, [{ purpose: 'reset', organizationId: null, targetId: account.id, generation, expiresAt }])
  await enqueueMessages(trx, ctx, [
    passwordResetMail({
      locale: ctx.locale,
      organization,
      mailFrom: ctx.mail.from,
      expiresAt,
      to: { name: account.name, address: account.email },
      targetId: account.id,
      generation,
    }),
  ])
}

/**
 * Uses a reset link up and sets the password, which ends every session. Told in the log of each organisation the person works
 * for.
 * @throws DomainError link_invalid, where it was used before
 */
export async function takePasswordReset(
  trx: Trx,
  ctx: Context,
  link: { ref: string; targetId: string },
  passwordHash: string,
): Promise<void> {
  if (!(await useLink(trx, link.ref))) throw new DomainError('link_invalid', { detail: 'reset_link_invalid' })
  await setPassword(trx, link.targetId, passwordHash)
  const memberships = await trx
    .selectFrom('members as m')
    .innerJoin('auth.user as u', 'u.id', 'm.user_id')
    .select(['m.organization_id', 'm.role', 'u.name'])
    .where('m.user_id', '=', link.targetId)
    .where('m.disabled_at', 'is', null)
    .execute()
  for (const { organization_id: organizationId, name, role } of memberships) {
    await recordAudit(
      trx,
      { ...ctx, actor: { kind: 'user', id: link.targetId, name, role: role as never } },
      { organizationId, action: 'member.password_reset', subjectKind: 'member', subjectId: null, details: { name } },
    )
  }
}
