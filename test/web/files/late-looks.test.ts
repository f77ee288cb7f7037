import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { DomainError } from '../../../src/errors.ts'
import { createPlainInspector, type Inspector } from '../../../src/features/files/inspector.ts'
import { listVersions } from '../../../src/features/presentations/queries.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { recurring, runDueTasks } from '../../../src/tasks.ts'
import { type Caller, createCaller } from '../../api/support.ts'
import { createTestApp, type TestApp, testOrigin } from '../../support/app.ts'
import { createSeminar } from '../../support/factories.ts'
import { docx, pdf } from '../../support/office-files.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../../support/speeches.ts'
import { type Sender, sender } from '../../support/uploads.ts'

let t: TestApp
let dir: string
let caller: Caller
let speech: Awaited<ReturnType<typeof createSpeech>>
let speaker: Sender
let begun: string[][]
let gate: PromiseWithResolvers<void>
let second: PromiseWithResolvers<void> | undefined
let full = false
const after: Promise<unknown>[] = []

// Each look waits at a gate, as behind the documents of others.
const plain = createPlainInspector()
const inspector: Inspector = {
  ...plain,
  async look(act, source, name, turn) {
    if (full) throw new DomainError('unavailable')
    begun.push(turn?.lanes ?? [])
    await (begun.length === 1 ? gate : (second ?? gate)).promise
    return plain.look(act, source, name, turn)
  },
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  const later = (work: Promise<unknown>) => void after.push(work)
  t = await createTestApp({ files: createFsStore(dir), services: { inspector, later, patience: 100 } })
  caller = await createCaller(t)
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  full = false
  second = undefined
  begun = []
  gate = Promise.withResolvers()
  speech = await createSpeech(t, await createSeminar(t.services.db, caller.organizationId))
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  speaker = sender(t, `${path}/uploads`, cookie)
})

const versions = async () => (await listVersions(t.services.db, speech.organization_id, speech.id)).map((v) => v.name)
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
const encrypted = pdf({ trailer: '/Encrypt 9 0 R' })
async function lookOn() {
  gate.resolve()
  while (after.length) await after.shift()
}
async function runTask() {
  await t.services.db.deleteFrom('task_runs').where('task', '=', 'finish_uploads').execute()
  const tasks = recurring.filter((one) => one.name === 'finish_uploads')
  await runDueTasks(t.services, { worker: 'test', tasks, delivery: { perRun: 0 } })
}
const sendByForm = (bytes: Uint8Array) =>
  t.app.request(
    testOrigin + speaker.at.replace('/uploads', '/files'),
    filesRequest([{ name: 'Bài.docx', bytes }], { cookie: speaker.cookie }),
  )
const sendByApi = (bytes: Uint8Array, headers = {}) =>
  caller.call('POST', `/speeches/${speech.id}/versions?name=B%C3%A0i.docx`, bytes, headers)

it('an upload whose look takes long is told to be here and being checked, never to have failed', async () => {
  const bytes = docx()
  const url = await speaker.open('Bài.docx', bytes.length)
  const answer = await speaker.patch(url, 0, bytes)
  expect([answer.status, answer.headers.get('upload-state')]).toEqual([204, 'checking'])
  expect(begun).toEqual([[speech.organization_id, speech.seminar_id, speech.id]])
  expect(await speaker.state(url)).toMatchObject({ received: bytes.length, state: 'checking' })
  const again = await speaker.patch(url, bytes.length, new Uint8Array())
  expect([again.status, again.headers.get('upload-state')]).toEqual([204, 'checking'])
  expect(begun).toHaveLength(1)
  const page = await speaker.page()
  expect(page).toMatch(/Tệp đang được kiểm tra[\s\S]*Bài\.docx[\s\S]*Đã nhận đủ/)
  expect(page).not.toContain('Tệp chưa gửi xong')
  await lookOn()
  expect(await speaker.state(url)).toMatchObject({ state: 'kept', number: 1 })
  expect(await versions()).toEqual(['Bài.docx'])
})

it('by the form it goes on after the answer, and the page lists it until then', async () => {
  const before = stored()
  const answer = await sendByForm(docx())
  expect([answer.status, answer.headers.get('location')]).toEqual([303, speaker.at.replace('/uploads', '')])
  expect(await speaker.page()).toMatch(/Bài\.docx[\s\S]*Đã nhận đủ/)
  expect(await versions()).toEqual([])
  await lookOn()
  expect(await versions()).toEqual(['Bài.docx'])
  expect(await speaker.page()).not.toContain('Đã nhận đủ')
  expect(stored()).toBe(before + 1)
})

it('by the API it answers 202 with where to ask, once a key', async () => {
  const before = stored()
  const answers = [await sendByApi(docx(), { 'idempotency-key': speech.id })]
  answers.push(await sendByApi(docx(), { 'idempotency-key': speech.id }))
  for (const { status, body } of answers) expect([status, body.state]).toEqual([202, 'checking'])
  const [url, same] = answers.map(({ headers }) => new URL(headers.get('location') as string).pathname.slice(7))
  expect(same).toBe(url)
  await lookOn()
  expect((await caller.call('GET', url as string)).body).toMatchObject({ state: 'kept', number: 1 })
  expect(await versions()).toEqual(['Bài.docx'])
  expect(stored()).toBe(before + 1)
})

it.each(['form', 'API'])('what is refused in the end is told there, by %s; nothing of it is left', async (how) => {
  const before = stored()
  const answer = await (how === 'form' ? sendByForm(encrypted) : sendByApi(encrypted))
  expect(answer.status).toBe(how === 'form' ? 303 : 202)
  await lookOn()
  if (how === 'form') expect(await speaker.page()).toMatch(/Bài\.docx[\s\S]*mật khẩu/)
  else {
    const url = new URL(answer.headers.get('location') as string).pathname.slice(7)
    expect((await caller.call('GET', url)).body).toMatchObject({ state: 'refused', code: 'file_encrypted' })
  }
  expect(await versions()).toEqual([])
  expect(stored()).toBe(before)
})

it('where the process ends before, or too many wait, a task does it', async () => {
  full = true
  const before = stored()
  expect((await sendByForm(docx())).status).toBe(303)
  const bytes = pdf()
  const url = await speaker.open('Hai.pdf', bytes.length)
  expect((await speaker.patch(url, 0, bytes)).headers.get('upload-state')).toBe('checking')
  await lookOn()
  expect(await versions()).toEqual([])
  const due = () => t.services.db.updateTable('uploads').set({ checking_until: null }).execute()
  await due()
  await runTask()
  expect((await speaker.state(url)).state).toBe('checking')
  full = false
  await due()
  await runTask()
  expect((await versions()).sort()).toEqual(['Bài.docx', 'Hai.pdf'])
  expect(stored()).toBe(before + 2)
})

it.each(['the task', 'the first look'])('of two that look at it, the faster keeps it: %s', async (faster) => {
  const before = stored()
  second = Promise.withResolvers()
  await sendByForm(docx())
  await t.services.db.updateTable('uploads').set({ checking_until: null }).execute()
  const task = runTask()
  while (begun.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  if (faster === 'the task') {
    second.resolve()
    await task
    await lookOn()
  } else {
    await lookOn()
    second.resolve()
    await task
  }
  expect(await versions()).toEqual(['Bài.docx'])
  expect(stored()).toBe(before + 1)
  const [version] = await listVersions(t.services.db, speech.organization_id, speech.id)
  expect(await t.services.files.head(version!.storage_key)).toMatchObject({ size: version!.size })
})
