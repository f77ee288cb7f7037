import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'

/** Numbers rows in the order of their ids, from 1. Ids of other organisations or seminars are left alone. */
export async function writeOrder(
  trx: Trx,
  table: 'chairs' | 'delegations' | 'agenda_items',
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
