import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findSeminarFigures, listRecentAnswers } from '../../../src/features/seminars/queries/figures.ts'
import { countSeminars, listSeminars, listSeminarYears } from '../../../src/features/seminars/queries/list.ts'
import { seminarTitle } from '../../../src/features/seminars/queries.ts'
import { seminarFilter } from '../../../src/features/seminars/schema.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'

let database: TestDatabase
let organizationId: string
beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

const filter = (overrides: Record<string, unknown> = {}) => seminarFilter.parse(overrides)

describe('the list of seminars', () => {
  const themes = [
    'Đổi mới công tác dân vận',
    'An toàn thực phẩm',
    'Chuyển đổi số',
    'Ứng phó biến đổi khí hậu',
    'Ấp, khu phố văn hóa',
  ]
  beforeAll(async () => {
    const days = ['2026-03-01', '2025-05-01', '2027-01-10', '2026-09-09', null]
    for (const [n, theme] of themes.entries()) {
      const day = days[n]
      await createSeminar(database.db, organizationId, {
        theme,
        state: day ? 'scheduled' : 'postponed',
        starts_local: day ? `${day}T08:00:00` : null,
        ends_local: day ? `${day}T11:00:00` : null,
      })
    }
    const other = await createOrganization(database.db)
    await createSeminar(database.db, other.id, { theme: 'Của cơ quan khác' })
  })

  /** All pages of two, by theme. */
  async function allPages(sort: string): Promise<string[][]> {
    const pages: string[][] = []
    for (let cursor: string | undefined; ; ) {
      const page = await listSeminars(database.db, organizationId, filter({ sort, cursor }), 2)
      pages.push(page.items.map((item) => item.theme))
      if (!page.next) return pages
      cursor = page.next
    }
  }

  it('comes newest first, what has no date before all, page by page without gap or repeat', async () => {
    expect(await allPages('date')).toEqual([
      ['Ấp, khu phố văn hóa', 'Chuyển đổi số'],
      ['Ứng phó biến đổi khí hậu', 'Đổi mới công tác dân vận'],
      ['An toàn thực phẩm'],
    ])
  })

  it('comes oldest first, what has no date last', async () => {
    expect((await allPages('date_asc')).flat()).toEqual([
      'An toàn thực phẩm',
      'Đổi mới công tác dân vận',
      'Ứng phó biến đổi khí hậu',
      'Chuyển đổi số',
      'Ấp, khu phố văn hóa',
    ])
  })

  it('sorts names as Vietnamese does: đ after d, ư after u', async () => {
    expect((await allPages('name')).flat()).toEqual([
      'An toàn thực phẩm',
      'Ấp, khu phố văn hóa',
      'Chuyển đổi số',
      'Đổi mới công tác dân vận',
      'Ứng phó biến đổi khí hậu',
    ])
  })

  it('is searched without diacritics and filtered by state and year', async () => {
    const found = async (overrides: Record<string, unknown>) =>
      (await listSeminars(database.db, organizationId, filter(overrides))).items.map((item) => item.theme)
    expect(await found({ q: 'doi moi' })).toEqual(['Đổi mới công tác dân vận'])
    expect(await found({ q: 'KHÍ HẬU' })).toEqual(['Ứng phó biến đổi khí hậu'])
    expect(await found({ q: '100%' })).toEqual([])
    expect(await found({ year: '2026' })).toEqual(['Ứng phó biến đổi khí hậu', 'Đổi mới công tác dân vận'])
    expect(await found({ state: 'postponed' })).toEqual(['Ấp, khu phố văn hóa'])
    expect(await countSeminars(database.db, organizationId, filter({ year: '2026' }))).toBe(2)
    expect(await listSeminarYears(database.db, organizationId)).toEqual([2027, 2026, 2025])
  })

  it('takes no notice of a filter it does not understand, and refuses a cursor that is none', async () => {
    expect(filter({ state: 'x', year: 'y', sort: 'drop table' })).toMatchObject({
      state: 'all',
      sort: 'date',
      year: undefined,
    })
    await expect(listSeminars(database.db, organizationId, filter({ cursor: 'abc' }))).rejects.toMatchObject({
      code: 'bad_request',
    })
  })
})

describe('the title of a seminar', () => {
  const seminar = {
    kind: 'hoi_thao',
    subtype: 'chuyên đề',
    subtype_en: null,
    title: null,
    title_en: null,
    theme: 'Chuyển đổi số',
    theme_en: null,
  }
  it('is made of kind, subtype and theme, in both languages', () => {
    expect(seminarTitle(seminar, 'vi')).toBe('Hội thảo chuyên đề “Chuyển đổi số”')
    expect(seminarTitle(seminar, 'en')).toBe('Thematic workshop “Chuyển đổi số”')
    expect(seminarTitle({ ...seminar, theme_en: 'Going digital' }, 'en')).toBe('Thematic workshop “Going digital”')
  })
  it('is its own where one was written', () => {
    const own = { ...seminar, title: 'Diễn đàn đổi mới sáng tạo 2026' }
    expect(seminarTitle(own, 'vi')).toBe('Diễn đàn đổi mới sáng tạo 2026')
    expect(seminarTitle(own, 'en')).toBe('Diễn đàn đổi mới sáng tạo 2026')
    expect(seminarTitle({ ...own, title_en: 'Innovation forum 2026' }, 'en')).toBe('Innovation forum 2026')
  })
})

describe('answers by delegation', () => {
  it('count seats in each group, and each person once in all', async () => {
    const { db } = database
    const seminar = await createSeminar(db, organizationId)
    const of = { organization_id: organizationId, seminar_id: seminar.id }
    const [first, second, third] = await db
      .insertInto('delegations')
      .values(['Các ban', 'Bí thư chi bộ', 'Khách mời'].map((text, n) => ({ ...of, ordinal: n + 1, text })))
      .returning('id')
      .execute()
    const invite = async (answer: string | null, groups: (string | undefined)[], overrides = {}) => {
      const holds = answer === 'accepted' || answer === 'substituted'
      const row = await createInvitation(db, seminar, {
        answer,
        answered_at: answer ? new Date() : null,
        holds_place: holds,
        ...overrides,
      })
      const seats = groups.map((id) => ({
        organization_id: organizationId,
        invitation_id: row.id,
        delegation_id: id ?? null,
        text: 'Bí thư',
      }))
      if (seats.length) await db.insertInto('invitation_seats').values(seats).execute()
    }
    await invite('accepted', [first?.id, second?.id])
    await invite('online', [second?.id])
    await invite('substituted', [second?.id])
    await invite('substitute_pending', [second?.id])
    await invite('declined', [first?.id])
    await invite(null, [first?.id])
    await invite('waitlisted', [second?.id], { waiting_no: 1 })
    await invite(null, [second?.id], { status: 'draft', sent_at: null })
    await invite('accepted', [second?.id], { status: 'withdrawn' })
    await invite(null, [])

    const { delegations, people } = await findSeminarFigures(db, organizationId, seminar.id)
    const zero = { unsent: 0, invited: 0, accepted: 0, substituted: 0, declined: 0, waitlisted: 0, waiting: 0 }
    expect(delegations).toEqual([
      { ...zero, id: first?.id, text: 'Các ban', textEn: null, invited: 3, accepted: 1, declined: 1, waiting: 1 },
      {
        ...zero,
        id: second?.id,
        text: 'Bí thư chi bộ',
        textEn: null,
        unsent: 1,
        invited: 5,
        accepted: 2,
        substituted: 1,
        waitlisted: 1,
        waiting: 1,
      },
      { ...zero, id: third?.id, text: 'Khách mời', textEn: null },
      { ...zero, id: null, text: '', textEn: null, invited: 1, waiting: 1 },
    ])
    expect(people).toEqual({
      ...zero,
      unsent: 1,
      invited: 8,
      accepted: 2,
      substituted: 1,
      declined: 1,
      waitlisted: 1,
      waiting: 3,
    })
    const recent = await listRecentAnswers(db, organizationId, 3)
    expect(recent.map((answer) => answer.result)).toEqual(['waitlisted', 'declined', 'substitute_pending'])
  })
})
