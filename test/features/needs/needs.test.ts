import type { Insertable } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Messages, Presentations } from '../../../src/db/types.ts'
import { countNeeds, listNeeds } from '../../../src/features/needs/queries.ts'
import { listAgendas } from '../../../src/features/seminars/queries/detail.ts'
import { listAgendaNeeds } from '../../../src/features/seminars/queries/needs.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { vietnamDay } from '../../support/days.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'

let database: TestDatabase
let organizationId: string
beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

/** A seminar in so many days with a chair, for which nothing waits. */
async function quietSeminar(days = 30, overrides: Parameters<typeof createSeminar>[2] = {}) {
  const day = vietnamDay(days)
  const dates = { starts_local: `${day}T14:00:00`, ends_local: `${day}T17:00:00` }
  const seminar = await createSeminar(database.db, organizationId, { ...dates, ...overrides })
  const of = { organization_id: organizationId, seminar_id: seminar.id }
  await database.db
    .insertInto('chairs')
    .values({ ...of, ordinal: 1, name: 'Nguyễn Văn Bích' })
    .execute()
  return { seminar, of }
}

/** What waits in one seminar, as `kind:count`; over all of them the count beside “Hôm nay” is that of the list, whatever waits. */
async function needsOf(seminar: { id: string }) {
  expect(await countNeeds(database.db, organizationId)).toBe((await listNeeds(database.db, organizationId)).length)
  const needs = await listNeeds(database.db, organizationId, seminar.id)
  return needs.map((need) => `${need.kind}:${need.count}`)
}

it('finds nothing where nothing waits', async () => {
  const { seminar } = await quietSeminar()
  expect(await needsOf(seminar)).toEqual([])
})

it('asks for a chair, and for a date to be settled two weeks ahead', async () => {
  const { seminar } = await quietSeminar(5, { state: 'draft' })
  await database.db.deleteFrom('chairs').where('seminar_id', '=', seminar.id).execute()
  expect(await needsOf(seminar)).toEqual([expect.stringMatching(/^draft_soon:[456]$/), 'no_chair:1'])
})

it('asks to mark as held what is over', async () => {
  const { seminar } = await quietSeminar(-2)
  expect(await needsOf(seminar)).toEqual(['mark_held:1'])
})

it('counts invitations not sent, and the silent when the deadline is near', async () => {
  const { seminar } = await quietSeminar(20, { answer_deadline_local: `${vietnamDay(2)}T17:00:00` })
  await createInvitation(database.db, seminar)
  await createInvitation(database.db, seminar)
  await createInvitation(database.db, seminar, { answer: 'accepted' })
  await createInvitation(database.db, seminar, { status: 'draft', sent_at: null })
  expect(await needsOf(seminar)).toEqual(['unanswered_near_deadline:2', 'invitations_unsent:1'])
})

it('names whose substitute waits for the chair, since when', async () => {
  const { seminar } = await quietSeminar()
  const invitation = await createInvitation(database.db, seminar, {
    name: 'Trần Thị Thuỷ',
    answer: 'substitute_pending',
  })
  const of = { organization_id: organizationId, invitation_id: invitation.id }
  await database.db
    .insertInto('substitutions')
    .values({ ...of, name: 'A', position: 'Phó Bí thư', state: 'pending' })
    .execute()
  const [need] = await listNeeds(database.db, organizationId, seminar.id)
  expect(need).toMatchObject({
    kind: 'substitutions_pending',
    count: 1,
    names: ['Trần Thị Thuỷ'],
    at: expect.any(Date),
  })
})

it('counts speeches that are late and those that wait to be read', async () => {
  const { seminar, of } = await quietSeminar()
  const speech: Insertable<Presentations> = { ...of, name: 'Đảng ủy phường Mẫu B', topic: 'Tạo nguồn' }
  const late = { ...speech, state: 'accepted', deadline_local: `${vietnamDay(-1)}T08:00:00` }
  await database.db
    .insertInto('presentations')
    .values([
      late,
      { ...late, state: 'declined' },
      { ...late, deadline_local: `${vietnamDay(3)}T08:00:00` },
      { ...speech, state: 'received' },
    ])
    .execute()
  expect(await needsOf(seminar)).toEqual(['speeches_overdue:1', 'speeches_to_read:1'])
})

it('counts mail that did not arrive until it is sent again', async () => {
  const { seminar, of } = await quietSeminar()
  const invitation = await createInvitation(database.db, seminar)
  const message = (state: string): Insertable<Messages> => ({
    ...of,
    invitation_id: invitation.id,
    kind: 'invitation',
    to_address: 'a@mau.example',
    from_address: 'b@mau.example',
    subject: 'Giấy mời',
    text: '',
    html: '',
    message_id: `<${crypto.randomUUID()}@mau.example>`,
    state,
  })
  await database.db.insertInto('messages').values(message('bounced')).execute()
  expect(await needsOf(seminar)).toEqual(['mail_bounced:1'])
  await database.db.insertInto('messages').values(message('queued')).execute()
  expect(await needsOf(seminar)).toEqual([])
})

it('tells an overrun in minutes and a clash by name', async () => {
  const { seminar, of } = await quietSeminar()
  const items = await database.db
    .insertInto('agenda_items')
    .values([
      { ...of, ordinal: 1, title: 'Báo cáo', minutes: 60 },
      { ...of, ordinal: 2, title: 'Tham luận', minutes: 160, fixed_start: '14:30' },
    ])
    .returning('id')
    .execute()
  const speakers = items.map(({ id }) => ({
    organization_id: organizationId,
    agenda_item_id: id,
    ordinal: 1,
    name: 'Phạm Thu Hà',
  }))
  await database.db.insertInto('agenda_speakers').values(speakers).execute()
  expect(await needsOf(seminar)).toHaveLength(2)
  const needs = await listNeeds(database.db, organizationId, seminar.id)
  expect(needs).toMatchObject([
    { kind: 'agenda_clash', count: 1, names: ['Phạm Thu Hà'] },
    { kind: 'agenda_overrun', count: 10 },
  ])
})

it('is silent about cancelled seminars and about other organisations', async () => {
  const { seminar } = await quietSeminar(10, { state: 'cancelled' })
  await createInvitation(database.db, seminar, { status: 'draft' })
  expect(await needsOf(seminar)).toEqual([])
  const other = await createOrganization(database.db)
  expect(await listNeeds(database.db, other.id)).toEqual([])
})

it('lists all seminars’ needs together, most pressing first', async () => {
  const needs = await listNeeds(database.db, organizationId)
  expect(needs.map((need) => need.kind)).toEqual([
    'substitutions_pending',
    'speeches_overdue',
    'speeches_to_read',
    'unanswered_near_deadline',
    'invitations_unsent',
    'mark_held',
    'draft_soon',
    'agenda_clash',
    'agenda_overrun',
    'no_chair',
  ])
})

it('counts letters that did not arrive and belong to no seminar, for the organisation as a whole', async () => {
  const { id } = await createOrganization(database.db)
  await database.db
    .insertInto('messages')
    .values({
      organization_id: id,
      kind: 'member_invitation',
      to_name: 'Lê Văn Mẫu',
      to_address: 'a@mau.example',
      from_address: 'b@mau.example',
      subject: 'Lời mời',
      text: '',
      html: '',
      message_id: `<${crypto.randomUUID()}@mau.example>`,
      state: 'bounced',
    })
    .execute()
  expect(await listNeeds(database.db, id)).toMatchObject([
    { kind: 'mail_bounced', seminar: null, count: 1, names: ['Lê Văn Mẫu'] },
  ])
})

it('leaves out no agenda that does not fit: of many drawn by chance, those that the reckoning of times finds', async () => {
  const { db } = database
  const { id } = await createOrganization(db)
  let drawn = 7
  const chance = (n: number) => {
    drawn = (drawn * 1103515245 + 12345) % 2147483648
    return Math.floor((drawn / 2147483648) * n)
  }
  for (let n = 0; n < 60; n++) {
    const seminar = await createSeminar(db, id)
    const items = Array.from({ length: 6 }, (_, place) => ({
      organization_id: id,
      seminar_id: seminar.id,
      ordinal: place + 1,
      title: 'Báo cáo',
      kind: place === 0 && chance(2) ? 'reception' : 'report',
      minutes: chance(45),
      fixed_start: chance(4) ? null : `${13 + chance(5)}:${10 + chance(49)}`,
    }))
    const rows = await db.insertInto('agenda_items').values(items).returning('id').execute()
    const names = ['An', 'Bình', 'bình', 'Chi', 'Dũng', 'Em']
    const speaker = { organization_id: id, ordinal: 1, name: '' }
    const speakers = rows.map((row) => ({ ...speaker, agenda_item_id: row.id, name: names[chance(6)] as string }))
    await db.insertInto('agenda_speakers').values(speakers).execute()
  }
  const columns = ['organization_id', 'id', 'starts_local', 'ends_local'] as const
  const seminars = await db.selectFrom('seminars').select(columns).where('organization_id', '=', id).execute()
  let ill = 0
  for (const [at, { overrunMinutes, clashes }] of (await listAgendas(db, id, seminars)).entries()) {
    const wanted = Number(overrunMinutes > 0) + Number(clashes.length > 0)
    expect(await listAgendaNeeds(db, id, seminars[at]?.id)).toHaveLength(wanted)
    ill += wanted
  }
  expect(ill).toBeGreaterThan(10)
  expect(ill).toBeLessThan(110)
})
