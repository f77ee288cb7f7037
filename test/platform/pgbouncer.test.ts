import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { transaction } from '../../src/db/transaction.ts'
import { type Connection, clientOptions, connectPostgres } from '../../src/platform/postgres.ts'
import { readMigrations } from '../../src/platform/project.ts'
import { createCaller, newSeminar } from '../api/support.ts'
import { createTestApp, type TestApp, testLinkKey } from '../support/app.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { newMessage, queueMessages } from '../support/mail.ts'
import { findPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { freePort } from '../support/server.ts'
import { startSmtp, type TestSmtp } from '../support/smtp.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

describe('what a pooler in transaction mode allows', () => {
  it('is all that a connection asks for at its start: settings that PgBouncer passes on', () => {
    const { prepare, connection } = clientOptions({ pooled: true, statementMs: 30_000 })
    expect([prepare, connection]).toEqual([false, { application_name: 'hoithao', TimeZone: 'UTC' }])
  })

  it('leaves no prepared statement behind, where the ordinary connection keeps them', async () => {
    for (const pooled of [true, false]) {
      const connection = connectPostgres(t.database.url, { max: 1, pooled })
      for (let i = 0; i < 3; i++)
        await connection.db.selectFrom('seminars').select('id').where('slug', '=', `s-${i}`).execute()
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_prepared_statements where statement like '%from "seminars"%'`.execute(
        connection.db,
      )
      expect([pooled, rows[0]?.n]).toEqual([pooled, pooled ? 0 : 1])
      await connection.close()
    }
  })

  it('is all that our statements use: nothing that a session would have to remember', () => {
    const files = ['src', 'sql'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile() && /\.(ts|tsx|sql)$/.test(e.name))
        .map((e) => join(e.parentPath, e.name)),
    )
    // The lock of the embedded server is held by a connection of its own, which no pooler stands before.
    const own = files.filter((file) => !file.includes('embedded-postgres'))
    const session =
      /pg_(try_)?advisory_lock|\blisten\b\s+[a-z_]+\s*[`;]|create\s+temp|set\s+session|declare\s+\w+\s+cursor\s+with\s+hold|`set\s+(?!local|transaction)\w+\s*(=|to)\s/i
    expect(own.filter((file) => session.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})

const program = findPgBouncer()
if (program) describe('PgBouncer in transaction mode', () => throughPgBouncer(program))
else console.log('PgBouncer is not installed: what stands above was checked, the service was not run through it')

function throughPgBouncer(program: string) {
  const POOL = 6
  let bouncer: PgBouncer
  let connection: Connection
  let smtp: TestSmtp
  let instance: Instance

  beforeAll(async () => {
    bouncer = await startPgBouncer(program, t.database.url, { default_pool_size: POOL })
    connection = connectPostgres(bouncer.through(t.database.url), { max: 40, pooled: true })
    smtp = await startSmtp()
    instance = await startInstance(await freePort(), {
      DATABASE_URL: bouncer.through(t.database.url),
      DATABASE_POOLER: 'transaction',
      BASE_URL: 'http://hoithao.test',
      SMTP_URL: smtp.url,
      MAIL_FROM: 'hoithao@hoithao.test',
      LINK_KEY: testLinkKey,
      AUTH_SECRET: t.services.config.authSecret as string,
    })
  })
  afterAll(async () => {
    instance?.kill('SIGTERM')
    await instance?.ended
    await connection?.close()
    await smtp?.close()
    await bouncer?.close()
  })

  it('refuses a connection that asks for settings of its own, which is why the pooled one does not', async () => {
    const plain = connectPostgres(bouncer.through(t.database.url), { max: 1, statementMs: 30_000 })
    await expect(plain.db.selectFrom('seminars').select('id').execute()).rejects.toThrow(
      /unsupported startup parameter/,
    )
    await plain.close()
  })

  it('many transactions at once share its few connections, each in UTC and none in another’s', async () => {
    const found = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        transaction(connection.db, async (trx) => {
          await sql`select set_config('application_name', ${`t${i}`}, true)`.execute(trx)
          const { rows } = await sql<{ name: string; zone: string; at: string }>`
            select current_setting('application_name') as name, current_setting('TimeZone') as zone, ${i}::int as at`.execute(
            trx,
          )
          return rows[0]
        }),
      ),
    )
    expect(found).toEqual(found.map((_, i) => ({ name: `t${i}`, zone: 'UTC', at: i })))
    const pools = await bouncer.show('pools')
    const ours = pools.find((pool) => pool.database === new URL(t.database.url).pathname.slice(1))
    expect(ours?.pool_mode).toBe('transaction')
    const servers = await bouncer.show('servers')
    expect(servers.length).toBeGreaterThan(1)
    expect(servers.length).toBeLessThanOrEqual(POOL)
  })

  it('ends a statement that runs too long, where its connect_query says so', async () => {
    await expect(sql`select pg_sleep(30)`.execute(connection.db)).rejects.toMatchObject({ code: '57014' })
  })

  it('two that start at once apply each migration once, and leave no lock', async () => {
    const name = `bouncer_${process.pid}_${Date.now()}`
    await t.database.sql`create database ${t.database.sql(name)} template template0 encoding 'UTF8'`
    const url = new URL(bouncer.through(t.database.url))
    url.pathname = `/${name}`
    const both = [1, 2].map(() => connectPostgres(url.href, { max: 2, pooled: true }))
    const migrations = await readMigrations()
    const applied = await Promise.all(both.map(({ sql }) => migrate(sql, migrations)))
    expect(applied.flat().sort()).toEqual(migrations.map((m) => m.name).sort())
    const [locks] = await t.database.sql`
      select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and d.datname = ${name}`
    expect(locks?.n).toBe(0)
    await Promise.all(both.map(({ close }) => close()))
    await t.database.sql`drop database ${t.database.sql(name)} with (force)`
  })

  it('the whole service works through it: API, keys sent twice, pages, mail', async () => {
    const { key, organizationId } = await createCaller(t)
    const send = () =>
      fetch(`${instance.origin}/api/v1/seminars`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': 'mot-lan' },
        body: JSON.stringify(newSeminar),
      })
    const made = await Promise.all(Array.from({ length: 10 }, send))
    expect(made.every(({ status }) => status === 201 || status === 409)).toBe(true)
    expect((await send()).status).toBe(201)
    const pages: number[] = []
    const lane = async () => {
      for (let i = 0; i < 10; i++) pages.push((await fetch(`${instance.origin}/?q=${pages.length}`)).status)
    }
    await Promise.all(Array.from({ length: 8 }, lane))
    expect(new Set(pages)).toEqual(new Set([200]))
    await queueMessages(
      t.services.db,
      ...Array.from({ length: 60 }, (_, i) =>
        newMessage(organizationId, { to: { name: 'Đại biểu', address: `p${i}@mau.example` } }),
      ),
    )
    await expect.poll(() => smtp.received.length, { timeout: 30_000 }).toBe(60)
    expect(new Set(smtp.received.map((m) => m.to)).size).toBe(60)
    const [seminars] = await t.database.sql`
      select count(*)::int as n from seminars where organization_id = ${organizationId}`
    expect(seminars?.n).toBe(1)
    expect(instance.output()).not.toMatch(/"level":"error"|statement_timeout is 0/)
  })
}
