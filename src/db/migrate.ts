import type postgres from 'postgres'

/** A file of `sql/`: its name sorts it. */
export interface Migration {
  name: string
  sql: string
}

const LOCK = 7_204_117

/**
 * Applies what is missing, forward only, all of it in one transaction: an upgrade that fails leaves a database that the build
 * before starts on. Takes an advisory lock, so that several instances may start at once, also through PgBouncer in
 * transaction mode: the lock ends with the transaction. Refuses a database that knows a migration this build does not.
 * @returns the names applied now
 */
export function migrate(sql: postgres.Sql, migrations: Migration[]): Promise<string[]> {
  return inTurn(sql, async (trx) => {
    await trx`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`
    const done = new Set((await trx<{ name: string }[]>`select name from schema_migrations`).map((row) => row.name))
    const unknown = [...done].filter((name) => !migrations.some((m) => m.name === name))
    if (unknown.length) throw new Error(`the database has migrations this version does not know: ${unknown.join(', ')}`)
    const missing = migrations.filter((m) => !done.has(m.name)).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const m of missing)
      await apply(trx, m).catch((error: Error) => {
        throw new Error(`${m.name}: ${error.message}; nothing was changed`, { cause: error })
      })
    return missing.map((m) => m.name)
  })
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

async function apply(trx: postgres.TransactionSql, m: Migration): Promise<void> {
  await trx.unsafe(m.sql)
  await trx`insert into schema_migrations (name) values (${m.name})`
}

/** Whether the database has exactly the migrations of this build (`/readyz`). */
export async function isMigrated(sql: postgres.Sql, migrations: Migration[]): Promise<boolean> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from schema_migrations`
  return row?.n === migrations.length
}
