import type postgres from 'postgres'

/** A file of `sql/`: its name sorts it. */
export interface Migration {
  name: string
  sql: string
}

const LOCK = 7_204_117

/**
 * Applies what is missing, forward only, one transaction a file. Each takes the same advisory lock and looks again, so that several
 * instances may start at once, also through PgBouncer in transaction mode: the lock ends with the transaction. Refuses a
 * database that knows a migration this build does not (an older build on a newer database).
 * @returns the names applied now
 */
export async function migrate(sql: postgres.Sql, migrations: Migration[]): Promise<string[]> {
  const done = await inTurn(sql, async (trx) => {
    await trx`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`
    return new Set((await trx<{ name: string }[]>`select name from schema_migrations`).map((row) => row.name))
  })
  const unknown = [...done].filter((name) => !migrations.some((m) => m.name === name))
  if (unknown.length) throw new Error(`the database has migrations this version does not know: ${unknown.join(', ')}`)
  const missing = migrations.filter((m) => !done.has(m.name)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const applied: string[] = []
  for (const m of missing) {
    const now = await inTurn(sql, (trx) => apply(trx, m)).catch((error: Error) => {
      throw new Error(`${m.name}: ${error.message}`, { cause: error })
    })
    if (now) applied.push(m.name)
  }
  return applied
}

/** Runs one transaction at a time among all instances, however long it takes. */
function inTurn<T>(sql: postgres.Sql, work: (trx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  return sql.begin(async (trx) => {
    await trx`set local statement_timeout = 0`
    await trx`set local idle_in_transaction_session_timeout = 0`
    await trx`select pg_advisory_xact_lock(${LOCK})`
    return work(trx)
  }) as Promise<T>
}

async function apply(trx: postgres.TransactionSql, m: Migration): Promise<boolean> {
  const [other] = await trx`select 1 from schema_migrations where name = ${m.name}`
  if (other) return false
  await trx.unsafe(m.sql)
  await trx`insert into schema_migrations (name) values (${m.name})`
  return true
}

/** Whether the database has exactly the migrations of this build (`/readyz`). */
export async function isMigrated(sql: postgres.Sql, migrations: Migration[]): Promise<boolean> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from schema_migrations`
  return row?.n === migrations.length
}
