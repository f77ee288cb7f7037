import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AgendaItem,
  type CalendarFacts,
  canAnswer,
  changedForCalendar,
  closedForAnswers,
  computeAgenda,
  nextStates,
  refuseState,
  type SeminarState,
  seminarStates,
  titlePhrase,
} from '../../../src/features/seminars/rules.ts'

const START = '2023-11-16T14:00:00'
const END = '2023-11-16T17:00:00'

function item(id: string, minutes: number, overrides: Partial<AgendaItem> = {}): AgendaItem {
  return { id, kind: 'other', minutes, fixedStart: null, speakers: [], ...overrides }
}

/** Ids with clock times; the day stands before them where it is not the first. */
function timesOf(items: AgendaItem[], startsLocal: string | null = START, endsLocal: string | null = END) {
  return computeAgenda(items, startsLocal, endsLocal).items.map(({ id, startsLocal: from, endsLocal: to }) => {
    const day = from.startsWith('2023-11-16') ? '' : `${from.slice(8, 10)} `
    return `${id} ${day}${from.slice(11, 16)}-${to.slice(11, 16)}`
  })
}

describe('the agenda', () => {
  it('counts reception backwards from the start, then runs on, and tells the overrun', () => {
    const items = [
      item('đón tiếp', 30, { kind: 'reception' }),
      item('khai mạc', 10, { kind: 'opening' }),
      item('báo cáo', 25, { kind: 'report' }),
      item('tham luận', 80, { kind: 'speech' }),
      item('thảo luận', 50, { kind: 'discussion' }),
      item('phát biểu', 25, { kind: 'direction' }),
    ]
    expect(timesOf(items)).toEqual([
      'đón tiếp 13:30-14:00',
      'khai mạc 14:00-14:10',
      'báo cáo 14:10-14:35',
      'tham luận 14:35-15:55',
      'thảo luận 15:55-16:45',
      'phát biểu 16:45-17:10',
    ])
    expect(computeAgenda(items, START, END)).toMatchObject({ overrunMinutes: 10, gaps: [], clashes: [] })
  })

  it.each([
    [
      'two receptions at the head',
      [item('a', 20, { kind: 'reception' }), item('b', 10, { kind: 'reception' }), item('c', 5)],
      ['a 13:30-13:50', 'b 13:50-14:00', 'c 14:00-14:05'],
    ],
    ['a reception later on', [item('a', 20), item('b', 10, { kind: 'reception' })], ['a 14:00-14:20', 'b 14:20-14:30']],
    ['a reception alone', [item('a', 20, { kind: 'reception' })], ['a 13:40-14:00']],
    [
      'a reception at a fixed time',
      [item('a', 20, { kind: 'reception', fixedStart: '13:00' }), item('b', 10)],
      ['a 13:00-13:20', 'b 14:00-14:10'],
    ],
    [
      'a fixed start after empty time',
      [item('a', 20), item('b', 10, { fixedStart: '15:00:00' }), item('c', 5)],
      ['a 14:00-14:20', 'b 15:00-15:10', 'c 15:10-15:15'],
    ],
    [
      'a fixed start before all have ended',
      [item('a', 60), item('b', 10, { fixedStart: '14:30' }), item('c', 5)],
      ['a 14:00-15:00', 'b 14:30-14:40', 'c 15:00-15:05'],
    ],
    ['an item of no minutes', [item('a', 0), item('b', 10)], ['a 14:00-14:00', 'b 14:00-14:10']],
    ['nothing', [], []],
  ])('takes %s', (_, items, expected) => {
    expect(timesOf(items)).toEqual(expected)
  })

  it('goes on the next day where a fixed start goes back in the day of a seminar of several days', () => {
    const items = [
      item('a', 180),
      item('b', 60, { fixedStart: '08:00' }),
      item('c', 30),
      item('d', 30, { fixedStart: '07:30' }),
    ]
    expect(timesOf(items, START, '2023-11-18T11:00:00')).toEqual([
      'a 14:00-17:00',
      'b 17 08:00-09:00',
      'c 17 09:00-09:30',
      'd 18 07:30-08:00',
    ])
  })

  it('names empty time by the item it stands before', () => {
    const items = [item('a', 20), item('b', 10, { fixedStart: '15:00' })]
    expect(computeAgenda(items, START, END).gaps).toEqual([{ beforeId: 'b', minutes: 40 }])
  })

  it.each([
    ['one after the other', '15:00', 'x', []],
    ['at the same time', '14:30', 'x', [{ speakerKey: 'x', firstId: 'a', secondId: 'b' }]],
    ['another speaker at the same time', '14:30', 'y', []],
  ])('finds a speaker in two items %s', (_, fixedStart, key, clashes) => {
    const items = [
      item('a', 60, { speakers: [{ key: 'x' }, { key: 'x' }] }),
      item('b', 60, { fixedStart, speakers: [{ key }, { key }] }),
    ]
    expect(computeAgenda(items, START, END).clashes).toEqual(clashes)
  })

  it('has no times without a date, and no overrun without an end', () => {
    const items = [item('a', 600)]
    expect(computeAgenda(items, null, null)).toEqual({ items: [], overrunMinutes: 0, gaps: [], clashes: [] })
    expect(computeAgenda(items, START, null).overrunMinutes).toBe(0)
  })

  it('reads times as Postgres writes them', () => {
    expect(timesOf([item('a', 20)], '2023-11-16 14:00:00', '2023-11-16 17:00:00')).toEqual(['a 14:00-14:20'])
  })

  it('leaves neither gaps nor overlaps where nothing is fixed, and begins at the start', () => {
    const kinds = fc.constantFrom('reception', 'speech', 'break')
    const anyItems = fc.array(fc.record({ kind: kinds, minutes: fc.nat(240) }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(anyItems, (rows) => {
        const items = rows.map((row, index) => item(String(index), row.minutes, row))
        const agenda = computeAgenda(items, START, END)
        agenda.items.slice(1).forEach((time, index) => {
          expect(time.startsLocal).toBe(agenda.items[index]?.endsLocal)
        })
        const first = rows.findIndex((row) => row.kind !== 'reception')
        expect(first === -1 ? agenda.items.at(-1)?.endsLocal : agenda.items[first]?.startsLocal).toBe(START)
        expect(agenda.gaps).toEqual([])
        expect(agenda.clashes).toEqual([])
      }),
    )
  })
})

describe('states', () => {
  it.each([
    ['draft', ['scheduled', 'cancelled']],
    ['scheduled', ['held', 'postponed', 'cancelled']],
    ['postponed', ['scheduled', 'cancelled']],
    ['held', []],
    ['cancelled', []],
  ] as [SeminarState, SeminarState[]][])('%s leads to %j', (state, next) => {
    expect(nextStates(state)).toEqual(next)
  })

  const now = new Date('2023-11-16T07:00:00Z')
  const before = new Date('2023-11-16T06:00:00Z')
  const after = new Date('2023-11-16T08:00:00Z')
  it.each([
    ['draft', after, 'scheduled', null],
    ['draft', null, 'scheduled', 'dates_required'],
    ['draft', null, 'cancelled', null],
    ['draft', after, 'held', 'state_not_next'],
    ['scheduled', before, 'held', null],
    ['scheduled', now, 'held', null],
    ['scheduled', after, 'held', 'not_begun'],
    ['scheduled', after, 'postponed', null],
    ['postponed', null, 'scheduled', 'dates_required'],
    ['cancelled', after, 'scheduled', 'state_not_next'],
  ] as [SeminarState, Date | null, SeminarState, string | null][])(
    'from %s (start %s) to %s: %s',
    (state, startsAt, to, refusal) => {
      expect(refuseState({ state, startsAt }, to, now)).toBe(refusal)
    },
  )

  it.each([
    ['scheduled', after, null, null],
    ['scheduled', after, after, null],
    ['scheduled', after, now, null],
    ['scheduled', after, before, 'deadline_passed'],
    ['scheduled', now, null, null],
    ['scheduled', before, null, 'seminar_over'],
    ['scheduled', before, after, 'seminar_over'],
    ['scheduled', before, before, 'seminar_over'],
    ['held', after, null, 'seminar_over'],
    ['draft', after, null, 'seminar_not_open'],
    ['postponed', null, null, 'seminar_postponed'],
    ['cancelled', after, null, 'seminar_cancelled'],
  ] as [SeminarState, Date, Date | null, string | null][])(
    'takes answers while %s, start %s, deadline %s: %s',
    (seminarState, startsAt, deadline, closed) => {
      expect(closedForAnswers({ seminarState, startsAt, deadline }, now)).toBe(closed)
      expect(canAnswer({ seminarState, startsAt, deadline }, now)).toBe(closed === null)
    },
  )
})

describe('what calendars are told', () => {
  const facts: CalendarFacts = {
    state: 'scheduled',
    startsLocal: START,
    endsLocal: END,
    timezone: 'Asia/Ho_Chi_Minh',
    venue: 'Hội trường',
    title: 'Hội thảo “Đổi mới”',
    onlineUrl: null,
    introduction: null,
  }

  it.each([
    [{}, 'none'],
    [{ startsLocal: '2023-11-16 14:00:00' }, 'none'],
    [{ state: 'held' }, 'none'],
    [{ onlineUrl: '' }, 'none'],
    [{ startsLocal: '2023-11-16T14:30:00' }, 'sequence'],
    [{ endsLocal: '2023-11-16T17:30:00' }, 'sequence'],
    [{ timezone: 'Asia/Bangkok' }, 'sequence'],
    [{ venue: null }, 'sequence'],
    [{ state: 'cancelled' }, 'sequence'],
    [{ state: 'postponed', startsLocal: null, endsLocal: null }, 'sequence'],
    [{ title: 'Hội thảo “Đổi mới” (tiếp)' }, 'minor'],
    [{ onlineUrl: 'https://hop.example/1' }, 'minor'],
    [{ introduction: 'Mục đích' }, 'minor'],
    [{ title: 'Khác', venue: 'Nhà văn hóa' }, 'sequence'],
  ] as [Partial<CalendarFacts>, string][])('a change of %j is %s', (change, expected) => {
    expect(changedForCalendar(facts, { ...facts, ...change })).toBe(expected)
  })

  it('keeps the sequence while it is a draft and when it is first published', () => {
    const draft: CalendarFacts = { ...facts, state: 'draft' }
    expect(changedForCalendar(draft, { ...draft, venue: 'Khác' })).toBe('none')
    expect(changedForCalendar(draft, facts)).toBe('minor')
    expect(changedForCalendar(draft, { ...facts, state: 'cancelled' })).toBe('none')
  })

  it('counts a postponed seminar that is scheduled again as changed', () => {
    expect(changedForCalendar({ ...facts, state: 'postponed', startsLocal: null, endsLocal: null }, facts)).toBe(
      'sequence',
    )
  })

  it('never tells of a change where there is none', () => {
    for (const state of seminarStates)
      expect(changedForCalendar({ ...facts, state }, { ...facts, state })).not.toBe('sequence')
  })
})

describe('the title in a sentence', () => {
  it.each([
    ['hoi_thao', 'chuyên đề', 'Đổi mới', 'vi', 'Hội thảo chuyên đề “Đổi mới”'],
    ['hoi_thao', 'Hội thảo chuyên đề', 'Đổi mới', 'vi', 'Hội thảo chuyên đề “Đổi mới”'],
    ['hoi_thao', 'hội thảo chuyên đề', '“Đổi mới”', 'vi', 'Hội thảo chuyên đề “Đổi mới”'],
    ['hoi_nghi', null, 'Đổi mới', 'vi', 'Hội nghị “Đổi mới”'],
    ['toa_dam', '  ', 'Đổi mới', 'vi', 'Tọa đàm “Đổi mới”'],
    ['hoi_nghi', 'tổng kết năm 2023', '', 'vi', 'Hội nghị tổng kết năm 2023'],
    ['hoi_thao', 'thematic', 'Renewal', 'en', 'Thematic workshop “Renewal”'],
    ['hoi_thao', 'Thematic workshop', 'Renewal', 'en', 'Thematic workshop “Renewal”'],
    ['hoi_thao', 'chuyên đề', 'Renewal', 'en', 'Thematic workshop “Renewal”'],
    ['hoi_nghi', null, 'Renewal', 'en', 'Conference “Renewal”'],
    ['toa_dam', null, 'Renewal', 'en', 'Round table “Renewal”'],
  ] as const)('%s, %j, %j in %s', (kind, subtype, theme, locale, expected) => {
    expect(titlePhrase(kind, subtype, theme, locale)).toBe(expected)
  })
})
