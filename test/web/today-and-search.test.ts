import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import {
  createInvitation,
  createMember,
  createOrganization,
  createPerson,
  createSeminar,
  createUnit,
} from '../support/factories.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

async function desk() {
  const org = await createOrganization(t.services.db)
  const member = await createMember(t.services, org.id)
  const get = async (path: string, english = false) => {
    const url = `${testOrigin}${english ? '/en' : ''}/console/${org.slug}${path}`
    const answer = await t.app.request(url, { headers: { cookie: member.cookie } })
    return { status: answer.status, text: await answer.text() }
  }
  return { org, get }
}

it('tells an organisation without seminars what to do first', async () => {
  const { get } = await desk()
  const page = await get('')
  expect(page.text).toContain('Ba việc đầu tiên')
  expect(page.text).toContain('Tạo hội thảo đầu tiên')
  expect((await get('', true)).text).toContain('Create the first seminar')
})

it('is calm when nothing waits, and shows what comes next', async () => {
  const { org, get } = await desk()
  const seminar = await createSeminar(t.services.db, org.id)
  await t.services.db
    .insertInto('chairs')
    .values({ organization_id: org.id, seminar_id: seminar.id, ordinal: 1, name: 'A' })
    .execute()
  const page = await get('')
  expect(page.text).toContain('Hôm nay chưa có việc nào cần xử lý.')
  expect(page.text).toContain(seminar.theme)
  expect(page.text).toContain('còn 30 ngày')
})

it('lists what waits over all seminars, and the last answers', async () => {
  const { org, get } = await desk()
  const seminar = await createSeminar(t.services.db, org.id)
  await createInvitation(t.services.db, seminar, { status: 'draft', sent_at: null })
  await createInvitation(t.services.db, seminar, { name: 'Phạm Thu Hà', answer: 'declined', answered_at: new Date() })
  const page = await get('')
  expect(page.text).toContain('giấy mời chưa gửi')
  expect(page.text).toContain('hội thảo chưa ghi người chủ trì')
  expect(page.text).toMatch(/Phạm Thu Hà[\s\S]*Vắng/)
})

it('counts beside “Hôm nay” what is listed there, at every page, and no further than 99', async () => {
  const { org, get } = await desk()
  const badge = (text: string) => />Hôm nay (?:<span class="num">([^<]+)<)?/.exec(text)?.[1] ?? '0'
  const listed = (text: string) => String(text.match(/<li><span class="n">/g)?.length ?? 0)
  const agrees = async (count: string) => {
    const { text } = await get('')
    expect([badge(text), listed(text), badge((await get('/seminars')).text)]).toEqual([count, count, count])
  }
  await createOrganization(t.services.db)
  await agrees('0')
  const { db } = t.services
  const seminar = await createSeminar(db, org.id)
  await createInvitation(db, seminar, { status: 'draft', sent_at: null })
  await createInvitation(db, seminar, { status: 'draft', sent_at: null })
  await agrees('2')
  await db
    .insertInto('agenda_items')
    .values({ organization_id: org.id, seminar_id: seminar.id, ordinal: 1, title: 'Báo cáo', minutes: 600 })
    .execute()
  await agrees('3')
  await createSeminar(db, org.id, { state: 'cancelled' })
  await agrees('3')
  for (let n = 0; n < 97; n++) await createSeminar(db, org.id)
  const { text } = await get('')
  expect([badge(text), listed(text)]).toEqual(['99+', '100'])
})

it('finds seminars, people and units without diacritics, in one organisation only', async () => {
  const { org, get } = await desk()
  const other = await desk()
  await createSeminar(t.services.db, org.id, { theme: 'Đổi mới công tác dân vận' })
  const unit = await createUnit(t.services.db, org.id, { name: 'Ban Dân vận Thành ủy' })
  const person = await createPerson(t.services.db, org.id, {
    name: 'Đỗ Dân Vận',
    family: 'Đỗ',
    middle: 'Dân',
    given: 'Vận',
  })
  const position = { organization_id: org.id, unit_id: unit.id, person_id: person.id, title: 'Trưởng Ban' }
  await t.services.db.insertInto('positions').values(position).execute()
  const page = await get('/search?q=dan+van')
  expect(page.text).toContain('Đổi mới công tác dân vận')
  expect(page.text).toContain('Đỗ Dân Vận')
  expect(page.text).toContain('Trưởng Ban Dân vận Thành ủy')
  expect((await other.get('/search?q=dan+van')).text).toContain('Không tìm thấy “dan van”')
  expect((await get('/search?q=%3Cscript%3E')).text).not.toContain('<script>')
  expect((await get('/search')).text).toContain('Gõ không dấu')
  const people = JSON.parse((await get('/search/people.json?q=dan+van')).text)
  expect(people).toMatchObject([{ id: person.id, name: 'Đỗ Dân Vận', positions: ['Trưởng Ban Dân vận Thành ủy'] }])
  expect(JSON.parse((await get('/search/units.json?q=dan+van')).text)).toMatchObject([
    { id: unit.id, name: 'Ban Dân vận Thành ủy' },
  ])
  expect(JSON.parse((await other.get('/search/people.json?q=dan+van')).text)).toEqual([])
})
