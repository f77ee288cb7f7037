import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getReleasedFile, getSpeech, listReleasedSpeeches } from '../../../src/features/presentations/queries.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../../support/app.ts'
import { vietnamDay } from '../../support/days.ts'
import { createInvitation, createMember, createOrganization, createSeminar } from '../../support/factories.ts'
import { docx, pdf } from '../../support/office-files.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../../support/speeches.ts'

let t: TestApp
let dir: string
let owner: Awaited<ReturnType<typeof createMember>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let organization: Awaited<ReturnType<typeof createOrganization>>
let base: string

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  organization = await createOrganization(t.services.db)
  owner = await createMember(t.services, organization.id)
  seminar = await createSeminar(t.services.db, organization.id)
  base = `/console/${organization.slug}/seminars/${seminar.id}/presentations`
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) =>
  t.app.request(testOrigin + path, { headers: { cookie: owner.cookie, ...headers } })
const html = async (path: string) => (await get(path)).text()
const post = (path: string, fields: Record<string, string>, cookie = owner.cookie) =>
  t.app.request(testOrigin + path, formRequest(fields, cookie))
const send = (id: string, name: string, bytes: Uint8Array) =>
  t.app.request(`${testOrigin}${base}/${id}/files`, filesRequest([{ name, bytes }], { cookie: owner.cookie }))
const load = (id: string) => getSpeech(t.services.db, organization.id, id)
const step = async (id: string, name: string, fields: Record<string, string> = {}) =>
  post(`${base}/${id}/${name}`, { version: String((await load(id)).version), ...fields })
const wanted = {
  topic: 'Xây dựng chi bộ bốn tốt',
  minutes: '15',
  delivery: 'read',
  deadlineDate: '2126-12-01',
  deadlineTime: '17:00',
}
const idOf = (response: Response) =>
  /presentations\/([\da-f-]{36})/.exec(response.headers.get('location') ?? '')?.[1] as string
const mailsOf = (kind: string) =>
  t.services.db
    .selectFrom('messages')
    .selectAll()
    .where('organization_id', '=', organization.id)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .execute()

describe('asking for a speech', () => {
  it('finds an invitee without diacritics, and asks them by mail', async () => {
    const invitee = await createInvitation(t.services.db, seminar, {
      name: 'Nguyễn Thị Ánh Đào',
      family: 'Nguyễn',
      middle: 'Thị Ánh',
      given: 'Đào',
      email: 'dao@mau.example',
    })
    expect(await html(`${base}/new?q=anh dao`)).toContain('Nguyễn Thị Ánh Đào')
    expect(await html(`${base}/new?invitee=${invitee.id}`)).toContain('dao@mau.example')
    const asked = await post(`${base}/new`, { ...wanted, invitationId: invitee.id })
    expect(asked.status).toBe(303)
    const speech = await load(idOf(asked))
    expect(speech).toMatchObject({
      name: 'Nguyễn Thị Ánh Đào',
      invitation_id: invitee.id,
      minutes: 15,
      state: 'requested',
      deadline_local: '2126-12-01T17:00:00',
    })
    const [mail] = await mailsOf('speech_requested')
    expect(mail).toMatchObject({ to_address: 'dao@mau.example', invitation_id: invitee.id, seminar_id: seminar.id })
    expect(mail?.text).toContain('Xây dựng chi bộ bốn tốt')
    expect(mail?.text).toContain('17 giờ 00, ngày 1/12/2126')
    expect(mail?.text).toContain(`⟦link:presentation:${speech.id}:1:vi⟧`)
    expect(await html(`${base}/new?q=anh dao`)).toContain('đã đặt bài')
  })

  it('asks someone written by hand, in their language', async () => {
    const asked = await post(`${base}/new`, {
      ...wanted,
      topicEn: 'Building strong cells',
      name: 'John Smith',
      email: 'john@mau.example',
      locale: 'en',
    })
    const [mail] = await mailsOf('speech_requested')
    expect(mail?.subject).toBe('Request for a paper: Building strong cells')
    expect(mail?.html).toContain('Answer and send the paper')
    expect((await load(idOf(asked))).invitation_id).toBeNull()
  })

  it('mails nobody who has no address, and shows the link to pass on', async () => {
    const before = (await mailsOf('speech_requested')).length
    const asked = await post(`${base}/new`, { ...wanted, name: 'Lê Văn Không Thư' })
    expect((await mailsOf('speech_requested')).length).toBe(before)
    expect(await html(`${base}/${idOf(asked)}`)).toMatch(/http:\/\/hoithao\.test\/p\/[\w-]{22}</)
  })

  it('shows refused fields with what was typed', async () => {
    const refused = await post(`${base}/new`, {
      ...wanted,
      topic: '',
      minutes: '999',
      deadlineTime: '',
      position: 'Bí thư',
    })
    expect(refused.status).toBe(422)
    const page = await refused.text()
    for (const text of [
      'id="e-topic"',
      'id="e-minutes"',
      'id="e-name"',
      'id="e-deadlineDate"',
      'value="Bí thư"',
      'value="999"',
    ])
      expect(page).toContain(text)
  })

  it('takes no invitee of another seminar', async () => {
    const other = await createSeminar(t.services.db, organization.id)
    const stranger = await createInvitation(t.services.db, other)
    expect((await post(`${base}/new`, { ...wanted, invitationId: stranger.id })).status).toBe(422)
    expect((await post(`${base}/new`, { ...wanted, invitationId: 'nonsense' })).status).toBe(422)
  })

  it('keeps an edit that came too late, with what was typed', async () => {
    const speech = await createSpeech(t, seminar)
    const edit = (fields: Record<string, string>) =>
      post(`${base}/${speech.id}/edit`, { ...wanted, version: '1', email: 'thuy@mau.example', ...fields })
    expect((await edit({ topic: 'Chủ đề mới' })).status).toBe(303)
    expect(await load(speech.id)).toMatchObject({ topic: 'Chủ đề mới', minutes: 15, version: 2 })
    const stale = await edit({ topic: 'Chủ đề khác' })
    expect(stale.status).toBe(412)
    expect(await stale.text()).toContain('value="Chủ đề khác"')
  })
})

describe('the board', () => {
  it('says who waits for whom, the overdue first', async () => {
    const late = await createSpeech(t, seminar, { topic: 'Bài quá hạn', deadlineLocal: '2026-01-01T17:00:00' })
    const received = await createSpeech(t, seminar, { topic: 'Bài đã gửi' })
    await send(received.id, 'a.docx', docx())
    const page = await html(base)
    expect(page).toMatch(
      /Chờ Ban Tổ chức hội thảo[\s\S]*Bài đã gửi[\s\S]*Tác giả quá hạn[\s\S]*Bài quá hạn[\s\S]*Chờ tác giả/,
    )
    expect(await html(`${base}?state=received`)).not.toContain('Bài quá hạn')
    expect(await html(`${base}?state=approved`)).toContain('Không có bài nào')
    expect((await get(`${base}?state=nonsense&cursor=nonsense`)).status).toBe(400)
    expect((await get(`/en${base}`)).status).toBe(200)
    expect(late.state).toBe('requested')
  })
})

describe('the board’s figures and filters', () => {
  let own: Awaited<ReturnType<typeof createSeminar>>
  let board: string

  beforeAll(async () => {
    own = await createSeminar(t.services.db, organization.id)
    board = `/console/${organization.slug}/seminars/${own.id}/presentations`
    const item = await t.services.db
      .insertInto('agenda_items')
      .values({
        organization_id: organization.id,
        seminar_id: own.id,
        ordinal: 1,
        kind: 'speech',
        title: 'Tham luận',
        minutes: 60,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const two = new Date(Date.now() - 2 * 86_400_000)
    const rows: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ['Bài A', { deadlineLocal: `${vietnamDay(20)}T17:00:00` }, { state: 'accepted', state_since: two }],
      ['Bài B', { deadlineLocal: `${vietnamDay(10)}T17:00:00` }, { state: 'requested' }],
      ['Bài C', { deadlineLocal: `${vietnamDay(-3)}T08:00:00` }, { state: 'returned', state_since: two }],
      [
        'Bài D',
        {},
        { state: 'editing', editor_name: 'Lê Thị Hoa', editor_id: 'x', state_since: two, agenda_item_id: item.id },
      ],
      ['Bài E', {}, { state: 'approved', agenda_item_id: item.id }],
      ['Bài F', {}, { state: 'withdrawn' }],
    ]
    for (const [topic, input, columns] of rows) {
      const { id } = await createSpeech(t, own, { topic, ...input })
      await t.services.db.updateTable('presentations').set(columns).where('id', '=', id).execute()
    }
  })

  it('adds up what was asked, came, was approved, and the minutes', async () => {
    const page = await html(board)
    const figures = [...page.matchAll(/<dt>([^<]+)<\/dt><dd>([^<]+)<\/dd>/g)].map(
      ([, name, value]) => `${name}: ${value}`,
    )
    expect(figures).toEqual(['Đã đặt: 5', 'Đã nhận: 3', 'Đã duyệt: 1', 'Phút đã xếp: 20 / 60'])
  })

  it('counts beside each filter, and narrows by who waits, by lateness and by state', async () => {
    const page = await html(board)
    const pills = [...page.matchAll(/<a class="pill"[^>]*>([^<]+) <span class="num">(\d+)</g)].map(
      (m) => `${m[1]} ${m[2]}`,
    )
    expect(pills).toEqual([
      'Tất cả 6',
      'Chờ Ban Tổ chức hội thảo 1',
      'Chờ tác giả 3',
      'Đã quá hạn 1',
      'Đã đặt bài 1',
      'Đã nhận viết 1',
      'Đang biên tập 1',
      'Đề nghị tác giả chỉnh sửa 1',
      'Đã duyệt đưa vào kỷ yếu 1',
      'Đã rút đề nghị 1',
    ])
    const shown = async (query: string) =>
      [...(await html(board + query)).matchAll(/<th scope="row"><a[^>]*>Bài (\w)</g)].map((m) => m[1]).join('')
    expect(await shown('')).toBe('DCBAEF')
    expect(await shown('?wait=speaker')).toBe('CBA')
    expect(await shown('?wait=late')).toBe('C')
    expect(await shown('?wait=organizers')).toBe('D')
    expect(await shown('?state=approved')).toBe('E')
    expect(await shown('?wait=nonsense')).toBe('DCBAEF')
  })

  it('says who waits for whom and since when, how late it is, and who edits', async () => {
    const page = await html(board)
    for (const words of [
      'Chờ tác giả chỉnh sửa, đã 2 ngày',
      'Chờ tác giả trả lời, từ hôm nay',
      'Quá hạn 3 ngày',
      'Lê Thị Hoa đang biên tập, đã 2 ngày',
    ])
      expect(page).toContain(words)
    const english = await html(`/en${board}`)
    for (const words of [
      '3 days overdue',
      'Lê Thị Hoa is editing it, for 2 days',
      'Returned to the author for changes',
    ])
      expect(english).toContain(words)
  })

  it('lists what stands nowhere on the agenda, whatever it is narrowed to', async () => {
    const page = await html(`${board}?state=approved`)
    const aside = page.slice(page.indexOf('Chưa xếp vào chương trình'))
    expect([...aside.matchAll(/>Bài (\w)</g)].map((m) => m[1]).join('')).toBe('CBA')
  })
})

describe('an editor', () => {
  it('takes a paper up, and sees when the author’s new version took it out of their hands', async () => {
    const speech = await createSpeech(t, seminar)
    await send(speech.id, 'a.docx', docx())
    expect((await step(speech.id, 'take-up')).status).toBe(303)
    expect(await load(speech.id)).toMatchObject({
      state: 'editing',
      editor_name: 'Lê Văn Mẫu',
      editor_id: owner.userId,
    })
    const page = await html(`${base}/${speech.id}`)
    expect(page).toContain('Lê Văn Mẫu đang biên tập, từ hôm nay')
    expect(page).not.toContain('Biên tập thay')
    expect(page.match(/class="btn primary"/g)).toHaveLength(1)
    const { path, cookie } = await openSpeechLink(t, speech.linkPath)
    const speakersPage = await (await t.app.request(testOrigin + path, { headers: { cookie } })).text()
    expect(speakersPage).toContain('Ban Tổ chức hội thảo đang biên tập bài.')
    await t.app.request(`${testOrigin}${path}/files`, filesRequest([{ name: 'b.docx', bytes: docx() }], { cookie }))
    expect((await load(speech.id)).state).toBe('received')
    expect(await html(`${base}/${speech.id}`)).toContain(
      'Tác giả gửi bản thứ 2 khi Lê Văn Mẫu đang biên tập bản thứ 1, nên bài trở về “Đã nhận bài”.',
    )
    expect(await html(base)).toContain('Có bản mới khi Lê Văn Mẫu đang biên tập')
  })

  it('is named to a colleague, who may take over or lay it down', async () => {
    const speech = await createSpeech(t, seminar)
    await send(speech.id, 'a.docx', docx())
    await step(speech.id, 'take-up')
    const colleague = await createMember(t.services, organization.id, 'organizer')
    const page = await (await get(`${base}/${speech.id}`, { cookie: colleague.cookie })).text()
    expect(page).toContain('Biên tập thay')
    await step(speech.id, 'put-down')
    expect(await load(speech.id)).toMatchObject({ state: 'received', editor_name: null })
    expect((await step(speech.id, 'put-down')).status).toBe(409)
  })
})

describe('reminding', () => {
  it('one author goes at once, and is refused in words within twelve hours', async () => {
    const speech = await createSpeech(t, seminar, { deadlineLocal: '2026-01-01T17:00:00' })
    expect(await html(`${base}/${speech.id}`)).toMatch(/<button class="btn primary" type="submit">Nhắc tác giả/)
    const first = await step(speech.id, 'remind')
    expect(first.headers.get('location')).toBe(`${base}/${speech.id}?reminded`)
    expect(await html(`${base}/${speech.id}?reminded`)).toContain('Đã đưa thư nhắc vào hàng chờ gửi.')
    const again = await step(speech.id, 'remind')
    expect(again.status).toBe(409)
    expect(await again.text()).toMatch(
      /Tác giả đã được nhắc lúc \d+ giờ \d\d, ngày [\d/]+\. Sau 12 giờ mới nhắc lại được\./,
    )
    expect((await mailsOf('speech_overdue')).length).toBe(1)
    await send(speech.id, 'a.docx', docx())
    expect(await (await step(speech.id, 'remind')).text()).toContain('Không gửi thư nhắc')
  })

  it('all late ones is reviewed first: how many letters, to whom, and why not to others', async () => {
    const own = await createSeminar(t.services.db, organization.id)
    const board = `/console/${organization.slug}/seminars/${own.id}/presentations`
    expect(await html(`${board}/remind`)).toContain('Không có thư nào cần gửi')
    const past = { deadlineLocal: '2026-01-01T17:00:00' }
    const one = await createSpeech(t, own, { ...past, name: 'Trần Một', email: 'mot@mau.example' })
    const two = await createSpeech(t, own, { ...past, name: 'Trần Hai', email: 'hai@mau.example' })
    await createSpeech(t, own, { ...past, name: 'Trần Ba', email: '' })
    await createSpeech(t, own, { name: 'Trần Bốn', email: 'bon@mau.example' })
    const review = await html(`${board}/remind`)
    expect(await html(board)).toContain(`href="${board}/remind"`)
    for (const words of [
      '2 thư nhắc sẽ được gửi',
      'mot@mau.example',
      'Gửi 2 thư nhắc',
      '1 tác giả quá hạn không nhận thư',
      'Trần Ba',
    ])
      expect(review).toContain(words)
    expect(review).not.toContain('Trần Bốn')
    const letter = await get(`${board}/${one.id}/reminder`)
    expect(letter.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await letter.text()).toContain('Bài tham luận đã quá hạn gửi')
    expect((await mailsOf('speech_overdue')).filter((m) => m.seminar_id === own.id)).toHaveLength(0)
    const sent = await t.app.request(
      testOrigin + `${board}/remind`,
      formRequest({ speech: [one.id, two.id] }, owner.cookie),
    )
    expect(sent.headers.get('location')).toBe(`${board}?reminded=2`)
    expect(await html(`${board}?reminded=2`)).toContain('Đã đưa 2 thư nhắc vào hàng chờ gửi.')
    expect((await mailsOf('speech_overdue')).filter((m) => m.seminar_id === own.id)).toHaveLength(2)
    expect(await html(`${board}/remind`)).toMatch(/3 tác giả quá hạn không nhận thư[\s\S]*Đã nhắc lúc/)
    const twice = await t.app.request(
      testOrigin + `${board}/remind`,
      formRequest({ speech: [one.id, two.id] }, owner.cookie),
    )
    expect(twice.headers.get('location')).toBe(`${board}?reminded=0`)
  })

  it('is not offered, and refused, where the seminar is cancelled', async () => {
    const own = await createSeminar(t.services.db, organization.id)
    const board = `/console/${organization.slug}/seminars/${own.id}/presentations`
    const speech = await createSpeech(t, own, { deadlineLocal: '2026-01-01T17:00:00' })
    await t.services.db.updateTable('seminars').set({ state: 'cancelled' }).where('id', '=', own.id).execute()
    expect(await html(board)).not.toContain('/remind"')
    expect(await html(`${board}/${speech.id}`)).not.toContain('Nhắc tác giả')
    expect(await html(`${board}/remind`)).toContain('Hội thảo đã hủy')
    expect((await post(`${board}/remind`, { speech: speech.id })).status).toBe(409)
  })
})

describe('one speech', () => {
  it('is taken in for its author, returned with a comment, approved, reopened', async () => {
    const speech = await createSpeech(t, seminar)
    expect((await send(speech.id, 'Bài.docx', docx())).headers.get('location')).toBe(`${base}/${speech.id}?received`)
    expect(await html(`${base}/${speech.id}`)).toContain('do Ban Tổ chức hội thảo tải lên')
    expect((await step(speech.id, 'return', { comment: ' ' })).status).toBe(422)
    expect((await step(speech.id, 'return', { comment: 'Bổ sung số liệu' })).status).toBe(303)
    expect(await load(speech.id)).toMatchObject({ state: 'returned', comment: 'Bổ sung số liệu' })
    expect((await step(speech.id, 'approve')).status).toBe(303)
    expect((await load(speech.id)).state).toBe('approved')
    expect((await mailsOf('speech_approved')).length).toBe(1)
    expect((await send(speech.id, 'b.docx', docx())).status).toBe(409)
    await step(speech.id, 'reopen')
    expect((await load(speech.id)).state).toBe('received')
  })

  it('is not approved before anything came, nor twice, nor on an old page', async () => {
    const speech = await createSpeech(t, seminar)
    expect((await step(speech.id, 'approve')).status).toBe(409)
    await send(speech.id, 'a.docx', docx())
    const { version } = await load(speech.id)
    const both = await Promise.all([1, 2].map(() => post(`${base}/${speech.id}/approve`, { version: String(version) })))
    expect(both.map((r) => r.status).sort()).toEqual([303, 412])
    expect((await post(`${base}/${speech.id}/approve`, { version: '1' })).status).toBe(412)
  })

  it('stands under an agenda item of its own seminar, with the minutes added up', async () => {
    const item = (seminarId: string) =>
      t.services.db
        .insertInto('agenda_items')
        .values({
          organization_id: organization.id,
          seminar_id: seminarId,
          ordinal: 1,
          kind: 'speech',
          title: 'Tham luận của các chi bộ',
          minutes: 10,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
    const own = await item(seminar.id)
    const foreign = await item((await createSeminar(t.services.db, organization.id)).id)
    const speech = await createSpeech(t, seminar, { minutes: '15' })
    expect((await step(speech.id, 'agenda', { agendaItemId: foreign.id })).status).toBe(422)
    expect((await step(speech.id, 'agenda', { agendaItemId: own.id })).status).toBe(303)
    const board = await html(base)
    expect(board).toContain('15 / 10 phút')
    expect(board).toContain('quá 5 phút')
    expect(board).toMatch(/<div class="overfull"><dt>Phút đã xếp<\/dt><dd>15 \/ 10/)
    const agenda = await html(base.replace(/presentations$/, 'agenda'))
    expect(agenda).toContain('1 tham luận: 15/10 phút')
    expect(agenda).toContain('quá 5 phút')
    expect(await html(base.replace(/\/presentations$/, ''))).toContain('1 tham luận: 15/10 phút')
    await step(speech.id, 'agenda', { agendaItemId: '' })
    expect((await load(speech.id)).agenda_item_id).toBeNull()
  })

  it('is public only when approved and released, and no longer when reopened', async () => {
    const speech = await createSpeech(t, seminar)
    await send(speech.id, 'a.pdf', pdf())
    expect((await step(speech.id, 'release')).status).toBe(409)
    await step(speech.id, 'approve')
    const released = async () =>
      (await listReleasedSpeeches(t.services.db, organization.id, seminar.id)).map((s) => s.id)
    expect(await released()).toEqual([])
    await step(speech.id, 'release')
    expect(await released()).toEqual([speech.id])
    expect((await getReleasedFile(t.services.db, organization.id, seminar.id, speech.id)).name).toBe('a.pdf')
    await step(speech.id, 'unrelease')
    expect(await released()).toEqual([])
    await step(speech.id, 'release')
    await step(speech.id, 'reopen')
    expect(await released()).toEqual([])
    await expect(getReleasedFile(t.services.db, organization.id, seminar.id, speech.id)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is asked for again, withdrawn, and asked for once more', async () => {
    const speech = await createSpeech(t, seminar)
    const before = (await mailsOf('speech_requested')).length
    await step(speech.id, 'resend')
    expect((await mailsOf('speech_requested')).length).toBe(before + 1)
    await step(speech.id, 'withdraw')
    expect((await load(speech.id)).state).toBe('withdrawn')
    expect((await step(speech.id, 'resend')).status).toBe(409)
    await step(speech.id, 'reopen')
    expect((await load(speech.id)).state).toBe('requested')
    await step(speech.id, 'link')
    expect((await t.app.request(testOrigin + speech.linkPath)).status).toBe(404)
  })

  it('is downloaded as a file; a PDF is also shown, in a sandbox', async () => {
    const speech = await createSpeech(t, seminar)
    await send(speech.id, 'a.pdf', pdf())
    await send(speech.id, 'b.docx', docx())
    const download = await get(`${base}/${speech.id}/files/1`)
    expect(download.headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(download.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    const view = await get(`${base}/${speech.id}/files/1/view`)
    expect(view.headers.get('content-disposition')).toMatch(/^inline; /)
    expect(view.headers.get('content-type')).toBe('application/pdf')
    expect(view.headers.get('content-security-policy')).toMatch(/^sandbox /)
    expect(view.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await get(`${base}/${speech.id}/files/2/view`)).status).toBe(404)
    const head = await t.app.request(`${testOrigin}${base}/${speech.id}/files/1`, {
      method: 'HEAD',
      headers: { cookie: owner.cookie },
    })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(pdf().byteLength)])
  })
})

it('is read in the console as words, which stay words', async () => {
  const speech = await createSpeech(t, seminar)
  await send(speech.id, 'Bài.docx', docx({}, 'Kính thưa &lt;script&gt;alert(1)&lt;/script&gt;'))
  await send(speech.id, 'b.pdf', pdf())
  expect(await html(`${base}/${speech.id}`)).toContain(`${base}/${speech.id}/files/1/read`)
  const page = await html(`${base}/${speech.id}/files/1/read`)
  expect(page).toContain('Kính thưa &lt;script&gt;alert(1)&lt;/script&gt;')
  expect((await get(`${base}/${speech.id}/files/2/read`)).status).toBe(404)
})

describe('others', () => {
  it('see nothing of it: the owner of another organisation gets 404, the anonymous sign in, a viewer changes nothing', async () => {
    const speech = await createSpeech(t, seminar)
    await send(speech.id, 'a.pdf', pdf())
    const elsewhere = await createOrganization(t.services.db)
    const stranger = await createMember(t.services, elsewhere.id)
    const viewer = await createMember(t.services, organization.id, 'viewer')
    const theirs = await createSeminar(t.services.db, elsewhere.id)
    const reads = [
      '',
      '/new',
      `/${speech.id}`,
      `/${speech.id}/edit`,
      `/${speech.id}/files/1`,
      `/${speech.id}/files/1/view`,
      `/${speech.id}/files/1/read`,
      `/${speech.id}/reminder`,
      '/remind',
    ]
    const changes = [
      '/new',
      '/remind',
      ...[
        'take-up',
        'put-down',
        'remind',
        'approve',
        'return',
        'reopen',
        'withdraw',
        'resend',
        'link',
        'agenda',
        'release',
        'unrelease',
        'files',
        'edit',
      ].map((n) => `/${speech.id}/${n}`),
    ]
    for (const path of reads) {
      expect((await get(base + path, { cookie: stranger.cookie })).status, path).toBe(404)
      expect((await get(base + path, { cookie: '' })).status, path).toBe(303)
    }
    for (const path of changes) {
      expect((await post(base + path, wanted, stranger.cookie)).status, path).toBe(404)
      expect((await post(base + path, wanted, '')).status, path).toBe(401)
      expect((await post(base + path, wanted, viewer.cookie)).status, path).toBe(403)
    }
    const mixed = `/console/${elsewhere.slug}/seminars/${theirs.id}/presentations/${speech.id}`
    expect((await get(mixed, { cookie: stranger.cookie })).status).toBe(404)
    expect((await get(`${mixed}/files/1`, { cookie: stranger.cookie })).status).toBe(404)
    const seen = await (await get(`${base}/${speech.id}`, { cookie: viewer.cookie })).text()
    expect(seen).not.toContain('/p/')
    expect(seen).not.toContain('Duyệt đưa vào kỷ yếu</button>')
    expect((await get(`/console/${organization.slug}/seminars/${seminar.id}/presentations/nonsense`)).status).toBe(404)
  })
})
