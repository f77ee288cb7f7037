import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import { listen } from '../../src/node/http.ts'
import { type Connection, connectPostgres } from '../../src/platform/postgres.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { freePort } from '../support/server.ts'
import { startGate, type TcpGate } from '../support/tcp-gate.ts'

const CONNECTIONS = 4
let t: TestApp
let gate: TcpGate
let connection: Connection
let server: { stop(): Promise<void> }
let origin: string
const crashes: unknown[] = []
const note = (error: unknown) => void crashes.push(error)

beforeAll(async () => {
  process.on('uncaughtException', note)
  t = await createTestApp()
  const url = new URL(t.database.url)
  gate = await startGate(Number(url.port))
  url.port = String(gate.port)
  connection = connectPostgres(url.href, { max: CONNECTIONS, waitMs: 1200, statementMs: 1000 })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const app = createApp({ ...t.services, db: connection.db, log })
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  server = await listen({ fetch: (request, env) => app.fetch(request, env as object), host: '127.0.0.1', port })
  await createSeminar(t.database.db, (await createOrganization(t.database.db)).id)
})
afterAll(async () => {
  await server.stop()
  await connection.close()
  await gate.close()
  await t.close()
  process.off('uncaughtException', note)
})

let asked = 0
/** A page that is not in memory. @returns status, Retry-After and milliseconds */
async function ask(): Promise<{ status: number; retryAfter: string | null; ms: number }> {
  const since = performance.now()
  const answer = await fetch(`${origin}/?q=chi+bo+${asked++}`, { signal: AbortSignal.timeout(10_000) })
  await answer.arrayBuffer()
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ms: performance.now() - since }
}
const askAll = (count: number) => Promise.all(Array.from({ length: count }, ask))

describe('a Postgres that is restarted under load', () => {
  it('is answered 503 with Retry-After while it is away, and 200 again without a restart of ours', async () => {
    expect((await askAll(12)).map((a) => a.status)).toEqual(Array(12).fill(200))
    for (let round = 0; round < 3; round++) {
      const load = Array.from({ length: 40 }, async (_, i) => {
        await sleep(i * 5)
        return ask()
      })
      await sleep(60)
      gate.shut()
      const during = await Promise.all(load)
      expect(during.filter((a) => ![200, 503].includes(a.status))).toEqual([])
      const down = await askAll(12)
      expect(down.map((a) => [a.status, a.retryAfter])).toEqual(Array(12).fill([503, '5']))
      expect((await fetch(`${origin}/readyz`)).status).toBe(503)
      gate.open()
      expect((await askAll(12)).map((a) => a.status)).toEqual(Array(12).fill(200))
      expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    }
    expect(crashes).toEqual([])
    expect(gate.standing()).toBeLessThanOrEqual(CONNECTIONS)
  })

  it('leaves nothing of a transaction that it cut in the middle: the rest does not go on elsewhere', async () => {
    const { db } = connection
    const names = () =>
      t.database.db.selectFrom('organizations').select('name').where('name', 'like', 'Cắt %').execute()
    const cut = transaction(db, async (trx) => {
      const add = (name: string) =>
        trx
          .insertInto('organizations')
          .values({ slug: `cat-${name}`, name: `Cắt ${name}`, email: 'cat@mau.example' })
          .execute()
      await add('1')
      gate.shut()
      gate.open()
      await sleep(50)
      await add('2')
    })
    await expect(cut).rejects.toMatchObject({ code: expect.stringMatching(/^(CONNECTION_CLOSED|ECONNRESET)$/) })
    expect(await names()).toEqual([])
    expect((await ask()).status).toBe(200)
  })

  it('ends sessions by its administrator, and the next requests are answered', async () => {
    await askAll(8)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(t.database.db)
    await sleep(100)
    expect((await askAll(8)).map((a) => a.status)).toEqual(Array(8).fill(200))
  })
})

describe('when every connection is in use', () => {
  it('a request is answered 503 with Retry-After within 2 s, and the next as soon as one is free', async () => {
    const held = Promise.withResolvers<void>()
    const holders = Array.from({ length: CONNECTIONS }, () => connection.db.connection().execute(() => held.promise))
    await sleep(50)
    const refused = await askAll(10)
    expect(refused.map((a) => [a.status, a.retryAfter])).toEqual(Array(10).fill([503, '5']))
    expect(Math.max(...refused.map((a) => a.ms))).toBeLessThan(2000)
    const waiting = ask()
    await sleep(200)
    held.resolve()
    expect((await waiting).status).toBe(200)
    await Promise.all(holders)
  })
})

describe('a statement that runs too long', () => {
  it('is ended by Postgres, and its connection serves on', async () => {
    const since = performance.now()
    await expect(sql`select pg_sleep(30)`.execute(connection.db)).rejects.toMatchObject({ code: '57014' })
    expect(performance.now() - since).toBeLessThan(5000)
    expect((await askAll(8)).map((a) => a.status)).toEqual(Array(8).fill(200))
  })

  it('is answered 503, as a lock that is not given in time is', async () => {
    const held = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const holder = t.database.db.transaction().execute(async (trx) => {
      await sql`lock table seminars in access exclusive mode`.execute(trx)
      locked.resolve()
      await held.promise
    })
    await locked.promise
    const answer = await ask()
    expect([answer.status, answer.retryAfter]).toEqual([503, '5'])
    held.resolve()
    await holder
    expect((await ask()).status).toBe(200)
  })

  it('a transaction that idles is ended, so that what it locked is free again', async () => {
    const idle = transaction(connection.db, async (trx) => {
      await sql`lock table seminars in access exclusive mode`.execute(trx)
      await sleep(2000)
      await sql`select 1`.execute(trx)
    })
    await expect(idle).rejects.toMatchObject({ code: expect.stringMatching(/^(25P03|CONNECTION_CLOSED)$/) })
    expect((await ask()).status).toBe(200)
  })
})
