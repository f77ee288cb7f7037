import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import type { CheckedFile } from './checks.ts'

/** A file that the scanner could not look at is tried again after this. */
const AGAIN_AFTER = sql`interval '10 minutes'`

/** Documents that wait for the scanner, the oldest first; then those that came while none was set, the newest first. */
export function listToScan(
  db: Db,
  of: { organizationId: string; presentationId: string } | undefined,
  limit: number,
): Promise<CheckedFile[]> {
  let query = db
    .selectFrom('files as f')
    .select(['f.organization_id', 'f.id as file_id', 'f.storage_key', 'f.size', 'f.sha256', 'f.scan', 'f.damage'])
    .where('f.purpose', '=', 'presentation')
    .where('f.scan', 'in', ['none', 'waiting'])
    .where(sql<boolean>`(f.scan_tried_at is null or f.scan_tried_at < now() - ${AGAIN_AFTER})`)
    .orderBy(sql`f.scan = 'waiting'`, 'desc')
    .orderBy(sql`case when f.scan = 'waiting' then f.created_at end`)
    .orderBy('f.created_at', 'desc')
    .limit(limit)
  if (of)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('presentation_versions as v')
          .select('v.id')
          .where('v.organization_id', '=', of.organizationId)
          .where('v.presentation_id', '=', of.presentationId)
          .whereRef('v.organization_id', '=', 'f.organization_id')
          .whereRef('v.file_id', '=', 'f.id'),
      ),
    )
  return query.execute()
}

/** How many documents wait for the scanner over all organisations, and since when. */
export async function countWaiting(db: Db): Promise<{ count: number; since: Date | null }> {
  return db
    .selectFrom('files')
    .select(sql<number>`count(*)::int`.as('count'))
    .select((eb) => eb.fn.min('created_at').as('since'))
    .where('purpose', '=', 'presentation')
    .where('scan', '=', 'waiting')
    .executeTakeFirstOrThrow()
}
