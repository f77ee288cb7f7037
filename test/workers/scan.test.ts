import { afterAll, beforeAll, expect, it } from 'vitest'
import worker from '../../src/worker.ts'
import { infectedPdf, startTestClamd, type TestClamd } from '../support/clamd.ts'
import { createSeminar } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { createWorkerCaller, startWorker, type TestWorker, workerOrigin, workerSecrets } from '../support/worker.ts'

let w: TestWorker
let clamd: TestClamd
beforeAll(async () => {
  clamd = await startTestClamd()
  w = await startWorker({ CLAMD_URL: `tcp://127.0.0.1:${clamd.address.port}` })
})
afterAll(async () => {
  await w?.close()
  await clamd?.close()
})

it('scans what comes over TCP, after the answer or by the cron: one is clean, one is locked away', async () => {
  const { call: api, key, organization } = await createWorkerCaller(w)
  const seminar = await createSeminar(w.database.db, organization.id)
  const asked = { name: 'Lê Văn Mẫu', email: null, topic: 'Tạo nguồn', minutes: 10, delivery: 'read' }
  const speech = await api('POST', `/seminars/${seminar.id}/speeches`, asked)
  expect(speech.status).toBe(201)
  const versions = `/speeches/${speech.body.id}/versions`
  for (const [bytes, outcome] of [
    [pdf({ padding: 300_000 }), { scan: 'clean', virus: null }],
    [infectedPdf(), { scan: 'found', virus: 'Eicar-Of-The-Test' }],
  ] as const) {
    const sent = await api('POST', `${versions}?name=Bai.pdf`, bytes)
    expect([sent.status, sent.body.scan]).toEqual([201, 'waiting'])
    await w.runCron()
    await expect
      .poll(async () => (await api('GET', `${versions}/${sent.body.number}`)).body, { timeout: 60_000 })
      .toMatchObject(outcome)
    const headers = { authorization: `Bearer ${key}` }
    const file = await w.fetch(`/api/v1${versions}/${sent.body.number}/file`, { headers })
    await file.arrayBuffer()
    expect(file.status).toBe(outcome.scan === 'clean' ? 200 : 403)
  }
})

it('says plainly that a socket of a file system is not there', async () => {
  const env = {
    ...workerSecrets,
    BASE_URL: workerOrigin,
    CLAMD_URL: 'unix:/run/clamav/clamd.ctl',
    HYPERDRIVE: { connectionString: 'postgres://nobody@127.0.0.1:1/none' },
    ASSETS: { fetch: async () => Response.json({ names: {}, migrations: 1 }) },
  }
  const answer = await worker.fetch(new Request(`${workerOrigin}/`), env as never, { waitUntil() {} })
  expect([answer.status, await answer.text()]).toEqual([
    503,
    'hoithao is not configured: CLAMD_URL: there are no sockets of a file system on Workers; expected tcp://host:3310\n',
  ])
})
