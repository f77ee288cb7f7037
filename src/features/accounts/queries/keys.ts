import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { effectiveScopes, type KeyMaker, keyMaker } from '../rules.ts'
import type { ApiScope } from '../schema.ts'

/** Which keys: those that open, those that ended (revoked or past their time), or all. */
export interface KeyFilter {
  state: 'active' | 'ended' | 'all'
  cursor?: string | undefined
}

const ended = sql<boolean>`(k.revoked_at is not null or coalesce(k.expires_at <= now(), false))`

function keyRows(db: Db, organizationId: string, state: KeyFilter['state']) {
  const query = db.selectFrom('api_keys as k').where('k.organization_id', '=', organizationId)
  if (state === 'all') return query
  return query.where(ended, '=', state === 'ended')
}

function withMaker(query: ReturnType<typeof keyRows>) {
  return query
    .leftJoin('auth.user as u', 'u.id', 'k.created_by')
    .leftJoin('members as m', (j) =>
      j.onRef('m.organization_id', '=', 'k.organization_id').onRef('m.user_id', '=', 'k.created_by'),
    )
    .select(['k.id', 'k.name', 'k.hint', 'k.scopes', 'k.created_at', 'k.expires_at', 'k.last_used_at', 'k.revoked_at'])
    .select(['u.name as created_by', 'k.created_by as maker_id', 'm.role', 'm.disabled_at'])
}

type Row = Awaited<ReturnType<ReturnType<typeof withMaker>['execute']>>[number]
/** `effective` is what the key may do now, in its maker's present role; it says nothing of whether the key ended. */
export type ApiKeyRow = Omit<Row, 'scopes'> & { scopes: ApiScope[]; maker: KeyMaker; effective: ApiScope[] }

function toKey(row: Row): ApiKeyRow {
  const scopes = row.scopes as ApiScope[]
  const maker = keyMaker(row)
  return { ...row, scopes, maker, effective: effectiveScopes(scopes, maker) }
}

/** A page of keys, the latest first, with who made each; never the key. */
export async function listApiKeysPage(
  db: Db,
  organizationId: string,
  filter: KeyFilter,
  limit = 50,
): Promise<Page<ApiKeyRow>> {
  let query = withMaker(keyRows(db, organizationId, filter.state))
  if (filter.cursor) query = query.where('k.id', '<', decodeCursor(filter.cursor, 1)[0] as string)
  const rows = await query
    .orderBy('k.id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows.map(toKey), limit, (row) => [row.id])
}

/** How many keys a filter finds. */
export async function countApiKeys(db: Db, organizationId: string, state: KeyFilter['state']): Promise<number> {
  const row = await keyRows(db, organizationId, state)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** One key. @throws DomainError not_found */
export async function getApiKey(db: Db, organizationId: string, id: string): Promise<ApiKeyRow> {
  const row = await withMaker(keyRows(db, organizationId, 'all'))
    .where('k.id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return toKey(row)
}

/** Who made a key: whom a test letter goes to. @throws DomainError conflict `key_without_member`, where nobody did */
export async function getKeyOwner(
  db: Db,
  organizationId: string,
  id: string,
): Promise<{ name: string; address: string }> {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('auth.user as u', 'u.id', 'k.created_by')
    .select(['u.name', 'u.email as address'])
    .where('k.organization_id', '=', organizationId)
    .where('k.id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('conflict', { detail: 'key_without_member' })
  return row
}
