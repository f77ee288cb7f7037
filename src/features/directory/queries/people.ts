import { sql } from 'kysely'
import { decodeCursor, toPage } from '../../../db/cursor.ts'
import { matchesSearch } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { fold } from '../../../text/fold.ts'
import { deadSince } from '../../mail/queries.ts'
import type { PeopleFilter } from '../schema.ts'
import { validOn } from './positions.ts'

/**
 * Who has every word of a query somewhere: in name, address, phone, or in a position and its unit. The indexes find who
 * has the longest word anywhere; the other words are looked for in the whole text of these alone.
 * Both steps are materialized: on tables just filled, without statistics, the second would run once a person.
 */
function foundBy(organizationId: string, q: string) {
  const longest = fold(q)
    .split(/\s+/)
    .reduce((a, b) => (b.length > a.length ? b : a), '')
  return sql<boolean>`h.id in (
    with found as materialized (
      select i.id from people i where i.organization_id = ${organizationId} and ${matchesSearch(sql.ref('i.search'), longest)}
      union select p.person_id from positions p where p.organization_id = ${organizationId} and ${matchesSearch(sql.ref('p.search'), longest)}
      union select p.person_id from units u join positions p on p.organization_id = u.organization_id and p.unit_id = u.id
        where u.organization_id = ${organizationId} and ${matchesSearch(sql.ref('u.search'), longest)}),
    held as materialized (
      select p.person_id, string_agg(p.search || ' ' || u.search, ' ') as words from found f
      join positions p on p.organization_id = ${organizationId} and p.person_id = f.id
      join units u on u.organization_id = p.organization_id and u.id = p.unit_id group by p.person_id)
    select i.id from found f join people i on i.organization_id = ${organizationId} and i.id = f.id
    left join held on held.person_id = i.id
    where ${matchesSearch(sql`(i.search || ' ' || coalesce(held.words, ''))`, q)})`
}

function peopleRows(db: Db, organizationId: string, filter: Omit<PeopleFilter, 'cursor'>, day: string) {
  let query = db.selectFrom('people as h').where('h.organization_id', '=', organizationId)
  if (filter.q.trim()) query = query.where(foundBy(organizationId, filter.q))
  if (filter.address === 'with') query = query.where('h.email', 'is not', null)
  if (filter.address === 'without') query = query.where('h.email', 'is', null)
  if (filter.address === 'dead') query = query.where(deadSince, 'is not', null)
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
    deadSince.as('email_dead_at'),
    'h.id',
    'h.name',
    'h.family',
    'h.middle',
    'h.given',
    'h.gender',
    'h.email',
    'h.phone',
    'h.locale',
    'h.code',
    'h.note',
    'h.version',
    'h.created_at',
    'h.updated_at',
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
    .selectFrom('people as h')
    .selectAll('h')
    .select(deadSince.as('email_dead_at'))
    .where('h.organization_id', '=', organizationId)
    .where('h.id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** Whether somebody of this id is in the directory. */
export async function hasPerson(db: Db, organizationId: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('people')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}
