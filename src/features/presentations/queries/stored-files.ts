import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import type { Damage, ScanState } from '../../files/schema.ts'
import type { FileTrouble } from '../schema.ts'

/** A stored file that nobody can open now, with where it belongs: to a version of a speech, or to the photos of a seminar. */
export interface StoredFileRow {
  id: string
  name: string
  purpose: 'presentation' | 'photo'
  media_type: string
  size: number
  created_at: Date
  trouble: FileTrouble
  since: Date
  scan: ScanState
  virus: string | null
  scan_refusal: string | null
  damage: Damage | null
  damaged_at: Date | null
  seminar_id: string | null
  theme: string | null
  theme_en: string | null
  presentation_id: string | null
  number: number | null
  topic: string | null
  topic_en: string | null
  speaker: string | null
}

// A file with a virus is of no concern to its bytes' health.
const trouble = sql`case when f.scan = 'found' then 'infected' when f.damaged_at is not null then 'damaged' else 'waiting' end`
const since = sql`case when f.scan = 'found' then f.scanned_at when f.damaged_at is not null then f.damaged_at else f.created_at end`

function inTrouble(organizationId: string, wanted: FileTrouble | undefined) {
  return sql`f.organization_id = ${organizationId} and (f.damaged_at is not null or f.scan in ('waiting', 'found'))
    and ${wanted ? sql`${trouble} = ${wanted}` : sql`true`}`
}

/** Stored files that are missing or damaged, wait for the virus scan, or are locked away for a virus: the latest trouble first. */
export async function listFilesInTrouble(
  db: Db,
  organizationId: string,
  filter: { state?: FileTrouble | undefined; cursor?: string | undefined },
  limit = 50,
): Promise<Page<StoredFileRow>> {
  const [at, id] = filter.cursor ? decodeCursor(filter.cursor, 2) : []
  const after = at && id ? sql`(${since}, f.id) < (${at}::timestamptz, ${id}::uuid)` : sql`true`
  const { rows } = await sql<StoredFileRow & { place: string }>`
    select f.id, f.name, f.purpose, f.media_type, f.size, f.created_at, ${trouble} as trouble, ${since} as since, ${since}::text as place,
      f.scan, f.virus, f.scan_refusal, f.damage, f.damaged_at, s.id as seminar_id, s.theme, s.theme_en,
      p.id as presentation_id, v.number, p.topic, p.topic_en, p.name as speaker
    from files f
    left join presentation_versions v on v.organization_id = f.organization_id and v.file_id = f.id
    left join presentations p on p.organization_id = v.organization_id and p.id = v.presentation_id
    left join seminars s on s.organization_id = f.organization_id
      -- a photo's key names its seminar
      and s.id::text = coalesce(p.seminar_id::text, split_part(f.storage_key, '/', 3))
    where ${inTrouble(organizationId, filter.state)} and ${after}
    order by ${since} desc, f.id desc limit ${limit + 1}`.execute(db)
  return toPage(rows, limit, (row) => [row.place, row.id])
}

/** How many there are of each trouble. */
export async function countFilesInTrouble(db: Db, organizationId: string): Promise<Record<FileTrouble, number>> {
  const { rows } = await sql<{ trouble: FileTrouble; count: number }>`
    select ${trouble} as trouble, count(*)::int as count from files f
    where ${inTrouble(organizationId, undefined)} group by 1`.execute(db)
  const counts = { damaged: 0, waiting: 0, infected: 0 }
  for (const row of rows) counts[row.trouble] = row.count
  return counts
}
