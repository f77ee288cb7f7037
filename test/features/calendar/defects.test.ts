import ical, { ICalAttendeeRole, type ICalCalendar } from 'ical-generator'
import { describe, expect, it } from 'vitest'
import { checkCalendar } from '../../../src/features/calendar/check.ts'
import { eventFile, feed, invitationRequest } from '../../../src/features/calendar/ics.ts'
import { Temporal } from '../../../src/temporal.ts'
import { instant, invited, messageTime, readWithIcalJs, seminar, unfolded } from './support.ts'

// Each test shows what ical-generator 11.1.2 writes by itself, and that ours is right. When a new version has mended a
// defect the first half fails: then our own mending of it can go.
const raw = (calendar: ICalCalendar) => calendar.toString().replaceAll('\r\n ', '')
const start = Temporal.ZonedDateTime.from('2026-12-15T14:00:00[Asia/Ho_Chi_Minh]')
const stamp = Temporal.Instant.from('2026-11-02T04:05:06Z')
const ours = invitationRequest(invited({ onlineUrl: 'https://meet.example/a,b;c' }), messageTime)

describe('defects of ical-generator that the serializer mends', () => {
  it('a: a zone of the calendar makes DTSTAMP and its like local', () => {
    const calendar = ical({ timezone: 'Asia/Ho_Chi_Minh' })
    calendar.createEvent({ start, stamp, created: stamp, lastModified: stamp })
    expect(raw(calendar)).toMatch(/DTSTAMP:20261102T110506\r\n/)
    for (const name of ['DTSTAMP', 'CREATED', 'LAST-MODIFIED'])
      expect(ours).toMatch(new RegExp(`${name}:\\d{8}T\\d{6}Z`))
  })

  it('b: a Date with a zone is written in the zone of the server', () => {
    const before = process.env.TZ
    try {
      process.env.TZ = 'America/New_York'
      const calendar = ical()
      calendar.createEvent({ start: new Date('2026-12-15T07:00:00Z'), timezone: 'Asia/Ho_Chi_Minh' })
      expect(raw(calendar)).toContain('DTSTART;TZID=Asia/Ho_Chi_Minh:20261215T020000')
      expect(unfolded(eventFile(seminar()))).toContain('DTSTART;TZID=Asia/Ho_Chi_Minh:20261215T140000')
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })

  it('c: URIs are escaped as if they were text', () => {
    const calendar = ical()
    calendar.createEvent({ start, url: 'https://a.example/a,b;c' })
    expect(raw(calendar)).toContain('a\\,b\\;c')
    expect(unfolded(ours)).toContain('CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://meet.example/a,b;c')
  })

  it('d: DELEGATED-TO and DELEGATED-FROM lack mailto', () => {
    const calendar = ical()
    const attendee = { email: 'a@b.example', role: ICalAttendeeRole.REQ, delegatedTo: { email: 'c@d.example' } }
    calendar.createEvent({ start, attendees: [attendee] })
    expect(raw(calendar)).toContain('DELEGATED-TO="c@d.example"')
    const text = invitationRequest(
      invited({ attendee: { name: 'A', email: 'a@b.example', delegatedTo: 'c@d.example' } }),
      messageTime,
    )
    expect(text.replaceAll('\r\n ', '')).toContain('DELEGATED-TO="mailto:c@d.example"')
  })

  it('e: names, UID and descriptions of a calendar let lines in', () => {
    const calendar = ical({ name: 'x\r\nX-EVIL:1', description: 'a,b' })
    expect(raw(calendar)).toContain('\r\nX-EVIL:1\r\n')
    const text = feed({ name: 'x\r\nX-EVIL:1', description: 'a,b\r\nX-EVIL:1', events: [seminar()] })
    expect(unfolded(text)).toEqual(
      expect.arrayContaining(['NAME:x X-EVIL:1', 'X-WR-CALNAME:x X-EVIL:1', 'X-WR-CALDESC:a\\,b X-EVIL:1']),
    )
    expect(() => eventFile(seminar({ uid: '0c5f2f0e-6d3c-4a0f\r\nX-EVIL:1' }))).toThrow()
    expect(() => eventFile(seminar({ timezone: 'Asia/Ho_Chi_Minh\r\nX-EVIL:1' }))).toThrow()
  })

  it('f: the last line has no CRLF', () => {
    expect(raw(ical())).toMatch(/END:VCALENDAR$/)
    expect(ours.endsWith('END:VCALENDAR\r\n')).toBe(true)
  })

  it('g: RECURRENCE-ID is a DATE-TIME beside dates; ours has none, and the check refuses it', () => {
    const calendar = ical()
    calendar.createEvent({ start, allDay: true, recurrenceId: start })
    expect(raw(calendar)).toMatch(/RECURRENCE-ID:\d{8}T\d{6}Z/)
    const text = eventFile(seminar({ allDay: true }))
    expect(text).not.toContain('RECURRENCE-ID')
    const wrong = text.replace('SUMMARY:', 'RECURRENCE-ID:20261215T070000Z\r\nSUMMARY:')
    expect(checkCalendar(wrong).map(({ rule }) => rule)).toEqual([16])
    const right = text.replace('SUMMARY:', 'RECURRENCE-ID;VALUE=DATE:20261215\r\nSUMMARY:')
    expect(checkCalendar(right)).toEqual([])
  })

  it('h: the stamp is now, so that nothing stays the same', () => {
    const calendar = ical()
    calendar.createEvent({ start })
    expect(raw(calendar)).toContain(`DTSTAMP:${new Date().getUTCFullYear()}`)
    expect(unfolded(eventFile(seminar()))).toContain('DTSTAMP:20261102T040506Z')
  })

  it('i: TIMEZONE-ID is no property of iCalendar', () => {
    expect(raw(ical({ timezone: 'Asia/Ho_Chi_Minh' }))).toContain('\r\nTIMEZONE-ID:')
    expect(feed({ name: 'x', events: [seminar()] })).not.toContain('TIMEZONE-ID')
  })

  it('j: x() refuses CONFERENCE', () => {
    const event = ical().createEvent({ start })
    expect(() => event.x('CONFERENCE', 'https://meet.example')).toThrow()
    expect(readWithIcalJs(ours)[0]!.conference).toBe('https://meet.example/a,b;c')
  })

  it('and: properties stand behind VTIMEZONE, addresses say MAILTO, an empty calendar has no component', () => {
    const calendar = ical({ ttl: 3600, timezone: { name: null, generator: () => 'BEGIN:VTIMEZONE\r\nEND:VTIMEZONE' } })
    calendar.createEvent({ start, timezone: 'Asia/Ho_Chi_Minh', attendees: [{ email: 'a@b.example' }] })
    expect(raw(calendar)).toMatch(/END:VTIMEZONE.*REFRESH-INTERVAL/s)
    expect(raw(calendar)).toContain(':MAILTO:')
    expect(checkCalendar(feed({ name: 'x', events: [] }), { method: null, feed: true })).toEqual([])
    expect(readWithIcalJs(ours)[0]).toMatchObject({
      start: instant('2026-12-15T14:00:00', 'Asia/Ho_Chi_Minh'),
      attendee: { address: 'mailto:hong.nguyen@xa01.example' },
    })
  })
})
