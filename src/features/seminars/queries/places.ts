import type { Db } from '../../../db/transaction.ts'

export interface Places {
  /** null: no limit */
  capacity: number | null
  taken: number
}

/** The places of many seminars at once, by id. */
export async function findPlaces(db: Db, organizationId: string, seminarIds: string[]): Promise<Map<string, Places>> {
  if (!seminarIds.length) return new Map()
  const rows = await db
    .selectFrom('seminar_places')
    .select(['seminar_id', 'capacity', 'taken'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', 'in', seminarIds)
    .execute()
  return new Map(rows.map(({ seminar_id, capacity, taken }) => [seminar_id, { capacity, taken }]))
}
