import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCaller, newSeminar } from '../api/support.ts'
import { createTestApp, type TestApp, testLinkKey } from '../support/app.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { freePort } from '../support/server.ts'
import { startGate } from '../support/tcp-gate.ts'

let t: TestApp
let dir: string
let instance: Instance
let port: number
const patience = { timeout: 60_000, interval: 50 }

beforeAll(async () => {
  t = await createTestApp()
  dir = await mkdtemp(join(tmpdir(), 'hoithao-answers-'))
  port = await freePort()
  await start()
})
afterAll(async () => {
  instance?.kill('SIGKILL')
  await instance?.ended
  await t.close()
  await rm(dir, { recursive: true, force: true })
})

async function start() {
  instance = await startInstance(port, {
    DATABASE_URL: t.database.url,
    DATA_DIR: dir,
    BASE_URL: 'http://hoithao.test',
    LINK_KEY: testLinkKey,
    AUTH_SECRET: t.services.config.authSecret as string,
  })
}
async function kill() {
  instance.kill('SIGKILL')
  expect(await instance.ended).toBe('SIGKILL')
}

/** An organisation whose key asks for one seminar, always by the same Idempotency-Key. */
async function oneRequest() {
  const { organizationId, key } = await createCaller(t)
  const send = async (at = port) => {
    const answer = await fetch(`http://127.0.0.1:${at}/api/v1/seminars`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': 'mot-lan' },
      body: JSON.stringify(newSeminar),
    })
    const { status, headers } = answer
    const told = { status, etag: headers.get('etag'), location: headers.get('location'), body: await answer.json() }
    return { told, replayed: headers.get('idempotency-replayed') }
  }
  const seminars = () =>
    t.services.db.selectFrom('seminars').select('id').where('organization_id', '=', organizationId).execute()
  /** Sends it until somebody answers it: a claim is free when its process is known to be gone. */
  const sendAgain = async () => {
    let answer = await send()
    await expect
      .poll(async () => {
        if (answer.told.status === 409) answer = await send()
        return answer.told.status
      }, patience)
      .toBe(201)
    return answer
  }
  return { send, sendAgain, seminars }
}

/** Holds what the request writes last, so that its process is in the middle of it; as long as `during` runs. */
async function held(during: () => Promise<void>) {
  await t.database.sql.begin(async (sql) => {
    await sql`lock table audit_events in access exclusive mode`
    await during()
  })
}
const waits = () =>
  expect
    .poll(
      async () =>
        (await t.database.sql`select 1 from pg_locks where not granted and relation = 'audit_events'::regclass`).length,
      patience,
    )
    .toBeGreaterThan(0)

it('a change whose process is killed in the middle of it, sent again to the next process, is made once and answered alike', {
  timeout: 180_000,
}, async () => {
  const { send, sendAgain, seminars } = await oneRequest()
  await held(async () => {
    const first = send().catch((error: Error) => error)
    await waits()
    await kill()
    expect(await first).toBeInstanceOf(Error)
  })
  await start()
  const second = await sendAgain()
  expect(second.replayed).toBeNull()
  expect(await seminars()).toEqual([{ id: second.told.body.id }])
  const third = await send()
  expect(third).toEqual({ told: second.told, replayed: 'true' })
  expect(await seminars()).toHaveLength(1)
})

it('a change that was made, and whose answer was lost with its process, is answered by the next one as it was', {
  timeout: 180_000,
}, async () => {
  const { send, seminars } = await oneRequest()
  const gate = await startGate(port)
  let first: Promise<unknown> = Promise.resolve()
  await held(async () => {
    first = send(gate.port).catch((error: Error) => error)
    await waits()
    // From here nothing comes back to who asked.
    gate.hush()
  })
  await expect.poll(async () => (await seminars()).length, patience).toBe(1)
  await kill()
  await gate.close()
  expect(await first).toBeInstanceOf(Error)
  await start()
  const second = await send()
  expect(second).toMatchObject({ told: { status: 201 }, replayed: 'true' })
  expect(await seminars()).toEqual([{ id: second.told.body.id }])
  expect(second.told.location).toContain(second.told.body.id)
  expect(await send()).toEqual(second)
})
