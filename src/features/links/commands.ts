import type { Context } from '../../context.ts'
import type { Trx } from '../../db/transaction.ts'
import type { Purpose } from './schema.ts'
import { hashToken, linkRef, linkToken } from './token.ts'

export interface IssueLink {
  purpose: Purpose
  organizationId: string | null
  targetId: string
  generation: number
  expiresAt?: Date | null
}

/** Makes links findable; issuing one again changes nothing. Many at once go in one statement. */
export async function issueLinks(trx: Trx, ctx: Context, links: IssueLink[]): Promise<void> {
  for (let i = 0; i < links.length; i += 1000) {
    const rows = await Promise.all(
      links.slice(i, i + 1000).map(async (link) => {
        const token = await linkToken(ctx.linkKey, link.purpose, link.targetId, link.generation)
        return {
          token_hash: await hashToken(token),
          ref: await linkRef(token),
          purpose: link.purpose,
          organization_id: link.organizationId,
          target_id: link.targetId,
          generation: link.generation,
          expires_at: link.expiresAt ?? null,
        }
      }),
    )
    await trx
      .insertInto('links')
      .values(rows as never)
      .onConflict((c) => c.column('token_hash').doNothing())
      .execute()
  }
}

/** Ends every link of a target, or of several: an old address then answers that it was replaced. */
export async function revokeLinks(
  trx: Trx,
  purpose: Purpose,
  targetId: string | string[],
  exceptGeneration?: number,
): Promise<void> {
  let query = trx
    .updateTable('links')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.fn<Date>('now')) }))
    .where('purpose', '=', purpose)
    .where('target_id', 'in', [targetId].flat())
  if (exceptGeneration !== undefined) query = query.where('generation', '<>', exceptGeneration)
  await query.execute()
}

/** Uses a one-time link up. @returns false when it was used, revoked or expired before. */
export async function useLink(trx: Trx, ref: string): Promise<boolean> {
  const used = await trx
    .updateTable('links')
    .set((eb) => ({ used_at: eb.fn<Date>('now') }))
    .where('ref', '=', ref)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', eb.fn<Date>('now'))]))
    .executeTakeFirst()
  return used.numUpdatedRows > 0n
}
