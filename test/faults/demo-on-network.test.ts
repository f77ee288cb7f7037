import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { freePort } from '../support/server.ts'

let database: TestDatabase
let folder: string
let instance: Instance
let port: number

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'hoithao-demo-'))
  port = await freePort()
  instance = await startInstance(port, { DATABASE_URL: database.url, DATA_DIR: folder, DEMO: 'on', HOST: '0.0.0.0' })
}, 120_000)
afterAll(async () => {
  instance?.kill('SIGKILL')
  await instance?.ended
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const said = async (words: RegExp): Promise<RegExpExecArray> => {
  for (let i = 0; i < 600; i++) {
    const found = words.exec(instance.output())
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(instance.output())
}

it('a demo that listens to other machines says so, and gives no mail away', async () => {
  await said(/HOST is 0\.0\.0\.0, but BASE_URL is http:\/\/localhost:\d+/)
  await said(/the mailbox asks for its owner/)
  for (const path of ['/dev/mailbox', '/en/dev/mailbox', '/dev/mailbox/0197f3a2-1111-7000-8000-000000000001/source'])
    expect([path, (await fetch(instance.origin + path)).status]).toEqual([path, 401])
})

it('and whoever has the one-time link reads it', async () => {
  const [link] = await said(/http:\/\/localhost:\d+\/setup\/[\w-]{22}/)
  const origin = `http://localhost:${port}`
  const taken = await fetch(instance.origin + new URL(link).pathname, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(),
    headers: { origin },
  })
  expect([taken.status, taken.headers.get('location')]).toEqual([303, '/console'])
  const cookie = taken.headers.getSetCookie().map((set) => set.split(';')[0])[0] as string
  expect((await fetch(`${instance.origin}/dev/mailbox`, { headers: { cookie } })).status).toBe(200)
})

it('a form from an address that is not BASE_URL is told where to go', async () => {
  const answer = await fetch(`${instance.origin}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'a@mau.example', password: 'x' }),
    headers: { origin: instance.origin },
  })
  expect(answer.status).toBe(403)
  expect(await answer.text()).toContain(`http://localhost:${port}`)
})
