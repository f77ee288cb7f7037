import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { type FoundLink, type Purpose, purposes } from './schema.ts'
import { hashToken, linkToken } from './token.ts'

/** The link of a token, also when it no longer holds (so that the page can say why); undefined when there never was one. */
export async function findLink(db: Db, token: string): Promise<FoundLink | undefined> {
  if (!/^[A-Za-z0-9_-]{22}$/.test(token)) return undefined
  const row = await db
    .selectFrom('links')
    .select(['ref', 'purpose', 'organization_id', 'target_id', 'generation', 'used_at', 'revoked_at'])
    .select(sql<boolean>`coalesce(expires_at <= now(), false)`.as('expired'))
    .where('token_hash', '=', (await hashToken(token)) as never)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    ref: row.ref,
    purpose: row.purpose as Purpose,
    organizationId: row.organization_id,
    targetId: row.target_id,
    generation: row.generation,
    expired: row.expired,
    revoked: row.revoked_at !== null,
    used: row.used_at !== null,
  }
}

/**
 * The link of a token for one of the given purposes.
 * @throws DomainError link_invalid (unknown, replaced or of another purpose) or link_expired
 */
export async function getLink(db: Db, token: string, ...allowed: Purpose[]): Promise<FoundLink> {
  const link = await findLink(db, token)
  if (!link || link.revoked || !allowed.includes(link.purpose)) throw new DomainError('link_invalid')
  if (link.expired) throw new DomainError('link_expired')
  return link
}

/** The full address of a personal link; `locale` en puts it under /en. */
export async function linkUrl(
  ctx: { origin: string; linkKey: string },
  link: { purpose: Purpose; targetId: string; generation: number; locale?: string },
): Promise<string> {
  const token = await linkToken(ctx.linkKey, link.purpose, link.targetId, link.generation)
  return `${ctx.origin}${link.locale === 'en' ? '/en' : ''}${purposes[link.purpose]}${token}`
}

/** The latest link made for a target; undefined when there never was one. */
export async function findLatestLink(
  db: Db,
  purpose: Purpose,
  targetId: string,
): Promise<{ generation: number; revoked: boolean } | undefined> {
  const row = await db
    .selectFrom('links')
    .select(['generation', 'revoked_at'])
    .where('purpose', '=', purpose)
    .where('target_id', '=', targetId)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { generation: row.generation, revoked: row.revoked_at !== null }
}
