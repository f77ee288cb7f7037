import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { remindLate, remindSpeaker, remindWhenDue } from '../../../src/features/presentations/commands/remind.ts'
import { speechMail } from '../../../src/features/presentations/emails.ts'
import { listDueReminders } from '../../../src/features/presentations/queries/reminders.ts'
import { getSpeech } from '../../../src/features/presentations/queries.ts'
import { recurring, runDueTasks } from '../../../src/tasks.ts'
import { wallTime } from '../../../src/text/dates.ts'
import { createTestApp, systemContext, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { createSpeech } from '../../support/speeches.ts'

const HOUR = 3_600_000
let t: TestApp
let seminar: Awaited<ReturnType<typeof createSeminar>>
let organizationId: string

beforeAll(async () => {
  t = await createTestApp()
  organizationId = (await createOrganization(t.services.db)).id
})
afterAll(() => t.close())
beforeEach(async () => {
  await t.services.db.deleteFrom('presentations').execute()
  await t.services.db.deleteFrom('messages').execute()
  await t.services.db.deleteFrom('task_runs').execute()
  seminar = await createSeminar(t.services.db, organizationId)
})

const zone = 'Asia/Ho_Chi_Minh'
const fromNow = (hours: number) => wallTime(new Date(Date.now() + hours * HOUR), zone)

/** A speech accepted five days ago and due in so many hours; negative: that long ago. */
async function due(
  hours: number | null,
  overrides: Record<string, unknown> = {},
  columns: Record<string, unknown> = {},
) {
  const speech = await createSpeech(t, seminar, { deadlineLocal: hours === null ? '' : fromNow(hours), ...overrides })
  await set(speech.id, { state: 'accepted', state_since: new Date(Date.now() - 120 * HOUR), ...columns })
  await t.services.db.deleteFrom('messages').execute()
  return speech.id
}
const set = (id: string, columns: Record<string, unknown>) =>
  t.services.db.updateTable('presentations').set(columns).where('id', '=', id).execute()
const later = (id: string, hours: number) => set(id, { reminded_at: new Date(Date.now() - hours * HOUR) })
const dueIds = async () => (await listDueReminders(t.services.db)).map((one) => one.id)
const sendDue = async () => {
  for (const one of await listDueReminders(t.services.db))
    await transaction(t.services.db, (trx) => remindWhenDue(trx, systemContext(), one))
}
const mails = () => t.services.db.selectFrom('messages').selectAll().orderBy('id').execute()
const kinds = async () => (await mails()).map((mail) => mail.kind)
const byHand = (id: string) =>
  transaction(t.services.db, (trx) => remindSpeaker(trx, systemContext(), { organizationId, id }))

describe('by itself', () => {
  it('goes once in the three days before the deadline, and once after the day that follows it', async () => {
    const id = await due(71)
    await sendDue()
    await later(id, 24)
    await sendDue()
    expect(await kinds()).toEqual(['speech_due'])
    await set(id, { deadline_local: fromNow(-1) })
    await sendDue()
    expect(await kinds()).toEqual(['speech_due'])
    await set(id, { deadline_local: fromNow(-25) })
    await sendDue()
    await later(id, 24)
    await sendDue()
    expect(await kinds()).toEqual(['speech_due', 'speech_overdue'])
  })

  it('does not go earlier, nor between, nor more than a week after its moment', async () => {
    for (const hours of [73, -23, -24 * 8 - 1, null]) await due(hours)
    const [near, late] = [await due(71), await due(-24 * 8 + 1)]
    expect((await dueIds()).sort()).toEqual([near, late].sort())
  })

  it('goes to those whose turn it is, and has an address', async () => {
    for (const state of ['declined', 'received', 'editing', 'approved', 'withdrawn']) await due(20, {}, { state })
    await due(20, { email: '' })
    const asked: string[] = []
    for (const state of ['requested', 'accepted', 'returned']) asked.push(await due(20, {}, { state }))
    expect((await dueIds()).sort()).toEqual(asked.sort())
  })

  it.each([
    ['draft', 0],
    ['scheduled', 1],
    ['held', 1],
    ['postponed', 0],
    ['cancelled', 0],
  ])('of a seminar that is %s: %i', async (state, count) => {
    await due(20)
    await t.services.db.updateTable('seminars').set({ state }).where('id', '=', seminar.id).execute()
    expect(await dueIds()).toHaveLength(count)
  })

  it('leaves alone who was asked, answered, or was reminded by hand within the last hours', async () => {
    await due(20, {}, { state_since: new Date(Date.now() - 23 * HOUR) })
    const id = await due(20)
    await later(id, 11)
    expect(await dueIds()).toEqual([])
    await later(id, 13)
    expect(await dueIds()).toEqual([id])
  })

  it('goes anew for a deadline that was moved', async () => {
    const id = await due(20)
    await sendDue()
    await set(id, { deadline_local: fromNow(60), reminded_at: new Date(Date.now() - 24 * HOUR) })
    expect(await dueIds()).toEqual([id])
  })

  it('goes once, however many instances find it due', async () => {
    const id = await due(20)
    const [found] = await listDueReminders(t.services.db)
    const ours = await Promise.all(
      Array.from({ length: 8 }, () =>
        transaction(t.services.db, (trx) => remindWhenDue(trx, systemContext(), found as never)),
      ),
    )
    expect(ours.filter(Boolean)).toHaveLength(1)
    expect(await kinds()).toEqual(['speech_due'])
    expect((await getSpeech(t.services.db, organizationId, id)).version).toBe(1)
  })

  it('is one of the recurring tasks', async () => {
    await due(20)
    await due(-30)
    const sent: string[] = []
    const mailer = {
      kind: 'mailbox' as const,
      send: async (mail: { subject: string }) => {
        sent.push(mail.subject)
        return { outcome: 'sent' as const, reply: '' }
      },
      close: async () => {},
    }
    const tasks = recurring.filter((task) => task.name === 'remind_speakers')
    await runDueTasks({ ...t.services, mailer }, { worker: 'a', tasks })
    await runDueTasks({ ...t.services, mailer }, { worker: 'b', tasks })
    expect(sent).toHaveLength(2)
    expect(sent.join('\n')).toMatch(/Đề nghị gửi bài tham luận trước ngày \d+\/\d+/)
  })
})

describe('by hand', () => {
  it('goes whenever it is the speaker’s turn, and is refused twice within twelve hours', async () => {
    const id = await due(400)
    await byHand(id)
    await expect(byHand(id)).rejects.toMatchObject({ code: 'conflict', detail: 'speech_reminded' })
    await later(id, 13)
    await byHand(id)
    expect(await kinds()).toEqual(['speech_due', 'speech_due'])
    const audit = await t.services.db
      .selectFrom('audit_events')
      .select('id')
      .where('subject_id', '=', id)
      .where('action', '=', 'presentation.reminded')
      .execute()
    expect(audit).toHaveLength(2)
  })

  it('goes once when two press at the same moment', async () => {
    const id = await due(-30)
    const both = await Promise.allSettled([byHand(id), byHand(id)])
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await kinds()).toEqual(['speech_overdue'])
  })

  it('is refused where it is not their turn, they have no address, or the seminar is cancelled', async () => {
    await expect(byHand(await due(20, {}, { state: 'received' }))).rejects.toMatchObject({
      detail: 'speech_not_remind',
    })
    await expect(byHand(await due(20, { email: '' }))).rejects.toMatchObject({ detail: 'speech_no_address' })
    const id = await due(20)
    await t.services.db.updateTable('seminars').set({ state: 'cancelled' }).where('id', '=', seminar.id).execute()
    await expect(byHand(id)).rejects.toMatchObject({ detail: 'speech_not_remind' })
    expect(await kinds()).toEqual([])
  })

  it('reaches all late ones that were seen, but who sent a paper or was reminded meanwhile', async () => {
    const [one, two, sent, told, unseen] = [await due(-1), await due(-100), await due(-1), await due(-1), await due(-1)]
    await set(sent, { state: 'received' })
    await later(told, 1)
    const seen = [one, two, sent, told, 'nonsense']
    const remind = () =>
      transaction(t.services.db, (trx) => remindLate(trx, systemContext(), organizationId, seminar.id, seen))
    const counts = await Promise.all([remind(), remind()])
    expect(counts.sort()).toEqual([0, 2])
    expect(await kinds()).toEqual(['speech_overdue', 'speech_overdue'])
    expect((await getSpeech(t.services.db, organizationId, unseen)).reminded_at).toBeNull()
  })
})

describe('the letter', () => {
  const letter = async (id: string, kind: 'speech_due' | 'speech_overdue', now = new Date()) => {
    const speech = await getSpeech(t.services.db, organizationId, id)
    return speechMail(t.services.db, systemContext({ now }), speech, kind)
  }

  it('says until when, in the words of the domain, with the personal link in both parts', async () => {
    const id = await due(null, { deadlineLocal: '2026-12-14T17:00:00' })
    const mail = await letter(id, 'speech_due', new Date('2026-12-11T10:00:00Z'))
    expect(mail?.subject).toBe('Đề nghị gửi bài tham luận trước ngày 14/12')
    const words =
      'Kính đề nghị đồng chí gửi bài tham luận về Ban Tổ chức hội thảo trước 17 giờ 00, ngày 14/12 để kịp biên tập kỷ yếu.'
    for (const part of [mail?.text, mail?.html]) {
      expect(part).toContain(words)
      expect(part).toContain(`⟦link:presentation:${id}:1:vi⟧`)
    }
  })

  it('says how many days it is late, and whom to call', async () => {
    const id = await due(null, { deadlineLocal: '2026-12-14T17:00:00', locale: 'en', topicEn: 'Cells' })
    const mail = await letter(id, 'speech_overdue', new Date('2026-12-15T11:00:00Z'))
    expect(mail?.subject).toBe('Your paper is overdue: Cells')
    expect(mail?.text).toContain(
      'Your paper is 1 day overdue. Please send it soon or contact Văn phòng Thành ủy, 0203 000 000.',
    )
    await set(id, { locale: 'vi' })
    expect((await letter(id, 'speech_overdue', new Date('2026-12-17T11:00:00Z')))?.text).toContain(
      'Bài tham luận đã quá hạn gửi 3 ngày. Kính mong đồng chí sớm gửi bài hoặc liên hệ Văn phòng Thành ủy, 0203 000 000.',
    )
    expect((await letter(id, 'speech_overdue', new Date('2026-12-14T12:00:00Z')))?.text).toContain(
      'Bài tham luận đã đến hạn gửi lúc 17 giờ 00, ngày 14/12.',
    )
  })

  it('repeats what is asked to be changed, and names no day where there is none', async () => {
    const id = await due(null, {}, { state: 'returned', comment: 'Bổ sung số liệu' })
    const mail = await letter(id, 'speech_due')
    expect(mail?.subject).toMatch(/^Kính nhắc gửi bài tham luận: /)
    expect(mail?.text).toContain('Bổ sung số liệu')
    expect(mail?.text).toContain('Gửi bản chỉnh sửa')
    expect(mail?.text).not.toContain('Hạn gửi bài')
  })
})
