import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

/** A calendar address of a person that holds; `ref` names it, the address itself is told when it is made. */
export interface FeedRow {
  ref: string
  person_id: string
  person_name: string
  locale: 'vi' | 'en'
  generation: number
  created_at: Date
}

/** Microseconds, as the column has them: a JavaScript date would cut them off, and a page would miss rows. */
const moment = sql<string>`to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

function feedLinks(db: Db, organizationId: string, personId?: string) {
  const query = db
    .selectFrom('links as l')
    .where('l.organization_id', '=', organizationId)
    .where('l.purpose', '=', 'person-feed')
    .where('l.revoked_at', 'is', null)
  return personId ? query.where('l.target_id', '=', personId) : query
}

function feedRows(db: Db, organizationId: string, personId?: string) {
  return feedLinks(db, organizationId, personId).innerJoin('people as h', (j) =>
    j.onRef('h.organization_id', '=', 'l.organization_id').on(sql<boolean>`h.id = l.target_id::uuid`),
  )
}

const columns = [
  'l.ref',
  'l.generation',
  'l.created_at',
  'h.id as person_id',
  'h.name as person_name',
  'h.locale',
] as const

/** A page of the calendar addresses that hold, the latest first. */
export async function listFeeds(
  db: Db,
  organizationId: string,
  filter: { person?: string | undefined; cursor?: string | undefined },
  limit = 50,
): Promise<Page<FeedRow>> {
  let query = feedRows(db, organizationId, filter.person).select(columns).select(moment.as('moment'))
  if (filter.cursor) {
    const [at, ref] = decodeCursor(filter.cursor, 2).map(String)
    query = query.where(sql<boolean>`(l.created_at, l.ref) < (${at}::timestamptz, ${ref}::text)`)
  }
  const rows = await query
    .orderBy('l.created_at', 'desc')
    .orderBy('l.ref', 'desc')
    .limit(limit + 1)
    .execute()
  const { items, next } = toPage(rows, limit, (row) => [row.moment, row.ref])
  return { items: items as (FeedRow & { moment: string })[], next }
}

/** How many hold. */
export async function countFeeds(db: Db, organizationId: string, personId?: string): Promise<number> {
  const row = await feedLinks(db, organizationId, personId)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** A calendar address that holds, by its name. @throws DomainError not_found */
export async function getFeed(db: Db, organizationId: string, ref: string): Promise<FeedRow> {
  const row = await feedRows(db, organizationId).select(columns).where('l.ref', '=', ref).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row as FeedRow
}

/** The calendar address that holds for a person. @throws DomainError not_found */
export async function getFeedOf(db: Db, organizationId: string, personId: string): Promise<FeedRow> {
  const row = await feedRows(db, organizationId, personId)
    .select(columns)
    .orderBy('l.generation', 'desc')
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row as FeedRow
}
