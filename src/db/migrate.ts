import type postgres from 'postgres'

/** A file of `sql/`: its name sorts it. */
export interface Migration {
  name: string
  sql: string
}

const LOCK = 7_204_117

/**
 * Applies what is missing, forward only, one transaction a file, under an advisory lock, so that several instances may
 * start at once. Refuses a database that knows a migration this build does not (an older build on a newer database).
 * @returns the names applied now
 */
export async function migrate(sql: postgres.Sql, migrations: Migration[]): Promise<string[]> {
  const session = await sql.reserve()
  try {
    await session`select pg_advisory_lock(${LOCK})`
    await session`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`
    const done = new Set((await session<{ name: string }[]>`select name from schema_migrations`).map((row) => row.name))
    const unknown = [...done].filter((name) => !migrations.some((m) => m.name === name))
    if (unknown.length) throw new Error(`the database has migrations this version does not know: ${unknown.join(', ')}`)
    const missing = migrations.filter((m) => !done.has(m.name)).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const m of missing) {
      await session`begin`
      try {
        await session.unsafe(m.sql)
        await session`insert into schema_migrations (name) values (${m.name})`
        await session`commit`
      } catch (error) {
        await session`rollback`
        throw new Error(`${m.name}: ${(error as Error).message}`, { cause: error })
      }
    }
    return missing.map((m) => m.name)
  } finally {
    await session`select pg_advisory_unlock(${LOCK})`.catch(() => {})
    session.release()
  }
}

/** Whether the database has exactly the migrations of this build (`/readyz`). */
export async function isMigrated(sql: postgres.Sql, migrations: Migration[]): Promise<boolean> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from schema_migrations`
  return row?.n === migrations.length
}
