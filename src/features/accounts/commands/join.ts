import type { Context, Role } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { useLink } from '../../links/commands.ts'
import { createAccount } from './accounts.ts'

/** A link of an invitation that was found: whose, and which. */
interface JoinLink {
  ref: string
  organizationId: string
  targetId: string
}

/**
 * Makes a person a member by their invitation's link, which it uses up. Someone shut out before comes in with the new role;
 * an active member keeps the higher of the two.
 * @returns the organisation's slug
 * @throws DomainError link_invalid, where the link was used or withdrawn meanwhile
 */
export async function acceptMemberInvitation(
  trx: Trx,
  ctx: Context,
  link: JoinLink,
  user: { id: string; name: string },
): Promise<string> {
  return join(trx, ctx, link, await takeInvitation(trx, link), user)
}

/**
 * Makes the account of a newcomer and lets them in by their invitation's link: all of it, or nothing.
 * @returns the organisation's slug
 * @throws DomainError link_invalid, where the link was used or withdrawn meanwhile; invalid: email `account_exists`
 */
export async function joinWithAccount(
  trx: Trx,
  ctx: Context,
  link: JoinLink,
  { name, passwordHash }: { name: string; passwordHash: string },
): Promise<string> {
  const { email, role } = await takeInvitation(trx, link)
  const id = await createAccount(trx, { name, email, passwordHash })
  return join(trx, ctx, link, { role }, { id, name })
}

/** Uses the link up: of many at once one goes on, and the others wait here until it is through. */
async function takeInvitation(trx: Trx, link: JoinLink): Promise<{ email: string; role: string }> {
  if (!(await useLink(trx, link.ref))) throw new DomainError('link_invalid', { detail: 'join_link_invalid' })
  const { organizationId, targetId } = link
  const invitation = await trx
    .updateTable('member_invitations')
    .set((eb) => ({ accepted_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', targetId)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning(['email', 'role'])
    .executeTakeFirst()
  if (!invitation) throw new DomainError('link_invalid', { detail: 'join_link_invalid' })
  return invitation
}

async function join(
  trx: Trx,
  ctx: Context,
  { organizationId, targetId }: JoinLink,
  { role }: { role: string },
  user: { id: string; name: string },
): Promise<string> {
  const member = await trx
    .insertInto('members')
    .values({ organization_id: organizationId, user_id: user.id, role })
    .onConflict((c) =>
      c.columns(['organization_id', 'user_id']).doUpdateSet((eb) => ({
        role: eb
          .case()
          .when(
            eb.and([
              eb('members.disabled_at', 'is', null),
              eb.or([eb('members.role', '=', 'owner'), eb('excluded.role', '=', 'viewer')]),
            ]),
          )
          .then(eb.ref('members.role'))
          .else(eb.ref('excluded.role'))
          .end(),
        disabled_at: null,
      })),
    )
    .returning('role')
    .executeTakeFirstOrThrow()
  // What they are now, which may be more than what they were invited as.
  await recordAudit(
    trx,
    { ...ctx, actor: { kind: 'user', id: user.id, name: user.name, role: member.role as Role } },
    {
      organizationId,
      action: 'member.joined',
      subjectKind: 'member_invitation',
      subjectId: targetId,
      details: { name: user.name, role: member.role },
    },
  )
  const { slug } = await trx
    .selectFrom('organizations')
    .select('slug')
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return slug
}
