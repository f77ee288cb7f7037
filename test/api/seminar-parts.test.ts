import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createPerson, createSeminar, createUnit } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
let other: Caller
let path: string
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
  other = await createCaller(t)
})
afterAll(() => t.close())
beforeEach(async () => {
  path = `/seminars/${(await createSeminar(t.services.db, caller.organizationId)).id}`
})

const foreignPerson = async () => (await createPerson(t.services.db, other.organizationId)).id

const parts = [
  {
    name: 'chairs',
    first: { role: 'chair', name: 'Trịnh Thị Minh Thanh', positions: ['Phó Bí thư Thường trực Tỉnh ủy'] },
    second: { role: 'chair', name: 'Nguyễn Văn Mẫu' },
    edit: { positionsEn: ['Standing Deputy Secretary'] },
    wrong: { role: 'guest', name: '', chairman: true },
    refused: { '#/role': 'required', '#/name': 'required', '#/chairman': 'unknown_field' },
  },
  {
    name: 'delegations',
    first: { text: 'Bí thư các chi bộ thôn, khu', selector: { titles: ['Bí thư'] } },
    second: { text: 'Đại biểu cơ sở', separator: ', ' },
    edit: { textEn: 'Secretaries of the cells' },
    wrong: { text: '', selector: { title: ['Bí thư'] } },
    refused: { '#/text': 'required', '#/selector/title': 'unknown_field' },
  },
  {
    name: 'agenda-items',
    first: { kind: 'report', title: 'Báo cáo đề dẫn', minutes: 20, speakers: [{ name: 'Nguyễn Văn Mẫu' }] },
    second: { kind: 'speech', title: 'Tham luận 1', minutes: 10, fixedStart: '15:00' },
    edit: { minutes: 25 },
    wrong: { kind: 'dance', title: 'x', minutes: '10', fixedStart: '25:00', speakers: [{ name: '' }] },
    refused: {
      '#/kind': 'required',
      '#/minutes': 'number',
      '#/fixedStart': 'date',
      '#/speakers/0/name': 'required',
    },
  },
]

describe.each(parts)('$name of a seminar', ({ name, first, second, edit, wrong, refused }) => {
  const list = async (query = '') => (await caller.call('GET', `${path}/${name}${query}`)).body
  const add = async (body: object) => (await caller.call('POST', `${path}/${name}`, body)).body

  it('are added at the end, read, and listed in order by pages', async () => {
    const made = await caller.call('POST', `${path}/${name}`, first)
    expect([made.status, made.headers.get('etag'), made.headers.get('location')]).toEqual([
      201,
      '"1"',
      `http://hoithao.test/api/v1${path}/${name}/${made.body.id}`,
    ])
    expect(made.body).toMatchObject({ ...first, version: 1, seminarId: path.split('/')[2] })
    const next = await add(second)
    const read = await caller.call('GET', `${path}/${name}/${next.id}`)
    expect([read.headers.get('etag'), read.body]).toEqual(['"1"', next])
    expect(await list()).toMatchObject({ items: [{ id: made.body.id }, { id: next.id }], next: null, total: 2 })
    const page = await list('?limit=1')
    expect(page).toMatchObject({ items: [{ id: made.body.id }], total: 2 })
    expect(await list(`?limit=1&cursor=${page.next}`)).toMatchObject({ items: [{ id: next.id }], next: null })
    expect((await caller.call('GET', `${path}/${name}?cursor=x`)).status).toBe(400)
  })

  it('are edited on their version, field by field', async () => {
    const made = await add(first)
    const patch = (body: object, tag?: string) =>
      caller.call('PATCH', `${path}/${name}/${made.id}`, body, tag ? { 'if-match': tag } : {})
    const edited = await patch(edit, '"1"')
    expect([edited.status, edited.headers.get('etag')]).toEqual([200, '"2"'])
    expect(edited.body).toMatchObject({ ...first, ...edit, version: 2 })
    expect((await patch(edit, '"1"')).status).toBe(412)
    expect((await patch(edit)).status).toBe(428)
    expect((await patch({ id: made.id }, '*')).body.errors).toMatchObject([{ pointer: '#/id', code: 'unknown_field' }])
    expect((await patch({}, '*')).body).toMatchObject({ ...first, ...edit, version: 3 })
  })

  it('are put in an order, which names only what is on the list', async () => {
    const a = await add(first)
    const b = await add(second)
    const c = await add(second)
    const put = (ids: string[]) => caller.call('PUT', `${path}/${name}/order`, { ids })
    expect(await put([c.id, a.id])).toMatchObject({ status: 200, body: { ids: [c.id, a.id, b.id] } })
    expect((await list()).items.map((one: { id: string }) => one.id)).toEqual([c.id, a.id, b.id])
    expect(await put([c.id, crypto.randomUUID()])).toMatchObject({ status: 409, body: { code: /_changed$/ } })
    expect((await put([])).status).toBe(422)
    expect((await put(['x'])).body.errors).toMatchObject([{ pointer: '#/ids/0', code: 'invalid' }])
  })

  it('are removed as they were read', async () => {
    const made = await add(first)
    const one = `${path}/${name}/${made.id}`
    await caller.call('PATCH', one, edit, { 'if-match': '"1"' })
    expect((await caller.call('DELETE', one)).status).toBe(428)
    expect((await caller.call('DELETE', one, undefined, { 'if-match': '"1"' })).status).toBe(412)
    expect((await caller.call('DELETE', one, undefined, { 'if-match': '"2"' })).status).toBe(204)
    expect((await caller.call('DELETE', one, undefined, { 'if-match': '*' })).status).toBe(404)
    expect((await list()).total).toBe(0)
  })

  it('are refused field by field, in the language asked for', async () => {
    const vi = await caller.call('POST', `${path}/${name}`, wrong)
    const en = await caller.call('POST', `${path}/${name}`, wrong, { 'accept-language': 'en' })
    expect(
      Object.fromEntries(vi.body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])),
    ).toEqual(refused)
    expect([vi.status, en.status]).toEqual([422, 422])
    expect(en.body.title).not.toBe(vi.body.title)
  })

  it('are made once for one Idempotency-Key', async () => {
    const post = () => caller.call('POST', `${path}/${name}`, first, { 'idempotency-key': `once-${name}-${path}` })
    const [one, two] = await Promise.all([post(), post()])
    expect(one?.body).toEqual(two?.body)
    expect((await list()).total).toBe(1)
  })

  it('are nobody else’s', async () => {
    const made = await add(first)
    const one = `${path}/${name}/${made.id}`
    const any = { 'if-match': '*' }
    for (const answer of [
      await other.call('GET', `${path}/${name}`),
      await other.call('POST', `${path}/${name}`, first),
      await other.call('PUT', `${path}/${name}/order`, { ids: [made.id] }),
      await other.call('GET', one),
      await other.call('PATCH', one, edit, any),
      await other.call('DELETE', one, undefined, any),
    ])
      expect(answer.status).toBe(404)
    const elsewhere = (await createSeminar(t.services.db, caller.organizationId)).id
    expect((await caller.call('GET', `/seminars/${elsewhere}/${name}/${made.id}`)).status).toBe(404)
    expect((await caller.call('PATCH', `/seminars/${elsewhere}/${name}/${made.id}`, edit, any)).status).toBe(404)
    expect((await caller.call('DELETE', `/seminars/${elsewhere}/${name}/${made.id}`, undefined, any)).status).toBe(404)
  })
})

describe('a person of another organisation', () => {
  it('is refused as a chair and as a speaker, and nothing is written', async () => {
    const personId = await foreignPerson()
    const chair = { role: 'chair', name: 'Người lạ', personId }
    expect((await caller.call('POST', `${path}/chairs`, chair)).body.errors).toMatchObject([
      { pointer: '#/personId', code: 'invalid' },
    ])
    const item = { kind: 'speech', title: 'x', minutes: 5, speakers: [{ name: 'A' }, { name: 'B', personId }] }
    expect((await caller.call('POST', `${path}/agenda-items`, item)).body.errors).toMatchObject([
      { pointer: '#/speakers/1/personId', code: 'invalid' },
    ])
    expect((await caller.call('GET', `${path}/chairs`)).body.total).toBe(0)
    expect((await caller.call('GET', `${path}/agenda-items`)).body.total).toBe(0)
  })
})

describe('superiors', () => {
  it('come after chairs, and are listed alone by role', async () => {
    const superior = { role: 'superior', name: 'Lê Thị Cấp Trên' }
    await caller.call('POST', `${path}/chairs`, superior)
    await caller.call('POST', `${path}/chairs`, { role: 'chair', name: 'Nguyễn Văn Mẫu' })
    const names = async (query: string) =>
      (await caller.call('GET', `${path}/chairs${query}`)).body.items.map((one: { name: string }) => one.name)
    expect(await names('')).toEqual(['Nguyễn Văn Mẫu', 'Lê Thị Cấp Trên'])
    expect(await names('?role=superior')).toEqual(['Lê Thị Cấp Trên'])
    expect((await caller.call('GET', `${path}/chairs?role=guest`)).status).toBe(400)
  })
})

describe('a selector', () => {
  it('is counted before it is written, and by each group: seats are positions, each person once in the sum', async () => {
    const { db } = t.services
    const unit = await createUnit(db, caller.organizationId, { type: 'chi bộ' })
    const person = await createPerson(db, caller.organizationId)
    for (const title of ['Bí thư', 'Trưởng khu'])
      await db
        .insertInto('positions')
        .values({ organization_id: caller.organizationId, person_id: person.id, unit_id: unit.id, title })
        .execute()
    const count = async (query: string) => (await caller.call('GET', `${path}/selection?${query}`)).body
    expect(await count(new URLSearchParams({ titles: 'Bí thư' }).toString())).toMatchObject({ seats: 1, people: 1 })
    const both = new URLSearchParams([
      ['titles', 'Bí thư'],
      ['titles', 'Trưởng khu'],
      ['unitIds', unit.id],
    ])
    expect(await count(both.toString())).toEqual({ seats: 2, people: 1, day: expect.stringMatching(/^\d{4}-/) })
    expect(await count('')).toMatchObject({ seats: 0, people: 0 })
    expect((await caller.call('GET', `${path}/selection?unitIds=x`)).status).toBe(400)
    await caller.call('POST', `${path}/delegations`, { text: 'Bí thư', selector: { titles: ['Bí thư'] } })
    await caller.call('POST', `${path}/delegations`, { text: 'Trưởng khu', selector: { titles: ['Trưởng khu'] } })
    await caller.call('POST', `${path}/delegations`, { text: 'Khách mời' })
    const { items, selected } = (await caller.call('GET', `${path}/delegations`)).body
    expect(items.map((one: { selected: object | null }) => one.selected)).toEqual([
      { seats: 1, people: 1 },
      { seats: 1, people: 1 },
      null,
    ])
    expect(selected).toEqual({ seats: 2, people: 1 })
  })

  it('select by units of their own organisation alone', async () => {
    const own = (await createUnit(t.services.db, caller.organizationId)).id
    const foreign = (await createUnit(t.services.db, other.organizationId)).id
    const made = await caller.call('POST', `${path}/delegations`, { text: 'Ban', selector: { unitIds: [own] } })
    expect(made.status).toBe(201)
    for (const list of ['unitIds', 'parentIds']) {
      const selector = { [list]: [own, foreign] }
      for (const answer of [
        await caller.call('POST', `${path}/delegations`, { text: 'Ban', selector }),
        await caller.call('PATCH', `${path}/delegations/${made.body.id}`, { selector }, { 'if-match': '*' }),
      ])
        expect(answer).toMatchObject({
          status: 422,
          body: { errors: [{ pointer: `#/selector/${list}`, code: 'unknown_unit' }] },
        })
    }
  })
})

describe('the agenda', () => {
  it('has computed times, and says what is amiss in it', async () => {
    const seminar = (await caller.call('GET', path)).body
    const clock = (wall: string) => wall.slice(11, 16)
    const speakers = [{ name: 'Nguyễn Văn Mẫu' }]
    await caller.call('POST', `${path}/agenda-items`, { kind: 'report', title: 'Một', minutes: 600, speakers })
    const { items, overrunMinutes } = (await caller.call('GET', `${path}/agenda-items`)).body
    expect(clock(items[0].startsLocal)).toBe(clock(seminar.startsLocal))
    expect(overrunMinutes).toBeGreaterThan(0)
  })
})

describe('a copy of a seminar', () => {
  it('is a draft with its parts and without its dates', async () => {
    await caller.call('POST', `${path}/chairs`, { role: 'chair', name: 'Nguyễn Văn Mẫu' })
    await caller.call('POST', `${path}/agenda-items`, { kind: 'report', title: 'Báo cáo', minutes: 20 })
    const source = (await caller.call('GET', path)).body
    const copy = await caller.call('POST', `${path}/copies`, {})
    expect([copy.status, copy.headers.get('location')]).toEqual([
      201,
      `http://hoithao.test/api/v1/seminars/${copy.body.id}`,
    ])
    expect(copy.body).toMatchObject({ theme: source.theme, state: 'draft', startsLocal: null, version: 1 })
    expect(copy.body.id).not.toBe(source.id)
    expect((await caller.call('GET', `/seminars/${copy.body.id}/chairs`)).body.total).toBe(1)
    expect((await caller.call('GET', `/seminars/${copy.body.id}/agenda-items`)).body.total).toBe(1)
  })

  it('takes what is to be otherwise, all or nothing', async () => {
    const wanted = {
      theme: 'Chuyển đổi số',
      startsLocal: '2031-01-10T08:00',
      endsLocal: '2031-01-10T11:00',
      capacity: 70,
    }
    const before = (await caller.call('GET', '/seminars')).body.total
    const wrong = await caller.call('POST', `${path}/copies`, { ...wanted, endsLocal: '2031-01-10T07:00' })
    expect(wrong.body.errors).toMatchObject([{ pointer: '#/endsLocal', code: 'ends_before_start' }])
    expect((await caller.call('GET', '/seminars')).body.total).toBe(before)
    const copy = await caller.call('POST', `${path}/copies`, wanted)
    expect(copy.body).toMatchObject({ theme: 'Chuyển đổi số', startsLocal: '2031-01-10T08:00:00', capacity: 70 })
    expect((await other.call('POST', `${path}/copies`, {})).status).toBe(404)
  })
})

describe('a change of a seminar', () => {
  it('is told to delegates unless notify says no', async () => {
    const { id } = await createSeminar(t.services.db, caller.organizationId)
    await caller.call('POST', `/seminars/${id}/invitations`, { name: 'Phạm Thị Gấm', email: 'gam@mau.example' })
    await caller.call('POST', `/seminars/${id}/mailing`, {})
    const told = async () => {
      const rows = await t.services.db
        .selectFrom('messages')
        .select('kind')
        .where('seminar_id', '=', id)
        .where('kind', '<>', 'invitation')
        .execute()
      return rows.length
    }
    const edit = (query: string, venue: string) =>
      caller.call('PATCH', `/seminars/${id}${query}`, { venue }, { 'if-match': '*' })
    expect((await edit('?notify=false', 'Nơi một')).status).toBe(200)
    expect(await told()).toBe(0)
    expect((await edit('?notify=maybe', 'Nơi hai')).status).toBe(400)
    await edit('', 'Nơi ba')
    expect(await told()).toBe(1)
    const state = (query: string, body: object) =>
      caller.call('PUT', `/seminars/${id}/state${query}`, body, { 'if-match': '*' })
    expect((await state('?notify=false', { state: 'cancelled', note: 'Do bão' })).body.state).toBe('cancelled')
    expect(await told()).toBe(1)
  })
})
