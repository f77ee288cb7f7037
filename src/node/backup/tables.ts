import type { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'

export interface Table {
  /** `public.seminars` */
  name: string
  /** Quoted, for statements. */
  sql: string
  /** Without those that Postgres computes. */
  columns: string[]
}

/**
 * What a backup leaves out, since whoever finds one could use it: sessions, tokens of resets, and letters as they went out, with
 * their links; and the list of backups, which is of this deployment alone. `links` and `api_keys` hold hashes, answers kept for an Idempotency-Key are sealed, outbox bodies hold marks.
 */
export const LIVE = new Set(['auth.session', 'auth.verification', 'public.mailbox_messages', 'public.backups'])
/** Columns that go into a backup empty, for the same reason. */
const LIVE_COLUMNS = new Set(['auth.account.accessToken', 'auth.account.refreshToken', 'auth.account.idToken'])

/** A table as a backup holds it, for COPY. */
export function selectOf(table: Table): string {
  const columns = table.columns.map((column) =>
    LIVE_COLUMNS.has(`${table.name}.${column}`) ? `null as ${quoted([column])}` : quoted([column]),
  )
  return `select ${columns.join(', ')} from ${table.sql}`
}

/**
 * The tables of a database, but the list of migrations: first what others point at.
 * @throws Error where they point at each other in a ring
 */
export async function listTables(sql: postgres.Sql): Promise<Table[]> {
  const rows = await sql<{ name: string; sql: string; columns: string[] }[]>`
    select n.nspname || '.' || c.relname as name, c.oid::regclass::text as sql,
      array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and n.nspname in ('public', 'auth') and c.relname <> 'schema_migrations'
    group by n.nspname, c.relname, c.oid
    order by 1`
  const links = await sql<{ from: string; to: string }[]>`
    select conrelid::regclass::text as "from", confrelid::regclass::text as "to"
    from pg_constraint where contype = 'f' and conrelid <> confrelid`
  const sorted: Table[] = []
  let left = [...rows]
  while (left.length) {
    const waiting = new Set(left.map((table) => table.sql))
    const ready = left.filter((table) => !links.some((link) => link.from === table.sql && waiting.has(link.to)))
    if (!ready.length) throw new Error(`tables point at each other in a ring: ${[...waiting].join(', ')}`)
    sorted.push(...ready)
    left = left.filter((table) => !ready.includes(table))
  }
  return sorted
}

/** What a dump is written and read under, whatever the server's settings: dates and numbers that any Postgres reads back. */
export async function plainSettings(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(
    "set local datestyle to 'ISO, YMD'; set local intervalstyle to 'iso_8601'; set local timezone to 'UTC'; set local extra_float_digits to 1; set local statement_timeout to 0",
  )
}

export const quoted = (names: string[]) => names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')

/** What a COPY … TO STDOUT gives, as a stream that goes no faster than it is read. */
export async function copyOut(trx: postgres.Sql, statement: string): Promise<Readable> {
  const rows = (await trx.unsafe(statement).readable()) as Readable
  // The client pauses its socket when a read is slow; where the end had come by then, nothing would wake it again.
  return rows.once('end', () => rows._read(0))
}

/**
 * Sends streams into a COPY … FROM STDIN. What Postgres refuses at the end, the client tells to nobody: a stream whose end
 * it never confirms. So nobody waits for it: the next statement of the transaction fails instead (25P02).
 */
export async function copyIn(trx: postgres.Sql, statement: string, ...streams: [Readable, ...Transform[]]) {
  const rows = (await trx.unsafe(statement).writable()) as Writable
  const end = rows._final
  const ended = new Promise<void>((resolve) => {
    rows._final = (confirmed) => {
      end.call(rows, confirmed)
      resolve()
    }
  })
  try {
    await pipeline([...streams, rows], { end: false })
  } catch (error) {
    rows.destroy(error as Error)
    // The client tells Postgres in its own time, and takes no statement before.
    await new Promise((resolve) => setImmediate(resolve))
    throw error
  }
  rows.end()
  await ended
}
