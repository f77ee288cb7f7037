import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createPerson, createUnit } from '../support/factories.ts'
import { killAddress } from '../support/mail.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
let other: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
  other = await createCaller(t)
})
afterAll(() => t.close())

type Refusal = { pointer: string; code: string }
const codes = (body: { errors: Refusal[] }) => Object.fromEntries(body.errors.map((e) => [e.pointer, e.code]))

/** Every item of a list, page by page, and its total. */
async function walk(who: Caller, path: string): Promise<{ items: Record<string, string>[]; total: number }> {
  const items: Record<string, string>[] = []
  let total = 0
  let cursor: string | null = ''
  do {
    const { status, body } = await who.call('GET', `${path}&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    expect(status).toBe(200)
    items.push(...body.items)
    total = body.total
    cursor = body.next
  } while (cursor)
  return { items, total }
}

describe('a unit', () => {
  const create = async (body: object) => (await caller.call('POST', '/units', { name: 'Chi bộ', ...body })).body

  it('is made once, read, and edited with the version it was read at', async () => {
    const input = {
      name: 'Chi bộ khu 4, Đảng bộ phường Mẫu A',
      shortName: 'Chi bộ khu 4',
      nameEn: 'Party cell of quarter 4',
      code: 'CB-04',
      type: 'chi bộ',
      membersCount: 27,
      validFrom: '2020-07-01',
    }
    const headers = { 'idempotency-key': 'unit-1' }
    const made = await caller.call('POST', '/units', input, headers)
    expect(made).toMatchObject({
      status: 201,
      body: { ...input, parentId: null, rank: 1000, validTo: null, version: 1 },
    })
    expect([made.headers.get('etag'), made.headers.get('location')]).toEqual([
      '"1"',
      `http://hoithao.test/api/v1/units/${made.body.id}`,
    ])
    expect((await caller.call('POST', '/units', input, headers)).body).toEqual(made.body)
    expect((await caller.call('POST', '/units', input)).body.errors).toMatchObject([
      { pointer: '#/code', code: 'taken' },
    ])
    const edit = (body: object, ifMatch?: string) =>
      caller.call('PATCH', `/units/${made.body.id}`, body, ifMatch ? { 'if-match': ifMatch } : {})
    expect((await edit({ rank: 10 })).status).toBe(428)
    const edited = await edit({ rank: 10, shortName: null }, '"1"')
    expect(edited.body).toEqual({
      ...made.body,
      rank: 10,
      shortName: null,
      version: 2,
      updatedAt: edited.body.updatedAt,
    })
    expect((await edit({ rank: 11 }, '"1"')).status).toBe(412)
    expect((await caller.call('GET', `/units/${made.body.id}`)).body).toEqual(edited.body)
  })

  it('is refused field by field, in either language', async () => {
    const { status, body } = await caller.call(
      'POST',
      '/units',
      { rank: '5', validFrom: '2026-02-30', validTo: '0001-01-01', parentId: 'x', membersCount: -1, treePath: '0' },
      { 'accept-language': 'en' },
    )
    expect([status, body.title]).toEqual([422, 'Something needs a look'])
    expect(codes(body)).toEqual({
      '#/name': 'required',
      '#/rank': 'number',
      '#/validFrom': 'date',
      '#/validTo': 'date',
      '#/parentId': 'invalid',
      '#/membersCount': 'number',
      '#/treePath': 'unknown_field',
    })
    const ends = await caller.call('POST', '/units', { name: 'A', validFrom: '2026-02-01', validTo: '2026-01-01' })
    expect(codes(ends.body)).toEqual({ '#/validTo': 'date_order' })
    const { id } = await create({})
    const kept = await caller.call('PATCH', `/units/${id}`, { parentId: crypto.randomUUID() }, { 'if-match': '*' })
    expect(codes(kept.body)).toEqual({ '#/parentId': 'unknown_unit' })
  })

  it('stands in a tree that has no cycles and never reaches into another organisation', async () => {
    const own = await createCaller(t)
    const made = async (name: string, parentId: string | null, rank: number) =>
      (await own.call('POST', '/units', { name, parentId, rank })).body.id
    const city = await made('Đảng bộ thành phố', null, 1)
    const ward = await made('Đảng bộ phường', city, 20)
    const office = await made('Văn phòng Thành ủy', city, 10)
    const cell = await made('Chi bộ khu 4', ward, 1)
    const names = async (query: string) => (await walk(own, `/units?${query}`)).items.map((u) => u.name)
    expect(await names('')).toEqual(['Đảng bộ thành phố', 'Văn phòng Thành ủy', 'Đảng bộ phường', 'Chi bộ khu 4'])
    expect(await names('sort=name')).toEqual([
      'Chi bộ khu 4',
      'Đảng bộ phường',
      'Đảng bộ thành phố',
      'Văn phòng Thành ủy',
    ])
    expect(await names('parentId=none')).toEqual(['Đảng bộ thành phố'])
    expect(await names(`parentId=${city}`)).toEqual(['Văn phòng Thành ủy', 'Đảng bộ phường'])
    const move = (id: string, parentId: string) => own.call('PATCH', `/units/${id}`, { parentId }, { 'if-match': '*' })
    expect(codes((await move(city, cell)).body)).toEqual({ '#/parentId': 'cycle' })
    const foreign = await createUnit(t.services.db, other.organizationId)
    expect(codes((await move(office, foreign.id)).body)).toEqual({ '#/parentId': 'unknown_unit' })
    expect((await move(office, ward)).status).toBe(200)
    expect((await own.call('GET', `/units?parentId=${ward}`)).body.total).toBe(2)
  })

  it('is found without diacritics, by its words, and by the day it holds', async () => {
    const own = await createCaller(t)
    const { db } = t.services
    await createUnit(db, own.organizationId, { name: 'Phòng Nội vụ', block: 'chính quyền', valid_to: '2025-02-28' })
    await createUnit(db, own.organizationId, { name: 'Phòng Văn hóa', block: 'chính quyền', valid_from: '2025-03-01' })
    await createUnit(db, own.organizationId, { name: 'Đoàn Thanh niên', block: 'đoàn thể', type: 'đoàn', kind: 'xã' })
    const names = async (query: string) => (await walk(own, `/units?${query}`)).items.map((u) => u.name).sort()
    expect(await names('q=van+hoa')).toEqual(['Phòng Văn hóa'])
    expect(await names('q=doan')).toEqual(['Đoàn Thanh niên'])
    expect(await names(`block=${encodeURIComponent('chính quyền')}`)).toEqual(['Phòng Nội vụ', 'Phòng Văn hóa'])
    expect(await names(`type=${encodeURIComponent('đoàn')}&kind=${encodeURIComponent('xã')}`)).toHaveLength(1)
    expect(await names(`validOn=2025-02-28&block=${encodeURIComponent('chính quyền')}`)).toEqual(['Phòng Nội vụ'])
    expect(await names(`validOn=2025-03-01&block=${encodeURIComponent('chính quyền')}`)).toEqual(['Phòng Văn hóa'])
    for (const query of [
      'sort=code',
      'parentId=x',
      'validOn=2025',
      'q=%00',
      'cursor=x',
      'sort=name&cursor=W10',
      'limit=0',
    ])
      expect([query, (await own.call('GET', `/units?${query}`)).status]).toEqual([query, 400])
  })
})

describe('a person', () => {
  it('is made, read, and edited; null clears and a new address is no longer held for dead', async () => {
    const input = { name: 'Trần Thị Thuỷ', gender: 'female', email: 'thuy@mau.example', code: 'P1', note: 'Hẹn trước' }
    const made = await caller.call('POST', '/people', input)
    expect(made).toMatchObject({
      status: 201,
      body: { ...input, phone: null, locale: 'vi', emailDeadAt: null, version: 1 },
    })
    const { id } = made.body
    await killAddress(t.services.db, caller.organizationId, input.email)
    expect((await caller.call('GET', `/people/${id}`)).body.emailDeadAt).toEqual(expect.any(String))
    const edit = (body: object, ifMatch = '"1"') => caller.call('PATCH', `/people/${id}`, body, { 'if-match': ifMatch })
    const edited = await edit({ email: 'moi@mau.example', note: null, locale: 'en' })
    expect(edited.body).toMatchObject({
      email: 'moi@mau.example',
      emailDeadAt: null,
      note: null,
      locale: 'en',
      code: 'P1',
      version: 2,
    })
    expect((await edit({ note: 'x' })).status).toBe(412)
    expect((await edit({ note: 'x' }, '*')).status).toBe(200)
  })

  it('is refused field by field', async () => {
    const { body } = await caller.call('POST', '/people', {
      name: '',
      gender: 'x',
      email: 'x@',
      locale: 'fr',
      family: 'Trần',
    })
    expect(codes(body)).toEqual({
      '#/name': 'required',
      '#/gender': 'invalid',
      '#/email': 'email',
      '#/locale': 'invalid',
      '#/family': 'unknown_field',
    })
    await caller.call('POST', '/people', { name: 'Một', code: 'trung' })
    expect(codes((await caller.call('POST', '/people', { name: 'Hai', code: 'trung' })).body)).toEqual({
      '#/code': 'taken',
    })
    expect((await caller.call('POST', '/people', { name: 'Ba', note: 'a\u0000b' })).status).toBe(201)
  })

  it('is listed by given name, found without diacritics, by unit and by address', async () => {
    const own = await createCaller(t)
    const add = async (name: string, email: string | null) =>
      (await own.call('POST', '/people', { name, email })).body.id as string
    const an = await add('Nguyễn Văn An', 'an@mau.example')
    await add('Đỗ Thị Đào', null)
    await add('Bùi Văn Bình', 'binh@mau.example')
    const parent = await createUnit(t.services.db, own.organizationId, { name: 'Đảng bộ phường' })
    const unit = await createUnit(t.services.db, own.organizationId, { name: 'Hội Nông dân', parent_id: parent.id })
    await own.call('POST', '/positions', { personId: an, unitId: unit.id, title: 'Chủ tịch' })
    const names = async (query: string) => (await walk(own, `/people?${query}`)).items.map((p) => p.name)
    expect(await names('')).toEqual(['Nguyễn Văn An', 'Bùi Văn Bình', 'Đỗ Thị Đào'])
    expect(await names('q=do+dao')).toEqual(['Đỗ Thị Đào'])
    expect(await names('q=nong+dan')).toEqual(['Nguyễn Văn An'])
    expect(await names(`unitId=${parent.id}`)).toEqual(['Nguyễn Văn An'])
    expect(await names('address=without')).toEqual(['Đỗ Thị Đào'])
    for (const query of ['address=x', 'sort=email', 'unitId=x', 'q=%00', 'cursor=x', 'cursor=WzEsMl0'])
      expect([query, (await own.call('GET', `/people?${query}`)).status]).toEqual([query, 400])
  })
})

describe('a position', () => {
  it('is given to a person, printed as on the invitation, changed, and ended by its last day', async () => {
    const { db } = t.services
    const person = await createPerson(db, caller.organizationId)
    const unit = await createUnit(db, caller.organizationId)
    const made = await caller.call('POST', '/positions', {
      personId: person.id,
      unitId: unit.id,
      title: 'Bí thư',
      validFrom: '2025-01-01',
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        personName: person.name,
        unitName: unit.name,
        printed: 'Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A',
        rank: 100,
        validTo: null,
        version: 1,
      },
    })
    const path = `/positions/${made.body.id}`
    const edit = (body: object, headers: Record<string, string>) => caller.call('PATCH', path, body, headers)
    expect((await edit({ title: 'Phó Bí thư' }, {})).status).toBe(428)
    expect((await edit({ title: 'Phó Bí thư' }, { 'if-match': '"1"' })).body).toMatchObject({
      title: 'Phó Bí thư',
      version: 2,
    })
    expect((await edit({ title: 'Bí thư' }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await caller.call('GET', path)).body.title).toBe('Phó Bí thư')
    expect((await edit({ validTo: '2024-01-01' }, { 'if-match': '*' })).body.errors).toMatchObject([
      { pointer: '#/validTo', code: 'date_order' },
    ])
    expect((await edit({ validTo: '2025-12-31' }, { 'if-match': '*' })).body.validTo).toBe('2025-12-31')
    const on = async (day: string) =>
      (await caller.call('GET', `/positions?personId=${person.id}&validOn=${day}`)).body.total
    expect([await on('2025-12-31'), await on('2026-01-01')]).toEqual([1, 0])
    expect((await caller.call('GET', `/positions?personId=${person.id}`)).body.total).toBe(1)
  })

  it('is listed in the order of the tree, then by rank, by cursor', async () => {
    const own = await createCaller(t)
    const { db } = t.services
    const person = await createPerson(db, own.organizationId)
    const city = await createUnit(db, own.organizationId, { name: 'Thành ủy', rank: 1 })
    const ward = await createUnit(db, own.organizationId, { name: 'Phường', rank: 1, parent_id: city.id })
    for (const [unit, title, rank] of [
      [ward, 'Bí thư phường', 1],
      [city, 'Phó Bí thư', 900],
      [city, 'Bí thư', 5],
      [ward, 'Chủ tịch phường', 2],
      [city, 'Ủy viên', 900],
    ] as const)
      await own.call('POST', '/positions', { personId: person.id, unitId: unit.id, title, rank })
    const { items, total } = await walk(own, '/positions?')
    expect([total, items.map((p) => p.title)]).toEqual([
      5,
      ['Bí thư', 'Phó Bí thư', 'Ủy viên', 'Bí thư phường', 'Chủ tịch phường'],
    ])
    expect((await walk(own, `/positions?unitId=${ward.id}`)).total).toBe(2)
    const forged = btoa(JSON.stringify(['x', 'y', crypto.randomUUID()])).replace(/=+$/, '')
    for (const query of ['sort=title', 'validOn=x', 'personId=x', 'cursor=x', `cursor=${forged}`])
      expect([query, (await own.call('GET', `/positions?${query}`)).status]).toEqual([query, 400])
  })

  it('needs a person and a unit of the same organisation', async () => {
    const { db } = t.services
    const mine = await createPerson(db, caller.organizationId)
    const unit = await createUnit(db, caller.organizationId)
    const stranger = await createPerson(db, other.organizationId)
    const elsewhere = await createUnit(db, other.organizationId)
    const add = async (personId: string, unitId: string) =>
      codes((await caller.call('POST', '/positions', { personId, unitId, title: 'Bí thư' })).body)
    expect(await add(stranger.id, unit.id)).toEqual({ '#/personId': 'unknown_person' })
    expect(await add(mine.id, elsewhere.id)).toEqual({ '#/unitId': 'unknown_unit' })
    expect(codes((await caller.call('POST', '/positions', { rank: 1.5 })).body)).toEqual({
      '#/personId': 'required',
      '#/unitId': 'required',
      '#/title': 'required',
      '#/rank': 'number',
    })
  })
})

describe('the directory of another organisation', () => {
  it('does not exist', async () => {
    const { db } = t.services
    const unit = await createUnit(db, other.organizationId)
    const person = await createPerson(db, other.organizationId)
    const position = (await other.call('POST', '/positions', { personId: person.id, unitId: unit.id, title: 'Bí thư' }))
      .body
    const mine = await createCaller(t)
    for (const path of [`/units/${unit.id}`, `/people/${person.id}`, `/positions/${position.id}`]) {
      expect([path, (await mine.call('GET', path)).status]).toEqual([path, 404])
      expect([path, (await mine.call('PATCH', path, {}, { 'if-match': '*' })).status]).toEqual([path, 404])
    }
    for (const path of ['/units', '/people', '/positions', `/positions?personId=${person.id}`])
      expect([path, (await mine.call('GET', path)).body.total]).toEqual([path, 0])
  })
})
