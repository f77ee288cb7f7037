import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashToken } from '../../src/features/links/token.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { figureOf } from '../support/exposition.ts'
import { createInvitation, createOrganization, createSeminar } from '../support/factories.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { freePort } from '../support/server.ts'

let database: TestDatabase
let instance: Instance
let folder: string
let metricsPort: number
const token = 'm'.repeat(40)
beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'hoithao-processes-'))
  const port = await freePort()
  metricsPort = await freePort()
  instance = await startInstance(port, {
    DATABASE_URL: database.url,
    BASE_URL: `http://127.0.0.1:${port}`,
    PROCESSES: '2',
    METRICS_LISTEN: `127.0.0.1:${metricsPort}`,
    METRICS_TOKEN: token,
    DEMO: 'on',
    LINK_KEY: 'k'.repeat(40),
    AUTH_SECRET: 's'.repeat(40),
    DATA_DIR: folder,
  })
})
afterAll(async () => {
  instance?.kill('SIGKILL')
  await instance?.ended
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const children = () =>
  readFileSync(`/proc/${instance.pid}/task/${instance.pid}/children`, 'utf8').trim().split(' ').filter(Boolean)

const until = async (holds: () => Promise<boolean> | boolean, ms = 60_000) => {
  for (let i = 0; i < ms / 100; i++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it never came: ${instance.output()}`)
}

/** A letter in the outbox; the demo's mailbox takes it. */
async function letter() {
  const { db } = database
  const organization = await createOrganization(db)
  const invitation = await createInvitation(db, await createSeminar(db, organization.id))
  const row = await db
    .insertInto('messages')
    .values({
      organization_id: organization.id,
      invitation_id: invitation.id,
      kind: 'invitation',
      to_address: 'dai-bieu@mau.example',
      from_address: 'hoithao@mau.example',
      subject: 'Giấy mời',
      text: 'Kính mời',
      html: '<p>Kính mời</p>',
      message_id: `<${crypto.randomUUID()}@mau.example>`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return async () =>
    (await db.selectFrom('messages').select('state').where('id', '=', row.id).executeTakeFirst())?.state === 'sent'
}

it('serves from two processes, replaces one that dies, and goes on with the tasks', { timeout: 180_000 }, async () => {
  await until(() => children().length === 2)
  await until(await letter())
  const before = children()
  for (const victim of before) {
    process.kill(Number(victim), 'SIGKILL')
    await until(async () => (await fetch(`${instance.origin}/readyz`).catch(() => undefined))?.ok === true)
    await until(() => children().length === 2 && !children().includes(victim))
    await until(await letter())
  }
  expect(children().some((pid) => before.includes(pid))).toBe(false)
  expect(instance.output()).toContain('another begins')
})

it('replaces one that hangs, the one that does the tasks too, and says so in one line', {
  timeout: 400_000,
}, async () => {
  await until(() => children().length === 2)
  const before = children()
  for (const victim of before) {
    process.kill(Number(victim), 'SIGSTOP')
    // Whoever watches is told meanwhile, by the others' figures.
    await until(async () => {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { headers: { connection: 'close' } })
      expect(answer.status).toBe(200)
      return figureOf(await answer.text(), 'hoithao_processes_silent') === 1
    })
    // It is left alone for half a minute: a loop that is only late comes to its turn by then.
    await until(() => children().length === 2 && !children().includes(victim), 180_000)
    await until(await letter())
  }
  const lines = instance.output().split('\n')
  for (const victim of before)
    expect(lines.filter((line) => line.includes(`process ${victim} `))).toEqual([
      expect.stringContaining('gave no sign of life for 30 s and was killed; another begins in'),
    ])
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => fetch(`${instance.origin}/readyz`, { headers: { connection: 'close' } })),
  )
  expect(answers.every((answer) => answer.ok)).toBe(true)
})

it('shows a change that was made through any of them', async () => {
  const { db } = database
  const organization = await createOrganization(db)
  const seminar = await createSeminar(db, organization.id, { theme: 'Chủ đề cũ' })
  const key = `ht_${'x'.repeat(43)}`
  await db
    .insertInto('api_keys')
    .values({
      organization_id: organization.id,
      name: 'test',
      hint: 'ht_xxxxx',
      key_hash: hashToken(key) as never,
      scopes: ['read', 'write'],
    })
    .execute()
  // Each on a connection of its own: they are shared out in turn.
  const pages = () =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        const answer = await fetch(`${instance.origin}/s/${seminar.slug}`, { headers: { connection: 'close' } })
        return answer.text()
      }),
    )
  expect((await pages()).every((page) => page.includes('Chủ đề cũ'))).toBe(true)
  const changed = await fetch(`${instance.origin}/api/v1/seminars/${seminar.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'if-match': '"1"' },
    body: JSON.stringify({ theme: 'Chủ đề mới' }),
  })
  expect(changed.status).toBe(200)
  await until(async () => (await pages()).every((page) => page.includes('Chủ đề mới')))
})

it('gives the figures of all of them together, at whichever asks', { timeout: 120_000 }, async () => {
  const ask = async (port: number, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close', ...headers } })
    return { status: answer.status, text: await answer.text() }
  }
  const asked = 12
  for (let i = 0; i < asked; i++)
    await fetch(`${instance.origin}/no-such-page-${i}`, { headers: { connection: 'close' } })
  const labels = { kind: 'public', status: '4xx' }
  // One that was killed before may be counted for a moment, and one that begins not yet; within five seconds the last answer is given again.
  let text = ''
  await until(async () => {
    const answer = await ask(metricsPort)
    expect(answer.status).toBe(200)
    text = answer.text
    return (
      Number(figureOf(text, 'hoithao_requests_total', labels)) >= asked &&
      // The first one, and two.
      Number(figureOf(text, 'hoithao_instances')) >= 3 &&
      // DATABASE_CONNECTIONS (20) are all of the instance's: two are the first one's.
      figureOf(text, 'hoithao_pool_connections', { use: 'limit' }) === 18
    )
  })
  expect(figureOf(text, 'hoithao_processes_silent')).toBe(0)
  expect(figureOf(text, 'hoithao_process_resident_memory_bytes')).toBeGreaterThan(1e6)
  expect(figureOf(text, 'hoithao_outbox_letters', { state: 'queued' })).toBe(0)
  // A port that all share: some of them is asked, and asks the first.
  const answer = await ask(instance.port, { authorization: `Bearer ${token}` })
  expect(answer.status).toBe(200)
  expect(Number(figureOf(answer.text, 'hoithao_requests_total', labels))).toBeGreaterThanOrEqual(asked)
  expect((await ask(instance.port)).status).toBe(401)
})

it('ends all of them by one signal', { timeout: 90_000 }, async () => {
  const pids = children()
  instance.kill('SIGTERM')
  expect(await instance.ended).toBe(0)
  for (const pid of pids) expect(() => process.kill(Number(pid), 0)).toThrow()
})
