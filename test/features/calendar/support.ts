import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
import type { CalendarEvent } from '../../../src/features/calendar/schema.ts'
import { Temporal } from '../../../src/temporal.ts'

/** A seminar in the demo's style; everything can be overridden. */
export function seminar(overrides: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    uid: '0c5f2f0e-6d3c-4a0f-9b0a-3f1f6f7f2b11',
    sequence: 0,
    status: 'CONFIRMED',
    summary: 'Hội thảo “Nâng cao chất lượng sinh hoạt chi bộ”',
    description: 'Thành ủy Minh Hà trân trọng kính mời.\nNội dung: báo cáo; tham luận, thảo luận.',
    location: 'Hội trường lớn, Trung tâm Hội nghị',
    url: 'https://hoithao.example/s/sinh-hoat-chi-bo',
    startsLocal: '2026-12-15T14:00:00',
    endsLocal: '2026-12-15T17:00:00',
    timezone: 'Asia/Ho_Chi_Minh',
    createdAt: '2026-11-01T01:02:03Z',
    revisedAt: '2026-11-02T04:05:06.789Z',
    organizer: { name: 'Thành ủy Minh Hà', email: 'hoithao@minhha.example' },
    ...overrides,
  }
}

/** The same with an addressee, as it is put into a mail. */
export function invited(overrides: Partial<CalendarEvent> = {}): CalendarEvent {
  return seminar({ attendee: { name: 'Nguyễn Thị Hồng', email: 'hong.nguyen@xa01.example' }, ...overrides })
}

export const messageTime = '2026-11-03T07:08:09Z'

export interface Read {
  uid: string
  start: number | string
  end: number | string | undefined
  summary: string
  description: string
  location: string | undefined
  url: string | undefined
  conference: string | undefined
  status: string
  sequence: number
  stamp: number
  organizer: { name: string; address: string }
  attendee: { name: string; address: string; parameters: Record<string, string> } | undefined
}

/** What ical.js reads: instants as epoch milliseconds by the VTIMEZONE in the file, dates as `2026-12-15`. */
export function readWithIcalJs(text: string): Read[] {
  const calendar = new ICAL.Component(ICAL.parse(text))
  return calendar.getAllSubcomponents('vevent').map((event) => {
    const value = (name: string) => event.getFirstPropertyValue(name)
    const when = (name: string) => {
      const time = value(name) as InstanceType<typeof ICAL.Time> | null
      if (!time) return undefined
      return time.isDate ? time.toString() : time.toUnixTime() * 1000
    }
    const person = (name: string) => {
      const property = event.getFirstProperty(name)
      if (!property) return undefined
      const parameter = (key: string) => property.getFirstParameter(key)
      const keys = ['cutype', 'role', 'partstat', 'rsvp', 'delegated-to', 'delegated-from', 'sent-by']
      const parameters = Object.fromEntries(keys.map((key) => [key, parameter(key)]).filter(([, text]) => text))
      return { name: String(parameter('cn')), address: String(property.getFirstValue()), parameters }
    }
    return {
      uid: String(value('uid')),
      start: when('dtstart')!,
      end: when('dtend'),
      summary: String(value('summary')),
      description: String(value('description') ?? ''),
      location: (value('location') ?? undefined) as string | undefined,
      url: (value('url') ?? undefined) as string | undefined,
      conference: (value('conference') ?? undefined) as string | undefined,
      status: String(value('status')),
      sequence: Number(value('sequence')),
      stamp: when('dtstamp') as number,
      organizer: person('organizer')!,
      attendee: person('attendee'),
    }
  })
}

/** What node-ical reads. It knows zones by their names and ignores the VTIMEZONE. */
export function readWithNodeIcal(text: string): Read[] {
  const events = Object.values(nodeIcal.sync.parseICS(text)).filter((component) => component?.type === 'VEVENT')
  return events.map((component) => {
    // biome-ignore lint/suspicious/noExplicitAny: the reader's types leave out much of what it reads
    const event = component as any
    const when = (time: Date & { dateOnly?: boolean }) => {
      if (!time.dateOnly) return time.getTime()
      return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
    }
    const plain = (value: unknown) =>
      value !== null && typeof value === 'object' ? (value as { val: string }).val : (value as string | undefined)
    const person = (value: { params: Record<string, string>; val: string } | undefined) =>
      value && { name: String(value.params.CN), address: value.val, parameters: value.params }
    return {
      uid: event.uid,
      start: when(event.start),
      end: event.end && when(event.end),
      summary: plain(event.summary) ?? '',
      description: plain(event.description) ?? '',
      location: plain(event.location),
      url: plain(event.url),
      conference: plain(event.conference),
      status: event.status,
      sequence: Number(event.sequence),
      stamp: event.dtstamp.getTime(),
      organizer: person(event.organizer)!,
      attendee: person(event.attendee),
    }
  })
}

/** Epoch milliseconds of a wall time in a zone. */
export function instant(wall: string, timezone: string): number {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(timezone).epochMilliseconds
}

/** The lines of a calendar, unfolded. */
export function unfolded(text: string): string[] {
  return text.replaceAll('\r\n ', '').split('\r\n')
}
