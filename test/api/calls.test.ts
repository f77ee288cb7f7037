import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createInvitation, createSeminar } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

/** A seminar with so many who can only be telephoned. */
async function withCalls(count: number) {
  const seminar = await createSeminar(t.services.db, caller.organizationId)
  for (let i = 0; i < count; i++)
    await createInvitation(t.services.db, seminar, {
      status: 'draft',
      sent_at: null,
      name: `Trần Thị Thuỷ ${i}`,
      email: null,
      phone: `0900 000 00${i}`,
    })
  expect((await caller.call('POST', `/seminars/${seminar.id}/mailing`, {})).body).toEqual({
    mailed: 0,
    waiting: 0,
    toCall: count,
  })
  const { body } = await caller.call('GET', `/calls?seminarId=${seminar.id}`)
  return { seminar, calls: body.items }
}

it('lists whom to ring with what to say, page by page, and what waits', async () => {
  const { seminar, calls } = await withCalls(3)
  expect(calls[0]).toMatchObject({
    open: true,
    reasons: ['invitation'],
    outcome: null,
    tries: 0,
  })
  expect(calls[0].text).toContain('trân trọng kính mời đồng chí dự')
  const first = (await caller.call('GET', `/calls?seminarId=${seminar.id}&limit=2`)).body
  const last = (await caller.call('GET', `/calls?seminarId=${seminar.id}&limit=2&cursor=${first.next}`)).body
  expect([...first.items, ...last.items]).toEqual(calls)
  expect([first.total, last.next]).toEqual([3, null])
  expect((await caller.call('GET', '/calls?cursor=abc')).status).toBe(400)
  const needs = (await caller.call('GET', `/needs?seminarId=${seminar.id}`)).body.items
  expect(needs).toContainEqual(expect.objectContaining({ kind: 'calls_open', seminarId: seminar.id, count: 3 }))
})

it('writes down how a call went, once for a key, and refuses who comes late', async () => {
  const { calls } = await withCalls(1)
  const path = `/calls/${calls[0].id}`
  const put = (outcome: string, headers: Record<string, string> = {}) =>
    caller.call('PUT', `${path}/outcome`, { outcome, note: 'Máy bận' }, headers)
  expect((await put('not_reached')).status).toBe(428)
  const headers = { 'if-match': '"1"', 'idempotency-key': 'lan-1' }
  const noted = await put('not_reached', headers)
  expect(noted).toMatchObject({ status: 200, body: { outcome: 'not_reached', open: true, tries: 1, note: 'Máy bận' } })
  expect(noted.headers.get('etag')).toBe('"2"')
  expect((await put('not_reached', headers)).body).toEqual(noted.body)
  expect((await put('reached', { 'if-match': '"1"' })).status).toBe(412)
  expect((await put('answered', { 'if-match': '"2"' })).status).toBe(422)
  expect((await put('reached', { 'if-match': '"2"' })).body).toMatchObject({ open: false, recordedBy: 'kiểm thử' })
  const other = await createCaller(t)
  expect((await other.call('GET', path)).status).toBe(404)
})

it('is ended by an answer, and then takes no outcome', async () => {
  const { calls } = await withCalls(1)
  await caller.call('PUT', `/invitations/${calls[0].invitationId}/answer`, { answer: 'attend' })
  expect((await caller.call('GET', `/calls/${calls[0].id}`)).body).toMatchObject({ outcome: 'answered', open: false })
  const late = await caller.call('PUT', `/calls/${calls[0].id}/outcome`, { outcome: 'reached' }, { 'if-match': '*' })
  expect(late).toMatchObject({ status: 409, body: { code: 'call_ended' } })
  expect((await caller.call('GET', `/invitations/${calls[0].invitationId}`)).body.telling).not.toBe('to_call')
})

it('tells of a change how those concerned are told', async () => {
  const { seminar, calls } = await withCalls(1)
  const edit = (body: object) => caller.call('PATCH', `/seminars/${seminar.id}`, body, { 'if-match': '*' })
  expect((await edit({ venue: 'Nhà Văn hóa' })).body.told).toEqual({ mailed: 0, waiting: 0, toCall: 1 })
  expect((await edit({ introduction: 'Lời giới thiệu' })).body.told).toEqual({ mailed: 0, waiting: 0, toCall: 0 })
  expect((await caller.call('GET', `/calls/${calls[0].id}`)).body.text).toContain('Nhà Văn hóa')
})
