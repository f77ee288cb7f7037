import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import { matchesSearch } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { fold } from '../../../text/fold.ts'
import type { UnitFilter } from '../schema.ts'
import { validOn } from './positions.ts'

const unitListColumns = [
  'u.id',
  'u.parent_id',
  'u.successor_id',
  'u.name',
  'u.short_name',
  'u.name_en',
  'u.committee_name',
  'u.code',
  'u.type',
  'u.kind',
  'u.block',
  'u.rank',
  'u.tree_path',
  'u.members_count',
  'u.email',
  'u.phone',
  'u.valid_from',
  'u.valid_to',
  'u.version',
  'u.created_at',
  'u.updated_at',
] as const

function unitsOf(db: Db, organizationId: string) {
  return db
    .selectFrom('units as u')
    .leftJoin('units as a', (j) =>
      j.onRef('a.organization_id', '=', 'u.organization_id').onRef('a.id', '=', 'u.parent_id'),
    )
    .where('u.organization_id', '=', organizationId)
}

function unitRows(query: ReturnType<typeof unitsOf>, day: string) {
  return query
    .select(unitListColumns)
    .select('a.name as parent_name')
    .select(
      sql<number>`(select count(*)::int from positions p where p.organization_id = u.organization_id and p.unit_id = u.id and ${validOn('p', day)})`.as(
        'positions',
      ),
    )
}
export type UnitListRow = Awaited<ReturnType<ReturnType<typeof unitRows>['execute']>>[number]

function filtered(query: ReturnType<typeof unitsOf>, filter: UnitFilter, day: string) {
  let found = query
  if (filter.q) found = found.where(matchesSearch(sql.ref('u.search'), filter.q))
  if (filter.block) found = found.where('u.block', '=', filter.block)
  if (filter.type) found = found.where('u.type', '=', filter.type)
  if (filter.kind) found = found.where('u.kind', '=', filter.kind)
  if (filter.parent === 'none') found = found.where('u.parent_id', 'is', null)
  else if (filter.parent) found = found.where('u.parent_id', '=', filter.parent)
  if (filter.valid === 'today') found = found.where(validOn('u', day))
  return found
}

/** How many units a filter finds. */
export async function countUnits(db: Db, organizationId: string, filter: UnitFilter, day: string): Promise<number> {
  const row = await filtered(unitsOf(db, organizationId), filter, day)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** A page of units by search and filter, in order of precedence through the tree or by name. `day` decides what is valid. */
export async function listUnits(
  db: Db,
  organizationId: string,
  filter: UnitFilter,
  day: string,
  limit = 50,
): Promise<Page<UnitListRow>> {
  let query = unitRows(filtered(unitsOf(db, organizationId), filter, day), day).limit(limit + 1)
  if (filter.sort === 'name') {
    if (filter.cursor) {
      const [name, id] = decodeCursor(filter.cursor, 2)
      query = query.where(
        sql<boolean>`(u.name collate "vi-x-icu", u.id) > (${name}::text collate "vi-x-icu", ${id}::uuid)`,
      )
    }
    const rows = await query.orderBy(sql`u.name collate "vi-x-icu"`).orderBy('u.id').execute()
    return toPage(rows, limit, (row) => [row.name, row.id])
  }
  if (filter.cursor) query = query.where('u.tree_path', '>', String(decodeCursor(filter.cursor, 1)[0]))
  return toPage(await query.orderBy('u.tree_path').execute(), limit, (row) => [row.tree_path])
}

/** What is directly under a unit (null: the top), by rank, each with the number of units under it; at most 500. */
export async function listChildUnits(db: Db, organizationId: string, parentId: string | null, day: string) {
  return unitRows(unitsOf(db, organizationId), day)
    .where('u.parent_id', parentId === null ? 'is' : '=', parentId)
    .select(
      sql<number>`(select count(*)::int from units s where s.organization_id = u.organization_id and s.parent_id = u.id)`.as(
        'children',
      ),
    )
    .orderBy('u.tree_path')
    .limit(500)
    .execute()
}

/** A unit with the names of its parent and successor. @throws DomainError not_found */
export async function getUnit(db: Db, organizationId: string, id: string) {
  const row = await db
    .selectFrom('units as u')
    .leftJoin('units as a', (j) =>
      j.onRef('a.organization_id', '=', 'u.organization_id').onRef('a.id', '=', 'u.parent_id'),
    )
    .leftJoin('units as s', (j) =>
      j.onRef('s.organization_id', '=', 'u.organization_id').onRef('s.id', '=', 'u.successor_id'),
    )
    .where('u.organization_id', '=', organizationId)
    .where('u.id', '=', id)
    .selectAll('u')
    .select(['a.name as parent_name', 'a.name_en as parent_name_en', 's.name as successor_name'])
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** The units above one, from the top. */
export async function listUnitsAbove(db: Db, organizationId: string, treePath: string) {
  return db
    .selectFrom('units')
    .select(['id', 'name', 'short_name'])
    .where('organization_id', '=', organizationId)
    .where(sql<boolean>`starts_with(${treePath}::text, tree_path)`)
    .where('tree_path', '<', treePath)
    .orderBy('tree_path')
    .execute()
}

/** The words in use for blocks, types, kinds and titles, for filters and suggestions; at most 200 of each. */
export async function listDirectoryWords(db: Db, organizationId: string) {
  const words = (column: 'block' | 'type' | 'kind') =>
    sql`(select coalesce(array_agg(w order by w collate "vi-x-icu"), '{}') from (select distinct ${sql.ref(column)} as w from units where organization_id = ${organizationId} and ${sql.ref(column)} is not null limit 200) x)`
  const { rows } = await sql<{ blocks: string[]; types: string[]; kinds: string[]; titles: string[] }>`
    select ${words('block')} as blocks, ${words('type')} as types, ${words('kind')} as kinds,
      (select coalesce(array_agg(w order by n desc), '{}') from (select title as w, count(*) as n from positions where organization_id = ${organizationId} group by title order by n desc limit 200) x) as titles`.execute(
    db,
  )
  return rows[0] as { blocks: string[]; types: string[]; kinds: string[]; titles: string[] }
}

/** Units whose name, short name or code has every word of the text, the exact name first; for picking one. */
export async function findUnitsByText(db: Db, organizationId: string, text: string, limit = 12) {
  return db
    .selectFrom('units as u')
    .leftJoin('units as a', (j) =>
      j.onRef('a.organization_id', '=', 'u.organization_id').onRef('a.id', '=', 'u.parent_id'),
    )
    .where('u.organization_id', '=', organizationId)
    .where(matchesSearch(sql.ref('u.search'), text))
    .select(['u.id', 'u.name', 'u.code', 'a.name as parent_name'])
    .orderBy(sql`fold(u.name) = ${fold(text)}`, 'desc')
    .orderBy('u.tree_path')
    .limit(limit)
    .execute()
}

/** The names of units by their ids, in order of precedence; ids that are not there are left out. */
export async function listUnitNames(db: Db, organizationId: string, ids: readonly string[]) {
  if (!ids.length) return []
  return db
    .selectFrom('units')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .orderBy('tree_path')
    .execute()
}
