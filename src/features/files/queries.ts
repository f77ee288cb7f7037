import type { Selectable } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import type { Files } from '../../db/types.ts'

export type FileRow = Selectable<Files>

/** Which of these storage keys have a row: of a file, or of a part of one that is on its way. */
export async function findKnownKeys(db: Db, keys: string[]): Promise<Set<string>> {
  if (!keys.length) return new Set()
  const rows = await db
    .selectFrom('files')
    .select('storage_key')
    .where('storage_key', 'in', keys)
    .unionAll(db.selectFrom('upload_parts').select('storage_key').where('storage_key', 'in', keys))
    .execute()
  return new Set(rows.map((row) => row.storage_key))
}
