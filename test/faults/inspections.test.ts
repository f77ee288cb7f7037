import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listVersions } from '../../src/features/presentations/queries.ts'
import { type Caller, createCaller } from '../api/support.ts'
import { createTestApp, type TestApp, testLinkKey, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { docx } from '../support/office-files.ts'
import { freePort } from '../support/server.ts'
import { createSpeech } from '../support/speeches.ts'

let t: TestApp
let dir: string
let organization: Awaited<ReturnType<typeof createOrganization>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let caller: Caller
let instance: Instance
const patience = { timeout: 90_000, interval: 20 }

beforeAll(async () => {
  t = await createTestApp()
  dir = await mkdtemp(join(tmpdir(), 'hoithao-inspections-'))
  organization = await createOrganization(t.services.db)
  seminar = await createSeminar(t.services.db, organization.id)
  caller = await createCaller(t, { organizationId: organization.id })
})
afterAll(async () => {
  instance?.kill('SIGKILL')
  await instance?.ended
  await t.close()
  await rm(dir, { recursive: true, force: true })
})

async function start() {
  instance = await startInstance(await freePort(), {
    DATABASE_URL: t.database.url,
    DATA_DIR: dir,
    BASE_URL: testOrigin,
    LINK_KEY: testLinkKey,
    AUTH_SECRET: t.services.config.authSecret as string,
  })
}

/** Takes the reader some seconds, and gives it nothing to refuse. */
const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const slow = (mark: string) =>
  new Uint8Array(
    docx({
      'word/document.xml': `<w:document ${WORD}>${`<w:p><w:b/></w:p>`.repeat(600_000)}<!--${mark}--></w:document>`,
    }),
  )
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${instance.origin}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${caller.key}`, 'tus-resumable': '1.0.0', ...init.headers },
  })
const looks = async () => (await t.database.sql`select stopped from inspections`).length

it('/healthz is answered again and again while every thread is at a document that takes long', {
  timeout: 180_000,
}, async () => {
  await start()
  const speeches = [await createSpeech(t, seminar), await createSpeech(t, seminar), await createSpeech(t, seminar)]
  let ended = 0
  const sent = speeches.map(async ({ id }, i) => {
    const answer = await ask(`/speeches/${id}/versions?name=a.docx`, { method: 'POST', body: slow(String(i)) })
    ended++
    return answer.status
  })
  await expect.poll(looks, patience).toBe(Math.min(2, availableParallelism()))
  let answered = 0
  while (ended === 0) {
    const health = await fetch(`${instance.origin}/healthz`)
    expect(health.status).toBe(200)
    if (ended === 0) answered++
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  console.info(`/healthz was answered ${answered} times while documents were looked at`)
  expect(answered).toBeGreaterThan(20)
  for (const status of await Promise.all(sent)) expect([201, 422]).toContain(status)
  instance.kill('SIGTERM')
  await instance.ended
})

/** A look that is under way can no longer be noted as ended or stopped: whoever is killed then was in the middle of it. */
async function holdLooks() {
  const own = await t.database.sql.reserve()
  await own`
    create function hold() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(7); return null; end $$`
  await own`create trigger hold before update or delete on inspections execute function hold()`
  await own`select pg_advisory_lock(7)`
  return async () => {
    await own`drop trigger hold on inspections`
    await own`select pg_advisory_unlock(7)`
    own.release()
  }
}

async function killMidLook(count: number) {
  await expect.poll(looks, patience).toBe(count)
  instance.kill('SIGKILL')
  expect(await instance.ended).toBe('SIGKILL')
  // What its connections still wait to write is theirs no more.
  await t.database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`
  // As if some minutes had passed.
  await t.database.sql`update uploads set checking_until = now() - interval '1 s' where checking_until is not null`
  await t.database.sql`delete from task_runs`
}
const aged = () => t.database.sql`update inspections set started_at = now() - interval '5 minutes'`

it('an upload whose process is killed in the middle of a look is taken up once more; after a second one its bytes are refused, in words', {
  timeout: 240_000,
}, async () => {
  await t.database.sql`delete from inspections`
  await start()
  const speech = await createSpeech(t, seminar)
  const bytes = slow('killed')
  const opened = await ask(`/speeches/${speech.id}/uploads`, {
    method: 'POST',
    headers: { 'upload-length': String(bytes.length), 'upload-metadata': `filename ${btoa('bai.docx')}` },
  })
  const upload = new URL(opened.headers.get('location') as string).pathname.replace('/api/v1', '')
  const release = await holdLooks()
  const last = ask(upload, {
    method: 'PATCH',
    headers: { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: bytes,
  }).catch((error: Error) => error)
  await killMidLook(1)
  expect(await last).toBeInstanceOf(Error)

  // The next process takes it up by its task, and is killed too.
  await start()
  await killMidLook(2)
  await release()
  await aged()

  await start()
  const state = async (language = 'vi') =>
    (await ask(upload, { headers: { 'accept-language': language } })).json() as Promise<Record<string, unknown>>
  await expect.poll(async () => (await state()).state, patience).toBe('refused')
  expect(await looks()).toBe(2)
  expect(await state()).toMatchObject({ code: 'file_too_complex', text: expect.stringContaining('quá phức tạp') })
  expect(await state('en')).toMatchObject({ text: expect.stringContaining('too complex') })
  expect(await listVersions(t.services.db, organization.id, speech.id)).toEqual([])
  expect(await t.database.sql`select 1 from upload_parts`).toHaveLength(0)
  const { cookie } = await createMember(t.services, organization.id)
  const page = `/console/${organization.slug}/seminars/${seminar.id}/presentations/${speech.id}`
  expect(await (await t.app.request(testOrigin + page, { headers: { cookie } })).text()).toContain('quá phức tạp')

  // Nor are the same bytes ever looked at again.
  const again = await ask(`/speeches/${speech.id}/versions?name=b.docx`, { method: 'POST', body: bytes })
  expect(await again.json()).toMatchObject({ code: 'file_too_complex' })
  expect(await looks()).toBe(2)
})
