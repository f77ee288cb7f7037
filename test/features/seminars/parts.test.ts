import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Trx } from '../../../src/db/transaction.ts'
import {
  addAgendaItem,
  editAgendaItem,
  moveAgendaItem,
  orderAgenda,
  removeAgendaItem,
} from '../../../src/features/seminars/commands/agenda.ts'
import { addChair, editChair, moveChair, removeChair } from '../../../src/features/seminars/commands/chairs.ts'
import { copySeminar } from '../../../src/features/seminars/commands/copy.ts'
import {
  addDelegation,
  editDelegation,
  moveDelegation,
  removeDelegation,
} from '../../../src/features/seminars/commands/delegations.ts'
import { getSeminarDetail } from '../../../src/features/seminars/queries/detail.ts'
import { countDelegationSeats } from '../../../src/features/seminars/queries/seats.ts'
import {
  type AgendaItemInput,
  agendaItemInput,
  chairInput,
  delegationInput,
} from '../../../src/features/seminars/schema.ts'
import { systemContext } from '../../support/app.ts'
import { createTestDatabase, inRollback, type TestDatabase } from '../../support/database.ts'
import {
  createInvitation,
  createOrganization,
  createPerson,
  createSeminar,
  createUnit,
} from '../../support/factories.ts'

let database: TestDatabase
let organizationId: string
const ctx = systemContext()
beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

const at = { starts_local: '2026-12-15T14:00:00', ends_local: '2026-12-15T17:00:00' }

/** One test on a fresh seminar, 14:00–17:00. */
const onSeminar = (test: (trx: Trx, seminarId: string) => Promise<void>) =>
  inRollback(database.db, async (trx) => test(trx, (await createSeminar(trx, organizationId, at)).id))

const item = (overrides: Partial<AgendaItemInput> = {}) =>
  agendaItemInput.parse({ kind: 'report', title: 'Báo cáo thực trạng', minutes: 25, ...overrides })
const chair = (name: string, role = 'chair') =>
  chairInput.parse({ role, name, positions: ['Uỷ viên BTV', 'Trưởng Ban Tổ chức Thành ủy'] })
const group = (text: string, selector: unknown = null) => delegationInput.parse({ text, selector })

describe('chairs', () => {
  it('stand in their order, superiors apart, and keep positions letter by letter', () =>
    onSeminar(async (trx, id) => {
      await addChair(trx, ctx, organizationId, id, chair('Nguyễn Chiến Thắng'))
      const second = await addChair(trx, ctx, organizationId, id, chair('Nguyễn Văn Bích'))
      await addChair(trx, ctx, organizationId, id, chair('Trần Cấp Trên', 'superior'))
      await moveChair(trx, ctx, organizationId, id, second, 'up')
      const { chairs, superiors } = await getSeminarDetail(trx, organizationId, id)
      expect(chairs.map((each) => each.name)).toEqual(['Nguyễn Văn Bích', 'Nguyễn Chiến Thắng'])
      expect(superiors.map((each) => each.name)).toEqual(['Trần Cấp Trên'])
      expect(chairs[0]?.positions).toEqual(['Uỷ viên BTV', 'Trưởng Ban Tổ chức Thành ủy'])
    }))

  it('refuse an edit made on an older version', () =>
    onSeminar(async (trx, id) => {
      const one = await addChair(trx, ctx, organizationId, id, chair('Nguyễn Văn Bích'))
      await editChair(trx, ctx, organizationId, id, one, 1, chair('Nguyễn Văn Bích'))
      await expect(editChair(trx, ctx, organizationId, id, one, 1, chair('Khác'))).rejects.toMatchObject({
        code: 'stale_version',
      })
      await removeChair(trx, ctx, organizationId, id, one)
      await expect(removeChair(trx, ctx, organizationId, id, one)).rejects.toMatchObject({ code: 'not_found' })
    }))

  it('are kept by name when the person is not in this directory', () =>
    onSeminar(async (trx, id) => {
      const other = await createOrganization(trx)
      const stranger = await createPerson(trx, other.id)
      await addChair(trx, ctx, organizationId, id, { ...chair('Trần Thị Thuỷ'), personId: stranger.id })
      const { chairs } = await getSeminarDetail(trx, organizationId, id)
      expect(chairs).toMatchObject([{ name: 'Trần Thị Thuỷ', person_id: null }])
    }))
})

describe('delegations', () => {
  it('stand in their printed order and leave invitations without a group when removed', () =>
    onSeminar(async (trx, id) => {
      const first = await addDelegation(trx, ctx, organizationId, id, group('lãnh đạo HĐND, UBND thành phố'))
      const second = await addDelegation(trx, ctx, organizationId, id, group('Trung tâm Chính trị thành phố'))
      await moveDelegation(trx, ctx, organizationId, id, second, 'up')
      const invited = await createInvitation(trx, { organization_id: organizationId, id }, { delegation_id: first })
      await removeDelegation(trx, ctx, organizationId, id, first)
      const { delegations } = await getSeminarDetail(trx, organizationId, id)
      expect(delegations.map((each) => each.text)).toEqual(['Trung tâm Chính trị thành phố'])
      const left = await trx
        .selectFrom('invitations')
        .select('delegation_id')
        .where('id', '=', invited.id)
        .executeTakeFirstOrThrow()
      expect(left.delegation_id).toBeNull()
      await expect(editDelegation(trx, ctx, organizationId, id, second, 9, group('x'))).rejects.toMatchObject({
        code: 'stale_version',
      })
    }))

  it('count seats by position and people once each', () =>
    onSeminar(async (trx, id) => {
      const unit = await createUnit(trx, organizationId, { block: 'Đảng' })
      const cell = await createUnit(trx, organizationId, { kind: 'thôn' })
      const person = await createPerson(trx, organizationId)
      const other = await createPerson(trx, organizationId)
      const position = { organization_id: organizationId, title: 'Bí thư' }
      await trx
        .insertInto('positions')
        .values([
          { ...position, person_id: person.id, unit_id: unit.id },
          { ...position, person_id: person.id, unit_id: cell.id },
          { ...position, person_id: other.id, unit_id: cell.id },
        ])
        .execute()
      const a = await addDelegation(trx, ctx, organizationId, id, group('lãnh đạo các ban', { blocks: ['Đảng'] }))
      const b = await addDelegation(
        trx,
        ctx,
        organizationId,
        id,
        group('Bí thư chi bộ', { unitKinds: ['thôn'], titles: ['Bí thư'] }),
      )
      await addDelegation(trx, ctx, organizationId, id, group('khách mời'))
      const { seminar, delegations } = await getSeminarDetail(trx, organizationId, id)
      const seats = await countDelegationSeats(trx, seminar, delegations, ctx.now)
      expect(seats.byId.get(a)).toEqual({ seats: 1, people: 1 })
      expect(seats.byId.get(b)).toEqual({ seats: 2, people: 2 })
      expect(seats).toMatchObject({ seats: 3, people: 2 })
      expect(seats.byId.size).toBe(2)
    }))
})

describe('the agenda', () => {
  it('computes times, overrun and clashes from what is stored', () =>
    onSeminar(async (trx, id) => {
      const person = await createPerson(trx, organizationId, { name: 'Phạm Thu Hà', given: 'Hà' })
      await addAgendaItem(trx, ctx, organizationId, id, item({ kind: 'reception', title: 'Đón tiếp', minutes: 30 }))
      const report = item({
        minutes: 90,
        speakers: [{ name: 'Phạm Thu Hà', position: null, positionEn: null, personId: person.id }],
      })
      const first = await addAgendaItem(trx, ctx, organizationId, id, report)
      const byHand = [{ name: 'phạm thu hà', position: 'Phó Trưởng Ban', positionEn: null, personId: null }]
      const second = await addAgendaItem(
        trx,
        ctx,
        organizationId,
        id,
        item({ title: 'Tham luận', minutes: 130, fixedStart: '15:00', speakers: byHand }),
      )
      const { agenda } = await getSeminarDetail(trx, organizationId, id)
      expect(agenda.items.map((each) => each.startsLocal?.slice(11, 16))).toEqual(['13:30', '14:00', '15:00'])
      expect(agenda.overrunMinutes).toBe(10)
      expect(agenda.clashes).toEqual([{ name: 'phạm thu hà', firstId: first, secondId: second }])
      expect(agenda.items[1]?.speakers).toMatchObject([{ name: 'Phạm Thu Hà', person_id: person.id }])
    }))

  it('is put in a new order whole, and refuses items of another seminar', () =>
    onSeminar(async (trx, id) => {
      const ids: string[] = []
      for (const title of ['Một', 'Hai', 'Ba'])
        ids.push(await addAgendaItem(trx, ctx, organizationId, id, item({ title })))
      const titles = async () =>
        (await getSeminarDetail(trx, organizationId, id)).agenda.items.map((each) => each.title)
      await orderAgenda(trx, ctx, organizationId, id, [ids[2]!, ids[0]!])
      expect(await titles()).toEqual(['Ba', 'Một', 'Hai'])
      await moveAgendaItem(trx, ctx, organizationId, id, ids[1]!, 'up')
      expect(await titles()).toEqual(['Ba', 'Hai', 'Một'])
      const other = await createSeminar(trx, organizationId, at)
      await expect(orderAgenda(trx, ctx, organizationId, other.id, ids)).rejects.toMatchObject({
        detail: 'agenda_changed',
      })
      await removeAgendaItem(trx, ctx, organizationId, id, ids[1]!)
      expect(await titles()).toEqual(['Ba', 'Một'])
    }))

  it('replaces an item’s speakers with the edit, and refuses an older version', () =>
    onSeminar(async (trx, id) => {
      const speaker = (name: string) => ({ name, position: null, positionEn: null, personId: null })
      const one = await addAgendaItem(trx, ctx, organizationId, id, item({ speakers: [speaker('A'), speaker('B')] }))
      await editAgendaItem(trx, ctx, organizationId, id, one, 1, item({ speakers: [speaker('B'), speaker('C')] }))
      const { agenda } = await getSeminarDetail(trx, organizationId, id)
      expect(agenda.items[0]?.speakers.map((each) => each.name)).toEqual(['B', 'C'])
      await expect(editAgendaItem(trx, ctx, organizationId, id, one, 1, item())).rejects.toMatchObject({
        code: 'stale_version',
      })
    }))
})

describe('a copy', () => {
  it('has everything but date, deadlines, invitations and answers', () =>
    inRollback(database.db, async (trx) => {
      const source = await createSeminar(trx, organizationId, {
        ...at,
        capacity: 300,
        answer_deadline_local: '2026-12-12T17:00:00',
        sequence: 4,
        cohosts: ['Trường Chính trị'],
      })
      const one = { organization_id: organizationId, id: source.id }
      await addChair(trx, ctx, organizationId, source.id, chair('Nguyễn Văn Bích'))
      await addDelegation(trx, ctx, organizationId, source.id, group('Bí thư chi bộ', { titles: ['Bí thư'] }))
      const speakers = [{ name: 'Phạm Thu Hà', position: 'Phó Trưởng Ban', positionEn: null, personId: null }]
      await addAgendaItem(trx, ctx, organizationId, source.id, item({ title: 'Một' }))
      await addAgendaItem(trx, ctx, organizationId, source.id, item({ title: 'Hai', speakers }))
      await createInvitation(trx, one, { answer: 'accepted' })

      const copy = await copySeminar(trx, ctx, organizationId, source.id)
      expect(copy).toMatchObject({
        state: 'draft',
        starts_local: null,
        ends_local: null,
        answer_deadline_local: null,
        sequence: 0,
        version: 1,
        copied_from: source.id,
        theme: source.theme,
        cohosts: ['Trường Chính trị'],
      })
      expect(copy.uid).not.toBe(source.uid)
      expect(copy.slug).not.toBe(source.slug)
      const detail = await getSeminarDetail(trx, organizationId, copy.id)
      expect(detail.places).toMatchObject({ capacity: 300, taken: 0 })
      expect(detail.chairs).toMatchObject([{ name: 'Nguyễn Văn Bích' }])
      expect(detail.delegations).toMatchObject([{ text: 'Bí thư chi bộ', selector: { titles: ['Bí thư'] } }])
      expect(detail.agenda.items.map((each) => [each.title, each.speakers.map((speaker) => speaker.name)])).toEqual([
        ['Một', []],
        ['Hai', ['Phạm Thu Hà']],
      ])
      expect((await getSeminarDetail(trx, organizationId, source.id)).agenda.items).toHaveLength(2)
      const invited = await trx.selectFrom('invitations').select('id').where('seminar_id', '=', copy.id).execute()
      expect(invited).toEqual([])
    }))
})
