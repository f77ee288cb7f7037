import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createInvitation, createPerson, createSeminar } from '../support/factories.ts'
import { newMessage, queueMessages } from '../support/mail.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
let seminarId: string
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
  seminarId = await send(caller)
})
afterAll(() => t.close())

/** A seminar with three invitations in the outbox. */
async function send(who: Caller): Promise<string> {
  const seminar = await createSeminar(t.services.db, who.organizationId)
  for (const name of ['Trần Thị Thuỷ', 'Đỗ Văn Đức', 'Lê Thị Én'])
    await who.call('POST', `/seminars/${seminar.id}/invitations`, { name, email: `${crypto.randomUUID()}@mau.example` })
  await who.call('POST', `/seminars/${seminar.id}/mailing`, {})
  return seminar.id
}

const one = async (who = caller) => (await who.call('GET', '/messages?limit=1')).body.items[0]
const setState = (id: string, state: string) =>
  t.services.db
    .updateTable('messages')
    .set({ state, attempts: 3, last_reply: '550 5.7.1 no', ...(state === 'sent' ? { sent_at: new Date() } : {}) })
    .where('id', '=', id)
    .execute()

describe('the outbox', () => {
  it('is listed the latest first, by cursor with a total, filtered and searched without diacritics', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { body } = await caller.call('GET', `/messages?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      expect(body.total).toBe(3)
      seen.push(...body.items.map((m: { id: string }) => m.id))
      cursor = body.next
    } while (cursor)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
    const total = async (query: string) => (await caller.call('GET', `/messages?${query}`)).body.total
    expect(await total('q=do+duc')).toBe(1)
    expect(await total(`seminarId=${seminarId}`)).toBe(3)
    expect(await total(`seminarId=${crypto.randomUUID()}`)).toBe(0)
    expect([await total('kind=invitation'), await total('kind=update')]).toEqual([3, 0])
    expect([await total('state=queued'), await total('state=failed')]).toEqual([3, 0])
    expect(await total(`invitationId=${(await one()).invitationId}`)).toBe(1)
    for (const query of ['state=x', 'kind=x', 'sort=oldest', 'seminarId=x', 'cursor=x', 'q=%00', 'limit=101'])
      expect([query, (await caller.call('GET', `/messages?${query}`)).status]).toEqual([query, 400])
  })

  it('shows what a message says, with words in the place of personal links', async () => {
    const { id } = await one()
    const { body } = await caller.call('GET', `/messages/${id}`)
    expect(body).toMatchObject({
      kind: 'invitation',
      state: 'queued',
      attempts: 0,
      seminarId,
      calendarMethod: 'REQUEST',
    })
    expect(body.text).toContain('(đường dẫn riêng)')
    expect(body.html).toContain('(đường dẫn riêng)')
    expect(JSON.stringify(body)).not.toMatch(/⟦|\/i\/[\w-]{22}/)
    expect(body.calendar).toContain('BEGIN:VCALENDAR')
  })
})

describe('a message', () => {
  it('that failed goes back in the queue, under its own Message-ID', async () => {
    const { id, messageId } = await one()
    await setState(id, 'failed')
    const put = (body: object, headers = {}) => caller.call('PUT', `/messages/${id}/state`, body, headers)
    expect((await put({ state: 'sent' })).body.errors).toMatchObject([{ pointer: '#/state', code: 'state' }])
    expect(await put({ state: 'queued' })).toMatchObject({
      status: 200,
      body: { id, messageId, state: 'queued', attempts: 0 },
    })
    await setState(id, 'sent')
    const refused = await put({ state: 'queued' }, { 'accept-language': 'en' })
    expect(refused).toMatchObject({ status: 409, body: { code: 'mail_not_waiting' } })
    expect(refused.body.detail).toBe('This message does not wait to be sent.')
  })

  it('that was sent is sent once more as another, once for one Idempotency-Key', async () => {
    const { id, messageId } = await one()
    await setState(id, 'queued')
    expect((await caller.call('POST', `/messages/${id}/copies`)).body.code).toBe('mail_not_sent_yet')
    await setState(id, 'sent')
    const headers = { 'idempotency-key': 'copy' }
    const copy = await caller.call('POST', `/messages/${id}/copies`, undefined, headers)
    expect(copy).toMatchObject({ status: 201, body: { state: 'queued', attempts: 0, sentAt: null } })
    expect(copy.headers.get('location')).toMatch(new RegExp(`/messages/${copy.body.id}$`))
    expect(copy.body.messageId).not.toBe(messageId)
    expect((await caller.call('POST', `/messages/${id}/copies`, undefined, headers)).body).toEqual(copy.body)
  })

  it('that should not go out any more stays, and says why', async () => {
    const person = await createPerson(t.services.db, caller.organizationId)
    const seminar = await createSeminar(t.services.db, caller.organizationId)
    const invitation = await createInvitation(t.services.db, seminar)
    const { messageId } = await one()
    const made = await t.services.db
      .insertInto('messages')
      .values({
        organization_id: caller.organizationId,
        seminar_id: seminar.id,
        invitation_id: invitation.id,
        kind: 'answer_received',
        to_address: person.email as string,
        from_address: 'vanphong@mau.example',
        subject: 'Đã ghi nhận',
        text: 'Đã ghi nhận',
        html: '<p>Đã ghi nhận</p>',
        message_id: messageId.replace('<', '<x'),
        state: 'bounced',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await t.services.db.updateTable('messages').set({ kind: 'invitation' }).where('id', '=', made.id).execute()
    const later = newMessage(caller.organizationId, {
      seminarId: seminar.id,
      invitationId: invitation.id,
      kind: 'update',
    })
    await queueMessages(t.services.db, later)
    expect(await caller.call('PUT', `/messages/${made.id}/state`, { state: 'queued' })).toMatchObject({
      status: 409,
      body: { code: 'mail_replaced' },
    })
  })

  it('of another organisation does not exist', async () => {
    const other = await createCaller(t)
    await send(other)
    const { id } = await one(other)
    for (const [method, path, body] of [
      ['GET', `/messages/${id}`],
      ['PUT', `/messages/${id}/state`, { state: 'queued' }],
      ['POST', `/messages/${id}/copies`],
    ] as const)
      expect([path, (await caller.call(method, path, body)).status]).toEqual([path, 404])
  })
})
