import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { type FoundLink, type Purpose, purposes } from './schema.ts'
import { hashToken, linkToken } from './token.ts'

/** The link of a token, also when it no longer holds (so that the page can say why); undefined when there never was one. */
export async function findLink(db: Db, token: string): Promise<FoundLink | undefined> {
  const hash = hashIfToken(token)
  if (!hash) return undefined
  const { rows } = await sql<LinkRow>`select ${linkColumns} from links l where l.token_hash = ${hash}`.execute(db)
  return rows[0] && toFoundLink(rows[0])
}

/** The SHA-256 of what has the form of a token. */
export function hashIfToken(token: string): Uint8Array | undefined {
  return /^[A-Za-z0-9_-]{22}$/.test(token) ? hashToken(token) : undefined
}

/** What a query over `links l` selects for `toFoundLink`, under names that meet no other table's. */
export const linkColumns = sql`l.ref as link_ref, l.purpose as link_purpose, l.organization_id as link_organization_id,
  l.target_id as link_target_id, l.generation as link_generation, coalesce(l.expires_at <= now(), false) as link_expired,
  l.revoked_at is not null as link_revoked, l.used_at is not null as link_used`

export interface LinkRow {
  link_ref: string
  link_purpose: Purpose
  link_organization_id: string | null
  link_target_id: string
  link_generation: number
  link_expired: boolean
  link_revoked: boolean
  link_used: boolean
}

export function toFoundLink(row: LinkRow): FoundLink {
  return {
    ref: row.link_ref,
    purpose: row.link_purpose,
    organizationId: row.link_organization_id,
    targetId: row.link_target_id,
    generation: row.link_generation,
    expired: row.link_expired,
    revoked: row.link_revoked,
    used: row.link_used,
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
  const token = linkToken(ctx.linkKey, link.purpose, link.targetId, link.generation)
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
