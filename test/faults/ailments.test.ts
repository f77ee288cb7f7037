import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { runOutbox } from '../../src/delivery.ts'
import { listen } from '../../src/node/http.ts'
import { startPulse } from '../../src/node/pulse.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import type { Services, Vitals } from '../../src/services.ts'
import { type Caller, createCaller, newSeminar } from '../api/support.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../support/speeches.ts'
import { startGate } from '../support/tcp-gate.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const identity = { id: 'mau:1:a', kind: 'node' as const, host: 'mau', pid: 1, version: '1' }
const patience = { timeout: 20_000, interval: 50 }

let t: TestApp
let dir: string
let caller: Caller
let seminar: Awaited<ReturnType<typeof createSeminar>>
let cookie: string
let organizationSlug: string
beforeAll(async () => {
  t = await createTestApp()
  dir = mkdtempSync(join(tmpdir(), 'hoithao-ill-'))
  const organization = await createOrganization(t.services.db)
  organizationSlug = organization.slug
  caller = await createCaller(t, { organizationId: organization.id })
  cookie = (await createMember(t.services, organization.id)).cookie
  seminar = await createSeminar(t.services.db, organization.id)
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The application as a process with signs of life runs it. */
async function living(parts: Partial<Services> & { url?: string } = {}) {
  const { url = t.database.url, ...given } = parts
  const connection = connectPostgres(url, { max: 4, statementMs: 5_000, waitMs: 2_000 })
  const files = given.files ?? createFsStore(join(dir, 'files'))
  const pulse = await startPulse({
    identity,
    connection: connectPostgres(url, { max: 1 }),
    files,
    log,
    renew: connection.renew,
  })
  const services: Services = { ...t.services, log, db: connection.db, files, ...given, vitals: pulse }
  const app = createApp(services)
  return {
    services,
    pulse: pulse as Vitals,
    ask: async (path: string, init: RequestInit = {}) =>
      app.request(testOrigin + path, { redirect: 'manual', ...init }),
    ready: async () => (await app.request(`${testOrigin}/readyz`)).json(),
    app,
    async close() {
      await pulse.stop()
      await connection.close()
    },
  }
}

const warnings = async (one: Awaited<ReturnType<typeof living>>) =>
  ((await one.ready()) as { warnings: string[] }).warnings

describe('/readyz', () => {
  it('knows when the outbox last ran to its end, and names it where that is too long ago; strictly asked it is 503', async () => {
    const one = await living()
    expect(await one.ready()).toMatchObject({ status: 'ready', outbox: { finishedAt: null }, warnings: ['outbox'] })
    await runOutbox(one.services, { worker: identity.id })
    const well = (await one.ready()) as { outbox: { finishedAt: string }; warnings: string[] }
    expect(well.warnings).toEqual([])
    expect(Date.parse(well.outbox.finishedAt)).toBeGreaterThan(0)
    expect((await one.ask('/readyz?strict')).status).toBe(200)
    await t.database
      .sql`update task_runs set started_at = now() - interval '4 minutes', finished_at = now() - interval '4 minutes'`
    await t.database.sql`insert into task_runs (task, worker, started_at, error) values ('tidy_files', 'w', now(), 'x')`
    expect((await one.ask('/readyz')).status).toBe(200)
    const strict = await one.ask('/readyz?strict')
    expect([strict.status, strict.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await strict.json()).toEqual({ status: 'unavailable', ill: ['outbox', 'task:tidy_files'] })
    await t.database.sql`delete from task_runs`
    await one.close()
  })

  it('is 503 and names the database that is away, or lacks a migration', async () => {
    const gone = connectPostgres('postgres://nobody:x@127.0.0.1:1/none', { max: 1 })
    const away = await createApp({ ...t.services, log, db: gone.db }).request(`${testOrigin}/readyz`)
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await away.json()).toEqual({ status: 'unavailable', ill: ['database'] })
    await gone.close()
    const behind = await createApp({ ...t.services, log, migrations: 10_000 }).request(`${testOrigin}/readyz`)
    expect([behind.status, await behind.json()]).toEqual([503, { status: 'unavailable', ill: ['migrations'] }])
  })

  it('answers within its limit, long before a query is given up, where the network to the database falls silent', async () => {
    const gate = await startGate(Number(new URL(t.database.url).port))
    const url = new URL(t.database.url)
    url.port = String(gate.port)
    // A query of this connection is given up after longer than the test may take.
    const silent = connectPostgres(url.href, { max: 2, statementMs: 600_000 })
    const app = createApp({ ...t.services, log, db: silent.db })
    expect((await app.request(`${testOrigin}/readyz`)).status).toBe(200)
    gate.hush()
    const answers = await Promise.all([1, 2].map(() => app.request(`${testOrigin}/readyz`)))
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await answer.json()).toEqual({
        status: 'unavailable',
        ill: ['database'],
        said: { database: 'did not answer within 3 s' },
      })
    }
    await gate.close()
    await silent.close()
  })
})

describe('a database that is read-only', () => {
  it('is answered 503 with Retry-After, in words, on pages and by the API; pages are still read; /readyz names it', async () => {
    const before = await living()
    const name = new URL(t.database.url).pathname.slice(1)
    await t.database.sql.unsafe(`alter database ${name} set default_transaction_read_only = on`)
    await before.close()
    const one = await living()
    try {
      const form = formRequest({ email: 'a@mau.example', password: 'mật khẩu nào đó' })
      const page = await one.ask('/sign-in', form)
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '30'])
      expect(await page.text()).toContain('đang ở chế độ chỉ đọc')
      expect(await (await one.ask('/en/sign-in', form)).text()).toContain('The database is read-only')
      const api = await one.ask('/api/v1/seminars', {
        method: 'POST',
        headers: { authorization: `Bearer ${caller.key}`, 'content-type': 'application/json', 'accept-language': 'en' },
        body: JSON.stringify(newSeminar),
      })
      expect([api.status, api.headers.get('retry-after')]).toEqual([503, '30'])
      expect(api.headers.get('content-type')).toContain('application/problem+json')
      expect(await api.json()).toMatchObject({ code: 'database_read_only', status: 503 })
      expect((await one.ask(`/s/${seminar.slug}?n=1`)).status).toBe(200)
      expect((await one.ask(`/console/${organizationSlug}`, { headers: { cookie } })).status).toBe(200)
      expect((await one.ask('/readyz')).status).toBe(200)
      expect(((await one.ready()) as { warnings: string[] }).warnings).toContain('database_read_only')
    } finally {
      // A session of its own kind must undo it.
      await t.database.sql.begin(async (trx) => {
        await trx`set transaction read write`
        await trx.unsafe(`alter database ${name} reset default_transaction_read_only`)
      })
      // The sessions that were given the setting do not keep it: nobody has to restart anything.
      try {
        await expect.poll(() => warnings(one), patience).not.toContain('database_read_only')
        const form = formRequest({ email: 'a@mau.example', password: 'mật khẩu nào đó' })
        expect((await one.ask('/sign-in', form)).status).not.toBe(503)
      } finally {
        await one.close()
      }
    }
  })
})

/** A disk of 1 MB in memory; undefined where this user may not mount one. */
function smallDisk(path: string, options = 'size=1m') {
  try {
    execFileSync('mkdir', ['-p', path])
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'pipe' })
  } catch {
    return undefined
  }
  return { path, unmount: () => execFileSync('umount', ['-l', path]) }
}

describe('a disk that is full under Postgres', () => {
  it('is answered 503 with Retry-After, in words, and /readyz names it', async () => {
    const disk = smallDisk(join(dir, 'full'), 'size=200k')
    if (!disk) return console.info('no small disk can be mounted here: a full disk under Postgres was not run')
    const one = await living()
    try {
      // Every insert needs a new page there, and there is none.
      await t.database.sql.unsafe(`create tablespace small_${process.pid} location '${disk.path}'`)
      await t.database.sql`truncate rate_limits`
      await t.database.sql.unsafe(`alter table rate_limits set tablespace small_${process.pid}`)
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${disk.path}/fill bs=4096 2>/dev/null || true`])
      const page = await one.ask('/en/sign-in', formRequest({ email: 'a@mau.example', password: 'mật khẩu nào đó' }))
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '60'])
      expect(await page.text()).toContain('no room left')
      expect(((await one.ready()) as { warnings: string[] }).warnings).toContain('database_full')
    } finally {
      rmSync(join(disk.path, 'fill'), { force: true })
      await sql`truncate rate_limits`.execute(t.services.db)
      await t.database.sql.unsafe('alter table rate_limits set tablespace pg_default')
      await t.database.sql.unsafe(`drop tablespace small_${process.pid}`)
      await one.close()
      disk.unmount()
    }
  })
})

describe('a file store that cannot be written', () => {
  /** A paper sent by API, and by the speaker's page to a store that takes none. */
  async function sendPaper(one: Awaited<ReturnType<typeof living>>) {
    const speech = await createSpeech(t, seminar)
    const bytes = pdf({ padding: 2_000_000 })
    const api = await one.ask(`/api/v1/speeches/${speech.id}/versions?name=bai.pdf`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.key}`, 'accept-language': 'en' },
      body: new Uint8Array(bytes),
    })
    const { path, cookie } = await openSpeechLink(t, speech.linkPath)
    return { api, page: await one.ask(`${path}/files`, filesRequest([{ name: 'bai.pdf', bytes }], { cookie })) }
  }
  it('since it is full: 503 with Retry-After in words, and /readyz names it', async () => {
    const disk = smallDisk(join(dir, 'small'))
    if (!disk) return console.info('no small disk can be mounted here: a full file store was not run')
    const one = await living({ files: createFsStore(disk.path) })
    try {
      expect(await warnings(one)).not.toContain('files_full')
      const { api, page } = await sendPaper(one)
      expect([api.status, api.headers.get('retry-after')]).toEqual([503, '60'])
      expect(await api.json()).toMatchObject({
        code: 'storage_full',
        detail: expect.stringContaining('Nothing was stored'),
      })
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '60'])
      expect(await page.text()).toContain('Kho lưu trữ đã đầy, tệp chưa được lưu')
      expect(await warnings(one)).toContain('files_full')
      await t.database.sql`delete from rate_limits`
      // Of 8 MB, far more than the disk takes: who sends reads the answer, and the connection is not cut under them.
      const server = await listen({
        host: '127.0.0.1',
        port: 0,
        fetch: (request, env) => one.app.fetch(request, env as object),
      })
      const speech = await createSpeech(t, seminar)
      const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/speeches/${speech.id}/versions?name=bai.pdf`, {
        method: 'POST',
        headers: { authorization: `Bearer ${caller.key}` },
        body: new Uint8Array(pdf({ padding: 8 * 1024 * 1024 })),
      })
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60'])
      await server.stop()
      // Nothing of it was kept: there is room again, and the warning goes.
      await expect.poll(() => warnings(one), patience).not.toContain('files_full')
    } finally {
      await one.close()
      disk.unmount()
    }
  })

  it('since it is read-only, or closed to us: 503 with Retry-After in words, and /readyz names it before anybody meets it', async () => {
    const path = join(dir, 'closed')
    const disk = smallDisk(path, 'size=1m,ro')
    if (!disk) {
      execFileSync('mkdir', ['-p', path])
      chmodSync(path, 0o500)
    }
    const one = await living({ files: createFsStore(path) })
    try {
      await expect.poll(() => warnings(one), patience).toContain('files_unavailable')
      const { api, page } = await sendPaper(one)
      expect([api.status, api.headers.get('retry-after')]).toEqual([503, '30'])
      expect(await api.json()).toMatchObject({
        code: 'files_unavailable',
        detail: expect.stringContaining('file store'),
      })
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '30'])
      expect(await page.text()).toContain('Kho tệp tạm thời không đọc hoặc ghi được')
    } finally {
      await one.close()
      disk?.unmount()
    }
  })
})
