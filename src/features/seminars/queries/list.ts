import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import { dbNow, matchesSearch } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import type { SeminarFilter } from '../schema.ts'

const PAGE = 25

function filtered(db: Db, organizationId: string, filter: SeminarFilter) {
  let query = db.selectFrom('seminars as s').where('s.organization_id', '=', organizationId)
  if (filter.state === 'upcoming') {
    query = query
      .where('s.state', 'in', ['draft', 'scheduled', 'postponed'])
      .where((eb) => eb.or([eb('s.ends_at', 'is', null), eb('s.ends_at', '>', dbNow)]))
  } else if (filter.state !== 'all') query = query.where('s.state', '=', filter.state)
  if (filter.year !== undefined) query = query.where(sql`extract(year from s.starts_local)`, '=', filter.year)
  if (filter.q.trim() !== '') query = query.where(matchesSearch(sql.ref('s.search'), filter.q))
  return query
}

/** A seminar without a date stands before all that have one when the newest come first, and after them otherwise. */
const dateKey = sql<string>`coalesce(to_char(s.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'), '9999-12-31T00:00:00')`
const nameKey = sql<string>`s.theme collate "vi-x-icu"`

/** One page of an organisation's seminars, with how many were invited and come. @throws DomainError bad_request (cursor) */
export async function listSeminars(db: Db, organizationId: string, filter: SeminarFilter, limit = PAGE) {
  const key = filter.sort === 'name' ? nameKey : dateKey
  const down = filter.sort === 'date'
  let query = filtered(db, organizationId, filter)
  if (filter.cursor !== undefined) {
    const [value, id] = decodeCursor(filter.cursor, 2)
    const bound = filter.sort === 'name' ? sql`${String(value)} collate "vi-x-icu"` : sql`${String(value)}`
    query = query.where(sql<boolean>`(${key}, s.id) ${sql.raw(down ? '<' : '>')} (${bound}, ${String(id)}::uuid)`)
  }
  const rows = await query
    .selectAll('s')
    .select(dateKey.as('date_key'))
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('invitations as i')
          .select((of) => [
            of.fn.countAll<number>().filterWhere('i.status', '=', 'sent').as('invited'),
            of.fn.countAll<number>().filterWhere('i.answer', 'in', ['accepted', 'online', 'substituted']).as('coming'),
          ])
          .whereRef('i.organization_id', '=', 's.organization_id')
          .whereRef('i.seminar_id', '=', 's.id')
          .where('i.status', '=', 'sent')
          .as('n'),
      (join) => join.onTrue(),
    )
    .select(['n.invited', 'n.coming'])
    .orderBy(key, down ? 'desc' : 'asc')
    .orderBy('s.id', down ? 'desc' : 'asc')
    .limit(limit + 1)
    .execute()
  const items = rows.map((row) => ({ ...row, invited: Number(row.invited ?? 0), coming: Number(row.coming ?? 0) }))
  return toPage(items, limit, (row) => [filter.sort === 'name' ? row.theme : row.date_key, row.id])
}

export type SeminarListItem = Awaited<ReturnType<typeof listSeminars>> extends Page<infer T> ? T : never

/** How many seminars a filter finds, over all pages. */
export async function countSeminars(db: Db, organizationId: string, filter: SeminarFilter): Promise<number> {
  const row = await filtered(db, organizationId, filter)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** The years an organisation has seminars in, newest first. */
export async function listSeminarYears(db: Db, organizationId: string): Promise<number[]> {
  const year = sql<number>`extract(year from starts_local)::int`
  const rows = await db
    .selectFrom('seminars')
    .select(year.as('year'))
    .where('organization_id', '=', organizationId)
    .where('starts_local', 'is not', null)
    .groupBy(year)
    .orderBy(year, 'desc')
    .execute()
  return rows.map((row) => row.year)
}
