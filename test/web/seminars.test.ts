import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { longTheme } from '../features/seminars/support.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../support/app.ts'
import { createInvitation, createMember, createOrganization, createSeminar } from '../support/factories.ts'

let t: TestApp
let org: Awaited<ReturnType<typeof createOrganization>>
let member: Awaited<ReturnType<typeof createMember>>
beforeAll(async () => {
  t = await createTestApp()
  org = await createOrganization(t.services.db)
  member = await createMember(t.services, org.id)
})
afterAll(() => t.close())

const address = (path: string, english = false) => `${testOrigin}${english ? '/en' : ''}/console/${org.slug}${path}`

async function get(path: string, english = false, cookie = member.cookie) {
  const answer = await t.app.request(address(path, english), { headers: { cookie } })
  return { status: answer.status, text: await answer.text() }
}

async function post(path: string, fields: Record<string, string | string[]>, cookie = member.cookie) {
  const answer = await t.app.request(address(path), formRequest(fields, cookie))
  return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
}

/** A filled-in form of a seminar. */
const form = (overrides: Record<string, string> = {}) => ({
  kind: 'hoi_thao',
  theme: longTheme,
  host: 'Ban Thường vụ Thành ủy',
  timezone: 'Asia/Ho_Chi_Minh',
  visibility: 'public',
  language: 'vi',
  substitutePolicy: 'consent',
  startsDate: '2026-12-15',
  startsTime: '14:00',
  endsDate: '2026-12-15',
  endsTime: '17:00',
  venue: 'Hội trường Trung tâm Chính trị thành phố',
  ...overrides,
})

const rowOf = (id: string) =>
  t.services.db.selectFrom('seminars').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const messagesOf = (id: string) =>
  t.services.db.selectFrom('messages').select('kind').where('seminar_id', '=', id).execute()

describe('a new seminar', () => {
  it('files a seminar under topics, line by line, with their English names', async () => {
    const made = await post(
      '/seminars/new',
      form({ topics: 'Xây dựng Đảng\r\n\r\n Giáo dục ', topicsEn: 'Party building' }),
    )
    const path = made.location.replace(`/console/${org.slug}`, '')
    const edit = (await get(`${path}/edit`)).text
    expect(edit).toMatch(/<textarea id="f-topics"[^>]*>Xây dựng Đảng\nGiáo dục<\/textarea>/)
    expect(edit).toMatch(/<textarea id="f-topicsEn"[^>]*>Party building<\/textarea>/)
    expect((await get('/seminars/new')).text).toContain('<span class="pill">Giáo dục</span>')
    const saved = await post(`${path}/edit`, form({ topics: 'Giáo dục', version: '1' }))
    expect(saved.status).toBe(303)
    expect((await get(`${path}/edit`)).text).toMatch(/<textarea id="f-topics"[^>]*>Giáo dục<\/textarea>/)
    const late = await post(`${path}/edit`, form({ topics: 'Y tế', version: '1' }))
    expect(late.status).toBe(412)
    expect(late.text).toMatch(/<textarea id="f-topics"[^>]*>Y tế<\/textarea>/)
    expect(late.text).toMatch(/<dt>Lĩnh vực<\/dt><dd>Giáo dục<\/dd>/)
  })

  it('refuses a sixth topic, and one that is too long, at their field', async () => {
    for (const topics of ['a\nb\nc\nd\ne\nf', 'x'.repeat(61)]) {
      const { status, text } = await post('/seminars/new', form({ topics }))
      expect(status).toBe(422)
      expect(text).toContain('<a href="#f-topics">Lĩnh vực:')
      expect(text).toContain(`${topics}</textarea>`)
    }
  })

  it('is made from the form and opens on its overview', async () => {
    const made = await post('/seminars/new', form())
    expect(made.status).toBe(303)
    const page = await get(made.location.replace(`/console/${org.slug}`, ''))
    expect(page.status).toBe(200)
    expect(page.text).toContain(longTheme)
    expect(page.text).toContain('14 giờ 00, thứ Ba, 15/12/2026')
    expect(page.text).toContain('Đang soạn')
  })

  it('comes back with what was typed and the field named, in both languages', async () => {
    const refused = await post('/seminars/new', form({ theme: '', endsTime: '13:00', capacity: 'nhiều' }))
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Đề nghị nhập: Chủ đề.')
    expect(refused.text).toContain('Kết thúc: phải sau giờ bắt đầu.')
    expect(refused.text).toContain('Số chỗ: đề nghị nhập số.')
    expect(refused.text).toContain('value="nhiều"')
    expect(refused.text).toContain('value="13:00"')
    const english = await t.app.request(address('/seminars/new', true), formRequest(form({ theme: '' }), member.cookie))
    expect(english.status).toBe(422)
    expect(await english.text()).toContain('Please enter: Theme.')
  })

  it('is refused to a viewer', async () => {
    const viewer = await createMember(t.services, org.id, 'viewer')
    expect((await get('/seminars/new', false, viewer.cookie)).status).toBe(403)
    expect((await post('/seminars/new', form(), viewer.cookie)).status).toBe(403)
    const list = await get('/seminars', false, viewer.cookie)
    expect(list.status).toBe(200)
    expect(list.text).not.toContain('Tạo hội thảo')
  })
})

describe('editing', () => {
  it('keeps what was typed when someone else was faster, shows what differs, and saves the second time', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    const first = await post(`/seminars/${seminar.id}/edit`, form({ version: '1', venue: 'Hội trường A' }))
    expect(first.status).toBe(303)
    const late = await post(
      `/seminars/${seminar.id}/edit`,
      form({ version: '1', venue: 'Hội trường B', introduction: 'Đã viết rất nhiều' }),
    )
    expect(late.status).toBe(412)
    expect(late.text).toContain('value="Hội trường B"')
    expect(late.text).toContain('Đã viết rất nhiều')
    expect(late.text).toContain('<dd>Hội trường A</dd>')
    expect(late.text).toContain('name="version" value="2"')
    const again = await post(`/seminars/${seminar.id}/edit`, form({ version: '2', venue: 'Hội trường B' }))
    expect(again.status).toBe(303)
    expect((await rowOf(seminar.id)).venue).toBe('Hội trường B')
  })

  it('asks whether to tell those invited, and tells them unless told not to', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    await createInvitation(t.services.db, seminar)
    await createInvitation(t.services.db, seminar)
    const page = await get(`/seminars/${seminar.id}/edit`)
    expect(page.text).toContain('Gửi thư cập nhật cho 2 người')
    expect(page.text).toMatch(/name="tell" value="on" checked/)
    await post(`/seminars/${seminar.id}/edit`, form({ version: '1', asked: 'on' }))
    expect(await messagesOf(seminar.id)).toHaveLength(0)
    await post(`/seminars/${seminar.id}/edit`, form({ version: '2', asked: 'on', tell: 'on', venue: 'Nơi khác' }))
    expect(await messagesOf(seminar.id)).toHaveLength(2)
    expect(await rowOf(seminar.id)).toMatchObject({ sequence: 2 })
  })

  it('says how many places are taken when the capacity is set below', async () => {
    const seminar = await createSeminar(t.services.db, org.id, { capacity: 50 })
    await t.services.db.updateTable('seminar_places').set({ taken: 40 }).where('seminar_id', '=', seminar.id).execute()
    const refused = await post(`/seminars/${seminar.id}/edit`, form({ version: '1', capacity: '39' }))
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('đã có 40 chỗ được nhận')
  })

  it('gives opened places to the first in the waiting line in the same step', async () => {
    const seminar = await createSeminar(t.services.db, org.id, { capacity: 1 })
    const places = t.services.db.updateTable('seminar_places').where('seminar_id', '=', seminar.id)
    await places.set({ taken: 1, waiting_last: 2 }).execute()
    await createInvitation(t.services.db, seminar, { answer: 'accepted', holds_place: true })
    const first = await createInvitation(t.services.db, seminar, { answer: 'waitlisted', waiting_no: 1 })
    const second = await createInvitation(t.services.db, seminar, { answer: 'waitlisted', waiting_no: 2 })
    const day = seminar.starts_local?.slice(0, 10) ?? ''
    const same = { startsDate: day, endsDate: day, version: '1', capacity: '2' }
    expect((await post(`/seminars/${seminar.id}/edit`, form(same))).status).toBe(303)
    const rows = await t.services.db
      .selectFrom('invitations')
      .select(['id', 'answer'])
      .where('seminar_id', '=', seminar.id)
      .execute()
    const answerOf = (id: string) => rows.find((row) => row.id === id)?.answer
    expect([answerOf(first.id), answerOf(second.id)]).toEqual(['accepted', 'waitlisted'])
  })
})

describe('the steps of a seminar’s life', () => {
  it('schedules a draft with its date', async () => {
    const seminar = await createSeminar(t.services.db, org.id, { state: 'draft', starts_local: null, ends_local: null })
    expect((await get(`/seminars/${seminar.id}`)).text).toContain('Ấn định thời gian')
    const refused = await post(`/seminars/${seminar.id}/schedule`, {
      version: '1',
      startsDate: '2027-01-08',
      startsTime: '14:00',
    })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Đề nghị nhập: Kết thúc.')
    expect(refused.text).toContain('value="2027-01-08"')
    const dates = { startsDate: '2027-01-08', startsTime: '14:00', endsDate: '2027-01-08', endsTime: '17:00' }
    expect((await post(`/seminars/${seminar.id}/schedule`, { version: '1', ...dates })).status).toBe(303)
    expect(await rowOf(seminar.id)).toMatchObject({ state: 'scheduled', starts_local: '2027-01-08T14:00:00' })
  })

  it('postpones with a note that invitees read, and both dates open', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    await createInvitation(t.services.db, seminar)
    const page = await get(`/seminars/${seminar.id}/postpone`)
    expect(page.text).toContain('Gửi thư cập nhật cho 1 người')
    await post(`/seminars/${seminar.id}/postpone`, {
      version: '1',
      note: 'Do ảnh hưởng của bão',
      asked: 'on',
      tell: 'on',
    })
    expect(await rowOf(seminar.id)).toMatchObject({ state: 'postponed', starts_local: null, sequence: 1 })
    expect(await messagesOf(seminar.id)).toHaveLength(1)
    const overview = await get(`/seminars/${seminar.id}`)
    expect(overview.text).toContain('Do ảnh hưởng của bão')
    expect(overview.text).toContain('Chưa ấn định thời gian')
    expect(overview.text).toContain('Ấn định thời gian mới')
    const edit = await get(`/seminars/${seminar.id}/edit`)
    expect(edit.text).not.toContain('name="startsDate"')
    const { startsDate, startsTime, endsDate, endsTime, ...rest } = form({ version: '2', contactName: 'Văn phòng' })
    expect((await post(`/seminars/${seminar.id}/edit`, rest)).status).toBe(303)
  })

  it('cancels, and offers no step after', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    expect((await post(`/seminars/${seminar.id}/cancel`, { version: '1', note: '' })).status).toBe(303)
    expect(await rowOf(seminar.id)).toMatchObject({ state: 'cancelled' })
    expect((await get(`/seminars/${seminar.id}/schedule`)).status).toBe(404)
    expect((await get(`/seminars/${seminar.id}`)).text).not.toContain('btn primary')
  })

  it('is marked as held after it ended', async () => {
    const past = { starts_local: '2023-11-16T14:00:00', ends_local: '2023-11-16T17:00:00' }
    const seminar = await createSeminar(t.services.db, org.id, past)
    expect((await get(`/seminars/${seminar.id}`)).text).toContain('Ghi nhận đã diễn ra')
    await post(`/seminars/${seminar.id}/hold`, {})
    expect(await rowOf(seminar.id)).toMatchObject({ state: 'held' })
    expect((await get(`/seminars/${seminar.id}`)).text).toContain('Mở tin bài')
    const early = await createSeminar(t.services.db, org.id)
    const refused = await post(`/seminars/${early.id}/hold`, {})
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Hội thảo chưa bắt đầu')
  })

  it('is copied into a draft that opens on its form', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    const copied = await post(`/seminars/${seminar.id}/copy`, {})
    expect(copied.status).toBe(303)
    expect(copied.location).toMatch(/\/edit$/)
    const id = copied.location.split('/').at(-2) ?? ''
    expect(await rowOf(id)).toMatchObject({ state: 'draft', copied_from: seminar.id, starts_local: null })
  })
})

describe('the list', () => {
  it('filters by address, keeps the filter in its links, and says when nothing fits', async () => {
    await createSeminar(t.services.db, org.id, { theme: 'Phòng, chống thiên tai' })
    const found = await get('/seminars?q=thien+tai&sort=name')
    expect(found.text).toContain('Phòng, chống thiên tai')
    expect(found.text).toContain('1 hội thảo')
    expect(found.text).toMatch(/aria-sort="ascending"/)
    const none = await get('/seminars?q=khong+co+gi', true)
    expect(none.text).toContain('No seminar fits')
  })
})

it('another organisation’s seminar is not found on any page, by its owner’s rights neither', async () => {
  const other = await createOrganization(t.services.db)
  const theirs = await createSeminar(t.services.db, other.id)
  for (const page of [
    '',
    '/edit',
    '/agenda',
    '/people',
    '/schedule',
    '/postpone',
    '/cancel',
    '/delegations/new',
    '/delegations/count',
  ]) {
    expect((await get(`/seminars/${theirs.id}${page}`)).status, page).toBe(404)
  }
  const writes = [
    '/edit',
    '/agenda',
    '/chairs',
    '/delegations/new',
    '/schedule',
    '/postpone',
    '/cancel',
    '/hold',
    '/copy',
    '/agenda/order',
  ]
  for (const page of writes) {
    const fields = { ...form(), name: 'A', role: 'chair', text: 'B', minutes: '5', kind: 'report' }
    expect((await post(`/seminars/${theirs.id}${page}`, page === '/edit' ? form() : fields)).status, page).toBe(404)
  }
  expect((await rowOf(theirs.id)).version).toBe(1)
  expect((await get('/seminars/not-an-id')).status).toBe(404)
})
