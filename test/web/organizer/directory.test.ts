import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization, createPerson, createUnit } from '../../support/factories.ts'

let t: TestApp
let base: string
let org: { id: string; slug: string }
let owner: Awaited<ReturnType<typeof createMember>>
let viewer: Awaited<ReturnType<typeof createMember>>
let stranger: Awaited<ReturnType<typeof createMember>>
beforeAll(async () => {
  t = await createTestApp()
  org = await createOrganization(t.services.db)
  base = `/console/${org.slug}`
  owner = await createMember(t.services, org.id)
  viewer = await createMember(t.services, org.id, 'viewer')
  stranger = await createMember(t.services, (await createOrganization(t.services.db)).id)
})
afterAll(() => t.close())

const get = (path: string, cookie = owner.cookie) => t.app.request(testOrigin + path, { headers: { cookie } })
const post = (path: string, fields: Record<string, string>, cookie = owner.cookie) =>
  t.app.request(testOrigin + path, formRequest(fields, cookie))
const html = async (path: string, cookie?: string) => (await get(path, cookie)).text()
const idOf = (answer: Response) => answer.headers.get('location')?.split('/').at(-1) as string

describe('the directory', () => {
  it('shows a person found by position, without diacritics, in both languages', async () => {
    const unit = await createUnit(t.services.db, org.id, {
      name: 'Ban Tổ chức Thành ủy',
      name_en: 'Organisation Commission',
    })
    const made = await post(`${base}/directory/people/new`, {
      name: 'Đỗ Thị Ánh',
      email: 'anh@mau.example',
      locale: 'vi',
      title: 'Trưởng Ban',
      unit: unit.name,
    })
    expect(made.status).toBe(303)
    const list = await html(`${base}/directory/people?q=truong+ban+to+chuc`)
    expect(list).toContain('Đỗ Thị Ánh')
    expect(list).toContain('Trưởng Ban Tổ chức Thành ủy')
    expect(await html(`${base}/directory/people?q=khong-co`)).toContain('Không tìm thấy ai')
    const page = await html(new URL(made.headers.get('location') as string, testOrigin).pathname)
    expect(page).toContain('Trưởng Ban Tổ chức Thành ủy')
    expect(await html(`/en${base}/directory/people`)).toContain('Positions today')
    expect(await html(`${base}/directory/units/${unit.id}`)).toContain('Đỗ Thị Ánh')
  })

  it('keeps what was typed and says what is wrong', async () => {
    const answer = await post(`${base}/directory/people/new`, {
      name: '',
      email: 'khong phai',
      note: 'Ghi chú dài',
      title: 'Bí thư',
      unit: 'Đơn vị không có',
    })
    const page = await answer.text()
    expect(answer.status).toBe(422)
    for (const text of [
      'Ghi chú dài',
      'khong phai',
      'Đơn vị không có',
      'Địa chỉ thư điện tử chưa đúng',
      'chưa tìm thấy đơn vị này',
    ])
      expect(page).toContain(text)
  })

  it('lets one choose where a unit’s name is not enough', async () => {
    const [a, b] = [
      await createUnit(t.services.db, org.id, { name: 'Đảng bộ Một' }),
      await createUnit(t.services.db, org.id, { name: 'Đảng bộ Hai' }),
    ]
    const cells = [
      await createUnit(t.services.db, org.id, { name: 'Chi bộ Khoa 1', parent_id: a.id }),
      await createUnit(t.services.db, org.id, { name: 'Chi bộ Khoa 1', parent_id: b.id }),
    ]
    const person = await createPerson(t.services.db, org.id)
    const path = `${base}/directory/people/${person.id}/positions/new`
    const asked = await post(path, { title: 'Bí thư', unit_id: 'chi bo khoa 1', rank: '1' })
    const page = await asked.text()
    expect(asked.status).toBe(422)
    for (const cell of cells) expect(page).toContain(cell.id)
    expect(
      (await post(path, { title: 'Bí thư', unit_id: 'chi bo khoa 1', unit_id_id: cells[1]?.id as string, rank: '1' }))
        .status,
    ).toBe(303)
    const labelled = await post(path, { title: 'Bí thư', unit_id: 'Chi bộ Khoa 1 — Đảng bộ Một', rank: '1' })
    expect(labelled.status).toBe(303)
    const held = await t.services.db
      .selectFrom('positions')
      .select('unit_id')
      .where('person_id', '=', person.id)
      .orderBy('id')
      .execute()
    expect(held.map((p) => p.unit_id)).toEqual([cells[1]?.id, cells[0]?.id])
    const options = (await (await get(`${base}/directory/units/options?q=khoa+1`)).json()) as { label: string }[]
    expect(options.map((o) => o.label).sort()).toEqual(['Chi bộ Khoa 1 — Đảng bộ Hai', 'Chi bộ Khoa 1 — Đảng bộ Một'])
  })

  it('ends a position, and refuses a last day before the first', async () => {
    const unit = await createUnit(t.services.db, org.id, { name: 'Văn phòng' })
    const person = await createPerson(t.services.db, org.id)
    const add = {
      title: 'Chánh Văn phòng',
      unit_id: 'Văn phòng',
      unit_id_id: unit.id,
      rank: '1',
      valid_from: '2026-05-01',
    }
    await post(`${base}/directory/people/${person.id}/positions/new`, add)
    const { id } = await t.services.db
      .selectFrom('positions')
      .select('id')
      .where('person_id', '=', person.id)
      .executeTakeFirstOrThrow()
    const end = `${base}/directory/people/${person.id}/positions/${id}/end`
    const early = await post(end, { valid_to: '2026-04-30' })
    expect([early.status, (await early.text()).includes('ngày cuối không được trước ngày đầu')]).toEqual([422, true])
    expect((await post(end, { valid_to: '2026-06-30' })).status).toBe(303)
    expect(await html(`${base}/directory/people/${person.id}`)).toContain('từ 1/5/2026 đến 30/6/2026')
  })

  it('warns of a second editor and keeps what was typed', async () => {
    const made = await post(`${base}/directory/units/new`, { name: 'Ban Dân vận', rank: '10' })
    const path = `${base}/directory/units/${idOf(made)}/edit`
    expect((await post(path, { name: 'Ban Dân vận Thành ủy', rank: '10', version: '1' })).status).toBe(303)
    const late = await post(path, { name: 'Ban Dân vận khác', rank: '10', version: '1' })
    const page = await late.text()
    expect([late.status, page.includes('Ban Dân vận khác'), page.includes('Ban Dân vận Thành ủy')]).toEqual([
      412,
      true,
      true,
    ])
    const cycle = await post(path, { name: 'Ban Dân vận', rank: '10', version: '2', parent_id: 'Ban Dân vận Thành ủy' })
    expect([cycle.status, (await cycle.text()).includes('trực thuộc chính nó')]).toEqual([422, true])
  })

  it('answers 404 for every id to the owner of another organisation, on reading and on writing', async () => {
    const own = `/console/${(await t.services.db.selectFrom('members as m').innerJoin('organizations as o', 'o.id', 'm.organization_id').select('o.slug').where('m.user_id', '=', stranger.userId).executeTakeFirstOrThrow()).slug}`
    const unit = await createUnit(t.services.db, org.id)
    const person = await createPerson(t.services.db, org.id)
    const paths = [
      `/people/${person.id}`,
      `/people/${person.id}/edit`,
      `/people/${person.id}/positions/new`,
      `/units/${unit.id}`,
      `/units/${unit.id}/edit`,
      `/units/new?parent=${unit.id}`,
      `/people/new?unit=${unit.id}`,
      `/tree?at=${unit.id}`,
    ]
    for (const path of paths) {
      for (const prefix of [own, base])
        expect((await get(`${prefix}/directory${path}`, stranger.cookie)).status, prefix + path).toBe(404)
    }
    const fields = { name: 'X', title: 'X', unit_id: 'X', unit_id_id: unit.id, rank: '1', version: '1', locale: 'vi' }
    for (const path of [`/people/${person.id}/edit`, `/units/${unit.id}/edit`]) {
      for (const prefix of [own, base])
        expect((await post(`${prefix}/directory${path}`, fields, stranger.cookie)).status, prefix + path).toBe(404)
    }
    expect((await post(`${own}/directory/people/${person.id}/positions/new`, fields, stranger.cookie)).status).toBe(404)
    expect(await html(`${own}/directory/people?unit=${unit.id}`, stranger.cookie)).not.toContain(unit.name)
    expect((await get(`${base}/directory/people/khong-phai-ma`)).status).toBe(404)
  })

  it('lets a viewer read and change nothing', async () => {
    expect((await get(`${base}/directory/people`, viewer.cookie)).status).toBe(200)
    expect(await html(`${base}/directory/people`, viewer.cookie)).not.toContain('Thêm người')
    for (const path of ['/people/new', '/units/new']) {
      expect((await get(`${base}/directory${path}`, viewer.cookie)).status).toBe(403)
      expect((await post(`${base}/directory${path}`, { name: 'X', rank: '1' }, viewer.cookie)).status).toBe(403)
    }
  })
})
