import type { Context } from '../../../context.ts'
import { type Db, type Trx, transaction } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { issueLinks, revokeLinks, useLink } from '../../links/commands.ts'
import { linkUrl } from '../../links/queries.ts'
import { createOrganization } from '../../organizations/commands.ts'
import type { Auth } from '../auth.ts'
import { hasOwner, lastGeneration } from '../queries.ts'
import { hoursAfter, lifetimes } from '../rules.ts'
import type { FirstOwnerInput } from '../schema.ts'

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
export async function takeSetupLink(trx: Trx, link: { ref: string }): Promise<void> {
  if (!(await useLink(trx, link.ref))) throw new DomainError('link_invalid', { detail: 'setup_link_invalid' })
}

export const demoOwner = { name: 'Chủ sở hữu (minh họa)', email: 'chu-so-huu@minh-hoa.example' }

/** Makes a person owner of every demo organisation. @throws DomainError not_found, where there is none */
export async function ownDemo(trx: Trx, ctx: Context, userId: string): Promise<void> {
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

/** Makes an account. @throws DomainError invalid: email `account_exists` */
export async function createAccount(
  auth: Auth,
  input: { name: string; email: string; password: string },
): Promise<string> {
  try {
    return await auth.createUser(input)
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'duplicate' || code === '23505') throw invalid({ field: 'email', code: 'account_exists' })
    throw error
  }
}

/**
 * Makes an account, its organisation and the ownership of it. The account comes first and outside the transaction (it is
 * better-auth's): where the rest is refused it stays, and belongs nowhere.
 * @param prepare runs first in the transaction that makes the organisation
 * @throws DomainError invalid: email `account_exists`, slug `taken`
 */
export async function createOwner(
  { db, auth }: { db: Db; auth: Auth },
  ctx: Context,
  input: FirstOwnerInput,
  prepare?: (trx: Trx) => Promise<void>,
): Promise<{ userId: string; organizationId: string; slug: string }> {
  const slugTaken = await db
    .selectFrom('slugs')
    .select('slug')
    .where('kind', '=', 'organization')
    .where('slug', '=', input.slug)
    .executeTakeFirst()
  if (slugTaken) throw invalid({ field: 'slug', code: 'taken' })
  const userId = await createAccount(auth, input)
  const organizationId = await transaction(db, async (trx) => {
    await prepare?.(trx)
    return createOrganization(
      trx,
      { ...ctx, actor: { kind: 'user', id: userId, name: input.name, role: 'owner' } },
      {
        name: input.organizationName,
        slug: input.slug,
      },
    )
  })
  return { userId, organizationId, slug: input.slug }
}
