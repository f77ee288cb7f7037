import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { answerInvitation } from '../../../src/features/invitations/commands/answer.ts'
import { givePlaces } from '../../../src/features/invitations/commands/places.ts'
import type { AnswerInput } from '../../../src/features/invitations/schema.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx } from '../../support/mail.ts'

let database: TestDatabase
let organizationId: string
const attend: AnswerInput = { answer: 'attend', note: null }
const decline: AnswerInput = { answer: 'decline', reason: 'Đi công tác', note: null }

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

function answer(invitationId: string, input: AnswerInput, via: 'link' | 'organizer' = 'link') {
  return transaction(database.db, (trx) => answerInvitation(trx, ctx, { organizationId, invitationId, input, via }))
}

/** Runs the work over as many lanes as the pool has connections. */
async function inLanes<T>(items: T[], work: (item: T) => Promise<unknown>, lanes = 20): Promise<void> {
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
    }),
  )
}

async function invite(seminarId: string, count: number, email: boolean): Promise<string[]> {
  const { rows } = await database.sql`
    insert into invitations (organization_id, seminar_id, name, family, middle, given, email, status, sent_at)
    select ${organizationId}, ${seminarId}, 'Đại biểu ' || n, 'Đại', 'biểu', n::text,
      case when ${email} then 'd' || n || '@mau.example' end, 'sent', now()
    from generate_series(1, ${count}::int) n returning id`.then((rows) => ({
    rows: rows as unknown as { id: string }[],
  }))
  return rows.map((row) => row.id)
}

async function places(seminarId: string) {
  return database.db
    .selectFrom('seminar_places')
    .selectAll()
    .where('seminar_id', '=', seminarId)
    .executeTakeFirstOrThrow()
}

async function stateOf(id: string) {
  return database.db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

describe('limited places', () => {
  it('gives exactly 400 of 10,000 who answer at once a place, the others a number each in the line, and places given up to the first in it', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 400 })
    const ids = await invite(seminar.id, 10_000, false)
    await inLanes(ids, (id) => answer(id, attend))

    expect(await places(seminar.id)).toMatchObject({ taken: 400, waiting_last: 9600 })
    const line = await database.sql<{ n: number; lowest: number; highest: number; different: number }[]>`
      select count(*)::int n, min(waiting_no) lowest, max(waiting_no) highest, count(distinct waiting_no)::int different
      from invitations where seminar_id = ${seminar.id} and answer = 'waitlisted'`
    expect(line[0]).toEqual({ n: 9600, lowest: 1, highest: 9600, different: 9600 })
    const accepted = await database.sql<
      { id: string }[]
    >`select id from invitations where seminar_id = ${seminar.id} and answer = 'accepted' and holds_place`
    expect(accepted).toHaveLength(400)

    await inLanes(
      accepted.slice(0, 50).map((row) => row.id),
      (id) => answer(id, decline),
    )
    expect(await places(seminar.id)).toMatchObject({ taken: 400, waiting_last: 9600 })
    const after = await database.sql<{ n: number; lowest: number }[]>`
      select count(*)::int n, min(waiting_no) lowest from invitations where seminar_id = ${seminar.id} and answer = 'waitlisted'`
    expect(after[0]).toEqual({ n: 9550, lowest: 51 })
    const given =
      await database.sql`select from audit_events where seminar_id = ${seminar.id} and action = 'invitation.place_given'`
    expect(given).toHaveLength(50)
  }, 240_000)

  it('tells by mail who gets a place that was given up', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1 })
    const first = await createInvitation(database.db, seminar, { name: 'Lê Văn A' })
    const second = await createInvitation(database.db, seminar, { name: 'Lê Văn B', locale: 'en' })
    const third = await createInvitation(database.db, seminar, { name: 'Lê Văn C' })
    expect(await answer(first.id, attend)).toMatchObject({ state: 'accepted', waitingNo: null })
    expect(await answer(second.id, attend)).toMatchObject({ state: 'waitlisted', waitingNo: 1 })
    expect(await answer(third.id, attend)).toMatchObject({ state: 'waitlisted', waitingNo: 2 })
    await answer(first.id, decline)
    expect(await stateOf(second.id)).toMatchObject({ answer: 'accepted', holds_place: true, waiting_no: null })
    expect(await stateOf(third.id)).toMatchObject({ answer: 'waitlisted', holds_place: false, waiting_no: 2 })
    const told =
      await database.sql`select to_address, subject from messages where seminar_id = ${seminar.id} and kind = 'place_given'`
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ to_address: second.email })
    expect(told[0]?.subject).toContain('A place is yours')
  })

  it('fills places from the line when the capacity is raised, in order', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1 })
    const ids = await invite(seminar.id, 5, true)
    for (const id of ids) await answer(id, attend)
    await database.sql`update seminar_places set capacity = 3 where seminar_id = ${seminar.id}`
    expect(await transaction(database.db, (trx) => givePlaces(trx, ctx, organizationId, seminar.id))).toMatchObject({
      given: 2,
    })
    const states = await Promise.all(ids.map(async (id) => (await stateOf(id)).answer))
    expect(states).toEqual(['accepted', 'accepted', 'accepted', 'waitlisted', 'waitlisted'])
    expect(await places(seminar.id)).toMatchObject({ taken: 3 })
  })

  it('gives no place while the seminar is postponed', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1 })
    const ids = await invite(seminar.id, 2, false)
    for (const id of ids) await answer(id, attend)
    await database.sql`update seminars set state = 'postponed' where id = ${seminar.id}`
    await database.sql`update seminar_places set capacity = 2 where seminar_id = ${seminar.id}`
    expect(await transaction(database.db, (trx) => givePlaces(trx, ctx, organizationId, seminar.id))).toMatchObject({
      given: 0,
    })
  })

  it('counts places without a limit, so that one may be set later', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const ids = await invite(seminar.id, 3, false)
    await inLanes(ids, (id) => answer(id, attend))
    expect(await places(seminar.id)).toMatchObject({ taken: 3, waiting_last: 0 })
  })

  it('has one effect when the same answer comes fifty times at once', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 5 })
    const invitation = await createInvitation(database.db, seminar)
    const results = await Promise.all(Array.from({ length: 50 }, () => answer(invitation.id, attend)))
    expect(results.filter((r) => r.changed)).toHaveLength(1)
    expect(new Set(results.map((r) => r.state))).toEqual(new Set(['accepted']))
    expect(await places(seminar.id)).toMatchObject({ taken: 1 })
    const [counts] = await database.sql`
      select (select count(*)::int from answers where invitation_id = ${invitation.id}) as answers,
        (select count(*)::int from messages where invitation_id = ${invitation.id}) as messages,
        (select count(*)::int from audit_events where subject_id = ${invitation.id}) as events`
    expect(counts).toEqual({ answers: 1, messages: 1, events: 1 })
  })

  it('never loses or doubles a place while many change their minds at once', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 10 })
    const ids = await invite(seminar.id, 30, false)
    const moves = Array.from({ length: 300 }, (_, i) => ({
      id: ids[(i * 7) % 30] as string,
      input: i % 3 === 0 ? decline : attend,
    }))
    await inLanes(moves, ({ id, input }) => answer(id, input))
    await transaction(database.db, (trx) => givePlaces(trx, ctx, organizationId, seminar.id))
    const [held] =
      await database.sql`select count(*) filter (where holds_place)::int as held, count(*) filter (where answer = 'waitlisted')::int as waiting from invitations where seminar_id = ${seminar.id}`
    const { taken } = await places(seminar.id)
    expect(held?.held).toBe(taken)
    expect(held?.waiting === 0 || taken === 10).toBe(true)
  })
})
