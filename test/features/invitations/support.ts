import ICAL from 'ical.js'
import { expect } from 'vitest'
import type { Db } from '../../../src/db/transaction.ts'
import { checkCalendar } from '../../../src/features/calendar/check.ts'

/** The messages of a seminar in the order they were written. */
export function mailOf(db: Db, seminarId: string) {
  return db
    .selectFrom('messages')
    .selectAll()
    .where('seminar_id', '=', seminarId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

/** What another reader makes of a calendar part; the rules are checked on the way. */
export function readCalendar(content: string) {
  expect(checkCalendar(content)).toEqual([])
  const calendar = new ICAL.Component(ICAL.parse(content))
  const [event] = calendar.getAllSubcomponents('vevent')
  if (!event) throw new Error('no event')
  const attendee = event.getFirstProperty('attendee')
  const starts = event.getFirstPropertyValue('dtstart') as { toString(): string }
  return {
    method: calendar.getFirstPropertyValue('method'),
    uid: event.getFirstPropertyValue('uid'),
    sequence: Number(event.getFirstPropertyValue('sequence')),
    status: event.getFirstPropertyValue('status'),
    summary: event.getFirstPropertyValue('summary'),
    location: event.getFirstPropertyValue('location'),
    description: String(event.getFirstPropertyValue('description')),
    organizer: event.getFirstPropertyValue('organizer'),
    attendees: event.getAllProperties('attendee').map((p) => String(p.getFirstValue())),
    partstat: attendee?.getParameter('partstat'),
    delegatedFrom: attendee?.getParameter('delegated-from'),
    starts: starts.toString(),
    stamp: String(event.getFirstPropertyValue('dtstamp')),
  }
}
