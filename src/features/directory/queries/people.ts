import { sql } from 'kysely'
import { decodeCursor, toPage } from '../../../db/cursor.ts'
import { matchesSearch } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { fold } from '../../../text/fold.ts'
import type { PeopleFilter } from '../schema.ts'
import { validOn } from './positions.ts'

/** Everything of a person that search looks through: name, address, phone, positions and units. */
const wholeText = sql<string>`h.search || ' ' || coalesce((select string_agg(p.search || ' ' || u.search, ' ') from positions p join units u on u.organization_id = p.organization_id and u.id = p.unit_id where p.organization_id = h.organization_id and p.person_id = h.id), '')`

/** People who have the longest word somewhere, by the indexes; the other words are then looked for in these alone. */
function candidates(organizationId: string, q: string) {
  const longest = fold(q)
    .split(/\s+/)
    .reduce((a, b) => (b.length > a.length ? b : a), '')
  return sql<boolean>`h.id in (
    select i.id from people i where i.organization_id = ${organizationId} and ${matchesSearch(sql.ref('i.search'), longest)}
    union all select p.person_id from positions p where p.organization_id = ${organizationId} and ${matchesSearch(sql.ref('p.search'), longest)}
    union all select p.person_id from units u join positions p on p.organization_id = u.organization_id and p.unit_id = u.id
      where u.organization_id = ${organizationId} and ${matchesSearch(sql.ref('u.search'), longest)})`
}

function peopleRows(db: Db, organizationId: string, filter: Omit<PeopleFilter, 'cursor'>, day: string) {
  let query = db.selectFrom('people as h').where('h.organization_id', '=', organizationId)
  if (filter.q.trim())
    query = query.where(candidates(organizationId, filter.q)).where(matchesSearch(wholeText, filter.q))
  if (filter.address === 'with') query = query.where('h.email', 'is not', null)
  if (filter.address === 'without') query = query.where('h.email', 'is', null)
  if (filter.address === 'dead') query = query.where('h.email_dead_at', 'is not', null)
  if (filter.unit)
    query = query.where(sql<boolean>`exists (select from units t
      join units u on u.organization_id = t.organization_id and u.tree_path >= t.tree_path and u.tree_path < t.tree_path || '~'
      join positions p on p.organization_id = u.organization_id and p.unit_id = u.id
      where t.organization_id = ${organizationId} and t.id = ${filter.unit} and p.person_id = h.id and ${validOn('p', day)})`)
  return query
}

/** A page of people by given name, then family, then middle. The unit filter takes in everything under the unit. */
export async function listPeople(db: Db, organizationId: string, filter: PeopleFilter, day: string, limit = 50) {
  let query = peopleRows(db, organizationId, filter, day).select([
    'h.id',
    'h.name',
    'h.family',
    'h.middle',
    'h.given',
    'h.gender',
    'h.email',
    'h.phone',
    'h.email_dead_at',
  ])
  if (filter.cursor) {
    const [given, family, middle, id] = decodeCursor(filter.cursor, 4)
    query = query.where(
      sql<boolean>`(h.given, h.family, h.middle, h.id) > (${given}, ${family}, ${middle}, ${id}::uuid)`,
    )
  }
  const rows = await query
    .orderBy('h.given')
    .orderBy('h.family')
    .orderBy('h.middle')
    .orderBy('h.id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.given, row.family, row.middle, row.id])
}

/** How many people a filter finds. */
export async function countPeople(
  db: Db,
  organizationId: string,
  filter: Omit<PeopleFilter, 'cursor'>,
  day: string,
): Promise<number> {
  const row = await peopleRows(db, organizationId, filter, day)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** One person. @throws DomainError not_found */
export async function getPerson(db: Db, organizationId: string, id: string) {
  const row = await db
    .selectFrom('people')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}
