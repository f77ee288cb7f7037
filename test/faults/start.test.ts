import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { freePort } from '../support/server.ts'

let dataDir: string
let port: number
const children: ChildProcess[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hoithao-start-'))
  port = await freePort()
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  output: () => string
  ended: Promise<number | string | null>
}

function start(env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      ...env,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let text = ''
  child.stdout?.on('data', (chunk) => (text += chunk))
  child.stderr?.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  )
  return { child, output: () => text, ended }
}

async function ready(started: Started): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (started.child.exitCode !== null) throw new Error(started.output())
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok && /\/(setup|dev\/mailbox)/.test(started.output())) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`not ready: ${started.output()}`)
}

async function countSeminars(): Promise<number> {
  const found = await findEmbeddedPostgres(join(dataDir, 'postgres'))
  const connection = connectPostgres(found?.url as string, { max: 1 })
  const { n } = await connection.db
    .selectFrom('seminars')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  await connection.close()
  return n
}

let first: Started

it('starts with nothing given: database, demo, a one-time link, the mailbox', async () => {
  first = start()
  await ready(first)
  expect(first.output()).toMatch(new RegExp(`http://localhost:${port}/setup/[\\w-]{22}`))
  expect(first.output()).toContain(`http://localhost:${port}/dev/mailbox`)
  expect(await countSeminars()).toBe(4)
  const page = await fetch(`http://127.0.0.1:${port}/`)
  expect(page.status).toBe(200)
}, 120_000)

it('tells a second one beside it so in one line', async () => {
  const second = start({ PORT: '0' })
  expect(await second.ended).toBe(1)
  expect(second.output().trim().split('\n')).toHaveLength(1)
}, 60_000)

it('after kill -9 the next start takes the running Postgres over and loses nothing', async () => {
  first.child.kill('SIGKILL')
  await first.ended
  const next = start()
  await ready(next)
  expect(next.output()).toContain('taken over')
  expect(await countSeminars()).toBe(4)
  first = next
}, 120_000)

it('SIGTERM ends everything it started', async () => {
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  expect(await findEmbeddedPostgres(join(dataDir, 'postgres'))).toBeUndefined()
}, 60_000)

it('stops at a bad value with one line that names the variable, what is wrong and what is expected', async () => {
  const bad = start({ PORT: 'many' })
  expect(await bad.ended).toBe(1)
  expect(bad.output().trim()).toBe('configuration: PORT is “many”: expected a whole number from 0 to 65535')
}, 60_000)

it('names the variable where the database cannot be reached', async () => {
  const away = start({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  expect(await away.ended).toBe(1)
  expect(away.output().trim()).toBe('hoithao did not start: DATABASE_URL: connect ECONNREFUSED 127.0.0.1:1')
}, 60_000)
