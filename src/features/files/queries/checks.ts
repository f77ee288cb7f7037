import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { CHECK_EVERY_DAYS, type Damage } from '../schema.ts'

/** A file as its checks need it. */
export interface CheckedFile {
  organization_id: string
  /** Of its row in `files`. */
  file_id: string
  storage_key: string
  size: number
  sha256: Uint8Array
  scan: string
  damage: string | null
}

const columns = ['organization_id', 'id as file_id', 'storage_key', 'size', 'sha256', 'scan', 'damage'] as const

/**
 * Files whose bytes are to be compared: the damaged ones, which may be back, then those not looked at for 15 days; the oldest check
 * first. `since` leaves out what this run has seen.
 */
export function listToCheck(db: Db, since: Date, limit: number): Promise<CheckedFile[]> {
  return db
    .selectFrom('files')
    .select(columns)
    .where('scan', '<>', 'found')
    .where('checked_at', '<', since)
    .where((eb) =>
      eb.or([
        eb('damaged_at', 'is not', null),
        eb('checked_at', '<', sql<Date>`now() - make_interval(days => ${CHECK_EVERY_DAYS})`),
      ]),
    )
    .orderBy(sql`damaged_at is null`)
    .orderBy('checked_at')
    .limit(limit)
    .execute()
}

/** How many files an organisation has. */
export async function countFiles(db: Db, organizationId: string): Promise<number> {
  const { count } = await db
    .selectFrom('files')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return count
}

/** How many bytes all files have. */
export async function totalBytes(db: Db): Promise<number> {
  const row = await db
    .selectFrom('files')
    .select(sql<number>`coalesce(sum(size), 0)::float8`.as('bytes'))
    .executeTakeFirstOrThrow()
  return row.bytes
}

/** How many stored files are missing or damaged, over all organisations: a figure for who watches the service. */
export async function countDamaged(db: Db): Promise<Record<Damage, number>> {
  const rows = await db
    .selectFrom('files')
    .select('damage')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('damaged_at', 'is not', null)
    .where('scan', '<>', 'found')
    .groupBy('damage')
    .execute()
  const counts: Record<Damage, number> = { missing: 0, size: 0, content: 0 }
  for (const { damage, count } of rows) counts[damage as Damage] = count
  return counts
}
