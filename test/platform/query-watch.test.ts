import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { createWatch, watchSlowQueries } from '../../src/platform/query-watch.ts'
import type { Log } from '../../src/services.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

function keepLines() {
  const lines: { event: string; fields: Record<string, unknown> }[] = []
  const warn = (event: string, fields: Record<string, unknown> = {}) => void lines.push({ event, fields })
  return { lines, log: { debug() {}, info() {}, warn, error() {} } satisfies Log }
}

it('logs a statement that took long: its text without parameters, and how long; no other', async () => {
  const { lines, log } = keepLines()
  const { watch, add } = createWatch()
  const { db, close } = connectPostgres(database.url, { max: 1, watch })
  add(watchSlowQueries(log, { fromMs: 300 }))
  await sql`select 1`.execute(db)
  await sql`select pg_sleep(0.4), ${'Nguyễn Văn Bí Mật'}::text`.execute(db)
  await sql`select pg_sleep(0.4)::text::int`.execute(db).catch(() => undefined)
  const slow = lines.filter(({ fields }) => String(fields.text).includes('pg_sleep'))
  expect(slow).toHaveLength(2)
  expect(slow[0]).toMatchObject({ event: 'slow query', fields: { text: 'select pg_sleep(0.4), $1::text' } })
  expect(slow[0]?.fields.ms).toBeGreaterThanOrEqual(400)
  expect(slow[1]?.fields.failed).toBe('22P02')
  expect(JSON.stringify(lines)).not.toContain('Bí Mật')
  await close()
})

it('says so many a minute, and how many it left out', () => {
  const { lines, log } = keepLines()
  let now = 0
  const watch = watchSlowQueries(log, { fromMs: 100, perMinute: 3, now: () => now })
  const run = () => {
    const end = watch('select 1')
    now += 100
    end()
  }
  for (let i = 0; i < 8; i++) run()
  expect(lines).toHaveLength(3)
  now = 60_200
  run()
  expect(lines).toHaveLength(4)
  expect(lines[3]?.fields.unsaid).toBe(5)
  run()
  expect(lines[4]?.fields).not.toHaveProperty('unsaid')
})
