import type { Updateable } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import type { Seminars } from '../../../src/db/types.ts'
import { answerInvitation } from '../../../src/features/invitations/commands/answer.ts'
import { decideSubstitution } from '../../../src/features/invitations/commands/consent.ts'
import { notifySeminarChanged } from '../../../src/features/invitations/commands/notify.ts'
import { sendInvitations } from '../../../src/features/invitations/commands/send.ts'
import { listPendingSubstitutions } from '../../../src/features/invitations/queries/one.ts'
import type { AnswerInput } from '../../../src/features/invitations/schema.ts'
import { getSeminar } from '../../../src/features/seminars/queries.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx } from '../../support/mail.ts'
import { mailOf, readCalendar } from './support.ts'

let database: TestDatabase
let organizationId: string

beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

const run = <T>(work: Parameters<typeof transaction<T>>[1]) => transaction(database.db, work)
const draft = { status: 'draft', sent_at: null } as const
const attend: AnswerInput = { answer: 'attend', note: null }
const decline: AnswerInput = { answer: 'decline', reason: 'Đi công tác', note: null }
const substitute = (email: string | null): AnswerInput => ({
  answer: 'substitute',
  substitute: { name: 'Lê Thị Bình', position: 'Phó Bí thư', email },
  note: null,
})

function answer(invitationId: string, input: AnswerInput, via: 'link' | 'organizer' = 'link') {
  return run((trx) => answerInvitation(trx, ctx, { organizationId, invitationId, input, via }))
}

/** Three who were sent an invitation: one comes, one has declined, one has not answered. */
async function invited(overrides: Parameters<typeof createSeminar>[2] = {}) {
  const seminar = await createSeminar(database.db, organizationId, overrides)
  const [comes, declined, silent] = [
    await createInvitation(database.db, seminar, { ...draft, name: 'Lê Văn Đến' }),
    await createInvitation(database.db, seminar, { ...draft, name: 'Lê Văn Vắng' }),
    await createInvitation(database.db, seminar, { ...draft, name: 'John Smith', locale: 'en' }),
  ]
  await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
  await answer(comes.id, attend)
  await answer(declined.id, decline)
  return { seminar, comes, declined, silent }
}

/** What the seminar's command does: the edit, then the telling, in one transaction. */
async function change(seminarId: string, values: Updateable<Seminars>): Promise<number> {
  const told = await run(async (trx) => {
    const before = await getSeminar(trx, organizationId, seminarId)
    await trx.updateTable('seminars').set(values).where('id', '=', seminarId).execute()
    return notifySeminarChanged(trx, ctx, before, await getSeminar(trx, organizationId, seminarId))
  })
  return told.mailed
}

async function lastMail(seminarId: string, address: string | null) {
  const mail = (await mailOf(database.db, seminarId)).filter((m) => m.to_address === address).at(-1)
  if (!mail) throw new Error('no mail')
  return mail
}

describe('a change of the seminar', () => {
  it('tells everybody of another time by REQUEST with a higher SEQUENCE, asks anew, and stops invitations that still wait', async () => {
    const { seminar, comes, declined, silent } = await invited()
    const day = seminar.starts_local?.slice(0, 10)
    expect(
      await change(seminar.id, { starts_local: `${day}T08:00:00`, ends_local: `${day}T11:00:00`, sequence: 1 }),
    ).toBe(3)
    for (const to of [comes, declined, silent]) {
      const mail = await lastMail(seminar.id, to.email)
      expect(mail).toMatchObject({ kind: 'update', calendar_method: 'REQUEST' })
      expect(readCalendar(mail.calendar ?? '')).toMatchObject({
        method: 'REQUEST',
        uid: seminar.uid,
        sequence: 1,
        partstat: 'NEEDS-ACTION',
        attendees: [`mailto:${to.email}`],
      })
    }
    const mail = await lastMail(seminar.id, comes.email)
    expect(mail.text).toContain('Trước đây: 14 giờ 00')
    expect(mail.text).toContain('8 giờ 00')
    expect((await lastMail(seminar.id, silent.email)).text).toContain('announces a change of time')
    const waiting = (await mailOf(database.db, seminar.id)).filter((m) => m.kind === 'invitation')
    expect(new Set(waiting.map((m) => m.state))).toEqual(new Set(['cancelled']))
    expect(
      (
        await database.db
          .selectFrom('invitations')
          .select('answer')
          .where('id', '=', comes.id)
          .executeTakeFirstOrThrow()
      ).answer,
    ).toBe('accepted')
  })

  it('tells another place to those who may come, and keeps their answer in the calendar', async () => {
    const { seminar, comes } = await invited()
    expect(await change(seminar.id, { venue: 'Nhà Văn hóa', sequence: 1 })).toBe(2)
    expect(readCalendar((await lastMail(seminar.id, comes.email)).calendar ?? '')).toMatchObject({
      sequence: 1,
      partstat: 'ACCEPTED',
      location: 'Nhà Văn hóa',
    })
  })

  it('tells another online address with the same SEQUENCE, and words not at all', async () => {
    const { seminar, comes } = await invited({ online_offered: true })
    expect(await change(seminar.id, { online_url: 'https://hop.example/phong' })).toBe(2)
    expect(readCalendar((await lastMail(seminar.id, comes.email)).calendar ?? '').sequence).toBe(0)
    expect(await change(seminar.id, { theme: 'Chủ đề khác', introduction: 'Lời giới thiệu' })).toBe(0)
  })

  it('cancels by CANCEL, for those who declined too', async () => {
    const { seminar, comes, declined, silent } = await invited()
    expect(await change(seminar.id, { state: 'cancelled', sequence: 1 })).toBe(3)
    for (const to of [comes, declined, silent]) {
      const mail = await lastMail(seminar.id, to.email)
      expect(mail).toMatchObject({ kind: 'cancellation', calendar_method: 'CANCEL' })
      expect(readCalendar(mail.calendar ?? '')).toMatchObject({ method: 'CANCEL', status: 'CANCELLED', sequence: 1 })
    }
    await expect(answer(comes.id, decline)).rejects.toMatchObject({ code: 'closed', detail: 'seminar_cancelled' })
  })

  it('takes a postponed seminar out of calendars at its old time, and brings the same UID back above it when it has a date again', async () => {
    const { seminar, comes } = await invited()
    expect(
      await change(seminar.id, {
        state: 'postponed',
        starts_local: null,
        ends_local: null,
        sequence: 1,
        postponed_note: 'Do bão.',
      }),
    ).toBe(3)
    const postponed = await lastMail(seminar.id, comes.email)
    expect(postponed).toMatchObject({ kind: 'postponement', calendar_method: 'CANCEL' })
    expect(postponed.text).toContain('được hoãn')
    expect(postponed.text).toContain('Do bão.')
    expect(readCalendar(postponed.calendar ?? '')).toMatchObject({
      method: 'CANCEL',
      sequence: 1,
      starts: seminar.starts_local,
    })
    expect(
      await change(seminar.id, { starts_local: '2027-03-01T08:00:00', ends_local: '2027-03-01T11:00:00', sequence: 2 }),
    ).toBe(0)
    expect(await change(seminar.id, { state: 'scheduled', sequence: 3 })).toBe(3)
    const again = await lastMail(seminar.id, comes.email)
    expect(again).toMatchObject({ kind: 'update', calendar_method: 'REQUEST' })
    expect(readCalendar(again.calendar ?? '')).toMatchObject({
      method: 'REQUEST',
      uid: seminar.uid,
      sequence: 3,
      status: 'CONFIRMED',
      starts: '2027-03-01T08:00:00',
    })
  })

  it('writes nothing to drafts, withdrawn invitees and those without an address', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    await createInvitation(database.db, seminar, draft)
    await createInvitation(database.db, seminar, { status: 'withdrawn' })
    await createInvitation(database.db, seminar, { email: null, name: 'Không địa chỉ' })
    expect(await change(seminar.id, { venue: 'Nơi khác', sequence: 1 })).toBe(0)
  })
})

describe('a substitute', () => {
  it('waits for the chair, then is sent an invitation of their own, and the invitee is told', async () => {
    const { seminar, comes } = await invited()
    expect(await answer(comes.id, substitute('binh@mau.example'))).toMatchObject({ state: 'substitute_pending' })
    const [pending] = await listPendingSubstitutions(database.db, organizationId, seminar.id)
    expect(pending).toMatchObject({ name: 'Lê Thị Bình', invitee: 'Lê Văn Đến' })
    const decide = (decision: 'agree' | 'refuse') =>
      run((trx) =>
        decideSubstitution(trx, ctx, {
          organizationId,
          invitationId: comes.id,
          substitutionId: pending?.id as string,
          decision,
          note: 'Mang theo tài liệu',
        }),
      )
    await decide('agree')
    expect((await lastMail(seminar.id, comes.email)).text).toContain(
      'Người chủ trì đã đồng ý để Lê Thị Bình dự thay đồng chí.',
    )
    const own = await lastMail(seminar.id, 'binh@mau.example')
    expect(own.kind).toBe('invitation')
    expect(own.html).not.toContain('⟦link')
    expect(readCalendar(own.calendar ?? '')).toMatchObject({
      attendees: ['mailto:binh@mau.example'],
      delegatedFrom: `mailto:${comes.email}`,
      method: 'REQUEST',
    })
    await expect(decide('refuse')).rejects.toMatchObject({ detail: 'substitution_decided' })

    // A change reaches both; coming in person after all takes the event out of the substitute's calendar.
    expect(await change(seminar.id, { venue: 'Nơi khác', sequence: 1 })).toBe(3)
    expect(readCalendar((await lastMail(seminar.id, 'binh@mau.example')).calendar ?? '')).toMatchObject({
      method: 'REQUEST',
      sequence: 1,
    })
    expect(await answer(comes.id, attend)).toMatchObject({ state: 'accepted' })
    const ended = await lastMail(seminar.id, 'binh@mau.example')
    expect(ended.kind).toBe('withdrawal')
    expect(readCalendar(ended.calendar ?? '')).toMatchObject({ method: 'CANCEL', sequence: 2 })
    await answer(comes.id, substitute('binh@mau.example'))
    const [again] = await listPendingSubstitutions(database.db, organizationId, seminar.id)
    await run((trx) =>
      decideSubstitution(trx, ctx, {
        organizationId,
        invitationId: comes.id,
        substitutionId: again?.id as string,
        decision: 'agree',
        note: null,
      }),
    )
    expect(readCalendar((await lastMail(seminar.id, 'binh@mau.example')).calendar ?? '')).toMatchObject({
      method: 'REQUEST',
      sequence: 3,
    })
  })

  it('refused by the chair leaves the place, and asks the invitee to answer again', async () => {
    const { seminar, comes } = await invited({ capacity: 1 })
    await answer(comes.id, substitute(null))
    const [pending] = await listPendingSubstitutions(database.db, organizationId, seminar.id)
    await run((trx) =>
      decideSubstitution(trx, ctx, {
        organizationId,
        invitationId: comes.id,
        substitutionId: pending?.id as string,
        decision: 'refuse',
        note: null,
      }),
    )
    expect(
      await database.db
        .selectFrom('invitations')
        .select(['answer', 'holds_place'])
        .where('id', '=', comes.id)
        .executeTakeFirst(),
    ).toEqual({ answer: null, holds_place: true })
    expect((await lastMail(seminar.id, comes.email)).text).toContain('trực tiếp tham dự')
    expect(await answer(comes.id, attend)).toMatchObject({ state: 'accepted' })
  })

  it('comes at once where the seminar leaves it free, and not at all where it allows none', async () => {
    const free = await invited({ substitute_policy: 'free' })
    expect(await answer(free.comes.id, substitute('tu-do@mau.example'))).toMatchObject({ state: 'substituted' })
    expect((await lastMail(free.seminar.id, 'tu-do@mau.example')).kind).toBe('invitation')
    const none = await invited({ substitute_policy: 'none' })
    await expect(answer(none.comes.id, substitute(null))).rejects.toMatchObject({ fields: [{ field: 'answer' }] })
  })

  it('of somebody in the waiting line is invited when the place comes', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1, substitute_policy: 'free' })
    const [first, second] = [
      await createInvitation(database.db, seminar, { name: 'Một' }),
      await createInvitation(database.db, seminar, { name: 'Hai' }),
    ]
    await answer(first.id, attend)
    expect(await answer(second.id, substitute('cho@mau.example'))).toMatchObject({ state: 'waitlisted', waitingNo: 1 })
    expect((await mailOf(database.db, seminar.id)).some((m) => m.to_address === 'cho@mau.example')).toBe(false)
    await answer(first.id, decline)
    expect(
      await database.db.selectFrom('invitations').select('answer').where('id', '=', second.id).executeTakeFirst(),
    ).toEqual({ answer: 'substituted' })
    expect((await lastMail(seminar.id, 'cho@mau.example')).kind).toBe('invitation')
  })
})

describe('an answer', () => {
  it('is taken from an organizer after the deadline, by link no longer', async () => {
    const seminar = await createSeminar(database.db, organizationId, { answer_deadline_local: '2020-01-01T08:00:00' })
    const [comes, silent] = [
      await createInvitation(database.db, seminar),
      await createInvitation(database.db, seminar, { name: 'Khác' }),
    ]
    await expect(answer(comes.id, attend)).rejects.toMatchObject({ code: 'closed', detail: 'deadline_passed' })
    expect(await answer(silent.id, { answer: 'decline', reason: null, note: null }, 'organizer')).toMatchObject({
      state: 'declined',
    })
  })

  it('is receipted by mail without a calendar part, with how to change it', async () => {
    const { seminar, comes } = await invited()
    const receipt = await lastMail(seminar.id, comes.email)
    expect(receipt).toMatchObject({ kind: 'answer_received', calendar: null })
    expect(receipt.text).toContain('Xác nhận: Tham dự')
    expect(receipt.text).toContain(`/s/${seminar.slug}/event.ics`)
  })

  it('leaves the SEQUENCE alone and is written down with who brought it', async () => {
    const { seminar, comes } = await invited()
    expect((await getSeminar(database.db, organizationId, seminar.id)).sequence).toBe(0)
    const events = await database.db
      .selectFrom('audit_events')
      .select(['action', 'details'])
      .where('subject_id', '=', comes.id)
      .execute()
    expect(events).toMatchObject([{ action: 'invitation.answered', details: { state: 'accepted', via: 'link' } }])
  })
})
