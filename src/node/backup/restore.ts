import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type postgres from 'postgres'
import { type Migration, migrate } from '../../db/migrate.ts'
import type { FileStore } from '../../features/files/schema.ts'
import { hexOf } from '../../text/hex.ts'
import { chooseIdentity, writeIdentity } from './identity.ts'
import { fingerprint, type Manifest, readSums, type TableDump, tableFile } from './manifest.ts'
import { copyIn, LIVE, listTables, plainSettings, quoted, type Table } from './tables.ts'

export interface RestoreTarget {
  sql: postgres.Sql
  files: FileStore
  /** Of this build. */
  migrations: Migration[]
}

/** What a server that was started on an empty database has written by itself. */
const OWN_ROWS = new Set([
  ...['public.links', 'public.task_runs', 'public.rate_limits'],
  ...['public.deployment', 'public.link_keys', 'public.instances'],
])

/** Whether a verified backup may be restored with this key. @throws Error in one line that says what to do */
export function assertLinkKey(manifest: Manifest, linkKey: string | undefined): void {
  if (manifest.linkKey === null || manifest.linkKey === fingerprint(linkKey)) return
  throw new Error(
    `LINK_KEY ${linkKey === undefined ? 'is not set' : 'is another than when the backup was made'}: links in letters that were sent would not open; set it (or put secrets.json into DATA_DIR), or say --other-keys`,
  )
}

/**
 * Fills an empty database and its file store from a verified backup: files first, then every table in one transaction, so
 * that a row that is there has its file. Comes from an older version: its tables are filled as they were, then migrated.
 * @throws Error in one line: the database is not empty, or is newer than the backup, the file store is another deployment's,
 *   or what arrived is not what was read
 */
export async function restoreBackup(target: RestoreTarget, from: string, manifest: Manifest): Promise<void> {
  const { sql, migrations } = target
  const unknown = manifest.migrations.filter((name) => !migrations.some((m) => m.name === name))
  if (unknown.length)
    throw new Error(`the backup was made by a newer version, with ${unknown[0]}; restore it with that`)
  await assertEmpty(sql, await listTables(sql))
  await migrate(
    sql,
    migrations.filter((m) => manifest.migrations.includes(m.name)),
  ).catch((error: Error) => {
    throw new Error(`the database is newer than the backup; give an empty one (${error.message})`)
  })
  const identity = await chooseIdentity(target, manifest)
  await putFiles(target.files, from)
  await sql.begin(async (tx) => fillTables(tx as unknown as postgres.Sql, from, manifest))
  await migrate(sql, migrations)
  await writeIdentity(target, identity)
  await sql`analyze`
}

async function putFiles(files: FileStore, from: string): Promise<void> {
  for await (const { path, sha256 } of readSums(from)) {
    if (!path.startsWith('files/')) continue
    const key = path.slice('files/'.length)
    const body = Readable.toWeb(createReadStream(join(from, path))) as ReadableStream<Uint8Array>
    const stored = await files.put(key, body, { maxBytes: Number.MAX_SAFE_INTEGER })
    if (hexOf(stored.sha256) !== sha256) throw new Error(`${path} changed while it was read`)
  }
}

async function fillTables(trx: postgres.Sql, from: string, manifest: Manifest): Promise<void> {
  await plainSettings(trx)
  const tables = await listTables(trx)
  const all = tables.map((table) => table.sql).join(', ')
  await trx.unsafe(`lock table ${all} in access exclusive mode`)
  await assertEmpty(trx, tables)
  await trx.unsafe(`truncate ${all}`)
  for (const dump of manifest.tables) {
    // Of a backup by an older version.
    if (LIVE.has(dump.name)) continue
    const table = tables.find(({ name }) => name === dump.name)
    if (!table) throw new Error(`the database has no table ${dump.name}`)
    // Rows go in as they were, not as triggers would make them.
    await trx.unsafe(`alter table ${table.sql} disable trigger user`)
    const rows = await copyRows(trx, table, dump, join(from, tableFile(dump.name))).catch(
      (error: Error & { code?: string }) => {
        const why = error.code === '25P02' ? 'its log says why' : error.message
        throw new Error(`Postgres refused the rows of ${dump.name}: ${why}`)
      },
    )
    await trx.unsafe(`alter table ${table.sql} enable trigger user`)
    if (rows !== dump.rows) throw new Error(`${dump.name}: ${rows} rows arrived of ${dump.rows}`)
  }
}

/** @returns how many rows are there now; what Postgres refused of the copy may be told only by the count that follows it */
async function copyRows(trx: postgres.Sql, table: Table, { columns }: TableDump, file: string): Promise<number> {
  await copyIn(trx, `copy ${table.sql} (${quoted(columns)}) from stdin`, createReadStream(file), createGunzip())
  const [found] = await trx.unsafe(`select count(*)::int as n from ${table.sql}`)
  return found?.n
}

async function assertEmpty(sql: postgres.Sql, tables: Table[]): Promise<void> {
  for (const table of tables) {
    if (OWN_ROWS.has(table.name)) continue
    const [row] = await sql.unsafe(`select 1 from ${table.sql} limit 1`)
    if (row) throw new Error(`the database is not empty: ${table.name} has rows; a backup goes into an empty one`)
  }
}
