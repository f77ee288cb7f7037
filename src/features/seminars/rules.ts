import type { Locale } from '../../context.ts'
import { type PlainDateTime, Temporal } from '../../temporal.ts'
import { minutesBetween, readWall, writeWall } from '../../text/dates.ts'
import { fold, slugify, upperFirst } from '../../text/fold.ts'
import { kindWord, type SeminarKind } from '../../text/kinds.ts'
import { quoted } from '../../text/numbers.ts'

export const seminarStates = ['draft', 'scheduled', 'held', 'postponed', 'cancelled'] as const
export type SeminarState = (typeof seminarStates)[number]

const NEXT: Record<SeminarState, SeminarState[]> = {
  draft: ['scheduled', 'cancelled'],
  scheduled: ['held', 'postponed', 'cancelled'],
  postponed: ['scheduled', 'cancelled'],
  held: [],
  cancelled: [],
}

/** The states a seminar may go to from here, most usual first. */
export function nextStates(state: SeminarState): SeminarState[] {
  return [...NEXT[state]]
}

export type StateRefusal = 'state_not_next' | 'dates_required' | 'not_begun'

/** Why a seminar may not go to this state now, or null. Scheduled needs a date; held means that it has begun. */
export function refuseState(
  seminar: { state: SeminarState; startsAt: Date | null },
  to: SeminarState,
  now: Date,
): StateRefusal | null {
  if (!NEXT[seminar.state].includes(to)) return 'state_not_next'
  if (to === 'scheduled' && seminar.startsAt === null) return 'dates_required'
  if (to === 'held' && (seminar.startsAt === null || now < seminar.startsAt)) return 'not_begun'
  return null
}

export type ClosedForAnswers =
  | 'seminar_not_open'
  | 'seminar_postponed'
  | 'seminar_cancelled'
  | 'seminar_over'
  | 'deadline_passed'

export interface AnswerWindow {
  seminarState: SeminarState
  startsAt: Date | null
  deadline: Date | null
}

/**
 * Why invitees can no longer answer by themselves, or null. Without a deadline the start is the deadline; the last moment
 * itself still counts. What has begun is over for answers.
 */
export function closedForAnswers(
  { seminarState, startsAt, deadline }: AnswerWindow,
  now: Date,
): ClosedForAnswers | null {
  if (seminarState === 'draft') return 'seminar_not_open'
  if (seminarState === 'postponed') return 'seminar_postponed'
  if (seminarState === 'cancelled') return 'seminar_cancelled'
  if (seminarState === 'held' || (startsAt !== null && now > startsAt)) return 'seminar_over'
  return deadline !== null && now > deadline ? 'deadline_passed' : null
}

/** Whether an invitee may answer now. */
export function canAnswer(seminar: AnswerWindow, now: Date): boolean {
  return closedForAnswers(seminar, now) === null
}

/** What calendars are told of a seminar (RFC 5545 section 3.8.1.11). A draft is not in any; a postponed one is taken out. */
export function calendarStatus(state: SeminarState): 'CONFIRMED' | 'CANCELLED' | null {
  if (state === 'draft') return null
  return state === 'scheduled' || state === 'held' ? 'CONFIRMED' : 'CANCELLED'
}

export interface CalendarFacts {
  state: SeminarState
  startsLocal: string | null
  endsLocal: string | null
  timezone: string
  venue: string | null
  /** What else a calendar shows: a change here is a minor edit. */
  title: string
  onlineUrl: string | null
  introduction: string | null
}

/**
 * What a change means to calendars. `sequence`: start, end, status or venue changed, SEQUENCE + 1 and an update is sent
 * (RFC 5546 section 2.1.4). `minor`: SEQUENCE stays, DTSTAMP moves; so it is when a draft is first published.
 * `none`: calendars show nothing of it.
 */
export function changedForCalendar(before: CalendarFacts, after: CalendarFacts): 'sequence' | 'minor' | 'none' {
  const status = calendarStatus(after.state)
  if (calendarStatus(before.state) === null) return status === 'CONFIRMED' ? 'minor' : 'none'
  if (differ(promiseOf(before), promiseOf(after))) return 'sequence'
  return differ(detailOf(before), detailOf(after)) ? 'minor' : 'none'
}

function promiseOf({ state, startsLocal, endsLocal, timezone, venue }: CalendarFacts) {
  const wall = (local: string | null) => local && writeWall(readWall(local))
  return [calendarStatus(state), wall(startsLocal), wall(endsLocal), timezone, venue ?? '']
}

function detailOf({ title, onlineUrl, introduction }: CalendarFacts) {
  return [title, onlineUrl ?? '', introduction ?? '']
}

function differ(a: unknown[], b: unknown[]): boolean {
  return a.some((value, index) => value !== b[index])
}

/** Usual subtypes, so that an English page is whole where only the Vietnamese one was written. */
const SUBTYPES_EN: Record<string, string> = {
  'chuyen de': 'thematic',
  'khoa hoc': 'scientific',
  'quoc te': 'international',
  'khoa hoc quoc te': 'international scientific',
  'chuyen mon': 'technical',
  'truc tuyen': 'online',
}

/**
 * How a seminar is named in a sentence: `Hội thảo chuyên đề “…”`, `Thematic workshop “…”`. A subtype that already says the
 * kind does not say it twice.
 */
export function titlePhrase(kind: SeminarKind, subtype: string | null, theme: string, locale: Locale): string {
  const word = kindWord(kind, locale)
  const given = subtype?.trim() ?? ''
  const own = locale === 'en' ? (SUBTYPES_EN[fold(given)] ?? given) : given
  const said = ` ${fold(own)} `.includes(` ${fold(word)} `)
  const words = said ? [own] : locale === 'vi' ? [word, own] : [own, word]
  const phrase = upperFirst(words.filter(Boolean).join(' '), locale)
  return theme.trim() === '' ? phrase : `${phrase} ${quoted(theme.trim())}`
}

/** The public address a seminar asks for: its theme and its year (this year's, while there is no date). */
export function slugFor(theme: string, startsLocal: string | null, now: Date): string {
  const year = startsLocal === null ? now.getUTCFullYear() : readWall(startsLocal).year
  return `${slugify(theme) || 'hoi-thao'}-${year}`
}

/** A list with one of its members a place up or down; as it was when the member is not there or stands at the end. */
export function movedOne(ids: readonly string[], id: string, direction: 'up' | 'down'): string[] {
  const from = ids.indexOf(id)
  const to = direction === 'up' ? from - 1 : from + 1
  const moved = [...ids]
  if (from < 0 || to < 0 || to >= ids.length) return moved
  moved.splice(from, 1)
  moved.splice(to, 0, id)
  return moved
}

export interface AgendaItem {
  id: string
  kind: string
  minutes: number
  /** `14:30`: a clock time this item keeps whatever comes before it. */
  fixedStart?: string | null
  speakers: { key: string }[]
}

export interface AgendaTime {
  id: string
  startsLocal: string
  endsLocal: string
}

export interface Agenda {
  items: AgendaTime[]
  /** Minutes the last item ends after the seminar's end; 0 when it fits. */
  overrunMinutes: number
  /** Empty time before an item with a fixed start. */
  gaps: { beforeId: string; minutes: number }[]
  /** The same speaker in two items at the same time. */
  clashes: { speakerKey: string; firstId: string; secondId: string }[]
}

/**
 * Times of an agenda in its order. Reception at its head counts backwards and ends at the seminar's start; every other item
 * begins when all before it have ended, unless its start is fixed. On a seminar of several days a fixed start earlier
 * in the day than the item before it means the next day. Without a date there are no times.
 */
export function computeAgenda(
  items: readonly AgendaItem[],
  startsLocal: string | null,
  endsLocal: string | null,
): Agenda {
  if (startsLocal === null) return { items: [], overrunMinutes: 0, gaps: [], clashes: [] }
  const start = readWall(startsLocal)
  const ends = endsLocal === null ? null : readWall(endsLocal)
  const receptions = leadingReceptions(items)
  let cursor = start.subtract({ minutes: receptions.reduce((sum, item) => sum + item.minutes, 0) })
  let previousStart = cursor
  const times: AgendaTime[] = []
  const gaps: Agenda['gaps'] = []
  for (const item of items) {
    const from = item.fixedStart ? fixedTime(item.fixedStart, previousStart, ends) : cursor
    const to = from.add({ minutes: item.minutes })
    const empty = cursor.until(from, { largestUnit: 'minutes' }).minutes
    if (empty > 0) gaps.push({ beforeId: item.id, minutes: empty })
    times.push({ id: item.id, startsLocal: writeWall(from), endsLocal: writeWall(to) })
    cursor = later(cursor, to)
    previousStart = from
  }
  const overrunMinutes = ends === null ? 0 : Math.max(0, minutesBetween(writeWall(ends), writeWall(cursor)))
  return { items: times, overrunMinutes, gaps, clashes: findClashes(items, times) }
}

function leadingReceptions(items: readonly AgendaItem[]): AgendaItem[] {
  const end = items.findIndex((item) => item.kind !== 'reception' || item.fixedStart)
  return items.slice(0, end === -1 ? items.length : end)
}

function fixedTime(clock: string, previousStart: PlainDateTime, ends: PlainDateTime | null): PlainDateTime {
  const sameDay = previousStart.toPlainDate().toPlainDateTime(Temporal.PlainTime.from(clock))
  const nextDay = sameDay.add({ days: 1 })
  const wentBack = Temporal.PlainDateTime.compare(sameDay, previousStart) < 0
  return wentBack && ends !== null && Temporal.PlainDateTime.compare(nextDay, ends) < 0 ? nextDay : sameDay
}

function findClashes(items: readonly AgendaItem[], times: AgendaTime[]): Agenda['clashes'] {
  const clashes: Agenda['clashes'] = []
  for (const [second, item] of items.entries()) {
    const keys = new Set(item.speakers.map((speaker) => speaker.key))
    for (const [first, other] of items.slice(0, second).entries()) {
      if (!overlap(times[first], times[second])) continue
      for (const speakerKey of new Set(other.speakers.map((speaker) => speaker.key))) {
        if (keys.has(speakerKey)) clashes.push({ speakerKey, firstId: other.id, secondId: item.id })
      }
    }
  }
  return clashes
}

// Written wall times of one form compare as text. An item of no minutes overlaps nothing.
function overlap(a: AgendaTime | undefined, b: AgendaTime | undefined): boolean {
  if (!a || !b) return false
  const from = a.startsLocal > b.startsLocal ? a.startsLocal : b.startsLocal
  const to = a.endsLocal < b.endsLocal ? a.endsLocal : b.endsLocal
  return from < to
}

function later(a: PlainDateTime, b: PlainDateTime): PlainDateTime {
  return Temporal.PlainDateTime.compare(a, b) >= 0 ? a : b
}
