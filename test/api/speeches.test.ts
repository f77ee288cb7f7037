import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { acceptRequest, declineRequest } from '../../src/features/presentations/commands/answer.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createTestApp, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createInvitation, createSeminar } from '../support/factories.ts'
import { docx, pdf } from '../support/office-files.ts'
import { sender } from '../support/uploads.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let dir: string
let caller: Caller
let other: Caller
let seminar: Awaited<ReturnType<typeof createSeminar>>
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  caller = await createCaller(t)
  other = await createCaller(t)
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  seminar = await createSeminar(t.services.db, caller.organizationId)
})

const wanted = { name: 'Trần Thị Thuỷ', email: 'thuy@mau.example', topic: 'Tạo nguồn phát triển đảng viên' }
const ask = async (body: object = {}) =>
  (await caller.call('POST', `/seminars/${seminar.id}/speeches`, { ...wanted, ...body })).body
const list = async (query = '') => (await caller.call('GET', `/seminars/${seminar.id}/speeches${query}`)).body
const read = async (id: string) => (await caller.call('GET', `/speeches/${id}`)).body
const put = (id: string, part: string, body: object, tag = '*') =>
  caller.call('PUT', `/speeches/${id}/${part}`, body, { 'if-match': tag })
const send = (id: string, bytes: Uint8Array, name = 'Bài.pdf', headers = {}) =>
  caller.call('POST', `/speeches/${id}/versions?name=${encodeURIComponent(name)}`, bytes, headers)
const mails = () =>
  t.services.db
    .selectFrom('messages')
    .select(['kind', 'to_address'])
    .where('organization_id', '=', caller.organizationId)
    .where('seminar_id', '=', seminar.id)
    .orderBy('id')
    .execute()
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a speech', () => {
  it('is asked of someone written by hand, who is mailed once', async () => {
    const made = await caller.call('POST', `/seminars/${seminar.id}/speeches`, wanted, {
      'idempotency-key': seminar.id,
    })
    await caller.call('POST', `/seminars/${seminar.id}/speeches`, wanted, { 'idempotency-key': seminar.id })
    expect([made.status, made.headers.get('location'), made.headers.get('etag')]).toEqual([
      201,
      `${testOrigin}/api/v1/speeches/${made.body.id}`,
      '"1"',
    ])
    expect(made.body).toMatchObject({
      ...wanted,
      seminarId: seminar.id,
      state: 'requested',
      waitingFor: 'speaker',
      turn: 'speaker_answer',
      minutes: 10,
      delivery: 'read',
      latestVersion: null,
    })
    expect(await mails()).toEqual([{ kind: 'speech_requested', to_address: 'thuy@mau.example' }])
    expect(await read(made.body.id)).toEqual(made.body)
  })

  it('is asked of an invitee of this seminar and of no other', async () => {
    const invitation = await createInvitation(t.services.db, seminar, { email: 'moi@mau.example' })
    const made = await ask({ name: null, email: null, invitationId: invitation.id })
    expect(made).toMatchObject({ invitationId: invitation.id, name: 'Trần Thị Thuỷ', email: 'moi@mau.example' })
    const elsewhere = await createInvitation(t.services.db, await createSeminar(t.services.db, caller.organizationId))
    const refused = await caller.call('POST', `/seminars/${seminar.id}/speeches`, {
      topic: 'x',
      invitationId: elsewhere.id,
    })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/invitationId', code: 'invalid' }] } })
  })

  it('is refused field by field', async () => {
    const { status, body } = await caller.call('POST', `/seminars/${seminar.id}/speeches`, {
      topic: '',
      minutes: 999,
      delivery: 'sing',
      deadlineLocal: '2026-12-01',
      email: 'thuy@',
      state: 'approved',
    })
    expect(status).toBe(422)
    expect(Object.fromEntries(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]))).toEqual({
      '#/topic': 'required',
      '#/minutes': 'number',
      '#/delivery': 'required',
      '#/deadlineLocal': 'date',
      '#/email': 'email',
      '#/state': 'unknown_field',
    })
    expect((await caller.call('POST', `/seminars/${seminar.id}/speeches`, { topic: 'x' })).body.errors).toMatchObject([
      { pointer: '#/name', code: 'required' },
    ])
  })

  it('is changed on its version', async () => {
    const { id } = await ask({ deadlineLocal: '2126-12-01T17:00:00' })
    const patch = (body: object, tag?: string) =>
      caller.call('PATCH', `/speeches/${id}`, body, tag ? { 'if-match': tag } : {})
    const edited = await patch({ minutes: 12 }, '"1"')
    expect(edited.body).toMatchObject({ ...wanted, minutes: 12, deadlineLocal: '2126-12-01T17:00:00', version: 2 })
    expect(edited.headers.get('etag')).toBe('"2"')
    expect((await patch({ minutes: 5 }, '"1"')).status).toBe(412)
    expect((await patch({ minutes: 5 })).status).toBe(428)
    expect((await patch({ name: 'Người khác' }, '*')).body.errors).toMatchObject([
      { pointer: '#/name', code: 'unknown_field' },
    ])
    expect((await mails()).length).toBe(1)
  })

  it('is nobody else’s', async () => {
    const { id } = await ask()
    await send(id, pdf())
    const any = { 'if-match': '*' }
    for (const answer of [
      await other.call('GET', `/seminars/${seminar.id}/speeches`),
      await other.call('POST', `/seminars/${seminar.id}/speeches`, wanted),
      await other.call('GET', `/speeches/${id}`),
      await other.call('PATCH', `/speeches/${id}`, { minutes: 3 }, any),
      await other.call('PUT', `/speeches/${id}/state`, { state: 'withdrawn' }, any),
      await other.call('PUT', `/speeches/${id}/agenda-item`, { agendaItemId: null }, any),
      await other.call('PUT', `/speeches/${id}/release`, { released: true }, any),
      await other.call('POST', `/speeches/${id}/reminders`),
      await other.call('POST', `/seminars/${seminar.id}/reminders`, {}),
      await other.call('POST', `/speeches/${id}/mailings`),
      await other.call('GET', `/speeches/${id}/link`),
      await other.call('POST', `/speeches/${id}/links`),
      await other.call('GET', `/speeches/${id}/versions`),
      await other.call('POST', `/speeches/${id}/versions`, pdf()),
      await other.call('GET', `/speeches/${id}/versions/1`),
      await other.call('GET', `/speeches/${id}/versions/1/file`),
      await other.call('POST', `/speeches/${id}/uploads`, undefined, {
        'tus-resumable': '1.0.0',
        'upload-length': '9',
      }),
    ])
      expect(answer.status).toBe(404)
    expect((await read(id)).latestVersion).toBe(1)
  })
})

describe('the state of a speech', () => {
  it('goes from received through editing and returned to approved; the speaker is told', async () => {
    const { id } = await ask()
    expect((await put(id, 'state', { state: 'approved' })).body.code).toBe('speech_state_not_next')
    await send(id, pdf())
    const went: string[] = []
    for (const body of [
      { state: 'editing' },
      { state: 'received' },
      { state: 'editing' },
      { state: 'returned', comment: 'Đề nghị bổ sung số liệu.' },
      { state: 'approved' },
      { state: 'received' },
      { state: 'withdrawn' },
    ]) {
      const { body: speech } = await put(id, 'state', body)
      went.push(speech.state)
      if (speech.state === 'editing') expect(speech.editorName).toBe('kiểm thử')
      if (speech.state === 'returned') expect(speech.comment).toBe('Đề nghị bổ sung số liệu.')
    }
    expect(went).toEqual(['editing', 'received', 'editing', 'returned', 'approved', 'received', 'withdrawn'])
    expect((await mails()).map((m) => m.kind)).toEqual(['speech_requested', 'speech_returned', 'speech_approved'])
  })

  it('cannot be what only the speaker says, and needs a comment to give back', async () => {
    const { id } = await ask()
    for (const state of ['accepted', 'declined', 'lost'])
      expect((await put(id, 'state', { state })).body.errors).toMatchObject([{ pointer: '#/state', code: 'state' }])
    await send(id, pdf())
    expect((await put(id, 'state', { state: 'returned' })).body.errors).toMatchObject([
      { pointer: '#/comment', code: 'required' },
    ])
    expect((await put(id, 'state', { state: 'returned', comment: 'x' }, '"1"')).status).toBe(412)
    expect((await caller.call('PUT', `/speeches/${id}/state`, { state: 'approved' })).status).toBe(428)
  })

  it('is requested again after a refusal', async () => {
    const { id } = await ask()
    const target = { organizationId: caller.organizationId, id }
    await transaction(t.services.db, (trx) => declineRequest(trx, systemContext(), target, { reason: 'Bận' }))
    expect(await read(id)).toMatchObject({ state: 'declined', declineReason: 'Bận', waitingFor: 'organizers' })
    expect((await put(id, 'state', { state: 'received' })).status).toBe(409)
    expect((await put(id, 'state', { state: 'requested' })).body).toMatchObject({
      state: 'requested',
      declineReason: null,
    })
  })
})

describe('an approved speech', () => {
  it('is placed on the agenda and released, no sooner', async () => {
    const { id } = await ask()
    const item = (
      await caller.call('POST', `/seminars/${seminar.id}/agenda-items`, { kind: 'speech', title: 'x', minutes: 30 })
    ).body
    expect((await put(id, 'agenda-item', { agendaItemId: item.id })).body.agendaItemId).toBe(item.id)
    expect((await put(id, 'agenda-item', { agendaItemId: seminar.id })).body.errors).toMatchObject([
      { pointer: '#/agendaItemId', code: 'invalid' },
    ])
    expect((await put(id, 'agenda-item', { agendaItemId: null })).body.agendaItemId).toBeNull()
    expect(await put(id, 'release', { released: true })).toMatchObject({
      status: 409,
      body: { code: 'speech_not_release' },
    })
    await send(id, pdf())
    await put(id, 'state', { state: 'approved' })
    expect((await put(id, 'release', { released: true })).body.releasedAt).toEqual(expect.any(String))
    expect((await t.app.request(`${testOrigin}/s/${seminar.slug}/speeches/${id}`)).status).toBe(200)
    expect((await put(id, 'release', { released: false })).body.releasedAt).toBeNull()
    expect((await t.app.request(`${testOrigin}/s/${seminar.slug}/speeches/${id}`)).status).toBe(404)
  })
})

describe('the list of speeches', () => {
  it('is by deadline, page by page, each once, with a total', async () => {
    for (const day of ['03', '01', '02']) await ask({ topic: day, deadlineLocal: `2126-12-${day}T17:00:00` })
    await ask({ topic: 'không hạn' })
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const page = await list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      expect(page.total).toBe(4)
      seen.push(...page.items.map((one: { topic: string }) => one.topic))
      cursor = page.next
    } while (cursor)
    expect(seen).toEqual(['01', '02', '03', 'không hạn'])
  })

  it('is narrowed by state, by who is waited for, and by what is late', async () => {
    const late = await ask({ topic: 'muộn', deadlineLocal: '2020-12-01T17:00:00' })
    const here = await ask({ topic: 'đã gửi', deadlineLocal: '2020-12-01T17:00:00' })
    await send(here.id, pdf())
    const topics = async (query: string) => {
      const { items, total } = await list(query)
      expect(total).toBe(items.length)
      return items.map((one: { topic: string }) => one.topic)
    }
    expect(await topics('?state=received')).toEqual(['đã gửi'])
    expect(await topics('?waitingFor=organizers')).toEqual(['đã gửi'])
    expect(await topics('?waitingFor=speaker')).toEqual(['muộn'])
    expect(await topics('?overdue=true')).toEqual(['muộn'])
    expect(await topics('?overdue=false')).toEqual(['đã gửi'])
    expect(await topics('?overdue=true&waitingFor=organizers')).toEqual([])
    expect((await read(late.id)).overdue).toBe(true)
    for (const query of ['?state=lost', '?waitingFor=late', '?overdue=1', '?cursor=x', '?limit=0'])
      expect((await caller.call('GET', `/seminars/${seminar.id}/speeches${query}`)).status, query).toBe(400)
  })
})

describe('letters to a speaker', () => {
  it('remind once in twelve hours, and only whoever is waited for', async () => {
    const { id } = await ask()
    const remind = () => caller.call('POST', `/speeches/${id}/reminders`)
    const first = await remind()
    expect([first.status, first.body.remindedAt]).toEqual([201, expect.any(String)])
    expect((await remind()).body.code).toBe('speech_reminded')
    await send(id, pdf())
    expect((await remind()).body.code).toBe('speech_not_remind')
  })

  it('remind all who are late, or those named', async () => {
    const a = await ask({ deadlineLocal: '2020-12-01T17:00:00' })
    await ask({ deadlineLocal: '2020-12-01T17:00:00' })
    await ask({ deadlineLocal: '2126-12-01T17:00:00' })
    const remind = async (body: object) => (await caller.call('POST', `/seminars/${seminar.id}/reminders`, body)).body
    expect(await remind({ speechIds: [a.id] })).toEqual({ mailed: 1, waiting: 0 })
    expect(await remind({})).toEqual({ mailed: 1, waiting: 0 })
    expect(await remind({})).toEqual({ mailed: 0, waiting: 0 })
  })

  it('ask once more; without an address there is nobody to ask', async () => {
    const { id } = await ask()
    expect((await caller.call('POST', `/speeches/${id}/mailings`)).status).toBe(201)
    expect((await mails()).map((m) => m.kind)).toEqual(['speech_requested', 'speech_requested'])
    const silent = await ask({ email: null })
    expect((await caller.call('POST', `/speeches/${silent.id}/mailings`)).body.errors).toMatchObject([
      { pointer: '#/email', code: 'required' },
    ])
  })

  it('hold a link that a key which may write can read and replace', async () => {
    const { id } = await ask()
    const { url } = (await caller.call('GET', `/speeches/${id}/link`)).body
    expect((await t.app.request(url)).status).toBe(303)
    const fresh = await caller.call('POST', `/speeches/${id}/links`)
    expect([fresh.status, fresh.body.url === url]).toEqual([201, false])
    expect((await t.app.request(url)).status).toBe(404)
    expect((await t.app.request(fresh.body.url)).status).toBe(303)
    const reader = await createCaller(t, { organizationId: caller.organizationId, scopes: ['read'] })
    expect((await reader.call('GET', `/speeches/${id}/link`)).status).toBe(403)
  })
})

describe('the files of a speech', () => {
  it('are streamed in, kept as versions, and come back byte for byte', async () => {
    const { id } = await ask()
    await transaction(t.services.db, (trx) =>
      acceptRequest(trx, systemContext(), { organizationId: caller.organizationId, id }, { readerName: null }),
    )
    const bytes = pdf({ padding: 200_000 })
    const sent = await send(id, bytes, 'Tham luận của Thuỷ.doc')
    expect([sent.status, sent.headers.get('location')]).toEqual([201, `${testOrigin}/api/v1/speeches/${id}/versions/1`])
    expect(sent.body).toMatchObject({
      number: 1,
      sentBy: 'organizer',
      name: 'Tham luận của Thuỷ.pdf',
      mediaType: 'application/pdf',
      size: bytes.byteLength,
      sha256: sha256(bytes),
    })
    await send(id, docx(), 'Bài sửa.docx')
    const { items, total } = (await caller.call('GET', `/speeches/${id}/versions`)).body
    expect([total, items.map((one: { number: number }) => one.number)]).toEqual([2, [2, 1]])
    expect((await caller.call('GET', `/speeches/${id}/versions/1`)).body).toEqual(sent.body)
    const file = await caller.call('GET', sent.body.fileUrl.replace(`${testOrigin}/api/v1`, ''))
    expect([file.headers.get('content-type'), sha256(file.body)]).toEqual(['application/pdf', sha256(bytes)])
    expect(file.headers.get('content-disposition')).toContain('attachment; filename="Tham luan cua Thuy.pdf"')
    const part = await caller.call('GET', `/speeches/${id}/versions/1/file`, undefined, { range: 'bytes=0-4' })
    expect([part.status, new TextDecoder().decode(part.body), part.headers.get('content-range')]).toEqual([
      206,
      '%PDF-',
      `bytes 0-4/${bytes.byteLength}`,
    ])
    const range = { range: 'bytes=999999999-' }
    expect((await caller.call('GET', `/speeches/${id}/versions/1/file`, undefined, range)).status).toBe(416)
    const seen = { 'if-none-match': file.headers.get('etag') ?? '' }
    expect((await caller.call('GET', `/speeches/${id}/versions/1/file`, undefined, seen)).status).toBe(304)
    for (const number of ['0', '3', 'x'])
      expect((await caller.call('GET', `/speeches/${id}/versions/${number}`)).status).toBe(404)
  })

  it('are called by the address, else by Content-Disposition, cleaned alike', async () => {
    const { id } = await ask()
    const nameOf = async (query: string, disposition: string) => {
      const headers = { 'content-disposition': disposition }
      const sent = await caller.call('POST', `/speeches/${id}/versions${query}`, pdf(), headers)
      return [sent.status, sent.body.name]
    }
    const encoded = `attachment; filename="x.pdf"; filename*=UTF-8''B%C3%A0i%20ph%C3%A1t%20bi%E1%BB%83u.pdf`
    expect(await nameOf('', encoded)).toEqual([201, 'Bài phát biểu.pdf'])
    expect(await nameOf('?name=Kh%C3%A1c.pdf', encoded)).toEqual([201, 'Khác.pdf'])
    expect(await nameOf('', 'attachment; filename="../../etc/pass<wd>.exe"')).toEqual([201, 'pass wd .exe.pdf'])
    expect(await nameOf('', `attachment; filename="${'a'.repeat(900)}.pdf"`)).toEqual([201, `${'a'.repeat(146)}.pdf`])
    expect(await nameOf('', 'attachment')).toEqual([201, 'tham-luan.pdf'])
  })

  it('sent as a form are refused in words that say what to send, before a byte is read', async () => {
    const { id } = await ask()
    const form = new FormData()
    form.append('file', new File([pdf() as Uint8Array<ArrayBuffer>], 'bai.pdf'))
    const answer = await t.app.request(`${testOrigin}/api/v1/speeches/${id}/versions`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${caller.key}`, 'accept-language': 'en' },
    })
    const problem = (await answer.json()) as { code: string; detail: string }
    expect([answer.status, problem.code]).toEqual([415, 'file_multipart'])
    expect(problem.detail).toMatch(/Send the file itself as the body.*application\/octet-stream.*\?name=/)
    expect((await read(id)).latestVersion).toBeNull()
  })

  it('are refused with a code and in words, in the language asked for; nothing is kept', async () => {
    const { id } = await ask()
    const before = stored()
    const refused = async (bytes: Uint8Array, name?: string) => {
      const { status, body } = await send(id, bytes, name, { 'accept-language': 'en' })
      return [status, body.code, body.detail]
    }
    expect(await refused(new TextEncoder().encode('MZ program'), 'bai.pdf')).toEqual([
      415,
      'file_disguised',
      expect.stringMatching(/\w/),
    ])
    expect((await refused(new TextEncoder().encode('hello'), 'bai.txt')).slice(0, 2)).toEqual([415, 'file_format'])
    const script = await refused(pdf({ object: '<</S/JavaScript/JS(1)>>' }), 'bai.pdf')
    expect(script).toEqual([422, 'file_script', expect.stringContaining('JavaScript')])
    const doctype = await refused(docx({ 'word/document.xml': '<!DOCTYPE a><a/>' }), 'bai.docx')
    expect(doctype).toEqual([422, 'file_doctype', expect.stringContaining('DOCTYPE')])
    expect((await refused(docx({ 'word/vbaProject.bin': 'x' }))).slice(0, 2)).toEqual([422, 'file_macros'])
    expect((await caller.call('POST', `/speeches/${id}/versions`)).body.code).toBe('file_empty')
    const vi = (await send(id, new TextEncoder().encode('hello'))).body.detail
    expect(vi).toContain('.docx')
    await put(id, 'state', { state: 'withdrawn' })
    expect((await send(id, pdf())).body.code).toBe('speech_not_submit')
    expect([stored(), (await read(id)).latestVersion]).toEqual([before, null])
  })

  it('may be larger than any other body, up to the limit: 413', async () => {
    const { id } = await ask()
    const { uploadMaxBytes } = t.services.config
    t.services.config.uploadMaxBytes = 300_000
    try {
      expect((await send(id, pdf({ padding: 200_000 }))).status).toBe(201)
      const over = await send(id, pdf({ padding: 400_000 }))
      expect([over.status, over.body.code]).toEqual([413, 'too_large'])
      const lied = await send(id, pdf({ padding: 400_000 }), 'a.pdf', { 'content-length': '10' })
      expect(lied.status).toBe(413)
    } finally {
      t.services.config.uploadMaxBytes = uploadMaxBytes
    }
    expect((await read(id)).latestVersion).toBe(1)
  })

  it('cut on their way leave nothing', async () => {
    const { id } = await ask()
    const before = stored()
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ > 3) controller.error(new Error('cut'))
        else controller.enqueue(pdf({ padding: 1000 }))
      },
    })
    const answer = await t.app.request(`${testOrigin}/api/v1/speeches/${id}/versions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.key}` },
      body,
      duplex: 'half',
    } as RequestInit)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'upload_cut'])
    expect([stored(), (await read(id)).latestVersion]).toEqual([before, null])
  })

  it('sent again with one Idempotency-Key stay one version, also at once; another file is another request', async () => {
    const { id } = await ask()
    const before = stored()
    const key = { 'idempotency-key': `file-${id}` }
    const all = await Promise.all(Array.from({ length: 8 }, () => send(id, pdf(), 'a.pdf', key)))
    expect(new Set(all.map((one) => `${one.status} ${one.body.number}`))).toEqual(new Set(['201 1']))
    expect((await send(id, pdf({ padding: 10 }), 'a.pdf', key)).body.code).toBe('idempotency_key_reused')
    expect([stored() - before, (await read(id)).latestVersion]).toEqual([1, 1])
  })
})

describe('an upload that may be cut', () => {
  it('goes on from where it stands, by tus, with the key', async () => {
    const { id } = await ask()
    const at = `/api/v1/speeches/${id}/uploads`
    const tus = sender(t, at, '', { authorization: `Bearer ${caller.key}` })
    const bytes = pdf({ padding: 300_000 })
    const location = await tus.open('Bài lớn.pdf', bytes.byteLength)
    expect(location).toMatch(new RegExp(`^${testOrigin}${at}/[0-9a-f-]{36}$`))
    const url = location.slice(testOrigin.length)
    expect((await tus.patch(url, 0, bytes.subarray(0, 100_000))).status).toBe(204)
    const where = url.slice('/api/v1'.length)
    expect((await caller.call('GET', where)).body).toMatchObject({ received: 100_000, state: 'receiving' })
    const elsewhere = await tus.patch(url, 5, bytes.subarray(5))
    expect([elsewhere.status, ((await elsewhere.json()) as { code: string }).code]).toEqual([409, 'upload_offset'])
    const last = await tus.patch(url, 100_000, bytes.subarray(100_000))
    expect([last.status, last.headers.get('upload-state')]).toEqual([204, 'kept'])
    expect((await caller.call('GET', where)).body).toMatchObject({ state: 'kept', number: 1 })
    expect((await caller.call('GET', `/speeches/${id}/versions/1`)).body).toMatchObject({
      name: 'Bài lớn.pdf',
      sha256: sha256(bytes),
      sentBy: 'organizer',
    })
  })

  it('says as a problem what is refused, is discarded, and is nobody else’s', async () => {
    const { id } = await ask()
    const at = `/api/v1/speeches/${id}/uploads`
    const tus = sender(t, at, '', { authorization: `Bearer ${caller.key}` })
    const bad = await tus.create('bang.xlsx', 10)
    expect([bad.status, bad.headers.get('content-type'), ((await bad.json()) as { code: string }).code]).toEqual([
      415,
      expect.stringContaining('application/problem+json'),
      'file_format',
    ])
    const url = (await tus.open('bai.pdf', 4)).slice(testOrigin.length)
    const wrong = await tus.patch(url, 0, new TextEncoder().encode('MZ!!'))
    expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([415, 'file_disguised'])
    const where = url.slice('/api/v1'.length)
    expect((await caller.call('GET', where)).body).toMatchObject({ state: 'refused', code: 'file_disguised' })
    expect((await other.call('GET', where)).status).toBe(404)
    const tusHeader = { 'tus-resumable': '1.0.0' }
    expect((await other.call('DELETE', where, undefined, tusHeader)).status).toBe(404)
    expect((await caller.call('DELETE', where)).status).toBe(412)
    expect((await caller.call('DELETE', where, undefined, tusHeader)).status).toBe(204)
    expect((await caller.call('GET', where)).status).toBe(404)
    expect((await caller.call('OPTIONS', `/speeches/${id}/uploads`)).headers.get('tus-version')).toBe('1.0.0')
  })
})
