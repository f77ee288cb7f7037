import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { getPerson } from '../../../src/features/directory/queries/people.ts'
import { issueLinks, revokeLinks } from '../../../src/features/links/commands.ts'
import { linkToken } from '../../../src/features/links/token.ts'
import { retryMessage, sendAgain } from '../../../src/features/mail/commands/again.ts'
import { claimDue, settle } from '../../../src/features/mail/commands/deliver.ts'
import { cancelQueued } from '../../../src/features/mail/commands.ts'
import { renderMail } from '../../../src/features/mail/frame.tsx'
import { findDelivery, getMessage, listMessages, toOutgoing } from '../../../src/features/mail/queries.ts'
import { ADDRESS_DEAD, linkMark } from '../../../src/features/mail/rules.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createPerson, createSeminar } from '../../support/factories.ts'
import { calendarRequest, mailContext as ctx, killAddress, newMessage, queueMessages } from '../../support/mail.ts'

let t: TestDatabase
let org: { id: string }
beforeAll(async () => {
  t = await createTestDatabase()
})
afterAll(() => t.drop())
beforeEach(async () => {
  await t.sql`delete from messages`
  await t.sql`delete from mail_stops`
  org = await createOrganization(t.db)
})

const claim = (worker = 'a', limit = 10, lease = 60) => transaction(t.db, (trx) => claimDue(trx, worker, limit, lease))
const dead = () =>
  t.db.selectFrom('dead_addresses').select(['address', 'reply']).where('organization_id', '=', org.id).execute()
const only = async () => (await listMessages(t.db, org.id, {})).items[0]!
const withLink = (invitationId: string, generation = 1) =>
  renderMail({
    locale: 'vi',
    organization: { name: 'x', accentHue: 24 },
    paragraphs: [],
    button: { label: 'Xác nhận', href: linkMark('invitation', invitationId, generation) },
  })

describe('putting messages in the outbox', () => {
  it('gives each a Message-ID of its own on the sender’s domain', async () => {
    await queueMessages(t.db, newMessage(org.id), newMessage(org.id))
    const rows = await t.db.selectFrom('messages').select('message_id').execute()
    expect(new Set(rows.map((r) => r.message_id)).size).toBe(2)
    for (const { message_id } of rows) expect(message_id).toMatch(/^<[0-9a-f-]{36}@mau\.example>$/)
  })

  it('takes 1,200 at once', async () => {
    const many = Array.from({ length: 1200 }, (_, i) =>
      newMessage(org.id, { to: { name: null, address: `p${i}@mau.example` } }),
    )
    expect(await queueMessages(t.db, ...many)).toEqual({ queued: 1200, held: 0 })
    expect(await t.db.selectFrom('messages').select(sql<number>`count(*)::int`.as('n')).executeTakeFirst()).toEqual({
      n: 1200,
    })
  })

  it('refuses a line break in a name, and then keeps none of the batch', async () => {
    const bad = newMessage(org.id, { to: { name: 'A\r\nBcc: b@c.example', address: 'a@b.example' } })
    await expect(queueMessages(t.db, newMessage(org.id), bad)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ field: 'toName', code: 'control_character' }],
    })
    expect(await t.db.selectFrom('messages').select('id').execute()).toEqual([])
  })

  it('refuses a token where a mark belongs', async () => {
    const html = `<a href="${ctx.origin}/i/AAAAAAAAAAAAAAAAAAAAAA">x</a>`
    await expect(queueMessages(t.db, newMessage(org.id, { html }))).rejects.toThrow(/link mark/)
  })

  it('holds what is for a dead address of this organisation, whatever its case, and no other', async () => {
    await killAddress(t.db, org.id, 'Dead@Mau.example')
    const other = await createOrganization(t.db)
    await killAddress(t.db, other.id, 'alive@mau.example')
    const to = (address: string) => newMessage(org.id, { to: { name: null, address } })
    expect(await queueMessages(t.db, to('dead@mau.example'), to('alive@mau.example'))).toEqual({ queued: 1, held: 1 })
    const held = await t.db
      .selectFrom('messages')
      .select(['state', 'last_reply'])
      .where('to_address', '=', 'dead@mau.example')
      .executeTakeFirst()
    expect(held).toEqual({ state: 'cancelled', last_reply: ADDRESS_DEAD })
    expect((await claim()).map((m) => m.to_address)).toEqual(['alive@mau.example'])
  })
})

describe('claiming', () => {
  it('gives a message to one worker until its lease ends, then to another', async () => {
    await queueMessages(t.db, newMessage(org.id))
    expect(await claim('a')).toHaveLength(1)
    expect(await claim('b')).toHaveLength(0)
    await t.sql`update messages set lease_until = now() - interval '1 s', next_attempt_at = now() - interval '1 s'`
    const [again] = await claim('b')
    expect(again).toMatchObject({ lease_by: 'b', attempts: 2, state: 'sending' })
  })

  it('does not take what is not due yet by the database’s clock', async () => {
    await queueMessages(t.db, newMessage(org.id))
    await t.sql`update messages set next_attempt_at = now() + interval '1 minute'`
    expect(await claim()).toEqual([])
  })

  it('gives two workers who ask at the same moment different messages', async () => {
    await queueMessages(t.db, ...Array.from({ length: 20 }, () => newMessage(org.id)))
    const got = (await Promise.all([claim('a'), claim('b')])).flat().map((m) => m.id)
    expect(new Set(got).size).toBe(20)
  })
})

describe('settling', () => {
  it('tries again after a minute, keeping the server’s words', async () => {
    await queueMessages(t.db, newMessage(org.id))
    const [m] = await claim()
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'temporary', reply: '451 4.7.1 greylisted' }))
    const row = await only()
    expect(row).toMatchObject({ state: 'queued', last_reply: '451 4.7.1 greylisted', attempts: 1 })
    const [{ wait }] =
      (await t.sql`select extract(epoch from next_attempt_at - now())::int as wait from messages`) as never as [
        { wait: number },
      ]
    expect(wait).toBeGreaterThan(55)
    expect(wait).toBeLessThanOrEqual(60)
  })

  it('bounces once and holds the address for dead on 5.1.1, whoever has it, and only in this organisation', async () => {
    const person = await createPerson(t.db, org.id, { email: 'Thuy@mau.example' })
    const bystander = await createPerson(t.db, org.id, {})
    await queueMessages(t.db, newMessage(org.id))
    const [m] = await claim()
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'permanent', reply: '550 5.1.1 no such user' }))
    expect(await only()).toMatchObject({ state: 'bounced', last_reply: '550 5.1.1 no such user' })
    expect(await dead()).toEqual([{ address: 'thuy@mau.example', reply: '550 5.1.1 no such user' }])
    expect((await getPerson(t.db, org.id, person.id)).email_dead_at).not.toBeNull()
    expect((await getPerson(t.db, org.id, bystander.id)).email_dead_at).toBeNull()
    expect(await claim()).toEqual([])
  })

  it('leaves the person alone when the box is full', async () => {
    await createPerson(t.db, org.id, { email: 'thuy@mau.example' })
    await queueMessages(t.db, newMessage(org.id))
    const [m] = await claim()
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'permanent', reply: '552 5.2.2 mailbox full' }))
    expect(await dead()).toEqual([])
  })

  it('believes a worker whose lease had ended that it was sent, and not that it failed', async () => {
    await queueMessages(t.db, newMessage(org.id))
    const [m] = await claim('a')
    await t.sql`update messages set next_attempt_at = now()`
    const [again] = await claim('b')
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'permanent', reply: '550 no' }))
    expect(await only()).toMatchObject({ state: 'sending' })
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'sent', reply: '250 ok' }))
    await transaction(t.db, (trx) => settle(trx, again!, { outcome: 'temporary', reply: '451' }))
    expect(await only()).toMatchObject({ state: 'sent', last_reply: '250 ok' })
  })
})

describe('cancelling', () => {
  it('stops what waits for one invitation, by kind, and leaves the others', async () => {
    const seminar = await createSeminar(t.db, org.id)
    const [one, two] = [
      await createInvitation(t.db, seminar),
      await createInvitation(t.db, seminar, { name: 'Lê Văn Mẫu' }),
    ]
    const of = (i: { id: string }, kind: 'invitation' | 'answer_received') =>
      newMessage(org.id, { seminarId: seminar.id, invitationId: i.id, kind })
    const to = { name: null, address: 'mau@mau.example' }
    await queueMessages(t.db, of(one, 'invitation'), of(one, 'answer_received'), { ...of(two, 'invitation'), to })
    const count = await transaction(t.db, (trx) =>
      cancelQueued(trx, { organizationId: org.id, invitationId: one.id, kinds: ['invitation'] }),
    )
    expect(count).toBe(1)
    expect(await claim()).toHaveLength(2)
  })

  it('keeps a message that failed for the moment from coming back after it was cancelled', async () => {
    const seminar = await createSeminar(t.db, org.id)
    await queueMessages(t.db, newMessage(org.id, { seminarId: seminar.id }))
    const [m] = await claim()
    await transaction(t.db, (trx) => cancelQueued(trx, { organizationId: org.id, seminarId: seminar.id }))
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'temporary', reply: '451' }))
    expect(await only()).toMatchObject({ state: 'cancelled' })
  })
})

describe('sending once more', () => {
  it('tries a failed message at once under the same Message-ID', async () => {
    await queueMessages(t.db, newMessage(org.id))
    const before = await getMessage(t.db, org.id, (await only()).id)
    await t.sql`update messages set state = 'failed', attempts = 12, next_attempt_at = now() - interval '1 h'`
    await transaction(t.db, (trx) => retryMessage(trx, ctx, org.id, before.id))
    const [m] = await claim()
    expect(m).toMatchObject({ id: before.id, message_id: before.message_id, attempts: 1 })
  })

  it('copies a sent message under a new Message-ID, as the same mail', async () => {
    await queueMessages(t.db, newMessage(org.id, { calendar: { method: 'REQUEST', content: calendarRequest } }))
    const [m] = await claim()
    await transaction(t.db, (trx) => settle(trx, m!, { outcome: 'sent', reply: '250' }))
    const id = await transaction(t.db, (trx) => sendAgain(trx, ctx, org.id, m!.id))
    const copy = await getMessage(t.db, org.id, id)
    expect(copy).toMatchObject({ state: 'queued', subject: m!.subject, html: m!.html, calendar: calendarRequest })
    expect(copy.message_id).not.toBe(m!.message_id)
  })

  it('refuses where the personal link was replaced, or a later announcement went out', async () => {
    const seminar = await createSeminar(t.db, org.id)
    const invitation = await createInvitation(t.db, seminar)
    const link = { purpose: 'invitation' as const, organizationId: org.id, targetId: invitation.id, generation: 1 }
    await transaction(t.db, (trx) => issueLinks(trx, ctx, [link]))
    const message = (kind: 'invitation' | 'update') =>
      newMessage(org.id, { seminarId: seminar.id, invitationId: invitation.id, kind, ...withLink(invitation.id) })
    await queueMessages(t.db, message('invitation'))
    const first = await only()
    await t.sql`update messages set state = 'sent'`
    await queueMessages(t.db, message('update'))
    const again = (id: string) => transaction(t.db, (trx) => sendAgain(trx, ctx, org.id, id))
    await expect(again(first.id)).rejects.toMatchObject({ code: 'conflict', detail: 'mail_replaced' })
    const second = await only()
    await t.sql`update messages set state = 'sent'`
    await again(second.id)
    await t.sql`update messages set state = 'sent'`
    await transaction(t.db, (trx) => revokeLinks(trx, 'invitation', invitation.id))
    await expect(again((await only()).id)).rejects.toMatchObject({ code: 'conflict', detail: 'mail_link_replaced' })
  })

  it('does not find another organisation’s message', async () => {
    await queueMessages(t.db, newMessage(org.id))
    const { id } = await only()
    const other = await createOrganization(t.db)
    await expect(transaction(t.db, (trx) => retryMessage(trx, ctx, other.id, id))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

it('puts the token in place of the mark only when the message leaves', async () => {
  const seminar = await createSeminar(t.db, org.id)
  const invitation = await createInvitation(t.db, seminar)
  await queueMessages(
    t.db,
    newMessage(org.id, { invitationId: invitation.id, seminarId: seminar.id, ...withLink(invitation.id, 2) }),
  )
  const [m] = await claim()
  const token = await linkToken(ctx.linkKey, 'invitation', invitation.id, 2)
  expect(JSON.stringify(m)).not.toContain(token)
  const mail = await toOutgoing(ctx, m!, m!.claimed_at)
  expect(mail.html).toContain(`href="${ctx.origin}/i/${token}"`)
  expect(mail.text).toContain(`${ctx.origin}/i/${token}`)
})

it('knows of no delivery before the first run', async () => {
  expect(await findDelivery(t.db)).toBeUndefined()
})
