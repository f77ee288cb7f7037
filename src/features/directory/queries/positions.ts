import { sql } from 'kysely'
import { cursorInt, decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { deadSince } from '../../mail/queries.ts'
import type { PositionFilter, Selector } from '../schema.ts'

/** Positions with person and unit: what an invitation is made of. */
function positionRows(db: Db, organizationId: string) {
  return db
    .selectFrom('positions as p')
    .innerJoin('units as u', (j) =>
      j.onRef('u.organization_id', '=', 'p.organization_id').onRef('u.id', '=', 'p.unit_id'),
    )
    .leftJoin('units as a', (j) =>
      j.onRef('a.organization_id', '=', 'u.organization_id').onRef('a.id', '=', 'u.parent_id'),
    )
    .innerJoin('people as h', (j) =>
      j.onRef('h.organization_id', '=', 'p.organization_id').onRef('h.id', '=', 'p.person_id'),
    )
    .where('p.organization_id', '=', organizationId)
    .select(['p.id', 'p.title', 'p.title_en', 'p.rank', 'p.valid_from', 'p.valid_to', 'p.version', 'p.created_at'])
    .select([
      'h.id as person_id',
      'h.name as person_name',
      'h.family',
      'h.middle',
      'h.given',
      'h.gender',
      'h.email',
      'h.phone',
      'h.locale',
      deadSince.as('email_dead_at'),
    ])
    .select([
      'u.id as unit_id',
      'u.name as unit_name',
      'u.short_name',
      'u.name_en',
      'u.committee_name',
      'u.type',
      'u.kind',
      'u.block',
      'a.name as parent_name',
      'a.name_en as parent_name_en',
    ])
}

type PositionRow = Awaited<ReturnType<ReturnType<typeof positionRows>['execute']>>[number]

function toSelected(row: PositionRow) {
  return {
    id: row.id,
    title: row.title,
    title_en: row.title_en,
    rank: row.rank,
    valid_from: row.valid_from,
    valid_to: row.valid_to,
    version: row.version,
    created_at: row.created_at,
    person: {
      id: row.person_id,
      name: row.person_name,
      family: row.family,
      middle: row.middle,
      given: row.given,
      gender: row.gender as 'male' | 'female' | null,
      email: row.email,
      phone: row.phone,
      locale: row.locale as 'vi' | 'en',
      email_dead_at: row.email_dead_at,
    },
    unit: {
      id: row.unit_id,
      name: row.unit_name,
      short_name: row.short_name,
      name_en: row.name_en,
      committee_name: row.committee_name,
      type: row.type,
      kind: row.kind,
      block: row.block,
      parent: row.parent_name === null ? null : { name: row.parent_name, name_en: row.parent_name_en },
    },
  }
}

/** A position with its holder and its unit (with the parent's names, for `describePosition`). */
export type SelectedPosition = ReturnType<typeof toSelected>

/** Valid on a day, both ends included. */
export function validOn(alias: 'p' | 'u', day: string) {
  return sql<boolean>`coalesce(${sql.ref(`${alias}.valid_from`)} <= ${day}::date, true) and coalesce(${sql.ref(`${alias}.valid_to`)} >= ${day}::date, true)`
}

/**
 * The positions a selector means on a day (`2026-12-15`), with person and unit, in order of precedence: unit by unit
 * through the tree, within a unit by rank. One person may occur more than once. An empty selector selects nobody.
 */
export async function selectPositions(
  db: Db,
  organizationId: string,
  selector: Selector,
  onDate: string,
): Promise<SelectedPosition[]> {
  const tests = (
    [
      ['u.id', selector.unitIds],
      ['u.type', selector.unitTypes],
      ['u.kind', selector.unitKinds],
      ['u.block', selector.blocks],
      ['u.parent_id', selector.parentIds],
      ['p.title', selector.titles],
    ] as const
  ).filter(([, values]) => values?.length)
  if (!tests.length) return []
  let query = positionRows(db, organizationId).where(validOn('p', onDate)).where(validOn('u', onDate))
  for (const [column, values] of tests) query = query.where(column, 'in', values as string[])
  const rows = await query.orderBy('u.tree_path').orderBy('p.rank').orderBy('p.id').execute()
  return rows.map(toSelected)
}

/** The positions of a list of people, past ones too, each person's in order of precedence. */
export async function listPositionsOf(
  db: Db,
  organizationId: string,
  personIds: string[],
): Promise<SelectedPosition[]> {
  if (!personIds.length) return []
  const rows = await positionRows(db, organizationId)
    .where('p.person_id', 'in', personIds)
    .orderBy('u.tree_path')
    .orderBy('p.rank')
    .orderBy('p.id')
    .execute()
  return rows.map(toSelected)
}

/** A unit's positions in rank order, past ones too; at most 500. */
export async function listPositionsAt(db: Db, organizationId: string, unitId: string): Promise<SelectedPosition[]> {
  const rows = await positionRows(db, organizationId)
    .where('p.unit_id', '=', unitId)
    .orderBy('p.rank')
    .orderBy('p.id')
    .limit(500)
    .execute()
  return rows.map(toSelected)
}

function filtered(query: ReturnType<typeof positionRows>, filter: PositionFilter) {
  let found = query
  if (filter.person) found = found.where('p.person_id', '=', filter.person)
  if (filter.unit) found = found.where('p.unit_id', '=', filter.unit)
  if (filter.validOn) found = found.where(validOn('p', filter.validOn)).where(validOn('u', filter.validOn))
  return found
}

/** A page of positions, past ones too unless a day is given, in order of precedence. */
export async function listPositions(
  db: Db,
  organizationId: string,
  filter: PositionFilter,
  limit = 50,
): Promise<Page<SelectedPosition>> {
  let query = filtered(positionRows(db, organizationId), filter).select('u.tree_path')
  if (filter.cursor) {
    const [path, rank, id] = decodeCursor(filter.cursor, 3)
    query = query
      .where('u.tree_path', '>=', String(path))
      .where(sql<boolean>`(u.tree_path > ${String(path)} or (p.rank, p.id) > (${cursorInt(rank)}::int, ${id}::uuid))`)
  }
  const rows = await query
    .orderBy('u.tree_path')
    .orderBy('p.rank')
    .orderBy('p.id')
    .limit(limit + 1)
    .execute()
  const { items, next } = toPage(rows, limit, (row) => [row.tree_path, row.rank, row.id])
  return { items: items.map(toSelected), next }
}

/** How many positions a filter finds. */
export async function countPositions(db: Db, organizationId: string, filter: PositionFilter): Promise<number> {
  let query = db.selectFrom('positions as p').where('p.organization_id', '=', organizationId)
  if (filter.person) query = query.where('p.person_id', '=', filter.person)
  if (filter.unit) query = query.where('p.unit_id', '=', filter.unit)
  if (filter.validOn) {
    query = query
      .innerJoin('units as u', (j) =>
        j.onRef('u.organization_id', '=', 'p.organization_id').onRef('u.id', '=', 'p.unit_id'),
      )
      .where(validOn('p', filter.validOn))
      .where(validOn('u', filter.validOn))
  }
  const row = await query.select(sql<number>`count(*)::int`.as('n')).executeTakeFirstOrThrow()
  return row.n
}

/** One position with its holder and its unit. @throws DomainError not_found */
export async function getPosition(db: Db, organizationId: string, id: string): Promise<SelectedPosition> {
  const row = await positionRows(db, organizationId).where('p.id', '=', id).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return toSelected(row)
}
