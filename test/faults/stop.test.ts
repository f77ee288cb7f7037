import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { startInstance } from '../support/instance.ts'
import { newMessage, queueMessages } from '../support/mail.ts'
import { freePort } from '../support/server.ts'
import { startGate } from '../support/tcp-gate.ts'

let t: TestDatabase
let dir: string
beforeAll(async () => {
  t = await createTestDatabase()
  dir = await mkdtemp(join(tmpdir(), 'hoithao-stop-'))
})
afterAll(async () => {
  await t.drop()
  await rm(dir, { recursive: true, force: true })
})

async function start(databaseUrl: string, smtpPort: number) {
  return startInstance(await freePort(), {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dir,
    BASE_URL: 'http://hoithao.test',
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
    LINK_KEY: 'k'.repeat(40),
    AUTH_SECRET: 's'.repeat(40),
  })
}

it('SIGTERM ends a process whose database, mail server and uploads all hang, and one line names what did not end', {
  timeout: 180_000,
}, async () => {
  // A mail server that takes connections and never says a word.
  const mute = createServer(() => {})
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const gate = await startGate(Number(new URL(t.url).port))
  const url = new URL(t.url)
  url.port = String(gate.port)
  const instance = await start(url.href, (mute.address() as { port: number }).port)
  const organization = await createOrganization(t.db)
  await queueMessages(t.db, newMessage(organization.id))
  await expect
    .poll(async () => (await t.sql`select 1 from messages where state = 'sending'`).length, { timeout: 30_000 })
    .toBe(1)
  const upload = connect(instance.port, '127.0.0.1')
  upload.on('error', () => undefined)
  upload.write('POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n')
  upload.write('Origin: http://hoithao.test\r\nContent-Length: 1000\r\n\r\nx')
  gate.hush()
  const since = performance.now()
  instance.kill('SIGTERM')
  expect(await instance.ended).toBe(1)
  console.info(`ended after ${((performance.now() - since) / 1000).toFixed(1)} s`)
  const lines = instance
    .output()
    .split('\n')
    .filter((line) => line.includes('"event":"stop"'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('letters or tasks under way')
  upload.destroy()
  await gate.close()
  mute.close()

  // What it held is due again for the next one, long before its lease of four minutes is over.
  const next = await start(t.url, 1)
  await expect
    .poll(async () => (await t.sql`select last_reply from messages`)[0]?.last_reply, { timeout: 60_000 })
    .toContain('ECONNREFUSED')
  next.kill('SIGTERM')
  expect(await next.ended).toBe(0)
  expect((await t.sql`select 1 from instances where ended_at is not null`).length).toBe(1)
})
