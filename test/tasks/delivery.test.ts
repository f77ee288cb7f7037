import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import { runDueTasks, type TaskOptions } from '../../src/tasks.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { newMessage, queueMessages, taskServices } from '../support/mail.ts'
import { type SmtpScript, startSmtp, type TestSmtp } from '../support/smtp.ts'

let t: TestDatabase
let org: { id: string }
const open: (() => unknown)[] = []

beforeAll(async () => {
  t = await createTestDatabase({ max: 20 })
  org = await createOrganization(t.db)
})
afterAll(() => t.drop())
beforeEach(async () => {
  await t.sql`delete from messages`
  await t.sql`delete from task_runs`
  await t.sql`delete from mail_stops`
  await t.sql`delete from dead_addresses`
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function smtp(script?: SmtpScript): Promise<TestSmtp> {
  const server = await startSmtp(script)
  open.push(() => server.close())
  return server
}
function services(server: TestSmtp) {
  const mailer = createSmtpMailer(server.url, { connection: 1, greeting: 1, socket: 1, message: 3 })
  open.push(() => mailer.close())
  return taskServices(t.db, mailer)
}
const queue = (count: number) =>
  queueMessages(
    t.db,
    ...Array.from({ length: count }, (_, i) =>
      newMessage(org.id, { to: { name: `Đại biểu ${i}`, address: `p${i}@mau.example` } }),
    ),
  )
const states = async () =>
  Object.fromEntries(
    (await t.sql`select state, count(*)::int as n from messages group by state`).map((r) => [r.state, r.n]),
  )
const run = (s: ReturnType<typeof services>, options: Partial<TaskOptions> = {}) =>
  runDueTasks(s, { worker: 'w', tasks: [], ...options })

describe('delivering the outbox', () => {
  it('sends what is due and keeps the server’s reply', async () => {
    const server = await smtp()
    await queue(3)
    expect(await run(services(server))).toEqual({ attempted: 3 })
    expect(server.received.map((m) => m.to).sort()).toEqual(['p0@mau.example', 'p1@mau.example', 'p2@mau.example'])
    expect(await states()).toEqual({ sent: 3 })
    const [row] = await t.sql`select last_reply, sent_at is not null as at, lease_by from messages limit 1`
    expect(row).toMatchObject({ last_reply: '250 kept', at: true, lease_by: null })
  })

  it('waits out greylisting and sends later, under the same Message-ID', async () => {
    const seen: string[] = []
    let grey = true
    const server = await smtp({
      data: (m) => {
        seen.push(m.messageId)
        return grey ? '451 4.7.1 greylisted' : undefined
      },
    })
    await queue(1)
    const s = services(server)
    await run(s)
    await run(s)
    expect(seen).toHaveLength(1)
    grey = false
    await t.sql`update messages set next_attempt_at = now()`
    await run(s)
    expect(await states()).toEqual({ sent: 1 })
    expect(seen).toHaveLength(2)
    expect(new Set(seen).size).toBe(1)
  })

  it('bounces one recipient once while the others flow', async () => {
    let refusals = 0
    const server = await smtp({
      rcpt: (to) => {
        if (to !== 'p1@mau.example') return undefined
        refusals++
        return '550 5.1.1 no such user'
      },
    })
    await queue(10)
    const s = services(server)
    await run(s)
    await run(s)
    expect(await states()).toEqual({ sent: 9, bounced: 1 })
    expect(refusals).toBe(1)
    const [row] = await t.sql`select last_reply from messages where state = 'bounced'`
    expect(row?.last_reply).toContain('550 5.1.1 no such user')
  })

  it('lets one silent recipient time out while the others flow', async () => {
    const server = await smtp({ data: (m) => (m.to === 'p0@mau.example' ? new Promise(() => {}) : undefined) })
    await queue(30)
    await run(services(server))
    expect(await states()).toEqual({ sent: 29, queued: 1 })
  })

  it('keeps everything when the server is away, and sends it when it is back', async () => {
    const server = await smtp()
    await queue(5)
    await server.close()
    await run(services(server))
    expect(await states()).toEqual({ queued: 5 })
    const back = services(await smtp())
    await t.sql`update mail_stops set next_probe_at = now()`
    await run(back)
    await run(back)
    expect(await states()).toEqual({ sent: 5 })
  })

  it('does no more than its bound in one run', async () => {
    const server = await smtp()
    await queue(12)
    expect(await run(services(server), { delivery: { perRun: 5, batch: 3 } })).toEqual({ attempted: 5 })
    expect(await states()).toEqual({ sent: 5, queued: 7 })
  })

  it('begins nothing new once it is told to stop', async () => {
    const server = await smtp()
    await queue(4)
    const stop = new AbortController()
    stop.abort()
    expect(await run(services(server), { signal: stop.signal })).toEqual({ attempted: 0 })
    expect(await states()).toEqual({ queued: 4 })
  })

  it('gives back what its lease no longer covers', async () => {
    const server = await smtp()
    await queue(4)
    await run(services(server), { delivery: { lease: 10, attempt: 10.001 } })
    expect(server.received).toEqual([])
    const rows = await t.sql`select state, attempts from messages`
    expect(rows.every((r) => r.state === 'queued' && r.attempts === 0)).toBe(true)
  })

  it('sends each of 500 messages once when two workers share the outbox', async () => {
    const server = await smtp()
    await queue(500)
    const [a, b] = [services(server), services(server)]
    const done = await Promise.all([run(a, { worker: 'a' }), run(b, { worker: 'b' })])
    expect(await states()).toEqual({ sent: 500 })
    expect(server.received).toHaveLength(500)
    expect(new Set(server.received.map((m) => m.messageId)).size).toBe(500)
    expect(done.map((d) => d.attempted).every((n) => n > 0)).toBe(true)
  })

  it('leaves a sign of life for the console', async () => {
    await run(services(await smtp()))
    const [row] =
      await t.sql`select worker, now() - started_at < interval '5 s' as fresh from task_runs where task = 'outbox'`
    expect(row).toEqual({ worker: 'w', fresh: true })
  })
})

describe('the demo mailbox', () => {
  it('keeps each message once, as a server would get it', async () => {
    await queue(2)
    const s = taskServices(t.db, createMailbox(t.db))
    await run(s)
    await t.sql`update messages set state = 'queued', next_attempt_at = now()`
    await run(s)
    const rows = await t.sql<
      { raw: Uint8Array; to_address: string; message_id: string }[]
    >`select * from mailbox_messages order by id`
    expect(rows).toHaveLength(2)
    expect(new TextDecoder().decode(rows[0]!.raw)).toContain(`Message-ID: ${rows[0]!.message_id}`)
  })
})

describe('a worker killed in the middle', () => {
  const lease = 2
  const bundle = join(import.meta.dirname, '../../node_modules/.cache/hoithao-test', `outbox-worker-${process.pid}.mjs`)
  beforeAll(async () => {
    await mkdir(join(bundle, '..'), { recursive: true })
    await build({
      entryPoints: [join(import.meta.dirname, '../support/outbox-worker.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx',
    })
  })
  afterAll(() => rm(bundle, { force: true }))

  async function startWorker(server: TestSmtp, name: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [bundle, t.url, server.url, name, String(lease)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout!.once('data', resolve))
    return child
  }
  const gone = (child: ChildProcess) =>
    child.exitCode !== null || child.signalCode !== null
      ? undefined
      : new Promise((resolve) => child.once('exit', resolve))

  it('loses none of 200 messages over five kills; what goes out twice was in flight and has the same Message-ID', async () => {
    const server = await smtp({ data: () => new Promise((resolve) => setTimeout(resolve, 15)) })
    await queue(200)
    const kills = 5
    for (let i = 0; i < kills; i++) {
      const child = await startWorker(server, `killed-${i}`)
      await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 120))
      child.kill('SIGKILL')
      await gone(child)
    }
    const survivor = await startWorker(server, 'survivor')
    const until = Date.now() + 30_000
    while ((await states()).sent !== 200 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100))
    survivor.stdin!.end()
    await gone(survivor)
    expect(await states()).toEqual({ sent: 200 })
    const ids = server.received.map((m) => m.messageId)
    expect(new Set(ids).size).toBe(200)
    // Five connections a worker, and as many letters that are being written down, at each kill.
    expect(ids.length - 200).toBeLessThanOrEqual(kills * 10)
  })
})

describe('recurring tasks', () => {
  it('run on one instance at a time, and not again before their time', async () => {
    const ran: string[] = []
    const tasks = [{ name: 'sweep', everySeconds: 60, run: async () => void ran.push('x') }]
    const s = services(await smtp())
    await Promise.all(['a', 'b', 'c'].map((worker) => run(s, { worker, tasks })))
    await run(s, { tasks })
    expect(ran).toEqual(['x'])
    await t.sql`update task_runs set started_at = started_at - interval '61 s' where task = 'sweep'`
    await run(s, { tasks })
    expect(ran).toHaveLength(2)
  })

  it('that fail are noted, and the next one still runs', async () => {
    const ran: string[] = []
    const tasks = [
      { name: 'breaks', everySeconds: 0, run: async () => Promise.reject(new Error('no luck')) },
      { name: 'works', everySeconds: 0, run: async () => void ran.push('x') },
    ]
    await run(services(await smtp()), { tasks })
    expect(ran).toEqual(['x'])
    const [row] = await t.sql`select error from task_runs where task = 'breaks'`
    expect(row?.error).toContain('no luck')
  })

  it('are taken over from an instance that was killed in one', async () => {
    const ran: string[] = []
    const tasks = [{ name: 'sweep', everySeconds: 1, run: async () => void ran.push('x') }]
    const s = services(await smtp())
    await t.sql`insert into task_runs (task, worker, started_at) values ('sweep', 'dead', now() - interval '1 minute')`
    await run(s, { tasks })
    expect(ran).toEqual([])
    await t.sql`update task_runs set started_at = now() - interval '11 minutes' where task = 'sweep'`
    await run(s, { tasks })
    expect(ran).toEqual(['x'])
  })
})
