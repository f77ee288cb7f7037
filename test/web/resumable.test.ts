import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { approveSpeech } from '../../src/features/presentations/commands/decide.ts'
import { getSpeech, listVersions } from '../../src/features/presentations/queries.ts'
import { MAX_OPEN_UPLOADS } from '../../src/features/presentations/rules/uploads.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { recurring, runDueTasks } from '../../src/tasks.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { docx, pdf, zipOf } from '../support/office-files.ts'
import { createSpeech, openSpeechLink } from '../support/speeches.ts'
import { beginning, type Sender, sender } from '../support/uploads.ts'

let t: TestApp
let dir: string
let organization: Awaited<ReturnType<typeof createOrganization>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let speech: Awaited<ReturnType<typeof createSpeech>>
let speaker: Sender

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  organization = await createOrganization(t.services.db)
  seminar = await createSeminar(t.services.db, organization.id)
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  speech = await createSpeech(t, seminar)
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  speaker = sender(t, `${path}/uploads`, cookie)
})

const versions = () => listVersions(t.services.db, speech.organization_id, speech.id)
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const task = (name: string) => recurring.filter((one) => one.name === name)
async function run(name: string) {
  await t.services.db.deleteFrom('task_runs').where('task', '=', name).execute()
  await runDueTasks(t.services, { worker: 'test', tasks: task(name), delivery: { perRun: 0 } })
}
const rowOf = (url: string) =>
  t.services.db
    .selectFrom('uploads')
    .selectAll()
    .where('id', '=', url.split('/').at(-1) as string)
    .executeTakeFirst()
const change = (url: string, set: Record<string, unknown>) =>
  t.services.db
    .updateTable('uploads')
    .set(set)
    .where('id', '=', url.split('/').at(-1) as string)
    .execute()

describe('the protocol', () => {
  it('says what it can', async () => {
    const answer = await speaker.ask('OPTIONS', '', { 'tus-resumable': '' })
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-resumable': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,expiration,termination',
      'tus-max-size': String(50 * 1024 * 1024),
    })
  })

  it('begins an upload that nobody keeps a copy of, and that ends in seven days', async () => {
    const answer = await speaker.create('bài.pdf', 1000)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toMatch(/^\/presentation\/\w+\/uploads\/[0-9a-f-]{36}$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const days = (Date.parse(answer.headers.get('upload-expires') as string) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(7, 2)
    const head = await speaker.ask('HEAD', answer.headers.get('location') as string)
    expect([head.status, head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual([
      200,
      '0',
      '1000',
    ])
  })

  it('refuses another version of itself, other types, and numbers that are none', async () => {
    const url = await speaker.open('bai.pdf', 1000)
    const old = await speaker.ask('PATCH', url, { 'tus-resumable': '0.2.2', 'upload-offset': '0' })
    expect([old.status, old.headers.get('tus-version')]).toEqual([412, '1.0.0'])
    expect((await speaker.ask('HEAD', url, { 'tus-resumable': '' })).status).toBe(412)
    const form = { 'upload-offset': '0', 'content-type': 'application/x-www-form-urlencoded' }
    expect((await speaker.ask('PATCH', url, form, 'abc')).status).toBe(415)
    for (const offset of ['', '-1', '1.5', 'x', '1e3'])
      expect((await speaker.patch(url, offset, new Uint8Array(3))).status).toBe(400)
    for (const length of ['', '-1', 'x', '99999999999999999999'])
      expect((await speaker.ask('POST', '', { 'upload-length': length })).status).toBe(400)
    const metadata = { 'upload-length': '5', 'upload-metadata': 'filename !!!' }
    expect((await speaker.ask('POST', '', metadata)).status).toBe(400)
  })

  it('takes bytes only where it stands: elsewhere 409, and says where', async () => {
    const bytes = pdf({ padding: 3000 })
    const url = await speaker.open('bai.pdf', bytes.length)
    const first = await speaker.patch(url, 0, bytes.subarray(0, 1000))
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '1000'])
    for (const offset of [0, 999, 1001, bytes.length]) {
      const wrong = await speaker.patch(url, offset, bytes.subarray(0, 10))
      expect([wrong.status, wrong.headers.get('upload-offset')]).toEqual([409, '1000'])
    }
    const before = stored()
    const again = await Promise.all(
      Array.from({ length: 6 }, () => speaker.patch(url, 1000, bytes.subarray(1000, 1500))),
    )
    expect(again.map((a) => a.status).sort()).toEqual([204, 409, 409, 409, 409, 409])
    expect(stored()).toBe(before + 1)
    expect((await speaker.state(url)).received).toBe(1500)
  })

  it('refuses what is larger than allowed, at the beginning and past the end', async () => {
    const large = await speaker.create('bai.pdf', 50 * 1024 * 1024 + 1)
    expect(large.status).toBe(413)
    expect(await large.json()).toMatchObject({ code: 'too_large', text: expect.stringContaining('dung lượng tối đa') })
    const url = await speaker.open('bai.pdf', 100)
    const before = stored()
    expect((await speaker.patch(url, 0, new Uint8Array(101))).status).toBe(413)
    const undeclared = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(new Uint8Array(50))
        controller.close()
      },
    })
    expect((await speaker.patch(url, 0, undeclared)).status).toBe(413)
    expect(stored()).toBe(before)
    expect((await speaker.state(url)).received).toBe(0)
  })

  it('keeps what came of a piece that is cut', async () => {
    const bytes = pdf({ padding: 3000 })
    const url = await speaker.open('bai.pdf', bytes.length)
    const cut = beginning(bytes, 1234, new Error('the connection broke'))
    await speaker.patch(url, 0, cut)
    const now = await speaker.state(url)
    expect(now).toMatchObject({ received: 1234, state: 'receiving' })
    expect(now.parts).toEqual([{ size: 1234, sha256: sha256(bytes.subarray(0, 1234)) }])
    expect((await speaker.patch(url, 1234, bytes.subarray(1234))).headers.get('upload-state')).toBe('kept')
    expect(hex((await versions())[0]!.sha256)).toBe(sha256(bytes))
  })

  it('stores nothing of a piece that brings nothing', async () => {
    const url = await speaker.open('bai.pdf', 100)
    const before = stored()
    const cut = await speaker.patch(url, 0, beginning(new Uint8Array(50), 0, new Error('cut')))
    expect([cut.status, cut.headers.get('upload-offset')]).toEqual([204, '0'])
    expect((await speaker.patch(url, 0, new Uint8Array())).headers.get('upload-offset')).toBe('0')
    expect(stored()).toBe(before)
  })

  it('takes the first bytes with the beginning, and small files whole', async () => {
    const bytes = docx()
    const part = await speaker.create('a.docx', bytes.length, { body: bytes.subarray(0, 100) })
    expect([part.status, part.headers.get('upload-offset')]).toEqual([201, '100'])
    const whole = await speaker.create('b.docx', bytes.length, { body: bytes })
    expect([whole.status, whole.headers.get('upload-state')]).toEqual([201, 'kept'])
    expect((await versions()).map((v) => v.name)).toEqual(['b.docx'])
  })

  it('makes no second upload when the beginning is repeated', async () => {
    const [one, two] = await Promise.all([
      speaker.create('a.docx', 1000, { key: 'k-1' }),
      speaker.create('a.docx', 1000, { key: 'k-1' }),
    ])
    expect(one.headers.get('location')).toBe(two.headers.get('location'))
    const url = one.headers.get('location') as string
    await speaker.patch(url, 0, new Uint8Array(10))
    const third = await speaker.create('a.docx', 1000, { key: 'k-1', body: new Uint8Array(10) })
    expect([third.headers.get('location'), third.headers.get('upload-offset')]).toEqual([url, '10'])
    expect((await speaker.create('a.docx', 1000, { key: 'k-2' })).headers.get('location')).not.toBe(url)
  })

  it('goes through POST where PATCH cannot', async () => {
    const bytes = docx()
    const url = await speaker.open('a.docx', bytes.length)
    const post = (method: string, headers: Record<string, string> = {}, body?: BodyInit) =>
      speaker.ask('POST', url, { 'x-http-method-override': method, ...headers }, body)
    const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
    expect((await post('PATCH', type, new Uint8Array(bytes.subarray(0, 50)))).headers.get('upload-offset')).toBe('50')
    expect((await post('HEAD')).headers.get('upload-offset')).toBe('50')
    expect((await post('GET')).status).toBe(400)
    expect((await post('DELETE')).status).toBe(204)
    expect((await speaker.ask('HEAD', url)).status).toBe(404)
  })

  it('ends an upload and leaves nothing of it', async () => {
    const before = stored()
    const url = await speaker.open('bai.pdf', 1000)
    await speaker.patch(url, 0, new Uint8Array(500))
    expect(stored()).toBe(before + 1)
    expect((await speaker.ask('DELETE', url)).status).toBe(204)
    expect(stored()).toBe(before)
    expect((await speaker.ask('DELETE', url)).status).toBe(404)
    expect((await speaker.patch(url, 500, new Uint8Array(500))).status).toBe(404)
  })
})

describe('a file that came in pieces', () => {
  const sendWhole = async (name: string, bytes: Uint8Array, piece: number) => {
    const url = await speaker.open(name, bytes.length)
    let last = new Response()
    for (let at = 0; at < bytes.length; at += piece) last = await speaker.patch(url, at, bytes.subarray(at, at + piece))
    return { url, last }
  }

  it('is kept as one version, byte for byte, with a receipt; its pieces go', async () => {
    const before = stored()
    const bytes = pdf({ padding: 300_000 })
    const { url, last } = await sendWhole('Tham luận của đồng chí.pdf', bytes, 70_001)
    expect([last.status, last.headers.get('upload-state')]).toEqual([204, 'kept'])
    expect(stored()).toBe(before + 1)
    const [version, ...more] = await versions()
    expect(more).toEqual([])
    expect(version).toMatchObject({ number: 1, name: 'Tham luận của đồng chí.pdf', sent_by: 'speaker' })
    expect(hex(version!.sha256)).toBe(sha256(bytes))
    expect(await speaker.state(url)).toEqual({ received: bytes.length, size: bytes.length, state: 'kept', number: 1 })
    expect((await getSpeech(t.services.db, speech.organization_id, speech.id)).state).toBe('received')
    const mail = await t.services.db
      .selectFrom('messages')
      .select('text')
      .where('kind', '=', 'speech_received')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(mail.text).toContain('Tham luận của đồng chí.pdf')
  })

  it('is kept once however often its end is asked for', async () => {
    const bytes = docx()
    const { url } = await sendWhole('a.docx', bytes, 200)
    const again = await Promise.all(Array.from({ length: 5 }, () => speaker.patch(url, bytes.length, new Uint8Array())))
    expect(again.map((a) => [a.status, a.headers.get('upload-state')])).toEqual(Array(5).fill([204, 'kept']))
    expect(await versions()).toHaveLength(1)
  })

  it('two at once both stay', async () => {
    const [one, two] = [docx({}, 'Bản một '.repeat(200)), docx({}, 'Bản hai '.repeat(200))]
    await Promise.all([sendWhole('a.docx', one, 150), sendWhole('a.docx', two, 150)])
    expect((await versions()).map((v) => hex(v.sha256)).sort()).toEqual([sha256(one), sha256(two)].sort())
  })

  it.each([
    ['macros', docx({ 'word/vbaProject.bin': 'x' }), 422, 'file_macros', 'macro'],
    ['a password', pdf({ trailer: '/Encrypt 9 0 R' }), 422, 'file_encrypted', 'mật khẩu'],
    ['another format', zipOf({ 'a.txt': 'x' }), 415, 'file_format', 'định dạng'],
  ])('with %s is refused in words, also after the answer was lost', async (_, bytes, status, code, words) => {
    const before = stored()
    const { url, last } = await sendWhole('bai.docx', bytes, 100_000)
    expect(last.status).toBe(status)
    expect(await last.json()).toMatchObject({ code, text: expect.stringContaining(words) })
    expect(await speaker.state(url)).toMatchObject({ state: 'refused', code, text: expect.stringContaining(words) })
    expect((await speaker.patch(url, bytes.length, new Uint8Array())).status).toBe(status)
    expect(await versions()).toEqual([])
    expect(stored()).toBe(before)
  })

  it('is refused where the paper was approved meanwhile', async () => {
    const bytes = docx()
    await sendWhole('a.docx', bytes, 1000)
    const url = await speaker.open('b.docx', bytes.length)
    await speaker.patch(url, 0, bytes.subarray(0, 100))
    const target = { organizationId: speech.organization_id, id: speech.id }
    await transaction(t.services.db, (trx) => approveSpeech(trx, systemContext(), target))
    const late = await speaker.patch(url, 100, bytes.subarray(100))
    expect(late.status).toBe(409)
    expect(await late.json()).toMatchObject({ code: 'speech_not_submit' })
    expect((await speaker.create('c.docx', 100)).status).toBe(409)
    expect(await versions()).toHaveLength(1)
  })

  it.each([
    ['trống.pdf', 0, 422, 'file_empty'],
    ['bang.xlsx', 10, 415, 'file_format'],
    ['anh.JPG', 10, 415, 'file_format'],
    ['mau.docm', 10, 422, 'file_macros'],
  ])('%s of %i bytes is refused before it is sent', async (name, size, status, code) => {
    const answer = await speaker.create(name, size)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code, text: expect.stringMatching(/Đề nghị/) })
  })

  it('is finished by a task where the process ended before', async () => {
    const bytes = docx()
    const url = await speaker.open('a.docx', bytes.length)
    await speaker.patch(url, 0, bytes.subarray(0, 300))
    const fails = { ...t.services.files, get: () => Promise.reject(new Error('killed')) }
    const broken = await createTestAppWith(fails)
    await broken.patch(url, 300, bytes.subarray(300)).catch(() => undefined)
    expect(await speaker.state(url)).toMatchObject({ received: bytes.length, state: 'checking' })
    await run('finish_uploads')
    expect(await versions()).toEqual([])
    await change(url, { checking_until: new Date(0) })
    await run('finish_uploads')
    expect(await speaker.state(url)).toMatchObject({ state: 'kept', number: 1 })
    const audit = await t.services.db
      .selectFrom('audit_events')
      .select(['actor_kind', 'actor_name'])
      .where('action', '=', 'presentation.received')
      .where('subject_id', '=', speech.id)
      .executeTakeFirstOrThrow()
    expect(audit).toEqual({ actor_kind: 'link', actor_name: speech.name })
  })

  async function createTestAppWith(files: TestApp['services']['files']) {
    const { createApp } = await import('../../src/app.ts')
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    return sender({ app: createApp({ ...t.services, files, log }) }, speaker.at, speaker.cookie)
  }

  it('waits where the store is full, and is kept when it is not', async () => {
    const bytes = docx()
    const url = await speaker.open('a.docx', bytes.length)
    const { DomainError } = await import('../../src/errors.ts')
    const put: TestApp['services']['files']['put'] = (key, body, limits) =>
      key.includes('/presentation/')
        ? Promise.reject(new DomainError('storage_full'))
        : t.services.files.put(key, body, limits)
    const full = await createTestAppWith({ ...t.services.files, put })
    const answer = await full.patch(url, 0, bytes)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'storage_full' })
    expect(await speaker.state(url)).toMatchObject({ received: bytes.length, state: 'checking' })
    await change(url, { checking_until: null })
    expect((await speaker.patch(url, bytes.length, new Uint8Array())).headers.get('upload-state')).toBe('kept')
    expect(await versions()).toHaveLength(1)
  })
})

describe('what is left lying', () => {
  it('is listed on the speaker’s page, with a button that works without a script', async () => {
    const url = await speaker.open('Bài dở.pdf', 3_000_000)
    await speaker.patch(url, 0, new Uint8Array(1_572_864))
    const empty = await speaker.open('Chưa có gì.pdf', 3_000_000)
    const { page } = speaker
    const html = await page()
    expect(html).toContain('Bài dở.pdf')
    expect(html).toContain('1,5 MB trên 2,9 MB')
    expect(html).not.toContain('Chưa có gì')
    expect(html).toContain(`action="${url}/discard"`)
    const gone = await t.app.request(`${testOrigin}${url}/discard`, formRequest({}, speaker.cookie))
    expect([gone.status, gone.headers.get('location')]).toEqual([303, speaker.at.replace('/uploads', '')])
    expect(await page()).not.toContain('Bài dở.pdf')
    const twice = await t.app.request(`${testOrigin}${url}/discard`, formRequest({}, speaker.cookie))
    expect(twice.status).toBe(303)
    expect(await rowOf(empty)).toBeDefined()
  })

  it('shows a refusal until a later version is there', async () => {
    const { page } = speaker
    const bad = pdf({ trailer: '/Encrypt 9 0 R' })
    await speaker.patch(await speaker.open('Khóa.pdf', bad.length), 0, bad)
    expect(await page()).toMatch(/Khóa\.pdf[\s\S]*mật khẩu/)
    const good = pdf()
    await speaker.patch(await speaker.open('Mở.pdf', good.length), 0, good)
    expect(await page()).not.toContain('Khóa.pdf')
  })

  it('ends after seven days without a byte; a task removes it', async () => {
    const before = stored()
    const url = await speaker.open('a.pdf', 3000)
    const young = await speaker.open('b.pdf', 3000)
    for (const one of [url, young]) await speaker.patch(one, 0, new Uint8Array(1000))
    await change(url, { expires_at: new Date(Date.now() - 1000) })
    expect((await speaker.ask('HEAD', url)).status).toBe(404)
    expect((await speaker.patch(url, 1000, new Uint8Array(10))).status).toBe(404)
    await run('drop_uploads')
    expect(await rowOf(url)).toBeUndefined()
    expect(await rowOf(young)).toBeDefined()
    expect(stored()).toBe(before + 1)
    expect((await speaker.state(young)).received).toBe(1000)
  })

  it('lives seven days from its last byte', async () => {
    const url = await speaker.open('a.pdf', 3000)
    await change(url, { expires_at: new Date(Date.now() + 60_000) })
    const answer = await speaker.patch(url, 0, new Uint8Array(10))
    expect(Date.parse(answer.headers.get('upload-expires') as string)).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  })

  it('is at most twenty files of one speech at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: MAX_OPEN_UPLOADS + 3 }, (_, i) => speaker.create(`${i}.pdf`, 100)),
    )
    expect(answers.filter((a) => a.status === 201)).toHaveLength(MAX_OPEN_UPLOADS)
    const refused = answers.find((a) => a.status !== 201)!
    expect([refused.status, (await refused.json()) as object]).toEqual([
      409,
      { code: 'upload_too_many_open', text: expect.stringMatching(/Đề nghị/) },
    ])
  })

  it('is not cut into more pieces than a bad line explains', async () => {
    const url = await speaker.open('a.pdf', 3000)
    await change(url, { parts: 1001 })
    const answer = await speaker.patch(url, 0, new Uint8Array(1))
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'upload_too_many_parts'])
    expect((await speaker.state(url)).received).toBe(0)
  })
})

describe('an upload is found', () => {
  it('by its own link alone, at both of its addresses', async () => {
    const url = await speaker.open('a.pdf', 1000)
    const id = url.split('/').at(-1)
    const direct = sender(t, `${speech.linkPath}/uploads`)
    expect((await direct.ask('HEAD', `/${id}`)).status).toBe(200)
    expect((await direct.patch(`${direct.at}/${id}`, 0, new Uint8Array(10))).status).toBe(204)
    expect((await direct.create('b.pdf', 10)).headers.get('location')).toContain(`${speech.linkPath}/uploads/`)
    const other = await createSpeech(t, seminar)
    const theirs = await openSpeechLink(t, other.linkPath)
    const stranger = sender(t, `${theirs.path}/uploads`, theirs.cookie)
    for (const method of ['HEAD', 'GET', 'DELETE']) expect((await stranger.ask(method, `/${id}`)).status).toBe(404)
    expect((await stranger.patch(`${stranger.at}/${id}`, 10, new Uint8Array(1))).status).toBe(404)
    expect((await sender(t, speaker.at).ask('HEAD', `/${id}`)).status).toBe(404)
    expect((await sender(t, '/p/AAAAAAAAAAAAAAAAAAAAAA/uploads').create('a.pdf', 10)).status).toBe(404)
    for (const odd of ['-', 'abc', '0'.repeat(36)]) expect((await speaker.ask('HEAD', `/${odd}`)).status).toBe(404)
    expect((await speaker.state(url)).received).toBe(10)
  })

  it('not by another site', async () => {
    const url = await speaker.open('a.pdf', 1000)
    for (const [method, at] of [
      ['POST', ''],
      ['PATCH', url],
      ['DELETE', url],
      ['POST', `${url}/discard`],
    ] as const)
      expect((await speaker.ask(method, at, { origin: 'https://evil.example' })).status).toBe(403)
    expect(await rowOf(url)).toBeDefined()
  })

  it('by the organizers of its seminar, in the speaker’s stead; each side its own', async () => {
    const member = await createMember(t.services, organization.id, 'organizer')
    const desk = sender(
      t,
      `/console/${organization.slug}/seminars/${seminar.id}/presentations/${speech.id}/uploads`,
      member.cookie,
    )
    const bytes = docx()
    const url = await desk.open('Thay.docx', bytes.length)
    expect((await speaker.ask('HEAD', `/${url.split('/').at(-1)}`)).status).toBe(404)
    const theirs = await speaker.open('Của tác giả.pdf', 3_000_000)
    await speaker.patch(theirs, 0, new Uint8Array(1_000_000))
    expect((await desk.ask('DELETE', `/${theirs.split('/').at(-1)}`)).status).toBe(404)
    await desk.patch(url, 0, bytes.subarray(0, 100))
    const page = await desk.page()
    expect(page).toMatch(/Của tác giả\.pdf[\s\S]*Đang gửi[\s\S]*977 KB trên 2,9 MB/)
    expect(page).toContain(`${url}/discard`)
    expect(page).not.toContain(`${theirs.split('/').at(-1)}/discard`)
    await desk.patch(url, 100, bytes.subarray(100))
    expect((await versions())[0]).toMatchObject({ name: 'Thay.docx', sent_by: 'organizer' })

    const viewer = await createMember(t.services, organization.id, 'viewer')
    expect((await sender(t, desk.at, viewer.cookie).create('a.pdf', 10)).status).toBe(403)
    const elsewhere = await createOrganization(t.services.db)
    const foreign = await createMember(t.services, elsewhere.id, 'owner')
    expect((await sender(t, desk.at, foreign.cookie).create('a.pdf', 10)).status).toBe(404)
    const own = desk.at.replace(organization.slug, elsewhere.slug)
    expect((await sender(t, own, foreign.cookie).create('a.pdf', 10)).status).toBe(404)
    expect((await sender(t, own, foreign.cookie).ask('HEAD', `/${url.split('/').at(-1)}`)).status).toBe(404)
    expect((await sender(t, desk.at).create('a.pdf', 10)).status).toBe(401)
  })
})
