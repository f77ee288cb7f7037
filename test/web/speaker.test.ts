import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { approveSpeech, returnSpeech } from '../../src/features/presentations/commands/decide.ts'
import { replaceLink, withdrawRequest } from '../../src/features/presentations/commands/request.ts'
import { getSpeech, listVersions } from '../../src/features/presentations/queries.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { docx, external, pdf, relationships } from '../support/office-files.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../support/speeches.ts'

let t: TestApp
let dir: string
let speech: Awaited<ReturnType<typeof createSpeech>>
let seminar: Awaited<ReturnType<typeof createSeminar>>

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  const organization = await createOrganization(t.services.db)
  seminar = await createSeminar(t.services.db, organization.id)
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  speech = await createSpeech(t, seminar)
})

const state = async () => (await getSpeech(t.services.db, speech.organization_id, speech.id)).state
const versions = () => listVersions(t.services.db, speech.organization_id, speech.id)
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
const get = (path: string, headers: Record<string, string> = {}) => t.app.request(testOrigin + path, { headers })
const mails = async () =>
  await t.services.db
    .selectFrom('messages')
    .select(['kind', 'subject', 'html', 'text'])
    .where('organization_id', '=', speech.organization_id)
    .orderBy('id', 'desc')
    .execute()

async function opened() {
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  const post = (rest: string, fields: Record<string, string>) =>
    t.app.request(testOrigin + path + rest, formRequest(fields, cookie))
  const send = (...files: { name: string; bytes: Uint8Array }[]) =>
    t.app.request(`${testOrigin}${path}/files`, filesRequest(files, { cookie }))
  return { path, cookie, post, send, page: async () => (await get(path, { cookie })).text() }
}

describe('a speaker’s link', () => {
  it('leads to a page without the token, that says what is asked', async () => {
    const { path, cookie, page } = await opened()
    expect(path).toMatch(/^\/presentation\/\w+$/)
    expect(cookie).toContain(speech.token)
    const html = await page()
    expect(html).not.toContain(speech.token)
    for (const text of [
      'Trần Thị Thuỷ',
      'Kinh nghiệm tạo nguồn',
      'Đọc tại hội thảo, 10 phút',
      '17 giờ 00, ngày 1/12/2126',
      'Nhận viết tham luận',
      'bí mật nhà nước',
      'Thành ủy Mẫu',
    ])
      expect(html).toContain(text)
  })

  it('speaks English under /en', async () => {
    const { path, cookie } = await openSpeechLink(t, `/en${speech.linkPath}`)
    expect(path).toMatch(/^\/en\/presentation\//)
    const html = await (await get(path, { cookie })).text()
    for (const text of [
      'Accept the request',
      'Read at the seminar, 10 minutes',
      'state secrets',
      'Mau City Party Committee',
    ])
      expect(html).toContain(text)
  })

  it('works at its own address where no cookie comes back', async () => {
    const first = await get(speech.linkPath)
    const page = await get(first.headers.get('location') as string)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(`action="${speech.linkPath}/accept"`)
    const sent = await t.app.request(
      `${testOrigin}${speech.linkPath}/files`,
      filesRequest([{ name: 'bai.docx', bytes: docx() }]),
    )
    expect(sent.headers.get('location')).toBe(`${speech.linkPath}?received`)
    expect(await versions()).toHaveLength(1)
  })

  it('changes nothing when it is opened, by GET or HEAD, as often as one likes', async () => {
    const before = await getSpeech(t.services.db, speech.organization_id, speech.id)
    const audit = () =>
      t.services.db
        .selectFrom('audit_events')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirst()
    const events = await audit()
    const { path, cookie } = await opened()
    for (const address of [speech.linkPath, `/en${speech.linkPath}`, `${speech.linkPath}?cookie=none`, path]) {
      for (const method of ['GET', 'HEAD', 'GET', 'HEAD'])
        expect((await t.app.request(testOrigin + address, { method, headers: { cookie } })).status).toBeLessThan(400)
    }
    expect(await getSpeech(t.services.db, speech.organization_id, speech.id)).toEqual(before)
    expect(await audit()).toEqual(events)
  })

  it('opens nothing when it is unknown, another’s, replaced, or another purpose’s', async () => {
    const { path } = await opened()
    const other = await createSpeech(t, seminar)
    const theirs = await openSpeechLink(t, other.linkPath)
    expect((await get('/p/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404)
    expect((await get(path)).status).toBe(404)
    expect((await get(path, { cookie: theirs.cookie })).status).toBe(404)
    expect((await get(`/i/${speech.token}`)).status).toBe(404)
    await transaction(t.services.db, (trx) =>
      replaceLink(trx, systemContext(), { organizationId: speech.organization_id, id: speech.id }),
    )
    expect((await get(speech.linkPath)).status).toBe(404)
  })

  it('refuses what another site sends', async () => {
    const { path, cookie } = await opened()
    for (const rest of ['/accept', '/decline', '/files', '/reader']) {
      const foreign = await t.app.request(testOrigin + path + rest, {
        method: 'POST',
        headers: { cookie, origin: 'https://evil.example' },
      })
      expect(foreign.status).toBe(403)
    }
    expect(await state()).toBe('requested')
  })
})

describe('a speaker', () => {
  it('accepts, and says who reads it', async () => {
    const { post, page } = await opened()
    expect((await post('/accept', { readerName: 'Lê Văn Mẫu, Phó Bí thư' })).status).toBe(303)
    expect(await state()).toBe('accepted')
    expect(await page()).toContain('Lê Văn Mẫu, Phó Bí thư')
    await post('/reader', { readerName: '' })
    expect(await page()).not.toContain('Lê Văn Mẫu')
  })

  it('declines with a reason, and may come back on it', async () => {
    const { post, page } = await opened()
    await post('/decline', { reason: 'Đi công tác' })
    expect(await state()).toBe('declined')
    expect(await page()).toContain('Nhận viết tham luận')
    await post('/accept', {})
    expect(await state()).toBe('accepted')
  })

  it('sees a field that was refused, with what was typed', async () => {
    const { post } = await opened()
    const refused = await post('/decline', { reason: 'x'.repeat(501) })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('x'.repeat(501))
  })

  it('sends a paper and gets a receipt', async () => {
    const { send, page } = await opened()
    const sent = await send({ name: 'Tham luận.docx', bytes: docx() })
    expect(sent.status).toBe(303)
    expect(await state()).toBe('received')
    const [version] = await versions()
    expect(version).toMatchObject({ number: 1, name: 'Tham luận.docx', sent_by: 'speaker', size: docx().byteLength })
    const html = await page()
    expect(html).toContain('Bản thứ 1')
    expect(html).toContain(Buffer.from(version!.sha256).toString('hex').slice(0, 16))
    const [receipt] = await mails()
    expect(receipt?.kind).toBe('speech_received')
    expect(receipt?.text).toContain('Tham luận.docx')
    expect(receipt?.text).not.toContain(speech.token)
  })

  it('sends several at once: all stay as versions', async () => {
    const { send } = await opened()
    await send({ name: 'a.docx', bytes: docx() }, { name: 'b.pdf', bytes: pdf() })
    expect((await versions()).map((v) => [v.number, v.name])).toEqual([
      [2, 'b.pdf'],
      [1, 'a.docx'],
    ])
  })

  it('sends two at the same moment: both stay', async () => {
    const { send } = await opened()
    await Promise.all(Array.from({ length: 8 }, (_, i) => send({ name: `ban-${i}.docx`, bytes: docx({}, `Bản ${i}`) })))
    const all = await versions()
    expect(all.map((v) => v.number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    expect(new Set(all.map((v) => v.name)).size).toBe(8)
  })

  it('is told in words what is not taken; the others stay', async () => {
    const { send } = await opened()
    const before = stored()
    const bad = docx({
      'word/_rels/document.xml.rels': relationships(external('attachedTemplate', 'http://evil.example/t')),
    })
    const answer = await send({ name: 'a.docx', bytes: docx() }, { name: 'xau.docx', bytes: bad })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain('xau.docx')
    expect(html).toContain('lấy nội dung từ nơi khác')
    expect(html).toContain('Đã nhận 1 tệp.')
    expect(await versions()).toHaveLength(1)
    expect(stored()).toBe(before + 1)
  })

  it.each([
    ['a page', 'bai.docx', new TextEncoder().encode('<html><script>alert(1)</script>'), 415],
    ['a drawing', 'bai.pdf', new TextEncoder().encode('<svg onload="alert(1)"/>'), 415],
    ['a program', 'bai.docx', new TextEncoder().encode(`MZ${'\0'.repeat(100)}`), 415],
    ['an encrypted PDF', 'bai.pdf', pdf({ trailer: '/Encrypt 9 0 R' }), 422],
    ['nothing', 'bai.pdf', new Uint8Array(), 422],
  ])('gets %s back and nothing is kept', async (_, name, bytes, status) => {
    const { send } = await opened()
    const before = stored()
    expect((await send({ name, bytes })).status).toBe(status)
    expect(stored()).toBe(before)
    expect(await versions()).toEqual([])
    expect(await state()).toBe('requested')
  })

  it('is asked for a file when there is none', async () => {
    const { send, path, cookie } = await opened()
    expect((await send()).status).toBeGreaterThanOrEqual(400)
    const empty = await t.app.request(
      `${testOrigin}${path}/files`,
      filesRequest([{ name: '', bytes: new Uint8Array() }], { cookie }),
    )
    expect(empty.status).toBe(422)
    expect(await empty.text()).toContain('Chưa chọn tệp nào')
  })

  it('gets JSON where the page’s script asks for it', async () => {
    const { path, cookie } = await opened()
    const post = async (bytes: Uint8Array) => {
      const answer = await t.app.request(
        `${testOrigin}${path}/files`,
        filesRequest([{ name: 'bai.pdf', bytes }], { cookie, accept: 'application/json' }),
      )
      return { status: answer.status, body: await answer.json() }
    }
    expect(await post(pdf())).toEqual({
      status: 200,
      body: { accepted: [{ name: 'bai.pdf', number: 1 }], refused: [] },
    })
    expect(await post(pdf({ trailer: '/Encrypt 9 0 R' }))).toMatchObject({
      status: 422,
      body: { refused: [{ code: 'file_encrypted', text: expect.stringContaining('mật khẩu') }] },
    })
  })

  it('sends a new version after a comment, and none after approval', async () => {
    const { send, page } = await opened()
    const target = { organizationId: speech.organization_id, id: speech.id }
    await send({ name: 'a.docx', bytes: docx() })
    await transaction(t.services.db, (trx) =>
      returnSpeech(trx, systemContext(), target, { comment: 'Đề nghị bổ sung số liệu\nnăm 2026' }),
    )
    expect(await page()).toContain('Đề nghị bổ sung số liệu')
    expect((await mails())[0]).toMatchObject({
      kind: 'speech_returned',
      text: expect.stringContaining('Đề nghị bổ sung số liệu'),
    })
    await send({ name: 'b.docx', bytes: docx() })
    expect(await state()).toBe('received')
    await transaction(t.services.db, (trx) => approveSpeech(trx, systemContext(), target))
    const late = await send({ name: 'c.docx', bytes: docx() })
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('không nhận thêm bản mới')
    expect(await versions()).toHaveLength(2)
  })

  it('sees that a request was taken back', async () => {
    const { post, page } = await opened()
    await transaction(t.services.db, (trx) =>
      withdrawRequest(trx, systemContext(), { organizationId: speech.organization_id, id: speech.id }),
    )
    expect(await page()).toContain('đã rút đề nghị này')
    const answer = await post('/accept', {})
    expect(answer.status).toBe(409)
    expect(await state()).toBe('withdrawn')
  })

  it('downloads what they sent, as a file and nothing else', async () => {
    const { send, path, cookie } = await opened()
    const bytes = pdf({ padding: 5000 })
    await send({ name: 'Bài đọc.pdf', bytes })
    const whole = await get(`${path}/files/1`, { cookie })
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(bytes.byteLength),
      'content-disposition': `attachment; filename="Bai doc.pdf"; filename*=UTF-8''B%C3%A0i%20%C4%91%E1%BB%8Dc.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes)
    const part = await get(`${path}/files/1`, { cookie, range: 'bytes=0-4' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 0-4/${bytes.byteLength}`,
      '%PDF-',
    ])
    expect((await get(`${path}/files/1`, { cookie, range: 'bytes=999999-' })).status).toBe(416)
    expect(
      (await get(`${path}/files/1`, { cookie, 'if-none-match': whole.headers.get('etag') as string })).status,
    ).toBe(304)
    expect((await get(`${path}/files/2`, { cookie })).status).toBe(404)
    expect((await get(`${path}/files/1`)).status).toBe(404)
    expect((await get(`${path}/files/1/view`, { cookie })).status).toBe(404)
  })
})
