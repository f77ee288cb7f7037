import { Temporal } from '../../temporal.ts'
import { checkForm } from './check-form.ts'
import { hasPersonalLink } from './description.ts'
import { type Component, type ContentLine, parameterValue, parseCalendar } from './lines.ts'
import { unescapeText } from './text.ts'
import { isZoneName } from './vtimezone.ts'

/** A broken rule: its number in the calendar rules, and what was found. */
export interface Violation {
  rule: number
  what: string
}

export interface Expected {
  /** METHOD that must be there, null for none, undefined for no opinion. */
  method?: string | null
  /** The instant (ISO 8601) that DTSTAMP must be when METHOD is present. */
  stamp?: string
  /** Whether this is a subscription feed. */
  feed?: boolean
}

type Report = (rule: number, broken: boolean, what: string) => void

/**
 * The rules of a calendar that `text` breaks: 1–22 of what we write, and 65, 67, 69 for feeds; empty when it breaks none.
 * Sources: RFC 5545, 5546, 6868, 7986.
 */
export function checkCalendar(text: string, expected: Expected = {}): Violation[] {
  const violations: Violation[] = []
  const report: Report = (rule, broken, what) => {
    if (broken) violations.push({ rule, what: what.slice(0, 200) })
  }
  let calendar: Component
  try {
    calendar = parseCalendar(text)
  } catch (error) {
    report(5, true, (error as Error).message)
    checkForm(text, undefined, report)
    return violations
  }
  checkForm(text, calendar, report)
  const method = property(calendar, 'METHOD')
  const events = calendar.components.filter((component) => component.name === 'VEVENT')
  checkFrame(calendar, events, method, expected, report)
  checkZones(calendar, report)
  for (const event of events) {
    checkStamps(event, method, expected, report)
    checkTimes(event, report)
    checkPeople(event, method, report)
    checkDescription(event, method, report)
  }
  return violations.sort((a, b) => a.rule - b.rule)
}

function checkFrame(
  calendar: Component,
  events: Component[],
  method: string | undefined,
  expected: Expected,
  report: Report,
) {
  if (expected.method !== undefined) {
    report(expected.feed ? 67 : 8, (method ?? null) !== expected.method, `METHOD is ${method}`)
  }
  report(8, property(calendar, 'VERSION') !== '2.0' || !property(calendar, 'PRODID'), 'no VERSION:2.0 or no PRODID')
  report(21, method !== undefined && events.length !== 1, `${events.length} events in one iTIP object`)
  const ids = events.map((event) => property(event, 'UID') + '/' + property(event, 'RECURRENCE-ID'))
  report(21, new Set(ids).size !== ids.length, 'an event appears twice')
  if (!expected.feed) return
  const refresh = linesOf(calendar, 'REFRESH-INTERVAL')[0]
  report(65, parameterValue(refresh, 'VALUE') !== 'DURATION', 'no REFRESH-INTERVAL;VALUE=DURATION')
  report(65, !/^P(?:\d+[WD]|(?:\d+D)?T\d+[HMS].*)$/.test(refresh?.value ?? ''), `refresh ${refresh?.value}`)
  report(65, property(calendar, 'X-PUBLISHED-TTL') !== refresh?.value, 'X-PUBLISHED-TTL differs')
  report(
    65,
    !property(calendar, 'NAME') || property(calendar, 'NAME') !== property(calendar, 'X-WR-CALNAME'),
    'no name',
  )
}

function checkZones(calendar: Component, report: Report) {
  const zones = calendar.components.filter((component) => component.name === 'VTIMEZONE')
  const names = zones.map((zone) => property(zone, 'TZID'))
  report(14, new Set(names).size !== names.length, 'a time zone appears twice')
  for (const zone of zones) {
    const name = property(zone, 'TZID') ?? ''
    report(14, !isZoneName(name), `${name} is no zone of the IANA database`)
    report(14, zone.components.length === 0, `${name} is empty`)
    for (const part of zone.components) {
      const whole =
        /^\d{8}T\d{6}$/.test(property(part, 'DTSTART') ?? '') &&
        ['TZOFFSETFROM', 'TZOFFSETTO'].every((side) => /^[+-]\d{4}(\d\d)?$/.test(property(part, side) ?? ''))
      report(14, !whole, `${name} holds an incomplete ${part.name}`)
    }
  }
  for (const line of calendar.components.flatMap((component) => component.lines)) {
    const used = parameterValue(line, 'TZID')
    report(14, used !== undefined && !names.includes(used), `${line.name} uses ${used} without its VTIMEZONE`)
  }
}

function checkStamps(event: Component, method: string | undefined, expected: Expected, report: Report) {
  const uid = property(event, 'UID') ?? ''
  report(9, !/^[A-Za-z0-9-]{16,255}$/.test(uid), `UID ${uid}`)
  for (const name of ['DTSTAMP', 'CREATED', 'LAST-MODIFIED']) {
    const value = property(event, name) ?? ''
    report(10, !/^\d{8}T\d{6}Z$/.test(value), `${name} is ${value || 'missing'}`)
  }
  const revised = property(event, 'LAST-MODIFIED')
  const stamp =
    method === undefined ? revised : expected.stamp && compact(Temporal.Instant.from(expected.stamp).toString())
  const rule = expected.feed ? 69 : 11
  report(rule, stamp !== undefined && property(event, 'DTSTAMP') !== stamp, `DTSTAMP is not ${stamp}`)
  report(12, !/^\d+$/.test(property(event, 'SEQUENCE') ?? ''), 'no SEQUENCE')
}

function checkTimes(event: Component, report: Report) {
  const [start] = linesOf(event, 'DTSTART')
  const [end] = linesOf(event, 'DTEND')
  if (!start) return report(14, true, 'no DTSTART')
  const allDay = parameterValue(start, 'VALUE') === 'DATE'
  for (const line of [start, ...linesOf(event, 'DTEND'), ...linesOf(event, 'RECURRENCE-ID')]) {
    const isDate = parameterValue(line, 'VALUE') === 'DATE'
    report(16, isDate !== allDay, `${line.name} and DTSTART differ in type`)
    report(16, isDate && !/^\d{8}$/.test(line.value), `${line.name} is no date: ${line.value}`)
    const anchored = parameterValue(line, 'TZID') !== undefined ? /^\d{8}T\d{6}$/ : /^\d{8}T\d{6}Z$/
    report(14, !isDate && !anchored.test(line.value), `${line.name} is neither zoned nor UTC: ${line.value}`)
  }
  report(16, allDay && !end, 'an all-day event without DTEND')
  const [from, to] = [instantOf(start), instantOf(end)]
  report(16, from !== undefined && to !== undefined && to <= from, 'DTEND is not after DTSTART')
  const until = /UNTIL=([^;]*)/.exec(property(event, 'RRULE') ?? '')?.[1]
  report(15, until !== undefined && !allDay && !until.endsWith('Z'), `UNTIL=${until}`)
}

function checkPeople(event: Component, method: string | undefined, report: Report) {
  const organizers = linesOf(event, 'ORGANIZER')
  report(17, organizers.length !== 1, `${organizers.length} organizers`)
  const attendees = linesOf(event, 'ATTENDEE')
  report(18, method !== undefined && attendees.length !== 1, `${attendees.length} attendees`)
  report(67, method === undefined && attendees.length > 0, 'attendees without METHOD')
  for (const line of [...organizers, ...attendees]) {
    report(17, !/^mailto:[^\s@<>"\\,;]+@[^\s@<>"\\,;]+$/.test(line.value), `${line.name} is ${line.value}`)
    for (const { name, value } of line.parameters) {
      if (!/^(SENT-BY|DELEGATED-TO|DELEGATED-FROM)$/.test(name)) continue
      report(19, !/^"mailto:[^\s"\\@]+@[^\s"\\@]+"(,"mailto:[^\s"\\]+")*$/.test(value), `${name}=${value}`)
    }
  }
  for (const line of attendees) {
    report(18, parameterValue(line, 'CUTYPE') !== 'INDIVIDUAL', 'CUTYPE is not INDIVIDUAL')
    report(18, !/^(CHAIR|(REQ|OPT|NON)-PARTICIPANT)$/.test(parameterValue(line, 'ROLE') ?? ''), 'no ROLE')
    const unasked = parameterValue(line, 'PARTSTAT') === 'NEEDS-ACTION' && parameterValue(line, 'RSVP') !== 'TRUE'
    report(18, !parameterValue(line, 'PARTSTAT') || (method === 'REQUEST' && unasked), 'no answer is asked for')
  }
  const cancelled = property(event, 'STATUS') === 'CANCELLED'
  report(20, method === 'CANCEL' && !cancelled, 'CANCEL without STATUS:CANCELLED')
  report(20, method === 'REQUEST' && cancelled, 'a cancellation sent as REQUEST')
}

function checkDescription(event: Component, method: string | undefined, report: Report) {
  const description = unescapeText(property(event, 'DESCRIPTION') ?? '')
  const url = property(event, 'URL')
  report(22, url !== undefined && !description.includes(url), 'DESCRIPTION lacks the public link')
  for (const { value } of linesOf(event, 'CONFERENCE')) {
    report(22, !description.includes(value), 'DESCRIPTION lacks the online address')
  }
  for (const line of event.lines) {
    report(22, hasPersonalLink(unescapeText(line.value), url), `${line.name} holds a personal link`)
  }
  // The token of an invitee's answering address belongs in that invitee's mail alone.
  const token = /\+[A-Za-z0-9_-]{20,}@/.test(property(event, 'ORGANIZER') ?? '')
  report(22, method === undefined && token, "ORGANIZER holds an invitee's token")
}

function linesOf(component: Component, name: string): ContentLine[] {
  return component.lines.filter((line) => line.name === name)
}

function property(component: Component, name: string): string | undefined {
  return linesOf(component, name)[0]?.value
}

function instantOf(line: ContentLine | undefined): number | undefined {
  if (!line) return undefined
  const zone = parameterValue(line, 'TZID') ?? 'UTC'
  try {
    return Temporal.PlainDateTime.from(line.value.replace(/Z$/, '')).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return undefined
  }
}

function compact(instant: string): string {
  return instant.replace(/\.\d+/, '').replace(/[-:]/g, '')
}
