import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { issueLinks, revokeLinks, useLink } from '../../links/commands.ts'
import { linkUrl } from '../../links/queries.ts'
import { createOrganization } from '../../organizations/commands.ts'
import { findAccountByEmail, hasOwner, lastGeneration } from '../queries.ts'
import { hoursAfter, lifetimes } from '../rules.ts'
import type { FirstOwnerInput } from '../schema.ts'
import { createAccount } from './accounts.ts'

/**
 * A fresh one-time link that holds 24 hours and ends the ones before it: in demo mode one that makes the visitor owner of
 * the demo organisations; else one for the first owner, and undefined once there is an owner.
 */
export async function ensureSetupLink(
  trx: Trx,
  ctx: Context,
  { demo }: { demo: boolean },
): Promise<string | undefined> {
  if (!demo && (await hasOwner(trx))) return undefined
  const targetId = demo ? 'demo' : 'first-owner'
  const generation = (await lastGeneration(trx, 'setup', targetId)) + 1
  await revokeLinks(trx, 'setup', targetId)
  await issueLinks(trx, ctx, [
    { purpose: 'setup', organizationId: null, targetId, generation, expiresAt: hoursAfter(ctx.now, lifetimes.setup) },
  ])
  return linkUrl(ctx, { purpose: 'setup', targetId, generation })
}

/** @throws DomainError link_invalid, where the link was used before */
async function takeSetupLink(trx: Trx, link: { ref: string }): Promise<void> {
  if (!(await useLink(trx, link.ref))) throw new DomainError('link_invalid', { detail: 'setup_link_invalid' })
}

export const demoOwner = { name: 'Chủ sở hữu (minh họa)', email: 'chu-so-huu@minh-hoa.example' }

/** Makes a person owner of every demo organisation. @throws DomainError not_found, where there is none */
async function ownDemo(trx: Trx, ctx: Context, userId: string): Promise<void> {
  const organizations = await trx.selectFrom('organizations').select('id').where('demo', '=', true).execute()
  if (!organizations.length) throw new DomainError('not_found')
  for (const { id } of organizations) {
    await trx
      .insertInto('members')
      .values({ organization_id: id, user_id: userId, role: 'owner' })
      .onConflict((c) => c.columns(['organization_id', 'user_id']).doUpdateSet({ role: 'owner', disabled_at: null }))
      .execute()
    await recordAudit(
      trx,
      { ...ctx, actor: { kind: 'user', id: userId, name: demoOwner.name, role: 'owner' } },
      {
        organizationId: id,
        action: 'member.joined',
        subjectKind: 'member',
        subjectId: null,
        details: { name: demoOwner.name, role: 'owner' },
      },
    )
  }
}

/**
 * Takes the link of the demo and makes its account, where there is none yet, owner of every demo organisation.
 * @throws DomainError link_invalid (the link was used before), not_found (there is no demo organisation)
 */
export async function takeDemo(trx: Trx, ctx: Context, link: { ref: string }, passwordHash: string): Promise<void> {
  await takeSetupLink(trx, link)
  const account = await findAccountByEmail(trx, demoOwner.email)
  await ownDemo(trx, ctx, account?.id ?? (await createAccount(trx, { ...demoOwner, passwordHash })))
}

/**
 * Takes the link of the set-up and makes the first owner's account and organisation: all of it, or nothing.
 * @throws DomainError link_invalid (the link was used before); invalid: email `account_exists`, slug `taken`
 */
export async function setUpFirstOwner(
  trx: Trx,
  ctx: Context,
  link: { ref: string },
  input: Omit<FirstOwnerInput, 'password'>,
  passwordHash: string,
): Promise<void> {
  await takeSetupLink(trx, link)
  const { name, email } = input
  const id = await createAccount(trx, { name, email, passwordHash })
  const asOwner: Context = { ...ctx, actor: { kind: 'user', id, name, role: 'owner' } }
  await createOrganization(trx, asOwner, { name: input.organizationName, slug: input.slug })
}
