import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, inRollback, type TestDatabase } from '../support/database.ts'

describe('a test database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('is migrated', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from schema_migrations`.execute(database.db)
    expect(rows[0]?.n).toBeGreaterThan(0)
  })

  it('forgets what a test did in a rolled-back transaction', async () => {
    const count = () => sql`select 1 from pg_class where relname = 'made_by_a_test'`.execute(database.db)
    await inRollback(database.db, async (trx) => {
      await sql`create table made_by_a_test (id int)`.execute(trx)
    })
    await expect(
      inRollback(database.db, async (trx) => {
        await sql`create table made_by_a_test (id int)`.execute(trx)
        throw new Error('failed')
      }),
    ).rejects.toThrow('failed')
    expect((await count()).rows).toEqual([])
  })

  it('is not shared with another', async () => {
    const other = await createTestDatabase()
    await sql`create table only_here (id int)`.execute(other.db)
    await expect(sql`select * from only_here`.execute(database.db)).rejects.toThrow('does not exist')
    await other.drop()
  })
})
