import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

type ListTable = 'chairs' | 'delegations' | 'agenda_items'

/** Numbers rows in the order of their ids, from 1. Ids of other organisations or seminars are left alone. */
export async function writeOrder(
  trx: Trx,
  table: ListTable,
  seminar: { organizationId: string; seminarId: string },
  ids: readonly string[],
): Promise<void> {
  await sql`
    update ${sql.table(table)} as t set ordinal = o.n
    from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) with ordinality as o (id, n)
    where t.organization_id = ${seminar.organizationId} and t.seminar_id = ${seminar.seminarId} and t.id = o.id::uuid`.execute(
    trx,
  )
}

/**
 * Puts a whole list in a new order. Rows that someone added meanwhile keep their place at the end; ids that are not of this
 * list are refused. @throws DomainError not_found · conflict, detail `changed`
 */
export async function orderList(
  trx: Trx,
  table: ListTable,
  seminar: { organizationId: string; seminarId: string },
  ids: readonly string[],
  changed: 'agenda_changed' | 'list_changed',
): Promise<void> {
  if (!(await lockList(trx, seminar.organizationId, seminar.seminarId))) throw new DomainError('not_found')
  const known = await listIds(trx, table, seminar)
  const asked = [...new Set(ids)]
  if (asked.some((id) => !known.includes(id))) throw new DomainError('conflict', { detail: changed })
  await writeOrder(trx, table, seminar, [...asked, ...known.filter((id) => !asked.includes(id))])
}

/** The ids of a list as it stands. */
export async function listIds(
  trx: Trx,
  table: ListTable,
  { organizationId, seminarId }: { organizationId: string; seminarId: string },
): Promise<string[]> {
  const rows = await trx
    .selectFrom(table)
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .orderBy('ordinal')
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Takes a row off its list; with a version only as it was read. The caller has looked that it is of this seminar.
 * @throws DomainError stale_version
 */
export async function removeRow(
  trx: Trx,
  table: ListTable,
  organizationId: string,
  id: string,
  version: number | undefined,
): Promise<void> {
  let query = trx.deleteFrom(table).where('organization_id', '=', organizationId).where('id', '=', id)
  if (version !== undefined) query = query.where('version', '=', version)
  const row = await query.returning('id').executeTakeFirst()
  if (!row && version !== undefined) throw new DomainError('stale_version')
}

/** Locks a seminar so that two changes of one list follow each other. @returns whether it is there */
export async function lockList(trx: Trx, organizationId: string, seminarId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('seminars')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', seminarId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** Those of these people who are in the organisation's directory: whoever was taken out meanwhile is kept by name alone. */
export async function knownPeople(trx: Trx, organizationId: string, ids: (string | null)[]): Promise<Set<string>> {
  const asked = ids.filter((id) => id !== null)
  if (!asked.length) return new Set()
  const rows = await trx
    .selectFrom('people')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', 'in', asked)
    .execute()
  return new Set(rows.map((row) => row.id))
}
