import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { inviteByHand } from '../../../src/features/invitations/commands/add.ts'
import { followChange } from '../../../src/features/invitations/commands/notify.ts'
import { sendInvitations } from '../../../src/features/invitations/commands/send.ts'
import { withdrawInvitations } from '../../../src/features/invitations/commands/withdraw.ts'
import { inviteeInput } from '../../../src/features/invitations/schema.ts'
import { getSeminar } from '../../../src/features/seminars/queries.ts'
import { createSmtpMailer } from '../../../src/platform/smtp.ts'
import { runDueTasks } from '../../../src/tasks.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx, taskServices } from '../../support/mail.ts'
import { type Received, startSmtp } from '../../support/smtp.ts'
import { mailOf, readCalendar } from './support.ts'

let t: TestDatabase
let organizationId: string
const open: (() => unknown)[] = []
beforeAll(async () => {
  t = await createTestDatabase()
  organizationId = (await createOrganization(t.db)).id
})
afterAll(() => t.drop())
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
  await t.sql`delete from messages`
})

const run = <T>(work: Parameters<typeof transaction<T>>[1]) => transaction(t.db, work)
const draft = { status: 'draft', sent_at: null } as const
const address = 'thuy@noi.example'

/** A receiver that says “later” while it is told to, and a calendar that takes what arrives, in order. */
async function receiver() {
  let later = false
  const held: (() => void)[] = []
  let hold = false
  const attempts: Received[] = []
  const server = await startSmtp({
    data: async (m) => {
      attempts.push(m)
      const says = later ? '451 4.7.1 try again later' : undefined
      if (hold) await new Promise<void>((resolve) => held.push(resolve))
      return says
    },
  })
  const mailer = createSmtpMailer(server.url)
  open.push(
    () => server.close(),
    () => mailer.close(),
  )
  const services = taskServices(t.db, mailer)
  const deliver = async (worker = 'w') => {
    await t.sql`update messages set next_attempt_at = now() where state = 'queued'`
    await runDueTasks(services, { worker, tasks: [] })
  }
  return {
    server,
    attempts,
    deliver,
    says: (what: 'yes' | 'later') => {
      later = what === 'later'
    },
    holds: (on: boolean) => {
      hold = on
      if (!on) for (const go of held.splice(0)) go()
    },
    /** What the calendar of the receiver holds at last: nothing after a CANCEL that is not older than what it has. */
    async calendar() {
      let event: { sequence: number; starts: string } | undefined
      let sequence = -1
      for (const { raw } of server.received) {
        const part = /Content-Type: text\/calendar[\s\S]*?\r?\n\r?\n([A-Za-z0-9+/=\s]+)/.exec(raw)?.[1]
        if (part === undefined) continue
        const calendar = Buffer.from(part, 'base64').toString('utf8')
        const { method, sequence: seq, starts } = readCalendar(calendar)
        // As EDS and Thunderbird do: a CANCEL deletes, whatever its SEQUENCE.
        event = method === 'CANCEL' ? undefined : { sequence: seq, starts }
        sequence = Math.max(sequence, seq)
      }
      return event
    },
  }
}

async function change(seminarId: string, values: object) {
  await run(async (trx) => {
    const before = await getSeminar(trx, organizationId, seminarId)
    await trx.updateTable('seminars').set(values).where('id', '=', seminarId).execute()
    await followChange(trx, ctx, {
      before,
      after: await getSeminar(trx, organizationId, seminarId),
      placesOpened: false,
    } as never)
  })
}

async function invited() {
  const seminar = await createSeminar(t.db, organizationId)
  const invitation = await createInvitation(t.db, seminar, { ...draft, email: address })
  await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
  return { seminar, invitation }
}

describe('a receiver who says “later”', () => {
  it('to a postponement has the event once it is dated anew: no late CANCEL deletes it', async () => {
    const { seminar } = await invited()
    const inbox = await receiver()
    await inbox.deliver()
    inbox.says('later')
    await change(seminar.id, { state: 'postponed', starts_local: null, ends_local: null, sequence: 1 })
    await inbox.deliver()
    inbox.says('yes')
    const day = seminar.starts_local?.slice(0, 10)
    await change(seminar.id, {
      state: 'scheduled',
      starts_local: `${day}T08:00:00`,
      ends_local: `${day}T11:00:00`,
      sequence: 2,
    })
    await inbox.deliver()
    await inbox.deliver()
    expect(await inbox.calendar()).toMatchObject({ starts: `${day}T08:00:00`, sequence: 2 })
    expect((await mailOf(t.db, seminar.id)).map((m) => [m.kind, m.state])).toEqual([
      ['invitation', 'sent'],
      ['postponement', 'cancelled'],
      ['update', 'sent'],
    ])
  })

  it('to a withdrawal has the event once they are invited again', async () => {
    const { seminar, invitation } = await invited()
    const inbox = await receiver()
    await inbox.deliver()
    inbox.says('later')
    await run((trx) => withdrawInvitations(trx, ctx, organizationId, seminar.id, [invitation.id]))
    await inbox.deliver()
    inbox.says('yes')
    const input = inviteeInput.parse({ name: 'Trần Thị Thuỷ', email: address, locale: 'vi', positions: 'Bí thư' })
    await run((trx) => inviteByHand(trx, ctx, organizationId, seminar.id, input))
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    await inbox.deliver()
    await inbox.deliver()
    expect(await inbox.calendar()).toBeDefined()
    expect((await mailOf(t.db, seminar.id)).filter((m) => m.kind === 'withdrawal').map((m) => m.state)).toEqual([
      'cancelled',
    ])
  })

  it('while the CANCEL is still being sent does not get the newer letter before it is known how that ended', async () => {
    const { seminar } = await invited()
    const inbox = await receiver()
    await inbox.deliver()
    inbox.says('later')
    inbox.holds(true)
    await change(seminar.id, { state: 'postponed', starts_local: null, ends_local: null, sequence: 1 })
    const sending = inbox.deliver('a')
    await expect.poll(() => inbox.attempts.length, { timeout: 20_000 }).toBe(2)
    inbox.says('yes')
    const day = seminar.starts_local?.slice(0, 10)
    await change(seminar.id, {
      state: 'scheduled',
      starts_local: `${day}T08:00:00`,
      ends_local: `${day}T11:00:00`,
      sequence: 2,
    })
    await inbox.deliver('b')
    expect(inbox.attempts).toHaveLength(2)
    inbox.holds(false)
    await sending
    await inbox.deliver('b')
    expect(await inbox.calendar()).toMatchObject({ starts: `${day}T08:00:00` })
    expect((await mailOf(t.db, seminar.id)).map((m) => m.state)).toEqual(['sent', 'cancelled', 'sent'])
  })

  it('gets the same letter again, with its first Date', async () => {
    await invited()
    const inbox = await receiver()
    inbox.says('later')
    await inbox.deliver()
    await t.sql`update messages set first_tried_at = first_tried_at - interval '3 hours'`
    inbox.says('yes')
    await inbox.deliver()
    const [first, second] = inbox.attempts.map(({ raw }) => Date.parse(/^Date: (.*)$/m.exec(raw)?.[1] as string)) as [
      number,
      number,
    ]
    expect(second).toBe(first - 3 * 3_600_000)
    expect(inbox.attempts[0]?.messageId).toBe(inbox.attempts[1]?.messageId)
  })
})

it('two letters to one address about one event leave in their order', async () => {
  const { seminar } = await invited()
  const inbox = await receiver()
  inbox.says('later')
  await inbox.deliver()
  inbox.says('yes')
  const [first] = await mailOf(t.db, seminar.id)
  await t.sql`update messages set next_attempt_at = now() + interval '1 hour'`
  await t.sql`insert into messages (organization_id, seminar_id, invitation_id, kind, to_address, from_address, subject, text, html, message_id)
    select organization_id, seminar_id, invitation_id, 'answer_received', to_address, from_address, 'Đã nhận', 'Đã nhận', '<p>Đã nhận</p>', 'x@y' from messages`
  await runDueTasks(taskServices(t.db, createSmtpMailer(inbox.server.url)), { worker: 'w', tasks: [] })
  expect(inbox.server.received).toEqual([])
  await t.sql`update messages set next_attempt_at = now()`
  await inbox.deliver()
  await inbox.deliver()
  expect(inbox.server.received.map((m) => m.messageId === first?.message_id)).toEqual([true, false])
})
