import { afterAll, beforeAll, expect, it } from 'vitest'
import { countHit } from '../../src/features/accounts/commands/rate-limits.ts'
import { meterHit } from '../../src/http/meter.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { roomInWindow } from '../support/windows.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

/** What runs after an answer, so that a test can wait for it. */
function services() {
  const pending: Promise<unknown>[] = []
  return {
    services: { db: database.db, later: (work: Promise<unknown>) => void pending.push(work) },
    settled: () => Promise.all(pending.splice(0)),
  }
}
const limits = { quota: 1000, windowSeconds: 60 }
const stored = async (key: string) =>
  (await database.db.selectFrom('rate_limits').select('hits').where('key', '=', key).executeTakeFirst())?.hits ?? 0

it('counts in memory, and tells the database of all keys at once', { timeout: 90_000 }, async () => {
  await roomInWindow(60)
  const { services: own, settled } = services()
  const key = crypto.randomUUID()
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await meterHit(own, key, limits)).toMatchObject({ hits: 1 })
  await settled()
  for (let i = 2; i <= 50; i++) expect((await meterHit(own, key, limits)).hits).toBe(i)
  expect(await stored(key)).toBeLessThan(50)
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await meterHit(own, key, limits)
  await settled()
  expect(await stored(key)).toBe(51)
})

it('learns what other instances counted', { timeout: 90_000 }, async () => {
  await roomInWindow(60)
  const { services: own, settled } = services()
  const key = crypto.randomUUID()
  for (let i = 0; i < 30; i++) await countHit(database.db, key, 60)
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await meterHit(own, key, limits)
  await settled()
  expect((await meterHit(own, key, limits)).hits).toBe(32)
})

it('asks each time where little is left, and nothing once nothing is', { timeout: 90_000 }, async () => {
  await roomInWindow(60)
  const { services: own } = services()
  const key = crypto.randomUUID()
  const few = { quota: 5, windowSeconds: 60 }
  const hits = await Promise.all(Array.from({ length: 12 }, () => meterHit(own, key, few)))
  expect(hits.filter((one) => one.hits <= 5).length).toBe(5)
  const before = await stored(key)
  expect((await meterHit(own, key, few)).hits).toBeGreaterThan(5)
  expect(await stored(key)).toBe(before)
})
