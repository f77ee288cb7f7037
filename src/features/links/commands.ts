import type { Context } from '../../context.ts'
import type { Trx } from '../../db/transaction.ts'
import { recordAudit } from '../audit/commands.ts'
import { findLatestLink } from './queries.ts'
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
    const rows = links.slice(i, i + 1000).map((link) => {
      const token = linkToken(ctx.linkKey, link.purpose, link.targetId, link.generation)
      return {
        token_hash: hashToken(token),
        ref: linkRef(token),
        purpose: link.purpose,
        organization_id: link.organizationId,
        target_id: link.targetId,
        generation: link.generation,
        expires_at: link.expiresAt ?? null,
      }
    })
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
  if ([targetId].flat().length === 0) return
  let query = trx
    .updateTable('links')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.fn<Date>('now')) }))
    .where('purpose', '=', purpose)
    .where('target_id', 'in', [targetId].flat())
  if (exceptGeneration !== undefined) query = query.where('generation', '<>', exceptGeneration)
  await query.execute()
}

/** Whose calendar address: one invitee's, of an organisation, or a member's own, of all their organisations. */
export interface FeedOwner {
  purpose: 'member-feed' | 'person-feed'
  /** Null for a member. */
  organizationId: string | null
  id: string
}

/** Ends the calendar address in use, and makes the next where asked. The log is that of one organisation. */
export async function renewFeed(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  owner: FeedOwner,
  again: boolean,
): Promise<void> {
  const last = await findLatestLink(trx, owner.purpose, owner.id)
  await revokeLinks(trx, owner.purpose, owner.id)
  if (again) {
    const generation = (last?.generation ?? 0) + 1
    await issueLinks(trx, ctx, [
      { purpose: owner.purpose, organizationId: owner.organizationId, targetId: owner.id, generation },
    ])
  }
  const ofPerson = owner.purpose === 'person-feed'
  await recordAudit(trx, ctx, {
    organizationId,
    action: again ? 'feed.issued' : 'feed.revoked',
    subjectKind: ofPerson ? 'person' : 'member',
    subjectId: ofPerson ? owner.id : null,
  })
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

/**
 * After LINK_KEY was changed: gives every link the address that the new key makes, so that what is sent from now on opens.
 * Addresses by the old key open no more. @returns how many
 */
export async function renewLinks(trx: Trx, ctx: Pick<Context, 'linkKey'>): Promise<number> {
  let renewed = 0
  for (let last: { purpose: string; target_id: string; generation: number } | undefined; ; ) {
    let query = trx
      .selectFrom('links')
      .select(['purpose', 'organization_id', 'target_id', 'generation'])
      .orderBy('purpose')
      .orderBy('target_id')
      .orderBy('generation')
      .limit(1000)
    if (last) {
      const { purpose, target_id, generation } = last
      query = query.where((eb) =>
        eb(
          eb.refTuple('purpose', 'target_id', 'generation'),
          '>',
          eb.tuple(eb.val(purpose), eb.val(target_id), eb.val(generation)),
        ),
      )
    }
    const rows = await query.execute()
    if (!rows.length) return renewed
    const values = rows.map((row) => {
      const token = linkToken(ctx.linkKey, row.purpose as Purpose, row.target_id, row.generation)
      return { ...row, token_hash: hashToken(token), ref: linkRef(token) }
    })
    await trx
      .insertInto('links')
      .values(values as never)
      .onConflict((c) =>
        c.columns(['purpose', 'target_id', 'generation']).doUpdateSet((eb) => ({
          token_hash: eb.ref('excluded.token_hash'),
          ref: eb.ref('excluded.ref'),
        })),
      )
      .execute()
    renewed += rows.length
    last = rows.at(-1)
  }
}
