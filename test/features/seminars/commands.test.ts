import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Trx } from '../../../src/db/transaction.ts'
import {
  cancelSeminar,
  createSeminar,
  editSeminar,
  holdSeminar,
  postponeSeminar,
  scheduleSeminar,
} from '../../../src/features/seminars/commands.ts'
import { findSeminarBySlug, getSeminar } from '../../../src/features/seminars/queries.ts'
import { scheduleInput } from '../../../src/features/seminars/schema.ts'
import { systemContext } from '../../support/app.ts'
import { createTestDatabase, inRollback, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createSeminar as insertSeminar } from '../../support/factories.ts'
import { longTheme, seminarOf } from './support.ts'

let database: TestDatabase
let organizationId: string
const ctx = systemContext({ now: new Date('2026-11-20T03:00:00Z') })
beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

const rollback = <T>(test: (trx: Trx) => Promise<T>) => inRollback(database.db, test)
const create = (trx: Trx, overrides: Parameters<typeof seminarOf>[0] = {}) =>
  createSeminar(trx, ctx, organizationId, seminarOf(overrides))

/** A seminar that is scheduled, as calendars know it. */
async function scheduled(trx: Trx, overrides: Parameters<typeof seminarOf>[0] = {}) {
  const { id } = await create(trx, overrides)
  const { after } = await scheduleSeminar(trx, ctx, organizationId, id, null)
  return after
}

describe('the life of a seminar', () => {
  it('begins as a draft with its counter of places and an audit row', () =>
    rollback(async (trx) => {
      const seminar = await create(trx, { capacity: 400 })
      expect(seminar).toMatchObject({ state: 'draft', sequence: 0, version: 1, starts_local: '2026-12-15T14:00:00' })
      const places = await trx.selectFrom('seminar_places').selectAll().where('seminar_id', '=', seminar.id).execute()
      expect(places).toMatchObject([{ capacity: 400, taken: 0 }])
      const audit = await trx.selectFrom('audit_events').select('action').where('subject_id', '=', seminar.id).execute()
      expect(audit).toEqual([{ action: 'seminar.created' }])
    }))

  it('is scheduled with the dates that stand, or with new ones', () =>
    rollback(async (trx) => {
      const { id } = await create(trx, { startsLocal: null, endsLocal: null })
      await expect(scheduleSeminar(trx, ctx, organizationId, id, null)).rejects.toMatchObject({
        fields: [{ field: 'startsLocal', code: 'required' }],
      })
      const dates = scheduleInput.parse({ startsLocal: '2026-12-20T08:00', endsLocal: '2026-12-20T11:00' })
      const { after, change } = await scheduleSeminar(trx, ctx, organizationId, id, dates)
      expect(after).toMatchObject({ state: 'scheduled', starts_local: '2026-12-20T08:00:00', sequence: 0 })
      expect(change).toBe('minor')
    }))

  it('is held only once it has begun', () =>
    rollback(async (trx) => {
      const { id } = await scheduled(trx)
      await expect(holdSeminar(trx, ctx, organizationId, id)).rejects.toMatchObject({
        code: 'conflict',
        detail: 'not_begun',
      })
      const later = systemContext({ now: new Date('2026-12-15T07:00:00Z') })
      expect((await holdSeminar(trx, later, organizationId, id)).after).toMatchObject({ state: 'held', sequence: 0 })
    }))

  it('loses its date when it is postponed, and gets a new one when it is scheduled again', () =>
    rollback(async (trx) => {
      const { id } = await scheduled(trx, { answerDeadlineLocal: '2026-12-12T17:00' })
      const postponed = await postponeSeminar(trx, ctx, organizationId, id, 'Do ảnh hưởng của bão')
      expect(postponed.after).toMatchObject({
        state: 'postponed',
        starts_local: null,
        ends_local: null,
        answer_deadline_local: null,
        postponed_note: 'Do ảnh hưởng của bão',
        sequence: 1,
      })
      const dates = scheduleInput.parse({ startsLocal: '2027-01-08T14:00', endsLocal: '2027-01-08T17:00' })
      const again = await scheduleSeminar(trx, ctx, organizationId, id, dates)
      expect(again.after).toMatchObject({ state: 'scheduled', postponed_note: null, sequence: 2 })
    }))

  it('keeps its date when it is cancelled, and cannot be opened again', () =>
    rollback(async (trx) => {
      const { id } = await scheduled(trx)
      const { after } = await cancelSeminar(trx, ctx, organizationId, id, null)
      expect(after).toMatchObject({ state: 'cancelled', starts_local: '2026-12-15T14:00:00', sequence: 1 })
      expect(after.cancelled_at).toBeInstanceOf(Date)
      await expect(scheduleSeminar(trx, ctx, organizationId, id, null)).rejects.toMatchObject({
        detail: 'state_not_next',
      })
    }))

  it('is not found by another organisation', () =>
    rollback(async (trx) => {
      const { id } = await create(trx)
      const other = await createOrganization(trx)
      await expect(getSeminar(trx, other.id, id)).rejects.toMatchObject({ code: 'not_found' })
      await expect(editSeminar(trx, ctx, other.id, id, 1, seminarOf())).rejects.toMatchObject({ code: 'not_found' })
      await expect(cancelSeminar(trx, ctx, other.id, id, null)).rejects.toMatchObject({ code: 'not_found' })
    }))
})

describe('what an edit means to calendars', () => {
  it.each([
    ['start', { startsLocal: '2026-12-15T14:30' }],
    ['end', { endsLocal: '2026-12-15T17:30' }],
    ['venue', { venue: 'Hội trường tầng 2' }],
    ['zone', { timezone: 'Asia/Tokyo' }],
  ])('raises the sequence by one when the %s changes', (_, overrides) =>
    rollback(async (trx) => {
      const before = await scheduled(trx)
      const { after, change } = await editSeminar(
        trx,
        ctx,
        organizationId,
        before.id,
        before.version,
        seminarOf(overrides),
      )
      expect(change).toBe('sequence')
      expect(after.sequence).toBe(1)
    }),
  )

  it.each([
    ['theme', { theme: 'Chủ đề khác' }],
    ['introduction', { introduction: 'Kính mời đại biểu mang theo tài liệu.' }],
    ['online address', { onlineUrl: 'https://hop.example/phong-1' }],
  ])('makes a new revision alone when the %s changes', (_, overrides) =>
    rollback(async (trx) => {
      const before = await scheduled(trx)
      await trx
        .updateTable('seminars')
        .set({ revised_at: new Date('2026-11-01T00:00:00Z') })
        .where('id', '=', before.id)
        .execute()
      const { after, change } = await editSeminar(
        trx,
        ctx,
        organizationId,
        before.id,
        before.version,
        seminarOf(overrides),
      )
      expect(change).toBe('minor')
      expect(after.sequence).toBe(0)
      expect(after.revised_at > new Date('2026-11-01T00:00:00Z')).toBe(true)
    }),
  )

  it('leaves the revision alone when calendars show nothing of it', () =>
    rollback(async (trx) => {
      const before = await scheduled(trx)
      const old = new Date('2026-11-01T00:00:00Z')
      await trx.updateTable('seminars').set({ revised_at: old }).where('id', '=', before.id).execute()
      const input = seminarOf({ contactName: 'Văn phòng', substitutePolicy: 'free' })
      const { after, change } = await editSeminar(trx, ctx, organizationId, before.id, before.version, input)
      expect(change).toBe('none')
      expect(after).toMatchObject({ sequence: 0, revised_at: old, version: before.version + 1 })
    }))

  it('counts no sequence while it is a draft', () =>
    rollback(async (trx) => {
      const before = await create(trx)
      const { after } = await editSeminar(trx, ctx, organizationId, before.id, 1, seminarOf({ venue: 'Nơi khác' }))
      expect(after.sequence).toBe(0)
    }))
})

it('records which fields of the form an edit changed, and the times it moved', () =>
  rollback(async (trx) => {
    const before = await scheduled(trx)
    const input = seminarOf({ startsLocal: '2026-12-15T13:30', venueEn: 'The hall' })
    await editSeminar(trx, ctx, organizationId, before.id, before.version, input)
    const { details } = await trx
      .selectFrom('audit_events')
      .select('details')
      .where('subject_id', '=', before.id)
      .where('action', '=', 'seminar.edited')
      .executeTakeFirstOrThrow()
    expect(details).toMatchObject({
      changed: ['venueEn', 'startsDate'],
      from: { starts: '2026-12-15T14:00:00' },
      to: { starts: '2026-12-15T13:30:00' },
    })
  }))

describe('edits that are refused', () => {
  it('refuses an edit made on an older version', () =>
    rollback(async (trx) => {
      const { id } = await create(trx)
      await editSeminar(trx, ctx, organizationId, id, 1, seminarOf({ venue: 'Nơi khác' }))
      await expect(editSeminar(trx, ctx, organizationId, id, 1, seminarOf())).rejects.toMatchObject({
        code: 'stale_version',
      })
    }))

  it('refuses to take the date of a scheduled seminar away', () =>
    rollback(async (trx) => {
      const { id, version } = await scheduled(trx)
      const open = seminarOf({ startsLocal: null, endsLocal: null })
      await expect(editSeminar(trx, ctx, organizationId, id, version, open)).rejects.toMatchObject({
        fields: [{ field: 'startsLocal', code: 'postpone_instead' }],
      })
    }))

  it('refuses a date in the form of a postponed seminar', () =>
    rollback(async (trx) => {
      const { id } = await scheduled(trx)
      const { after } = await postponeSeminar(trx, ctx, organizationId, id, null)
      await expect(editSeminar(trx, ctx, organizationId, id, after.version, seminarOf())).rejects.toMatchObject({
        fields: [{ field: 'startsLocal', code: 'dates_closed' }],
      })
    }))
})

describe('the number of places', () => {
  it('cannot fall below what is taken, and says how many are', () =>
    rollback(async (trx) => {
      const seminar = await insertSeminar(trx, organizationId, { capacity: 100 })
      await trx.updateTable('seminar_places').set({ taken: 60 }).where('seminar_id', '=', seminar.id).execute()
      await expect(
        editSeminar(trx, ctx, organizationId, seminar.id, 1, seminarOf({ capacity: 59 })),
      ).rejects.toMatchObject({
        fields: [{ field: 'capacity', code: 'below_taken', params: { taken: 60 } }],
      })
      const { placesOpened } = await editSeminar(trx, ctx, organizationId, seminar.id, 1, seminarOf({ capacity: 60 }))
      expect(placesOpened).toBe(false)
    }))

  it.each([
    [150, true],
    [null, true],
    [100, false],
  ])('set from 100 to %s opens places: %s', (capacity, opened) =>
    rollback(async (trx) => {
      const seminar = await insertSeminar(trx, organizationId, { capacity: 100 })
      const { placesOpened } = await editSeminar(trx, ctx, organizationId, seminar.id, 1, seminarOf({ capacity }))
      expect(placesOpened).toBe(opened)
    }),
  )
})

describe('public addresses', () => {
  const base = 'tang-cuong-su-lanh-dao-cua-dang-doi-voi-cong-tac-phat-trien-dang-vien-trong-tinh-2026'

  it('are made of theme and year, and are unique in the deployment', () =>
    rollback(async (trx) => {
      const other = await createOrganization(trx)
      const first = await create(trx)
      const second = await createSeminar(trx, ctx, other.id, seminarOf())
      const third = await create(trx)
      expect([first.slug, second.slug, third.slug]).toEqual([base, `${base}-2`, `${base}-3`])
    }))

  it('change with the theme, and the old one leads on', () =>
    rollback(async (trx) => {
      const { id } = await create(trx)
      const { after } = await editSeminar(
        trx,
        ctx,
        organizationId,
        id,
        1,
        seminarOf({ theme: 'Đổi mới công tác đảng' }),
      )
      expect(after.slug).toBe('doi-moi-cong-tac-dang-2026')
      const found = await findSeminarBySlug(trx, base)
      expect(found).toMatchObject({ moved: true, seminar: { id, slug: 'doi-moi-cong-tac-dang-2026' } })
      expect(await findSeminarBySlug(trx, 'doi-moi-cong-tac-dang-2026')).toMatchObject({ moved: false })
      const back = await editSeminar(trx, ctx, organizationId, id, 2, seminarOf({ theme: longTheme }))
      expect(back.after.slug).toBe(base)
      expect(await findSeminarBySlug(trx, 'doi-moi-cong-tac-dang-2026')).toMatchObject({ moved: true, seminar: { id } })
    }))

  it('of a theme without any Latin letter is the kind of thing it is', () =>
    rollback(async (trx) => {
      expect((await create(trx, { theme: '学术研讨会' })).slug).toBe('hoi-thao-2026')
    }))

  it('differ for two who ask at the same moment', async () => {
    const theme = 'Hai người cùng tạo một lúc'
    const made = await Promise.all(
      [1, 2, 3, 4].map(() =>
        database.db.transaction().execute((trx) => createSeminar(trx, ctx, organizationId, seminarOf({ theme }))),
      ),
    )
    expect(new Set(made.map((seminar) => seminar.slug)).size).toBe(4)
  })
})
