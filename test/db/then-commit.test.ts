import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { thenCommit } from '../../src/db/then-commit.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await createTestDatabase()
  await t.sql`create table said (n integer primary key)`
})
afterAll(() => t.drop())

const said = async () => (await t.sql`select n from said order by n`).map((row) => row.n)

it('a last statement is there for others when it is answered, and the connection serves on', async () => {
  const answered = await transaction(t.db, async (trx) => {
    await sql`insert into said values (1)`.execute(trx)
    await sql`insert into said values (2) ${thenCommit}`.execute(trx)
    return said()
  })
  expect(answered).toEqual([1, 2])
  await transaction(t.db, (trx) => sql`insert into said values (3)`.execute(trx))
  expect(await said()).toEqual([1, 2, 3])
})

it('where it fails, nothing of the transaction is done, and its error is told', async () => {
  const failed = transaction(t.db, async (trx) => {
    await sql`insert into said values (4)`.execute(trx)
    await sql`insert into said values (1) ${thenCommit}`.execute(trx)
  })
  await expect(failed).rejects.toMatchObject({ code: '23505' })
  expect(await said()).toEqual([1, 2, 3])
  await transaction(t.db, (trx) => sql`insert into said values (5)`.execute(trx))
  expect(await said()).toEqual([1, 2, 3, 5])
})
