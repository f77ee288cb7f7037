import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTimer } from '../../src/node/timer.ts'
import { type Connection, connectPostgres } from '../../src/platform/postgres.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { newMessage, queueMessages, taskServices } from '../support/mail.ts'
import { startSmtp, type TestSmtp } from '../support/smtp.ts'
import { startGate, type TcpGate } from '../support/tcp-gate.ts'

const CONCURRENCY = 2
const UNWRITTEN = 2
/** Lowered: of a query 2 s, of a letter 3 s. */
const limits = { statementMs: 1_000, queryMs: 2_000, waitMs: 1_200 }
const patience = { timeout: 60_000, interval: 100 }

let t: TestDatabase
let organizationId: string
let toDatabase: TcpGate
let toMail: TcpGate
let smtp: TestSmtp
let mailMs = 0
let connection: Connection
let stopTimer: () => Promise<void>
let mailer: ReturnType<typeof createSmtpMailer>

beforeAll(async () => {
  t = await createTestDatabase()
  organizationId = (await createOrganization(t.db)).id
  smtp = await startSmtp({
    async data() {
      await sleep(mailMs)
      return undefined
    },
  })
  toDatabase = await startGate(Number(new URL(t.url).port))
  toMail = await startGate(Number(new URL(smtp.url).port))
})
afterAll(async () => {
  await toDatabase.close()
  await toMail.close()
  await smtp.close()
  await t.drop()
})

beforeEach(async () => {
  await t.sql`delete from messages`
  await t.sql`delete from task_runs`
  smtp.received.length = 0
  mailMs = 30
  const url = new URL(t.url)
  url.port = String(toDatabase.port)
  connection = connectPostgres(url.href, { max: 4, ...limits })
  mailer = createSmtpMailer(`smtp://127.0.0.1:${toMail.port}`, {
    connection: 2,
    greeting: 2,
    socket: 2,
    message: 3,
    maxConnections: CONCURRENCY,
  })
  stopTimer = startTimer(taskServices(connection.db, mailer), {
    worker: 'w',
    everyMs: 50,
    tasks: [],
    delivery: { concurrency: CONCURRENCY, unwritten: UNWRITTEN, batch: 10, lease: 20, attempt: 5 },
  })
})
afterEach(async () => {
  toDatabase.open()
  toMail.open()
  await stopTimer()
  await mailer.close()
  await connection.close()
})

const queue = (count: number, prefix: string) =>
  queueMessages(
    t.db,
    ...Array.from({ length: count }, (_, i) =>
      newMessage(organizationId, { to: { name: null, address: `${prefix}${i}@mau.example` } }),
    ),
  )
const unsent = async () => Number((await t.sql`select count(*)::int as n from messages where state <> 'sent'`)[0]?.n)
/** Letters go again by growing pauses; here at once. */
const hurry = () => t.sql`update messages set next_attempt_at = now() where state = 'queued'`

async function untilAllSent(): Promise<void> {
  await expect
    .poll(async () => {
      await hurry()
      return unsent()
    }, patience)
    .toBe(0)
}

/** Every letter came; twice at most those that were on their way when the network fell silent, under the same Message-ID. */
function expectEachOnce(count: number): void {
  const ids = smtp.received.map((m) => m.messageId)
  expect(new Set(ids).size).toBe(count)
  expect(ids.length - count).toBeLessThanOrEqual(CONCURRENCY + UNWRITTEN)
}

describe('between the service and its database', () => {
  it.each([
    ['for a moment, and says then what was held', 700, 'go on'],
    ['for longer than a query may take, and what stood stays silent', 5_000, 'stay silent'],
  ] as const)('a network that is silent %s: letters flow again', { timeout: 120_000 }, async (_, ms, held) => {
    await queue(40, 'db')
    await expect.poll(() => smtp.received.length, patience).toBeGreaterThan(3)
    toDatabase.hush()
    await sleep(ms)
    toDatabase.open(held)
    await untilAllSent()
    expectEachOnce(40)
  })

  it('one that never speaks again: a query fails in its time, its socket is closed, and the timer can be stopped', {
    timeout: 60_000,
  }, async () => {
    await sql`select 1`.execute(connection.db)
    toDatabase.hush()
    await expect(sql`select 1`.execute(connection.db)).rejects.toMatchObject({ code: 'CONNECTION_SILENT' })
    // New ones are refused by the time to connect.
    await expect(sql`select 1`.execute(connection.db)).rejects.toMatchObject({
      code: expect.stringMatching(/^(CONNECT_TIMEOUT|CONNECTION_)/),
    })
    await stopTimer()
    await expect.poll(() => toDatabase.standing(), patience).toBe(0)
  })

  it('a transaction that it cuts is not there, or there whole', { timeout: 60_000 }, async () => {
    const cut = connection.db.transaction().execute(async (trx) => {
      await sql`update organizations set name = 'Đổi'`.execute(trx)
      toDatabase.hush()
      await sql`update organizations set slug = 'doi'`.execute(trx)
    })
    await expect(cut).rejects.toMatchObject({ code: 'CONNECTION_SILENT' })
    toDatabase.open()
    await expect
      .poll(async () => (await t.sql`select name, slug from organizations`)[0], patience)
      .not.toMatchObject({ slug: 'doi' })
    expect(await sql`select 1 as one`.execute(connection.db)).toMatchObject({ rows: [{ one: 1 }] })
  })

  it('a connection of migrations that says nothing for too long is closed', { timeout: 60_000 }, async () => {
    const url = new URL(t.url)
    url.port = String(toDatabase.port)
    const quiet = connectPostgres(url.href, { max: 1, silenceMs: 1_000 })
    await quiet.sql`select 1`
    toDatabase.hush()
    await expect(quiet.sql`select 1`).rejects.toThrow('CONNECTION_CLOSED')
    toDatabase.open()
    await quiet.close()
  })
})

describe('between the service and its mail server', () => {
  it.each([
    ['for a moment, and says then what was held', 700, 'go on'],
    ['for longer than a letter may take, and what stood stays silent', 6_000, 'stay silent'],
  ] as const)('a network that is silent %s: letters flow again', { timeout: 120_000 }, async (_, ms, held) => {
    await queue(40, 'mail')
    await expect.poll(() => smtp.received.length, patience).toBeGreaterThan(3)
    toMail.hush()
    await sleep(ms)
    toMail.open(held)
    await untilAllSent()
    expectEachOnce(40)
  })

  it('one that never speaks again: every letter is kept, the line says why it stands, and the timer can be stopped', {
    timeout: 60_000,
  }, async () => {
    toMail.hush()
    await queue(4, 'mai')
    // What says nothing to us is no letter's fault: the line stands still, and says why.
    await expect
      .poll(
        async () => (await t.sql`select 1 from mail_stops where since is not null and reply <> ''`).length,
        patience,
      )
      .toBe(1)
    await stopTimer()
    expect(await unsent()).toBe(4)
    expect((await t.sql`select 1 from messages where state = 'queued'`).length).toBe(4)
    expect(smtp.received).toEqual([])
  })
})
