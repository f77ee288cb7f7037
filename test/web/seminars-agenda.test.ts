import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAgendaItem } from '../../src/features/seminars/commands/agenda.ts'
import { agendaItemInput } from '../../src/features/seminars/schema.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createPerson, createSeminar, createUnit } from '../support/factories.ts'

let t: TestApp
let org: Awaited<ReturnType<typeof createOrganization>>
let member: Awaited<ReturnType<typeof createMember>>
let seminarId: string
beforeAll(async () => {
  t = await createTestApp()
  org = await createOrganization(t.services.db)
  member = await createMember(t.services, org.id)
})
afterAll(() => t.close())
beforeEach(async () => {
  const at = { starts_local: '2026-12-15T14:00:00', ends_local: '2026-12-15T17:00:00' }
  seminarId = (await createSeminar(t.services.db, org.id, at)).id
})

const base = (path: string, english = false) =>
  `${testOrigin}${english ? '/en' : ''}/console/${org.slug}/seminars/${seminarId}${path}`

async function get(path: string, english = false) {
  const answer = await t.app.request(base(path, english), { headers: { cookie: member.cookie } })
  return { status: answer.status, text: await answer.text() }
}
async function post(path: string, fields: Record<string, string | string[]>, headers: Record<string, string> = {}) {
  const request = formRequest(fields, member.cookie)
  const answer = await t.app.request(base(path), {
    ...request,
    headers: { ...(request.headers as object), ...headers },
  })
  return { status: answer.status, text: await answer.text() }
}

const add = (fields: Record<string, unknown>) =>
  t.services.db
    .transaction()
    .execute((trx) =>
      addAgendaItem(
        trx,
        systemContext(),
        org.id,
        seminarId,
        agendaItemInput.parse({ kind: 'report', minutes: 25, ...fields }),
      ),
    )

const titles = () =>
  t.services.db
    .selectFrom('agenda_items')
    .select('title')
    .where('seminar_id', '=', seminarId)
    .orderBy('ordinal')
    .execute()
    .then((rows) => rows.map((row) => row.title))

describe('the agenda page', () => {
  it('adds an item with a speaker by hand, and shows when it begins', async () => {
    const fields = {
      kind: 'report',
      title: 'Báo cáo thực trạng',
      minutes: '25',
      'speakers.0.name': 'Phạm Thu Hà',
      'speakers.0.position': 'Phó Trưởng Ban',
    }
    expect((await post('/agenda', fields)).status).toBe(303)
    const page = await get('/agenda')
    expect(page.text).toContain('Báo cáo thực trạng')
    expect(page.text).toContain('Phạm Thu Hà')
    expect(page.text).toContain('14:00')
    expect(page.text).toContain('25′')
  })

  it('calls an item without a title by its kind, in the organizer’s language', async () => {
    await post('/agenda', { kind: 'break', title: '', minutes: '15' })
    expect(await titles()).toEqual(['Nghỉ giải lao'])
  })

  it('keeps what was typed when the minutes are no number', async () => {
    const refused = await post('/agenda', {
      kind: 'speech',
      title: 'Tham luận của các đơn vị',
      minutes: 'lâu',
      'speakers.0.name': 'Phạm Thu Hà',
    })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Số phút: đề nghị nhập số.')
    expect(refused.text).toContain('value="Tham luận của các đơn vị"')
    expect(refused.text).toContain('value="Phạm Thu Hà"')
  })

  it('shows an overrun and a clash of speakers at once, in both languages', async () => {
    const speakers = [{ name: 'Phạm Thu Hà' }]
    await add({ title: 'Báo cáo', minutes: 60, speakers })
    await add({ title: 'Tham luận', minutes: 160, fixedStart: '14:30', speakers })
    const page = await get('/agenda')
    expect(page.text).toContain('Vượt 10 phút so với giờ kết thúc 17 giờ 00.')
    expect(page.text).toContain('Phạm Thu Hà có mặt cùng lúc ở hai nội dung: “Báo cáo” và “Tham luận”.')
    expect((await get('/agenda', true)).text).toContain('Runs 10 minutes past the end at 17:00.')
    const overview = await get('')
    expect(overview.text).toContain('Vượt 10 phút')
    expect(overview.text).toContain('phút vượt giờ kết thúc')
  })

  it('moves an item by its buttons, without a script', async () => {
    await add({ title: 'Một' })
    const second = await add({ title: 'Hai' })
    expect((await post(`/agenda/${second}/move`, { direction: 'up' })).status).toBe(303)
    expect(await titles()).toEqual(['Hai', 'Một'])
    expect((await get('/agenda')).text).toContain('aria-label="Chuyển lên: Một"')
  })

  it('answers a new order with the agenda and its new times', async () => {
    const first = await add({ title: 'Một', minutes: 10 })
    const second = await add({ title: 'Hai', minutes: 20 })
    const answer = await post('/agenda/order', { item: [second, first] }, { 'x-fragment': '1' })
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain('<html')
    expect(answer.text.indexOf('Hai')).toBeLessThan(answer.text.indexOf('Một'))
    expect(answer.text).toContain('14:20')
    expect((await post('/agenda/order', { item: [crypto.randomUUID()] })).status).toBe(409)
  })

  it('keeps an item’s typed text when someone else was faster', async () => {
    const item = await add({ title: 'Một' })
    const fields = { kind: 'report', title: 'Một, sửa trước', minutes: '10', version: '1' }
    expect((await post(`/agenda/${item}`, fields)).status).toBe(303)
    const late = await post(`/agenda/${item}`, { ...fields, title: 'Một, sửa sau' })
    expect(late.status).toBe(412)
    expect(late.text).toContain('value="Một, sửa sau"')
    expect(late.text).toContain('<dd>Một, sửa trước</dd>')
  })
})

describe('chairs and delegations', () => {
  it('adds a chair with positions as printed, one a line, and moves one up', async () => {
    await post('/chairs', { role: 'chair', name: 'Nguyễn Chiến Thắng', positions: 'Phó Bí thư Thường trực Thành ủy' })
    await post('/chairs', {
      role: 'chair',
      name: 'Nguyễn Văn Bích',
      positions: 'Uỷ viên BTV\r\nTrưởng Ban Tổ chức Thành ủy\r\n',
    })
    const rows = await t.services.db
      .selectFrom('chairs')
      .selectAll()
      .where('seminar_id', '=', seminarId)
      .orderBy('ordinal')
      .execute()
    expect(rows[1]?.positions).toEqual(['Uỷ viên BTV', 'Trưởng Ban Tổ chức Thành ủy'])
    await post(`/chairs/${rows[1]?.id}/move`, { direction: 'up' })
    const page = await get('/people')
    expect(page.text.indexOf('Nguyễn Văn Bích')).toBeLessThan(page.text.indexOf('Nguyễn Chiến Thắng'))
    expect(page.text).toContain('Đồng chủ trì')
    const refused = await post('/chairs', { role: 'chair', name: '', positions: 'Giám đốc' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Đề nghị nhập: Họ và tên.')
    expect(refused.text).toContain('Giám đốc')
  })

  it('counts what a selector means, while it is chosen and after', async () => {
    const unit = await createUnit(t.services.db, org.id, { name: 'Ban Dân vận', block: 'Đảng' })
    const person = await createPerson(t.services.db, org.id)
    const of = { organization_id: org.id, person_id: person.id, unit_id: unit.id }
    await t.services.db
      .insertInto('positions')
      .values([
        { ...of, title: 'Trưởng Ban' },
        { ...of, title: 'Ủy viên' },
      ])
      .execute()
    const count = await get(`/delegations/count?unitIds=${unit.id}`)
    expect(JSON.parse(count.text)).toEqual({ text: '2 chỗ, 1 người' })
    const tried = await post('/delegations/new', { text: 'lãnh đạo Ban Dân vận', unitIds: unit.id, count: 'on' })
    expect(tried.status).toBe(200)
    expect(tried.text).toContain('2 chỗ, 1 người')
    expect(tried.text).toContain('value="lãnh đạo Ban Dân vận"')
    expect(tried.text).toContain('Ban Dân vận</span>')
    await post('/delegations/new', { text: 'lãnh đạo Ban Dân vận', unitIds: unit.id, separator: ': ' })
    const [group] = await t.services.db
      .selectFrom('delegations')
      .selectAll()
      .where('seminar_id', '=', seminarId)
      .execute()
    expect(group).toMatchObject({ selector: { unitIds: [unit.id] }, separator: ': ' })
    expect((await get('/people')).text).toContain('2 chỗ, 1 người')
  })
})

it('warns of another editor who has the same page open, and not of oneself', async () => {
  const colleague = await createMember(t.services, org.id, 'organizer')
  const beat = async (cookie: string) => {
    const answer = await t.app.request(
      `${testOrigin}/console/${org.slug}/presence`,
      formRequest({ kind: 'agenda', id: seminarId }, cookie),
    )
    return answer.json()
  }
  expect(await beat(member.cookie)).toEqual({ text: '' })
  expect(await beat(colleague.cookie)).toEqual({ text: 'Lê Văn Mẫu cũng đang mở trang này.' })
  expect((await get('/agenda')).text).toContain('Lê Văn Mẫu cũng đang mở trang này.')
  await t.services.db
    .updateTable('editors_present')
    .set({ seen_at: new Date(Date.now() - 60_000) })
    .where('user_id', '=', colleague.userId)
    .execute()
  expect((await get('/agenda')).text).not.toContain('cũng đang mở trang này.')
})
