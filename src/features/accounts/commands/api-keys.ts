import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { hashToken } from '../../links/token.ts'
import { allows, effectiveScopes, keyMaker } from '../rules.ts'
import type { ApiScope } from '../schema.ts'

/** `ht_` and 256 random bits in 43 characters. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const text = btoa(String.fromCharCode(...bytes))
  return `ht_${text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')}`
}

/**
 * Makes a key; it is told here and never again, only its SHA-256 is kept. `expiresAt` null: it holds until revoked. A key
 * that makes another gives it no more than it may do itself now; the new one is of the same member, at the root.
 * @throws DomainError invalid: scopes `scope_beyond`
 */
export async function createApiKey(
  trx: Trx,
  ctx: Context,
  input: { organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt: Date | null },
): Promise<{ id: string; key: string }> {
  const { userId, scopes } = await findMaker(trx, ctx, input.organizationId)
  if (scopes && !input.scopes.every((scope) => allows(scopes, scope))) {
    throw invalid({ field: 'scopes', code: 'scope_beyond' })
  }
  const key = newKey()
  const { id } = await trx
    .insertInto('api_keys')
    .values({
      organization_id: input.organizationId,
      name: input.name,
      hint: key.slice(0, 8),
      key_hash: hashToken(key) as never,
      scopes: [...input.scopes],
      created_by: userId,
      expires_at: input.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await recordAudit(trx, ctx, {
    organizationId: input.organizationId,
    action: 'api_key.created',
    subjectKind: 'api_key',
    subjectId: id,
    details: { name: input.name, scopes: [...input.scopes] },
  })
  return { id, key }
}

/** Whose key a new one is, and what the key that makes it may do. Whoever changes its member's role comes before or after. */
async function findMaker(
  trx: Trx,
  { actor }: Context,
  organizationId: string,
): Promise<{ userId: string | null; scopes?: ApiScope[] }> {
  if (actor.kind === 'user') {
    await lockMember(trx, organizationId, actor.id)
    return { userId: actor.id }
  }
  if (actor.kind !== 'key') return { userId: null }
  const own = trx
    .selectFrom('api_keys')
    .select(['created_by', 'scopes'])
    .where('organization_id', '=', organizationId)
    .where('id', '=', actor.id)
    .where('revoked_at', 'is', null)
  const userId = (await own.executeTakeFirst())?.created_by ?? null
  const member = userId === null ? undefined : await lockMember(trx, organizationId, userId)
  const maker = keyMaker({ maker_id: userId, role: member?.role ?? null, disabled_at: member?.disabled_at ?? null })
  return { userId, scopes: effectiveScopes(((await own.executeTakeFirst())?.scopes ?? []) as ApiScope[], maker) }
}

async function lockMember(trx: Trx, organizationId: string, userId: string) {
  return trx
    .selectFrom('members')
    .select(['role', 'disabled_at'])
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .forShare()
    .executeTakeFirst()
}

/** Ends a key at once. @throws DomainError not_found */
export async function revokeApiKey(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<void> {
  const key = await trx
    .updateTable('api_keys')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.fn<Date>('now')) }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .returning('name')
    .executeTakeFirst()
  if (!key) throw new DomainError('not_found')
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'api_key.revoked',
    subjectKind: 'api_key',
    subjectId: id,
    details: { name: key.name },
  })
}

/** Notes that a key was used, at most once a minute. */
export async function noteApiKeyUse(trx: Trx, organizationId: string, id: string): Promise<void> {
  await trx
    .updateTable('api_keys')
    .set((eb) => ({ last_used_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
    .execute()
}
