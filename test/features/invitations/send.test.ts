import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import type { DB } from '../../../src/db/types.ts'
import { invitePeople } from '../../../src/features/invitations/commands/add.ts'
import { answerInvitation } from '../../../src/features/invitations/commands/answer.ts'
import { renewLink, resendInvitations, sendInvitations } from '../../../src/features/invitations/commands/send.ts'
import { withdrawInvitations } from '../../../src/features/invitations/commands/withdraw.ts'
import { getLinkedInvitation } from '../../../src/features/invitations/queries/delegate.ts'
import { findLink, linkUrl } from '../../../src/features/links/queries.ts'
import { findMarks } from '../../../src/features/mail/rules.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createPerson, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx, killAddress } from '../../support/mail.ts'
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

async function tokenOf(id: string, generation: number): Promise<string> {
  return (await linkUrl(ctx, { purpose: 'invitation', targetId: id, generation })).split('/i/')[1] as string
}

describe('sending', () => {
  it('sends each draft once with a REQUEST for its addressee alone, in their language, and opens the links of those without an address', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const vi = await createInvitation(database.db, seminar, draft)
    const en = await createInvitation(database.db, seminar, {
      ...draft,
      name: 'John Smith',
      locale: 'en',
      positions: ['Chuyên gia'],
      positions_en: ['Adviser'],
    })
    const bare = await createInvitation(database.db, seminar, { ...draft, email: null })
    const odd = await createInvitation(database.db, seminar, { ...draft, name: 'Lê Lạ', email: 'không phải địa chỉ' })
    const [first, second] = await Promise.all([
      run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all')),
      run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all')),
    ])
    expect({ mailed: first.mailed + second.mailed, toCall: first.toCall + second.toCall }).toEqual({
      mailed: 2,
      toCall: 2,
    })

    const mails = await mailOf(database.db, seminar.id)
    expect(mails.map((m) => m.to_address).sort()).toEqual([vi.email, en.email].sort())
    const viMail = mails.find((m) => m.to_address === vi.email)
    expect(viMail).toMatchObject({
      kind: 'invitation',
      locale: 'vi',
      from_address: 'vanphong@mau.example',
      reply_to: 'vanphong@mau.example',
      calendar_method: 'REQUEST',
      state: 'queued',
    })
    expect(viMail?.subject).toBe(
      'Giấy mời dự Hội thảo chuyên đề “Nâng cao chất lượng sinh hoạt chi bộ ở thôn, khu dân cư”',
    )
    expect(viMail?.text).toContain('Kính gửi đồng chí Trần Thị Thuỷ, Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A,')
    expect(viMail?.text).not.toContain('Trả lời ngay trên lịch')
    const enMail = mails.find((m) => m.to_address === en.email)
    expect(enMail?.text).toContain('Dear John Smith, Adviser,')

    for (const [mail, invitation] of [
      [viMail, vi],
      [enMail, en],
    ] as const) {
      const marks = findMarks(mail?.html ?? '')
      expect(marks).toEqual([
        { purpose: 'invitation', targetId: invitation.id, generation: 1, locale: invitation.locale },
      ])
      expect(`${mail?.html}${mail?.text}`).not.toMatch(/\/i\/[\w-]{22}/)
      const event = readCalendar(mail?.calendar ?? '')
      expect(event).toMatchObject({
        method: 'REQUEST',
        uid: seminar.uid,
        sequence: 0,
        status: 'CONFIRMED',
        organizer: 'mailto:vanphong@mau.example',
        attendees: [`mailto:${invitation.email}`],
        partstat: 'NEEDS-ACTION',
        starts: seminar.starts_local,
      })
      expect(event.description).toContain(`/s/${seminar.slug}`)
      expect(event.description).not.toContain('/i/')
      expect(new Date(event.stamp).getTime()).toBe(Math.floor(ctx.now.getTime() / 1000) * 1000)
    }
    for (const row of [vi, en, bare, odd]) {
      const { link, invitation } = await getLinkedInvitation(database.db, await tokenOf(row.id, 1))
      expect(link).toMatchObject({ targetId: row.id, revoked: false })
      expect(link).toEqual(await findLink(database.db, await tokenOf(row.id, 1)))
      expect(invitation.status).toBe('sent')
    }
  })

  it('mentions an answer from the calendar only where inbound mail is configured', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    await createInvitation(database.db, seminar, draft)
    await run((trx) =>
      sendInvitations(trx, { ...ctx, mail: { ...ctx.mail, inbound: true } }, organizationId, seminar.id, 'all'),
    )
    expect((await mailOf(database.db, seminar.id))[0]?.text).toContain('Trả lời ngay trên lịch')
  })

  it('sends nothing while the seminar is a draft, postponed or over', async () => {
    for (const state of ['draft', 'postponed', 'held', 'cancelled']) {
      const seminar = await createSeminar(database.db, organizationId, { state })
      await createInvitation(database.db, seminar, draft)
      await expect(run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))).rejects.toMatchObject({
        code: 'conflict',
        detail: 'seminar_not_open',
      })
    }
  })

  it('holds mail to an address known to be dead, and counts it as one to telephone', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const person = await createPerson(database.db, organizationId, { email: 'chet@mau.example' })
    await killAddress(database.db, organizationId, 'chet@mau.example')
    await run((trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] }))
    expect(await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))).toEqual({
      mailed: 0,
      toCall: 1,
    })
    expect((await mailOf(database.db, seminar.id))[0]).toMatchObject({ state: 'cancelled' })
  })

  it('sends 2,000 with a number of statements that does not grow with people', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    await sql`insert into invitations (organization_id, seminar_id, name, given, email) select ${organizationId}, ${seminar.id}, 'Đại biểu ' || n, n::text, 'd' || n || '@mau.example' from generate_series(1, 2000) n`.execute(
      database.db,
    )
    let statements = 0
    const counted = database.db.withPlugin({
      transformQuery(args) {
        statements++
        return args.node
      },
      transformResult: async (args) => args.result,
    }) as Kysely<DB>
    const sent = await transaction(counted, (trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    expect(sent).toEqual({ mailed: 2000, toCall: 0 })
    expect(statements).toBeLessThan(50)
    const [row] =
      await database.sql`select count(*)::int as n, count(distinct to_address)::int as people, count(distinct message_id)::int as ids from messages where seminar_id = ${seminar.id}`
    expect(row).toEqual({ n: 2000, people: 2000, ids: 2000 })
  }, 120_000)
})

describe('after sending', () => {
  it('sends again with the same link and the same SEQUENCE', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const { id } = await createInvitation(database.db, seminar, draft)
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    expect(await run((trx) => resendInvitations(trx, ctx, organizationId, seminar.id, [id]))).toEqual({
      mailed: 1,
      toCall: 0,
    })
    const [first, again] = await mailOf(database.db, seminar.id)
    expect(findMarks(again?.html ?? '')).toEqual(findMarks(first?.html ?? ''))
    expect(readCalendar(again?.calendar ?? '').sequence).toBe(0)
    expect(again?.message_id).not.toBe(first?.message_id)
  })

  it('ends the old link when a new one is made, and stops mail that still carries it', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const { id } = await createInvitation(database.db, seminar, draft)
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    expect(await run((trx) => renewLink(trx, ctx, organizationId, id))).toEqual({ mailed: true })
    const old = await findLink(database.db, await tokenOf(id, 1))
    expect(old?.revoked).toBe(true)
    await expect(getLinkedInvitation(database.db, await tokenOf(id, 1))).rejects.toMatchObject({
      code: 'link_invalid',
    })
    expect(await findLink(database.db, await tokenOf(id, 2))).toMatchObject({ revoked: false })
    const [first, again] = await mailOf(database.db, seminar.id)
    expect(first?.state).toBe('cancelled')
    expect(findMarks(again?.html ?? '')[0]).toMatchObject({ generation: 2 })
  })

  it('withdraws with a CANCEL of a higher SEQUENCE for that invitee alone, gives the place on, and comes back above it when invited again', async () => {
    const seminar = await createSeminar(database.db, organizationId, { capacity: 1 })
    const person = await createPerson(database.db, organizationId)
    await run((trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] }))
    const next = await createInvitation(database.db, seminar, draft)
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    const { id } = await database.db
      .selectFrom('invitations')
      .select('id')
      .where('person_id', '=', person.id)
      .executeTakeFirstOrThrow()
    for (const invitationId of [id, next.id])
      await run((trx) =>
        answerInvitation(trx, ctx, {
          organizationId,
          invitationId,
          input: { answer: 'attend', note: null },
          via: 'link',
        }),
      )

    expect(await run((trx) => withdrawInvitations(trx, ctx, organizationId, seminar.id, [id]))).toEqual({
      withdrawn: 1,
      mailed: 2,
      toCall: 0,
    })
    const withdrawal = (await mailOf(database.db, seminar.id)).filter((m) => m.kind === 'withdrawal')
    expect(withdrawal).toHaveLength(1)
    expect(withdrawal[0]).toMatchObject({ to_address: person.email, calendar_method: 'CANCEL' })
    expect(readCalendar(withdrawal[0]?.calendar ?? '')).toMatchObject({
      method: 'CANCEL',
      status: 'CANCELLED',
      sequence: 1,
      attendees: [`mailto:${person.email}`],
    })
    expect(
      await database.db
        .selectFrom('invitations')
        .select(['answer', 'holds_place'])
        .where('id', '=', next.id)
        .executeTakeFirst(),
    ).toEqual({ answer: 'accepted', holds_place: true })
    expect(
      await database.db.selectFrom('seminars').select('sequence').where('id', '=', seminar.id).executeTakeFirst(),
    ).toEqual({ sequence: 0 })
    const link = await findLink(database.db, await tokenOf(id, 1))
    expect(link?.revoked).toBe(true)
    expect(await getLinkedInvitation(database.db, await tokenOf(id, 1))).toMatchObject({
      invitation: { status: 'withdrawn' },
    })

    expect(
      await run((trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] })),
    ).toMatchObject({ added: 1 })
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    const again = (await mailOf(database.db, seminar.id)).filter((m) => m.kind === 'invitation').at(-1)
    expect(readCalendar(again?.calendar ?? '')).toMatchObject({ method: 'REQUEST', sequence: 2 })
  })

  it('does not name the public page of a private seminar', async () => {
    const seminar = await createSeminar(database.db, organizationId, { visibility: 'private' })
    await createInvitation(database.db, seminar, draft)
    await run((trx) => sendInvitations(trx, ctx, organizationId, seminar.id, 'all'))
    const [mail] = await mailOf(database.db, seminar.id)
    expect(`${mail?.calendar}${mail?.html}`).not.toContain(seminar.slug)
  })
})
