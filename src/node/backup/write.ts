import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type postgres from 'postgres'
import type { FileStore } from '../../features/files/schema.ts'
import { findIdentity } from './identity.ts'
import {
  fingerprint,
  MANIFEST,
  type Manifest,
  MISSING,
  readLines,
  SUMS,
  type TableDump,
  tableFile,
} from './manifest.ts'
import { copyOut, LIVE, listTables, plainSettings, selectOf } from './tables.ts'

export interface BackupSource {
  sql: postgres.Sql
  files: FileStore
  linkKey: string | undefined
}
export interface BackupResult extends Manifest {
  /** Files that the database names still, and the store does not have. */
  lost: string[]
}

/**
 * Writes the database as it stood at one moment, and every file it names, into a new folder: beside it first, in place
 * when all of it is there. Runs beside a working server; holds no more than a piece of a file in memory.
 * @throws Error in one line where the folder is in use
 */
export async function writeBackup(source: BackupSource, to: string): Promise<BackupResult> {
  const folder = resolve(to)
  const taken = await readdir(folder).catch(() => [])
  if (taken.length) throw new Error(`${to} is not empty; a backup needs a folder of its own`)
  const work = `${folder}.partial`
  await rm(work, { recursive: true, force: true })
  await mkdir(join(work, 'tables'), { recursive: true, mode: 0o700 })
  const sums = await open(join(work, SUMS), 'wx', 0o600)
  const note: Note = async (path, sha256) => void (await sums.write(`${sha256}  ${path}\n`))
  try {
    const { migrations, tables, deployment } = await copyTables(source.sql, work, note)
    const { lost, ...files } = await copyFiles(source, work, note)
    const manifest: Manifest = {
      format: 1,
      madeAt: new Date().toISOString(),
      migrations,
      tables,
      files,
      linkKey: fingerprint(source.linkKey),
      deployment,
    }
    const text = `${JSON.stringify(manifest, null, 1)}\n`
    await writeFile(join(work, MANIFEST), text, { mode: 0o600, flush: true })
    await note(MANIFEST, createHash('sha256').update(text).digest('hex'))
    await sums.sync()
    await rm(join(work, KEYS))
    await rm(folder, { recursive: true, force: true })
    await rename(work, folder)
    return { ...manifest, lost }
  } catch (error) {
    await rm(work, { recursive: true, force: true })
    throw error
  } finally {
    await sums.close()
  }
}

type Note = (path: string, sha256: string) => Promise<void>
/** The files of the snapshot, one a line, while they are copied: a transaction that lasts would keep Postgres from tidying up. */
const KEYS = 'keys'

/** Every table, and the list of files, by one snapshot. */
async function copyTables(sql: postgres.Sql, work: string, note: Note) {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const trx = tx as unknown as postgres.Sql
    await plainSettings(trx)
    const migrations = (await trx<{ name: string }[]>`select name from schema_migrations order by name`).map(
      (m) => m.name,
    )
    const tables: TableDump[] = []
    for (const table of await listTables(trx)) {
      if (LIVE.has(table.name)) continue
      const rows = await copyOut(trx, `copy (${selectOf(table)}) to stdout`)
      const path = tableFile(table.name)
      const lines = counting()
      const { sha256 } = await save(join(work, path), rows, lines.through, createGzip({ level: 5 }))
      await note(path, sha256)
      tables.push({ name: table.name, columns: table.columns, rows: lines.count() })
    }
    const named = ['files', 'upload_parts'].map((table) => `select storage_key, encode(sha256, 'hex') from ${table}`)
    const keys = await copyOut(trx, `copy (${named.join(' union all ')}) to stdout with (delimiter ' ')`)
    await save(join(work, KEYS), keys)
    return { migrations, tables, deployment: (await findIdentity(trx)) ?? null }
  })
}

/** The files of the snapshot, each compared with what its row says of it. */
async function copyFiles({ sql, files }: BackupSource, work: string, note: Note) {
  const done = { count: 0, bytes: 0, missing: 0, lost: [] as string[] }
  const missing: string[] = []
  for await (const line of readLines(join(work, KEYS))) {
    const [key = '', sha256 = ''] = line.split(' ')
    const found = await files.get(key)
    const path = `files/${key}`
    await mkdir(dirname(join(work, path)), { recursive: true, mode: 0o700 })
    const saved = found && (await save(join(work, path), Readable.fromWeb(found.body as never)))
    if (saved?.sha256 === sha256) {
      await note(path, sha256)
      done.count++
      done.bytes += saved.size
      continue
    }
    await rm(join(work, path), { force: true })
    missing.push(key)
    const [row] = await sql`
      select 1 from files where storage_key = ${key} union all select 1 from upload_parts where storage_key = ${key}`
    // Without its row it was removed while the backup ran, which is nobody's loss.
    if (row) done.lost.push(key)
  }
  if (missing.length) {
    const { sha256 } = await save(join(work, MISSING), Readable.from(missing.map((key) => `${key}\n`)))
    await note(MISSING, sha256)
  }
  return { ...done, missing: missing.length }
}

/** Writes a stream into a new file, on the disk when this returns, with the SHA-256 of what was written. */
async function save(path: string, ...streams: [Readable, ...Transform[]]): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const watch = new Transform({
    transform(chunk, _, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  await pipeline([...streams, watch, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })])
  return { size, sha256: hash.digest('hex') }
}

/** Counts rows: in COPY's text format a row is a line, and a line break in a value is written as two characters. */
function counting() {
  let lines = 0
  const through = new Transform({
    transform(chunk: Uint8Array, _, done) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
      done(null, chunk)
    },
  })
  return { through, count: () => lines }
}
