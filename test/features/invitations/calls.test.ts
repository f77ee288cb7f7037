import type { Insertable } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formOf } from '../../../src/api/seminar-body.ts'
import { transaction } from '../../../src/db/transaction.ts'
import type { Invitations } from '../../../src/db/types.ts'
import { eraseContacts } from '../../../src/features/directory/commands/erase.ts'
import { invitePeople } from '../../../src/features/invitations/commands/add.ts'
import { answerInvitation } from '../../../src/features/invitations/commands/answer.ts'
import { recordCall, requestCalls } from '../../../src/features/invitations/commands/calls.ts'
import { decideSubstitution } from '../../../src/features/invitations/commands/consent.ts'
import { followChange } from '../../../src/features/invitations/commands/notify.ts'
import { resendInvitations, sendInvitations } from '../../../src/features/invitations/commands/send.ts'
import { settleCalls } from '../../../src/features/invitations/commands/settle-calls.ts'
import { withdrawInvitations } from '../../../src/features/invitations/commands/withdraw.ts'
import { callWords } from '../../../src/features/invitations/emails/call.ts'
import { getCall, listCalls } from '../../../src/features/invitations/queries/calls.ts'
import { getEventDetails } from '../../../src/features/invitations/queries/event.ts'
import { countByState } from '../../../src/features/invitations/queries/list.ts'
import { findInvitation } from '../../../src/features/invitations/queries/one.ts'
import type { AnswerInput } from '../../../src/features/invitations/schema.ts'
import { listNeeds } from '../../../src/features/needs/queries.ts'
import {
  cancelSeminar,
  editSeminar,
  postponeSeminar,
  scheduleSeminar,
} from '../../../src/features/seminars/commands.ts'
import { getSeminar } from '../../../src/features/seminars/queries.ts'
import { scheduleInput, seminarInput } from '../../../src/features/seminars/schema.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { vietnamDay } from '../../support/days.ts'
import { createInvitation, createOrganization, createPerson, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx, killAddress } from '../../support/mail.ts'

let database: TestDatabase
let organizationId: string
beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

const run = <T>(work: Parameters<typeof transaction<T>>[1]) => transaction(database.db, work)
const draft = { status: 'draft', sent_at: null } as const
const bare = { ...draft, email: null, phone: '0900 000 001' } as const
const attend: AnswerInput = { answer: 'attend', note: null }
const substitute = (email: string | null = null): AnswerInput => ({
  answer: 'substitute',
  substitute: { name: 'Lê Thị Bình', position: 'Phó Bí thư', email },
  note: null,
})
type Seminar = Awaited<ReturnType<typeof createSeminar>>

const send = (seminar: Seminar) => run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
const answer = (invitationId: string, input: AnswerInput) =>
  run((trx) => answerInvitation(trx, ctx, { organizationId, invitationId, input, via: 'link' }))
const withdraw = (seminar: Seminar, ...ids: string[]) =>
  run((trx) => withdrawInvitations(trx, ctx, organizationId, seminar.id, ids))

/** One seminar with one invitee without an address, who was asked to be telephoned. */
async function withCall(
  over: Parameters<typeof createSeminar>[2] = {},
  invitee: Partial<Insertable<Invitations>> = {},
) {
  const seminar = await createSeminar(database.db, organizationId, over)
  const { id } = await createInvitation(database.db, seminar, { ...bare, ...invitee })
  expect(await send(seminar)).toEqual({ mailed: 0, toCall: 1 })
  return { seminar, id, call: await only(seminar) }
}

const open = async (seminar: Seminar) =>
  (await listCalls(database.db, organizationId, { state: 'open', seminarId: seminar.id })).items
async function only(seminar: Seminar) {
  const calls = await open(seminar)
  expect(calls).toHaveLength(1)
  return calls[0] as (typeof calls)[number]
}

/** Ticked off as told, so that what comes next finds someone who knows. */
async function reached(seminar: Seminar) {
  const { id, version } = await only(seminar)
  await run((trx) => recordCall(trx, ctx, { organizationId, id, version, outcome: 'reached', note: null }))
}

async function edit(seminar: Seminar, values: Record<string, unknown>, tell = true) {
  return run(async (trx) => {
    const row = await getSeminar(trx, organizationId, seminar.id)
    const input = seminarInput.parse({ ...formOf(row, null, []), ...values })
    const change = await editSeminar(trx, ctx, organizationId, seminar.id, row.version, input)
    return followChange(trx, ctx, change, tell)
  })
}
const bring = (command: (trx: Parameters<typeof cancelSeminar>[0]) => ReturnType<typeof cancelSeminar>, tell = true) =>
  run(async (trx) => followChange(trx, ctx, await command(trx), tell))
const cancel = (seminar: Seminar, tell = true) =>
  bring((trx) => cancelSeminar(trx, ctx, organizationId, seminar.id, 'Do thời tiết.', undefined), tell)
const postpone = (seminar: Seminar) =>
  bring((trx) => postponeSeminar(trx, ctx, organizationId, seminar.id, null, undefined))

async function wordsOf(seminar: Seminar) {
  const call = await only(seminar)
  return callWords(await getEventDetails(database.db, organizationId, seminar.id), call, ctx).join(' ')
}

describe('a call is to be made', () => {
  it('of an invitation to whom no letter can go, with a dead address too, and the figures say so', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const person = await createPerson(database.db, organizationId, {
      email: 'chet-goi@mau.example',
      phone: '0900 000 002',
    })
    await killAddress(database.db, organizationId, 'chet-goi@mau.example')
    await run((trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] }))
    await createInvitation(database.db, seminar, bare)
    const mailed = await createInvitation(database.db, seminar, draft)
    expect(await send(seminar)).toEqual({ mailed: 1, toCall: 2 })
    const calls = await open(seminar)
    expect(calls.map((c) => [c.phone, c.reasons])).toEqual(
      expect.arrayContaining([
        ['0900 000 001', ['invitation']],
        ['0900 000 002', ['invitation']],
      ]),
    )
    const counts = await countByState(database.db, organizationId, seminar.id)
    expect(counts).toMatchObject({ sent: 3, toCall: 2, called: 0 })
    expect((await findInvitation(database.db, organizationId, mailed.id))?.telling).toBe('letter')
    for (const call of calls)
      expect((await findInvitation(database.db, organizationId, call.invitation_id))?.telling).toBe('to_call')
    const dead = calls.find((c) => c.phone === '0900 000 002')
    expect(
      (await findInvitation(database.db, organizationId, dead?.invitation_id as string))?.calendar_sequence,
    ).toBeNull()
  })

  it('of another time or place, in words of the present, gathered in one call', async () => {
    const { seminar, id } = await withCall()
    await reached(seminar)
    expect((await findInvitation(database.db, organizationId, id))?.telling).toBe('called')
    expect(await edit(seminar, { venue: 'Nhà Văn hóa' })).toEqual({ mailed: 0, toCall: 1 })
    expect(await edit(seminar, { venue: 'Cung Thiếu nhi' })).toEqual({ mailed: 0, toCall: 1 })
    expect((await only(seminar)).reasons).toEqual(['change'])
    const words = await wordsOf(seminar)
    expect(words).toContain('xin báo thông tin về Hội thảo')
    expect(words).toContain('tại Cung Thiếu nhi')
    expect(words).not.toContain('Nhà Văn hóa')
  })

  it('not of another online address alone, but to those who take part online', async () => {
    const { seminar, id } = await withCall({ online_offered: true, online_url: 'https://hop.example/1' })
    await answer(id, attend)
    expect(await edit(seminar, { onlineUrl: 'https://hop.example/2' })).toEqual({ mailed: 0, toCall: 0 })
    await answer(id, { answer: 'attend_online', note: null })
    expect(await edit(seminar, { onlineUrl: 'https://hop.example/3' })).toEqual({ mailed: 0, toCall: 1 })
    expect(await wordsOf(seminar)).toContain('Địa chỉ dự trực tuyến có trên trang xác nhận riêng')
  })

  it('of a postponement, then of the new date in its place, then of a cancellation', async () => {
    const { seminar } = await withCall()
    await reached(seminar)
    expect(await postpone(seminar)).toEqual({ mailed: 0, toCall: 1 })
    expect(await wordsOf(seminar)).toContain('được hoãn')
    const day = vietnamDay(60)
    const input = scheduleInput.parse({ startsLocal: `${day}T08:00:00`, endsLocal: `${day}T11:00:00` })
    expect(await bring((trx) => scheduleSeminar(trx, ctx, organizationId, seminar.id, input, undefined))).toEqual({
      mailed: 0,
      toCall: 1,
    })
    expect((await only(seminar)).reasons).toEqual(['change'])
    expect(await wordsOf(seminar)).toContain('bắt đầu lúc 8 giờ 00')
    expect(await cancel(seminar)).toEqual({ mailed: 0, toCall: 1 })
    expect((await only(seminar)).reasons).toEqual(['cancellation'])
    expect(await wordsOf(seminar)).toMatch(/không tổ chức nữa\..*Do thời tiết\./)
    expect((await listNeeds(database.db, organizationId, seminar.id)).map((n) => `${n.kind}:${n.count}`)).toContain(
      'calls_open:1',
    )
  })

  it('of a place given from the waiting line', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1 })
    const first = await createInvitation(database.db, seminar, draft)
    const waits = await createInvitation(database.db, seminar, bare)
    await send(seminar)
    await answer(first.id, attend)
    await answer(waits.id, attend)
    expect(await open(seminar)).toEqual([])
    expect((await answer(first.id, { answer: 'decline', reason: 'Bận', note: null })).told).toEqual({
      mailed: 0,
      toCall: 1,
    })
    expect((await only(seminar)).reasons).toEqual(['place_given'])
    expect(await wordsOf(seminar)).toContain('Đã có chỗ dành cho đồng chí')
  })

  it('of a withdrawal, to who knows of the invitation', async () => {
    const { seminar, id } = await withCall()
    await reached(seminar)
    expect(await withdraw(seminar, id)).toEqual({ withdrawn: 1, mailed: 0, toCall: 1 })
    expect((await only(seminar)).reasons).toEqual(['withdrawal'])
    expect(await wordsOf(seminar)).toContain('xin rút lại giấy mời đồng chí dự Hội thảo')
  })

  it('of the chair’s word, to the invitee and to the substitute, who is told by way of the invitee', async () => {
    const { seminar, id } = await withCall({ substitute_policy: 'consent' })
    await answer(id, substitute())
    const [named] = await database.db.selectFrom('substitutions').select('id').where('invitation_id', '=', id).execute()
    const decided = (decision: 'agree' | 'refuse') =>
      run((trx) =>
        decideSubstitution(trx, ctx, {
          organizationId,
          invitationId: id,
          substitutionId: named?.id as string,
          decision,
          note: null,
        }),
      )
    expect(await decided('agree')).toEqual({ mailed: 0, toCall: 2 })
    const calls = await open(seminar)
    const details = await getEventDetails(database.db, organizationId, seminar.id)
    const said = calls.map((call) => [call.name, call.phone, callWords(details, call, ctx).join(' ')])
    expect(said).toEqual(
      expect.arrayContaining([
        ['Trần Thị Thuỷ', '0900 000 001', expect.stringContaining('đã đồng ý để Lê Thị Bình dự thay đồng chí')],
        ['Lê Thị Bình', '0900 000 001', expect.stringContaining('trân trọng kính mời đồng chí dự thay')],
      ]),
    )
    // Both were never told of it: the invitee takes it back, and nobody need be told that the substitute is not asked.
    await answer(id, attend)
    expect(await open(seminar)).toEqual([])
  })

  it('of a refused substitute, asking the invitee to come', async () => {
    const { seminar, id } = await withCall({ substitute_policy: 'consent' })
    await answer(id, substitute())
    const [named] = await database.db.selectFrom('substitutions').select('id').where('invitation_id', '=', id).execute()
    await run((trx) =>
      decideSubstitution(trx, ctx, {
        organizationId,
        invitationId: id,
        substitutionId: named?.id as string,
        decision: 'refuse',
        note: 'Mong đồng chí trực tiếp phát biểu.',
      }),
    )
    const words = await wordsOf(seminar)
    expect(words).toContain('trực tiếp tham dự, thay vì cử Lê Thị Bình')
    expect(words).toContain('Mong đồng chí trực tiếp phát biểu.')
    expect(words).toContain('Đề nghị đồng chí cho biết có tham dự được không')
  })
})

describe('a substitute without an address', () => {
  it('who was told is told of another time and of the end', async () => {
    const seminar = await createSeminar(database.db, organizationId, { substitute_policy: 'free' })
    const { id } = await createInvitation(database.db, seminar, draft)
    await send(seminar)
    expect((await answer(id, substitute())).told).toEqual({ mailed: 0, toCall: 1 })
    await reached(seminar)
    expect(await edit(seminar, { venue: 'Nhà Văn hóa' })).toEqual({ mailed: 1, toCall: 1 })
    expect(await only(seminar)).toMatchObject({ name: 'Lê Thị Bình', reasons: ['change'] })
    await answer(id, attend)
    expect(await only(seminar)).toMatchObject({ name: 'Lê Thị Bình', reasons: ['withdrawal'] })
    expect(await wordsOf(seminar)).toContain('không còn cần thiết')
  })
})

describe('a call has nothing left to tell', () => {
  it('where an invitation nobody told of is withdrawn, cancelled, or withdrawn while postponed', async () => {
    const withdrawn = await withCall()
    expect(await withdraw(withdrawn.seminar, withdrawn.id)).toEqual({ withdrawn: 1, mailed: 0, toCall: 0 })
    const cancelled = await withCall()
    expect(await cancel(cancelled.seminar)).toEqual({ mailed: 0, toCall: 0 })
    const silent = await withCall()
    await cancel(silent.seminar, false)
    const postponed = await withCall()
    expect(await postpone(postponed.seminar)).toEqual({ mailed: 0, toCall: 0 })
    expect(await open(postponed.seminar)).toEqual([])
    await withdraw(postponed.seminar, postponed.id)
    for (const { seminar, call } of [withdrawn, cancelled, silent, postponed]) {
      expect(await open(seminar)).toEqual([])
      expect((await getCall(database.db, organizationId, call.id)).outcome).toBe('moot')
    }
  })

  it('but stays where they had seen their page', async () => {
    const { seminar, id } = await withCall()
    await database.db.updateTable('invitations').set({ opened_at: new Date() }).where('id', '=', id).execute()
    await cancel(seminar)
    expect((await only(seminar)).reasons).toEqual(['cancellation'])
  })

  it('once they answer, also with the answer that stood', async () => {
    const { seminar, id, call } = await withCall()
    await answer(id, attend)
    expect(await getCall(database.db, organizationId, call.id)).toMatchObject({ outcome: 'answered', is_open: false })
    await edit(seminar, { venue: 'Nhà Văn hóa' })
    expect(await open(seminar)).toHaveLength(1)
    expect((await answer(id, attend)).changed).toBe(false)
    expect(await open(seminar)).toEqual([])
  })

  it('where somebody is invited again before they were told of the withdrawal', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const person = await createPerson(database.db, organizationId, { email: null, phone: '0900 000 003' })
    const invite = () => run((trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] }))
    await invite()
    await send(seminar)
    await reached(seminar)
    await withdraw(
      seminar,
      (await listCalls(database.db, organizationId, { state: 'done', seminarId: seminar.id })).items[0]
        ?.invitation_id as string,
    )
    expect((await only(seminar)).reasons).toEqual(['withdrawal'])
    await invite()
    await send(seminar)
    expect((await only(seminar)).reasons).toEqual(['invitation'])
  })
})

describe('what the outbox learns', () => {
  const settle = () => run((trx) => settleCalls(trx, ctx))
  const lettersTo = (id: string, values: { state: string; sent_at?: Date }) =>
    database.db
      .updateTable('messages')
      .set(values)
      .where('invitation_id', '=', id)
      .where('state', '=', 'queued')
      .execute()

  it('makes a call of a letter that bounced or was given up, once, and not of one that was answered', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const [bounced, failed, answered] = [
      await createInvitation(database.db, seminar, { ...draft, phone: '0900 000 004' }),
      await createInvitation(database.db, seminar, { ...draft, phone: '0900 000 005' }),
      await createInvitation(database.db, seminar, draft),
    ]
    await send(seminar)
    await answer(answered.id, attend)
    await lettersTo(bounced.id, { state: 'bounced' })
    await lettersTo(failed.id, { state: 'failed' })
    await lettersTo(answered.id, { state: 'bounced' })
    await settle()
    const made = await open(seminar)
    expect(made.map((c) => c.phone).sort()).toEqual(['0900 000 004', '0900 000 005'])
    await settle()
    expect((await open(seminar)).map((c) => [c.id, c.version])).toEqual(made.map((c) => [c.id, c.version]))
    const { id, version } = made[0] as (typeof made)[number]
    await run((trx) => recordCall(trx, ctx, { organizationId, id, version, outcome: 'left_word', note: null }))
    await settle()
    expect(await open(seminar)).toHaveLength(1)
    const audits = await database.db
      .selectFrom('audit_events')
      .select('action')
      .where('seminar_id', '=', seminar.id)
      .where('action', 'like', 'call.%')
      .orderBy('id')
      .execute()
    expect(audits.map((a) => a.action)).toEqual(['call.asked', 'call.asked', 'call.left_word'])
  })

  it('ends a call only when the letter has left, and only of what that letter tells', async () => {
    const { seminar, id, call } = await withCall()
    await database.db.updateTable('invitations').set({ email: 'moi@mau.example' }).where('id', '=', id).execute()
    expect(await run((trx) => resendInvitations(trx, ctx, organizationId, seminar.id, [id]))).toEqual({
      mailed: 1,
      toCall: 0,
    })
    await settle()
    expect((await only(seminar)).id).toBe(call.id)
    await lettersTo(id, { state: 'sent', sent_at: new Date() })
    await settle()
    expect(await open(seminar)).toEqual([])
    expect((await getCall(database.db, organizationId, call.id)).outcome).toBe('letter')
  })
})

it('is erased of what was noted when somebody’s contacts are', async () => {
  const { seminar, id, call } = await withCall()
  await run((trx) =>
    recordCall(trx, ctx, { organizationId, id: call.id, version: 1, outcome: 'not_reached', note: 'Số của con trai.' }),
  )
  await database.db.updateTable('invitations').set({ email: 'xoa@mau.example' }).where('id', '=', id).execute()
  await run((trx) => eraseContacts(trx, ctx, organizationId, 'xoa@mau.example'))
  expect((await only(seminar)).note).toBeNull()
})

it('tells both of two reasons that come up at once', async () => {
  const { seminar, id } = await withCall()
  await reached(seminar)
  const ask = (trx: Parameters<typeof requestCalls>[0], reason: 'place_given' | 'change') =>
    requestCalls(trx, organizationId, seminar.id, [{ invitationId: id, substitutionId: null, reason }])
  let second: Promise<number> | undefined
  await run(async (trx) => {
    await ask(trx, 'place_given')
    second = run((other) => ask(other, 'change'))
    for (let waits = 0; waits === 0; ) {
      const [row] =
        await database.sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      waits = row?.n ?? 0
    }
  })
  await second
  expect([...(await only(seminar)).reasons].sort()).toEqual(['change', 'place_given'])
})

describe('ticking off', () => {
  it('keeps who was not reached, with note and count, and lets a mistake be mended', async () => {
    const { seminar, call } = await withCall()
    const record = (version: number, outcome: 'reached' | 'not_reached', note: string | null = null) =>
      run((trx) => recordCall(trx, ctx, { organizationId, id: call.id, version, outcome, note }))
    await record(1, 'not_reached', 'Máy bận.')
    await record(2, 'not_reached', 'Hẹn 14 giờ.')
    expect(await only(seminar)).toMatchObject({ tries: 2, note: 'Hẹn 14 giờ.', recorded_by: 'test', version: 3 })
    await record(3, 'reached')
    expect(await open(seminar)).toEqual([])
    await record(4, 'not_reached', 'Nhầm người.')
    expect(await only(seminar)).toMatchObject({ id: call.id, tries: 3 })
  })

  it('counts once where two tick at once, and tells the second', async () => {
    const { call } = await withCall()
    const both = await Promise.allSettled(
      (['reached', 'not_reached'] as const).map((outcome) =>
        run((trx) => recordCall(trx, ctx, { organizationId, id: call.id, version: 1, outcome, note: null })),
      ),
    )
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'stale_version' } })
  })

  it('makes one call of many changes at once', async () => {
    const { seminar } = await withCall()
    await reached(seminar)
    await Promise.all(
      Array.from({ length: 6 }, () =>
        run(async (trx) => {
          const after = await getSeminar(trx, organizationId, seminar.id)
          const before = { ...after, venue: 'Nơi cũ' }
          return followChange(trx, ctx, { before, after, change: 'sequence', placesOpened: false })
        }),
      ),
    )
    expect(await open(seminar)).toHaveLength(1)
  })

  it('is another organisation’s business nowhere', async () => {
    const { call } = await withCall()
    const other = await createOrganization(database.db)
    await expect(
      run((trx) =>
        recordCall(trx, ctx, { organizationId: other.id, id: call.id, version: 1, outcome: 'reached', note: null }),
      ),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

it('names those whom neither a number nor a letter leads to', async () => {
  const { seminar, call } = await withCall({}, { phone: null })
  expect(call.unreachable).toBe(true)
  const needs = await listNeeds(database.db, organizationId, seminar.id)
  expect(needs.find((need) => need.kind === 'calls_unreachable')).toMatchObject({ count: 1, names: ['Trần Thị Thuỷ'] })
})

it('is said in whole sentences, in the language of whom it is for', async () => {
  const day = vietnamDay(30)
  const over = { answer_deadline_local: `${vietnamDay(20)}T17:00:00`, theme_en: 'Party cell meetings' }
  const { seminar } = await withCall(over, { locale: 'en', name: 'John Smith', positions: ['Adviser'] })
  const said = await wordsOf(seminar)
  expect(said).toMatch(
    /^Good day, John Smith, Adviser\. I am calling on behalf of .*\. .* has the honour of inviting you to /,
  )
  expect(said).toContain(String(Number(day.slice(8, 10))))
  expect(said).not.toMatch(/none|\{|\}|\.\./)
  const vi = await withCall(over)
  const vietnamese = await wordsOf(vi.seminar)
  expect(vietnamese).toMatch(
    /^Kính chào đồng chí Trần Thị Thuỷ, Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A\. Tôi gọi điện thay mặt /,
  )
  expect(vietnamese).not.toMatch(/none|\{|\}|\.\./)
})
