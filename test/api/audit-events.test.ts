import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { type Caller, createCaller, newSeminar } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

const list = async (query = '', who = caller) => (await who.call('GET', `/audit-events?${query}`)).body

it('tells what was done by whom, the latest first or the oldest, by cursor with a total', async () => {
  const seminar = (await caller.call('POST', '/seminars', newSeminar)).body
  await caller.call('PUT', `/seminars/${seminar.id}/state`, { state: 'scheduled' }, { 'if-match': '*' })
  const unit = (await caller.call('POST', '/units', { name: 'Văn phòng' })).body
  const actions = async (sort: string) => {
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const page: { items: { action: string }[]; next: string | null; total: number } = await list(
        `limit=2&sort=${sort}${cursor ? `&cursor=${cursor}` : ''}`,
      )
      expect(page.total).toBe(4)
      seen.push(...page.items.map((e) => e.action))
      cursor = page.next
    } while (cursor)
    return seen
  }
  const done = ['api_key.created', 'seminar.created', 'seminar.scheduled', 'unit.created']
  expect(await actions('oldest')).toEqual(done)
  expect(await actions('newest')).toEqual(done.toReversed())
  expect((await list(`subjectId=${unit.id}`)).items).toEqual([
    {
      id: expect.any(String),
      at: expect.any(String),
      action: 'unit.created',
      actor: { kind: 'key', id: caller.keyId, name: 'kiểm thử' },
      subject: { kind: 'unit', id: unit.id },
      seminarId: null,
      details: { name: 'Văn phòng' },
    },
  ])
  expect((await list(`seminarId=${seminar.id}`)).total).toBe(2)
  expect((await list('actorKind=system')).total).toBe(1)
  expect((await list(`actorId=${caller.keyId}`)).total).toBe(3)
  expect((await list('action=seminar.scheduled')).total).toBe(1)
})

it('is narrowed by time: from an instant on, and before another', async () => {
  const all = (await list('sort=oldest')).items
  const second = all[1].at
  const at = encodeURIComponent
  expect((await list(`from=${at(second)}`)).items.length).toBe(all.length - 1)
  expect((await list(`to=${at(second)}`)).items.length).toBe(1)
  expect((await list(`from=${at('2020-01-01T00:00:00+07:00')}&to=${at('2020-01-02T00:00:00Z')}`)).total).toBe(0)
  for (const query of [
    'from=yesterday',
    'to=2026-01-01',
    'sort=x',
    'actorKind=x',
    'action=%00',
    'seminarId=x',
    'cursor=x',
  ])
    expect([query, (await caller.call('GET', `/audit-events?${query}`)).status]).toEqual([query, 400])
})

it('is read only, and shows nothing of another organisation', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect([method, (await caller.call(method, '/audit-events')).status]).toEqual([method, 404])
  const other = await createCaller(t)
  expect((await list('', other)).total).toBe(1)
  expect((await list(`actorId=${caller.keyId}`, other)).total).toBe(0)
  expect(JSON.stringify(await list('limit=100'))).not.toMatch(/ht_[\w-]{43}/)
})
