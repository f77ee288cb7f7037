import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import type { Kysely, Transaction } from 'kysely'
import type postgres from 'postgres'
import { inject } from 'vitest'
import type { DB } from '../../src/db/types.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'

export interface TestDatabase {
  url: string
  db: Kysely<DB>
  sql: postgres.Sql
  /** Closes the connections and removes the database. */
  drop(): Promise<void>
}

/** A migrated, empty database of the test file's own: a copy of the run's template. Call it in `beforeAll`. */
export async function createTestDatabase(options: { max?: number } = {}): Promise<TestDatabase> {
  const url = new URL(inject('postgresUrl'))
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  await asAdmin(
    (sql) => sql`create database ${sql(name)} template ${sql(inject('templateDatabase'))} strategy file_copy`,
  )
  url.pathname = `/${name}`
  const connection = connectPostgres(url.href, { max: options.max ?? 10 })
  return {
    url: url.href,
    db: connection.db,
    sql: connection.sql,
    async drop() {
      await connection.close()
      await asAdmin((sql) => sql`drop database if exists ${sql(name)} with (force)`)
    },
  }
}

/** Runs one test in a transaction that is rolled back, whatever it does. */
export async function inRollback<T>(db: Kysely<DB>, test: (trx: Transaction<DB>) => Promise<T>): Promise<T> {
  const trx = await db.startTransaction().execute()
  try {
    return await test(trx)
  } finally {
    await trx.rollback().execute()
  }
}

async function asAdmin(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = connectPostgres(inject('postgresUrl'), { max: 1 })
  try {
    await work(admin.sql)
  } finally {
    await admin.close()
  }
}

/** How many files `sql/` has. */
export function countMigrations(): number {
  return readdirSync(new URL('../../sql/', import.meta.url)).filter((name) => name.endsWith('.sql')).length
}
