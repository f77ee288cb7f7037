import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seminarSchema } from '../../src/api/seminar-body.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createSeminar } from '../support/factories.ts'
import { type Caller, createCaller, newSeminar } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

const create = async (body: object = {}) => (await caller.call('POST', '/seminars', { ...newSeminar, ...body })).body

describe('a new seminar', () => {
  it('is a draft with an address, its version and where it is', async () => {
    const made = await caller.call('POST', '/seminars', newSeminar)
    expect(made.status).toBe(201)
    expect(seminarSchema.parse(made.body)).toMatchObject({
      ...newSeminar,
      state: 'draft',
      version: 1,
      url: null,
      placesTaken: 0,
      timezone: 'Asia/Ho_Chi_Minh',
      startsAt: '2030-12-15T07:00:00.000Z',
    })
    expect(made.headers.get('etag')).toBe('"1"')
    expect(made.headers.get('location')).toBe(`http://hoithao.test/api/v1/seminars/${made.body.id}`)
    expect((await caller.call('GET', `/seminars/${made.body.id}`)).body).toEqual(made.body)
  })

  it('is filed under topics, which an edit replaces or leaves', async () => {
    const topics = [{ name: 'Xây dựng Đảng', nameEn: 'Party building' }, { name: 'Giáo dục' }]
    const made = await create({ topics })
    expect(made.topics).toEqual([topics[0], { name: 'Giáo dục', nameEn: null }])
    const patch = (body: object, version: number) =>
      caller.call('PATCH', `/seminars/${made.id}`, body, { 'if-match': `"${version}"` })
    expect((await patch({ venue: 'Nơi khác' }, 1)).body.topics).toEqual(made.topics)
    expect((await patch({ topics: [{ name: 'xay dung dang' }] }, 2)).body.topics).toEqual([
      { name: 'xay dung dang', nameEn: 'Party building' },
    ])
    expect((await patch({ topics: [] }, 3)).body.topics).toEqual([])
    const { status, body } = await patch({ topics: [{ name: 'x'.repeat(61) }] }, 4)
    expect([status, body.errors[0].pointer, body.errors[0].code]).toEqual([422, '#/topics/0/name', 'too_long'])
    expect((await caller.call('GET', '/seminars?limit=1')).body.items[0]).toHaveProperty('topics')
  })

  it('is refused field by field, each with its place and a code', async () => {
    const { status, body, headers } = await caller.call('POST', '/seminars', {
      ...newSeminar,
      theme: '  ',
      host: undefined,
      capacity: 'many',
      cohosts: ['UBND', ''],
      startsLocal: '2030-02-30T14:00:00',
      organizationId: 'mine',
    })
    expect(status).toBe(422)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(body.code).toBe('invalid')
    expect(Object.fromEntries(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]))).toEqual({
      '#/theme': 'required',
      '#/host': 'required',
      '#/capacity': 'number',
      '#/cohosts/1': 'required',
      '#/startsLocal': 'date',
      '#/organizationId': 'unknown_field',
    })
  })

  it('may not end before it starts', async () => {
    const { status, body } = await caller.call('POST', '/seminars', { ...newSeminar, endsLocal: '2030-12-15T13:00:00' })
    expect([status, body.errors[0].pointer, body.errors[0].code]).toEqual([422, '#/endsLocal', 'ends_before_start'])
  })

  it('answers problems in the language asked for', async () => {
    const { body } = await caller.call('POST', '/seminars', {}, { 'accept-language': 'en' })
    expect(body.title).toBe('Something needs a look')
  })
})

describe('an edit', () => {
  it('changes the fields it names and leaves the others', async () => {
    const made = await create({ contactName: 'Văn phòng', cohosts: ['UBND thành phố'] })
    const edited = await caller.call(
      'PATCH',
      `/seminars/${made.id}`,
      { venue: 'Nhà văn hóa', capacity: 60 },
      { 'if-match': '"1"' },
    )
    expect(edited.status).toBe(200)
    expect(edited.headers.get('etag')).toBe('"2"')
    expect(edited.body).toEqual({
      ...made,
      told: { mailed: 0, waiting: 0, toCall: 0 },
      venue: 'Nhà văn hóa',
      capacity: 60,
      version: 2,
      updatedAt: edited.body.updatedAt,
    })
  })

  it('clears a field that is null', async () => {
    const made = await create()
    const { body } = await caller.call(
      'PATCH',
      `/seminars/${made.id}`,
      { venue: null, startsLocal: null, endsLocal: null },
      { 'if-match': '*' },
    )
    expect(body).toMatchObject({ venue: null, startsLocal: null, startsAt: null })
  })

  it('needs If-Match: 428 without, 412 with an old or a foreign one', async () => {
    const { id } = await create()
    const edit = (headers: Record<string, string>) =>
      caller.call('PATCH', `/seminars/${id}`, { venue: 'Nhà văn hóa' }, headers)
    expect((await edit({})).status).toBe(428)
    expect((await edit({})).body.code).toBe('precondition_required')
    expect((await edit({ 'if-match': '"7"' })).status).toBe(412)
    expect((await edit({ 'if-match': 'W/"1"' })).status).toBe(412)
    expect((await edit({ 'if-match': '"abc"' })).status).toBe(412)
    expect((await edit({ 'if-match': '"1"' })).status).toBe(200)
    expect((await edit({ 'if-match': '"1"' })).status).toBe(412)
  })

  it('is checked as a whole: an end before the start that stands', async () => {
    const { id } = await create()
    const { status, body } = await caller.call(
      'PATCH',
      `/seminars/${id}`,
      { endsLocal: '2030-12-15T09:00' },
      { 'if-match': '"1"' },
    )
    expect([status, body.errors[0].code]).toEqual([422, 'ends_before_start'])
  })

  it('refuses fields that are not its own', async () => {
    const { id } = await create()
    const { status, body } = await caller.call(
      'PATCH',
      `/seminars/${id}`,
      { state: 'held', placesTaken: 3 },
      { 'if-match': '"1"' },
    )
    expect([status, body.errors.map((e: { code: string }) => e.code)]).toEqual([
      422,
      ['unknown_field', 'unknown_field'],
    ])
  })
})

describe('the state', () => {
  it('goes from draft to scheduled, postponed, scheduled again, and cancelled', async () => {
    const made = await create()
    const put = (body: object) => caller.call('PUT', `/seminars/${made.id}/state`, body, { 'if-match': '*' })
    const scheduled = await put({ state: 'scheduled' })
    expect(scheduled.body).toMatchObject({ state: 'scheduled', url: `http://hoithao.test/s/${made.slug}` })
    expect((await put({ state: 'postponed', note: 'Do bão' })).body).toMatchObject({
      state: 'postponed',
      startsLocal: null,
      note: 'Do bão',
    })
    expect((await put({ state: 'scheduled' })).body.errors[0]).toMatchObject({
      pointer: '#/startsLocal',
      code: 'required',
    })
    const again = await put({ state: 'scheduled', startsLocal: '2031-01-10T08:00', endsLocal: '2031-01-10T11:00' })
    expect(again.body).toMatchObject({ state: 'scheduled', startsLocal: '2031-01-10T08:00:00' })
    expect((await put({ state: 'cancelled' })).body.state).toBe('cancelled')
  })

  it('may not jump: 409 with the reason', async () => {
    const made = await create()
    const put = (body: object) => caller.call('PUT', `/seminars/${made.id}/state`, body, { 'if-match': '"1"' })
    expect(await put({ state: 'held' })).toMatchObject({ status: 409, body: { code: 'state_not_next' } })
    expect(await put({ state: 'draft' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/state', code: 'state' }] },
    })
  })
})

describe('the list', () => {
  it('is paged by a cursor, with a total, each seminar once', async () => {
    const own = await createCaller(t)
    for (let i = 0; i < 7; i++) await createSeminar(t.services.db, own.organizationId, { theme: `Chuyên đề ${i}` })
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { body } = await own.call('GET', `/seminars?limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      expect(body.total).toBe(7)
      seen.push(...body.items.map((s: { id: string }) => s.id))
      cursor = body.next
    } while (cursor)
    expect([seen.length, new Set(seen).size]).toEqual([7, 7])
  })

  it('filters and sorts by listed names, and says what it does not know', async () => {
    const own = await createCaller(t)
    await createSeminar(t.services.db, own.organizationId, {
      theme: 'Chuyển đổi số',
      state: 'draft',
      starts_local: '2031-03-01T08:00:00',
      ends_local: '2031-03-01T11:00:00',
    })
    await createSeminar(t.services.db, own.organizationId, { theme: 'An toàn giao thông' })
    const themes = async (query: string) =>
      (await own.call('GET', `/seminars?${query}`)).body.items.map((s: { theme: string }) => s.theme)
    expect(await themes('q=chuyen+doi')).toEqual(['Chuyển đổi số'])
    expect(await themes('state=draft')).toEqual(['Chuyển đổi số'])
    expect(await themes('year=2031')).toEqual(['Chuyển đổi số'])
    expect(await themes('sort=name')).toEqual(['An toàn giao thông', 'Chuyển đổi số'])
    for (const query of [
      'sort=password',
      'state=none',
      'limit=0',
      'limit=101',
      'limit=x',
      'year=20',
      'cursor=x',
      'cursor=W10',
      'cursor=WzEsMl0',
    ]) {
      expect([query, (await own.call('GET', `/seminars?${query}`)).status]).toEqual([query, 400])
    }
    const { body } = await own.call('GET', '/seminars?limit=0')
    expect(body.errors).toMatchObject([{ parameter: 'limit', code: 'number' }])
  })
})
