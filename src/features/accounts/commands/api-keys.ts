import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { hashToken } from '../../links/token.ts'
import type { ApiScope } from '../schema.ts'

/** `ht_` and 256 random bits in 43 characters. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  const text = btoa(String.fromCharCode(...bytes))
  return `ht_${text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`
}

/** Makes a key; it is told here and never again, only its SHA-256 is kept. `expiresAt` null: it holds until revoked. */
export async function createApiKey(
  trx: Trx,
  ctx: Context,
  input: { organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt: Date | null },
): Promise<{ id: string; key: string }> {
  const key = newKey()
  const { id } = await trx
    .insertInto('api_keys')
    .values({
      organization_id: input.organizationId,
      name: input.name,
      hint: key.slice(0, 8),
      key_hash: (await hashToken(key)) as never,
      scopes: [...input.scopes],
      created_by: ctx.actor.kind === 'user' ? ctx.actor.id : null,
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
