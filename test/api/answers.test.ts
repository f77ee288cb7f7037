import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { vietnamDay } from '../support/days.ts'
import { createInvitation, createSeminar } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

async function invite(overrides: Parameters<typeof createSeminar>[2] = {}) {
  const seminar = await createSeminar(t.services.db, caller.organizationId, overrides)
  const answer = async (body: object, headers = {}) => {
    const invitation = await createInvitation(t.services.db, seminar)
    return { id: invitation.id, ...(await caller.call('PUT', `/invitations/${invitation.id}/answer`, body, headers)) }
  }
  return { seminar, answer }
}

describe('an answer recorded by API', () => {
  it('stands, says how it came, and is kept in the history', async () => {
    const { answer } = await invite()
    const first = await answer({ answer: 'attend', note: 'Đến muộn 10 phút' })
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'accepted', via: 'api', note: 'Đến muộn 10 phút', waitingNo: null, substitute: null },
    })
    const changed = await caller.call('PUT', `/invitations/${first.id}/answer`, {
      answer: 'decline',
      reason: 'Đi công tác',
    })
    expect(changed.body).toMatchObject({ state: 'declined', reason: 'Đi công tác' })
    expect((await caller.call('GET', `/invitations/${first.id}/answer`)).body).toEqual(changed.body)
    const { body } = await caller.call('GET', `/invitations/${first.id}/answers`)
    expect(body.items.map((a: { asked: string; result: string; by: string }) => [a.asked, a.result, a.by])).toEqual([
      ['decline', 'declined', 'kiểm thử'],
      ['attend', 'accepted', 'kiểm thử'],
    ])
  })

  it('joins the waiting line when the seminar is full, in order', async () => {
    const { seminar, answer } = await invite({ capacity: 1 })
    expect((await answer({ answer: 'attend' })).body.state).toBe('accepted')
    const second = await answer({ answer: 'attend' })
    const third = await answer({ answer: 'attend' })
    expect([second.body, third.body].map((a) => [a.state, a.waitingNo])).toEqual([
      ['waitlisted', 1],
      ['waitlisted', 2],
    ])
    await caller.call('PATCH', `/seminars/${seminar.id}`, { capacity: 2 }, { 'if-match': '*' })
    expect((await caller.call('GET', `/invitations/${second.id}/answer`)).body.state).toBe('accepted')
    expect((await caller.call('GET', `/seminars/${seminar.id}`)).body.placesTaken).toBe(2)
  })

  it('names a substitute who waits for the chair, whose word is recorded once', async () => {
    const { answer } = await invite({ substitute_policy: 'consent' })
    const substitute = { name: 'Nguyễn Văn Thay', position: 'Phó Bí thư', email: 'thay@mau.example' }
    const named = await answer({ answer: 'substitute', substitute })
    expect(named.body).toMatchObject({ state: 'substitute_pending', substitute: { ...substitute, state: 'pending' } })
    const consent = (body: object) => caller.call('PUT', `/invitations/${named.id}/consent`, body)
    expect((await consent({ decision: 'maybe' })).status).toBe(422)
    expect((await consent({ decision: 'agree' })).body).toMatchObject({
      state: 'substituted',
      substitute: { state: 'approved' },
    })
    expect((await consent({ decision: 'agree' })).status).toBe(409)
  })

  it('is refused field by field', async () => {
    const { answer } = await invite()
    expect((await answer({ answer: 'perhaps' })).body.errors).toMatchObject([{ pointer: '#/answer', code: 'answer' }])
    expect((await answer({})).body.errors).toMatchObject([{ pointer: '#/answer' }])
    expect((await answer({ answer: 'substitute' })).body.errors).toMatchObject([
      { pointer: '#/substitute', code: 'required' },
    ])
    expect((await answer({ answer: 'substitute', substitute: { name: '', position: 'x' } })).body.errors).toMatchObject(
      [{ pointer: '#/substitute/name', code: 'required' }],
    )
    expect((await answer({ answer: 'attend_online' })).body.errors).toMatchObject([{ pointer: '#/answer' }])
  })

  it('is not taken after the deadline: 409 with the reason', async () => {
    const day = vietnamDay(-1)
    const { answer } = await invite({ answer_deadline_local: `${day}T08:00:00` })
    expect(await answer({ answer: 'attend' })).toMatchObject({ status: 409, body: { code: 'deadline_passed' } })
  })

  it('may be made to depend on the version that was read', async () => {
    const { answer } = await invite()
    expect((await answer({ answer: 'attend' }, { 'if-match': '"4"' })).status).toBe(412)
    expect((await answer({ answer: 'attend' }, { 'if-match': '"1"' })).status).toBe(200)
  })

  it('sent 50 times at once has one effect', async () => {
    const { seminar } = await invite({ capacity: 5 })
    const invitation = await createInvitation(t.services.db, seminar)
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        caller.call(
          'PUT',
          `/invitations/${invitation.id}/answer`,
          { answer: 'attend' },
          i % 2 ? { 'idempotency-key': `attend-${seminar.id}` } : {},
        ),
      ),
    )
    expect(new Set(all.map((a) => `${a.status} ${a.body.state}`))).toEqual(new Set(['200 accepted']))
    expect((await caller.call('GET', `/invitations/${invitation.id}/answers`)).body.total).toBe(1)
    expect((await caller.call('GET', `/seminars/${seminar.id}`)).body.placesTaken).toBe(1)
  })
})
