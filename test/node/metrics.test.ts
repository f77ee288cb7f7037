import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { findFigures } from '../../src/features/deployment/queries/figures.ts'
import { createMetrics, kept, listenForMetrics } from '../../src/node/metrics.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { databaseText } from '../../src/platform/metrics.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { version } from '../../src/version.ts'
import { keptTotals } from '../../src/web/public/kept.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { figureOf, readExposition } from '../support/exposition.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { newMessage, queueMessages } from '../support/mail.ts'

const token = 'm'.repeat(40)
let t: TestApp
let organizationId: string
beforeAll(async () => {
  t = await createTestApp()
  organizationId = (await createOrganization(t.database.db)).id
})
afterAll(() => t.close())

const pool = () => ({ inUse: 3, idle: 2, waiting: 1, limit: 20 })
const text = () => databaseText(() => findFigures(t.services.db), version)

describe('figures of the database', () => {
  it('are text that Prometheus reads, with the version', async () => {
    const { types, help } = readExposition(await text())
    for (const name of types.keys()) {
      expect(name).toMatch(/^hoithao_/)
      expect(help.get(name)).toBeTruthy()
    }
    expect(figureOf(await text(), 'hoithao_build_info', { version })).toBe(1)
    expect(figureOf(await text(), 'hoithao_database_up')).toBe(1)
  })

  it('follow the outbox: what waits, how long the oldest has been due, what came back', async () => {
    const before = await text()
    expect(figureOf(before, 'hoithao_outbox_letters', { state: 'queued' })).toBe(0)
    expect(figureOf(before, 'hoithao_outbox_oldest_due_seconds')).toBe(0)
    await queueMessages(t.database.db, newMessage(organizationId), newMessage(organizationId))
    const [{ id }] = (await t.database.sql`select id from messages order by id limit 1`) as unknown as [{ id: string }]
    await t.database
      .sql`update messages set next_attempt_at = now() - interval '100 seconds', created_at = now() - interval '1 hour' where id = ${id}`
    const waiting = await text()
    expect(figureOf(waiting, 'hoithao_outbox_letters', { state: 'queued' })).toBe(2)
    expect(figureOf(waiting, 'hoithao_outbox_oldest_due_seconds')).toBeGreaterThanOrEqual(100)
    expect(figureOf(waiting, 'hoithao_outbox_oldest_seconds')).toBeGreaterThanOrEqual(3600)
    await t.database.sql`update messages set state = 'bounced' where id = ${id}`
    const bounced = await text()
    expect(figureOf(bounced, 'hoithao_outbox_letters', { state: 'bounced' })).toBe(1)
    expect(figureOf(bounced, 'hoithao_outbox_letters', { state: 'queued' })).toBe(1)
    await t.database.sql`delete from messages`
  })

  it('follow each task: its age, how long it took, whether it failed or runs', async () => {
    const tasks = [
      { name: 'well', everySeconds: 1, run: async () => undefined },
      { name: 'ill', everySeconds: 1, run: async () => Promise.reject(new Error('no')) },
    ]
    await runDueTasks({ ...t.services, log: { ...t.services.log, error() {} } }, { worker: 'test', tasks })
    await t.database
      .sql`update task_runs set started_at = now() - interval '70 seconds', finished_at = now() - interval '50 seconds' where task = 'well'`
    const ended = await text()
    expect(figureOf(ended, 'hoithao_task_failed', { task: 'ill' })).toBe(1)
    expect(figureOf(ended, 'hoithao_task_failed', { task: 'well' })).toBe(0)
    expect(figureOf(ended, 'hoithao_task_length_seconds', { task: 'well' })).toBe(20)
    expect(figureOf(ended, 'hoithao_task_age_seconds', { task: 'well' })).toBeGreaterThanOrEqual(50)
    await t.database.sql`update task_runs set finished_at = null where task = 'well'`
    const runs = await text()
    expect(figureOf(runs, 'hoithao_task_running', { task: 'well' })).toBe(1)
    expect(figureOf(runs, 'hoithao_task_age_seconds', { task: 'well' })).toBeGreaterThanOrEqual(70)
    expect(figureOf(runs, 'hoithao_task_length_seconds', { task: 'well' })).toBeUndefined()
  })

  it('cost few statements, and none of them reads a whole table that grows', async () => {
    const texts: string[] = []
    const connection = connectPostgres(t.database.url, {
      max: 1,
      watch: (statement) => {
        texts.push(statement)
        return () => undefined
      },
    })
    await findFigures(connection.db)
    expect(texts.length).toBeLessThanOrEqual(10)
    await t.database.sql`set enable_seqscan = off`
    for (const statement of texts.filter((s) => /\b(messages|files)\b/.test(s) && !/\$\d/.test(s))) {
      const plan = await t.database.sql.unsafe(`explain ${statement}`)
      expect(plan.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(/Seq Scan on (messages|files)\b/)
    }
    await connection.close()
  })

  it('say where sending stands still, and who must be called', async () => {
    expect(figureOf(await text(), 'hoithao_outbox_stops', { stage: 'login' })).toBe(0)
    await t.database
      .sql`insert into mail_stops (scope, stage, reply, since) values ('server', 'login', '535 no', now())`
    expect(figureOf(await text(), 'hoithao_outbox_stops', { stage: 'login' })).toBe(1)
    await t.database.sql`delete from mail_stops`
    expect(figureOf(await text(), 'hoithao_calls_open')).toBe(0)
  })

  it('say that the database is away, instead of nothing', async () => {
    const away = await databaseText(() => Promise.reject(new Error('away')), version)
    expect(figureOf(away, 'hoithao_database_up')).toBe(0)
    expect(readExposition(away).samples).toHaveLength(2)
  })
})

describe('figures of a process', () => {
  it('count requests by kind and status, letters and tasks by outcome; the pool is read when asked', async () => {
    const { meter } = createMetrics(t.services, { pool, kept: () => keptTotals(services) }, 'alone')
    const services = { ...t.services, meter, mailer: createMailbox(t.services.db) }
    const app = createApp(services)
    const ask = (path: string) => app.fetch(new Request(testOrigin + path))
    const { slug } = await createSeminar(t.database.db, organizationId)
    await ask('/healthz')
    await ask('/api/v1/seminars')
    await ask('/console')
    await ask('/i/no-such-token')
    const first = await ask(`/s/${slug}`)
    expect((await ask('/no-such-page')).status).toBe(404)
    await ask(`/s/${slug}`)
    await app.fetch(
      new Request(`${testOrigin}/s/${slug}`, { headers: { 'if-none-match': first.headers.get('etag') as string } }),
    )
    const now = await meter.registry.metrics()
    const requests = (kind: string, status: string) => figureOf(now, 'hoithao_requests_total', { kind, status })
    expect(requests('health', '2xx')).toBe(1)
    expect(requests('api', '4xx')).toBe(1)
    expect(requests('delegate', '4xx')).toBe(1)
    expect(requests('public', '4xx')).toBe(1)
    expect(requests('public', '2xx')).toBe(1)
    expect(requests('console', '3xx')).toBe(1)
    expect([requests('kept', '2xx'), requests('kept', '3xx')]).toEqual([1, 1])
    expect(figureOf(now, 'hoithao_request_seconds_count', { kind: 'public' })).toBe(2)
    expect(figureOf(now, 'hoithao_request_seconds_bucket', { kind: 'public', le: '+Inf' })).toBe(2)
    expect(figureOf(now, 'hoithao_pool_connections', { use: 'waiting' })).toBe(1)
    expect(figureOf(now, 'hoithao_pool_connections', { use: 'in_use' })).toBe(3)
    expect(figureOf(now, 'hoithao_pool_connections', { use: 'limit' })).toBe(20)
    // Asked again, nothing is counted twice.
    const again = await meter.registry.metrics()
    expect(figureOf(again, 'hoithao_requests_total', { kind: 'kept', status: '2xx' })).toBe(1)
  })

  it('have the lag of the event loop and what the process uses', async () => {
    const { meter } = createMetrics(t.services, { pool, kept: () => ({ whole: 0, unchanged: 0 }) }, 'alone')
    const now = await meter.registry.metrics()
    expect(figureOf(now, 'hoithao_nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0)
    expect(figureOf(now, 'hoithao_process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(figureOf(now, 'hoithao_process_cpu_seconds_total')).toBeGreaterThan(0)
  })
})

describe('the pool', () => {
  it('knows how many connections are lent, and who waits', async () => {
    const connection = connectPostgres(t.database.url, { max: 1 })
    expect(connection.load()).toEqual({ inUse: 0, idle: 0, waiting: 0, limit: 1 })
    const lent = await connection.db.startTransaction().execute()
    const waits = connection.db.selectFrom('organizations').select('id').execute()
    await expect.poll(() => connection.load()).toEqual({ inUse: 1, idle: 0, waiting: 1, limit: 1 })
    await lent.rollback().execute()
    await waits
    expect(connection.load()).toEqual({ inUse: 0, idle: 1, waiting: 0, limit: 1 })
    await connection.close()
  })
})

describe('/metrics', () => {
  it('is not there without METRICS_TOKEN', async () => {
    expect((await t.app.request('/metrics')).status).toBe(404)
    const app = createApp({ ...t.services, metrics: async () => 'x\n' })
    expect((await app.request('/metrics', { headers: { authorization: 'Bearer ' } })).status).toBe(404)
  })

  it('answers who sends the token, and nobody else', async () => {
    const services = { ...t.services, config: { ...t.services.config, metricsToken: token }, metrics: text }
    const app = createApp(services)
    const ask = (authorization?: string) =>
      app.request('/metrics', authorization === undefined ? {} : { headers: { authorization } })
    for (const wrong of [undefined, 'Bearer', `Basic ${token}`, `Bearer ${token.slice(1)}`, `Bearer ${token}x`]) {
      const answer = await ask(wrong)
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect(await answer.text()).not.toContain('hoithao_')
    }
    const answer = await ask(`Bearer ${token}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    readExposition(await answer.text())
  })

  it('is given on a port of its own by METRICS_LISTEN, and nothing else is', async () => {
    const { text: both } = createMetrics(t.services, { pool, kept: () => ({ whole: 0, unchanged: 0 }) }, 'alone')
    const { port, close } = await listenForMetrics({ host: '127.0.0.1', port: 0 }, both)
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
    const { types } = readExposition(await answer.text())
    expect(types.get('hoithao_requests_total')).toBe('counter')
    expect(types.get('hoithao_outbox_letters')).toBe('gauge')
    expect((await fetch(`http://127.0.0.1:${port}/console`)).status).toBe(404)
    await expect(listenForMetrics({ host: '127.0.0.1', port }, both)).rejects.toThrow(
      /^METRICS_LISTEN 127.* \(EADDRINUSE\)$/,
    )
    await close()
  })

  it('is made at most every five seconds, once however many ask; what failed is made again', async () => {
    let made = 0
    const text = kept(async () => String(++made))
    expect(await Promise.all([text(), text(), text()])).toEqual(['1', '1', '1'])
    let tries = 0
    const failing = kept(() => (++tries === 1 ? Promise.reject(new Error('once')) : Promise.resolve('well')))
    await expect(failing()).rejects.toThrow('once')
    expect(await failing()).toBe('well')
  })
})
