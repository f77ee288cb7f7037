import { type Component, type ContentLine, parameterValue, parseCalendar } from './lines.ts'
import { unescapeText } from './text.ts'

export interface EventTime {
  /** Wall time, in UTC where `zone` says so. */
  wall: string
  zone: string | undefined
  isDay: boolean
}

/** What the first event of a calendar object says, for people to read. */
export interface ReadEvent {
  method: string | undefined
  uid: string | undefined
  sequence: string | undefined
  status: string | undefined
  summary: string | undefined
  description: string | undefined
  location: string | undefined
  organizer: string | undefined
  attendees: string[]
  starts: EventTime | undefined
  ends: EventTime | undefined
}

/** Reads a calendar object's first event; undefined where the text is none. Lines may end in LF alone. */
export function readEvent(text: string): ReadEvent | undefined {
  let calendar: Component
  try {
    calendar = parseCalendar(text.replace(/\r?\n/g, '\r\n'))
  } catch {
    return undefined
  }
  const event = calendar.components.find((c) => c.name === 'VEVENT')
  if (!event) return undefined
  const line = (name: string) => event.lines.find((l) => l.name === name)
  const value = (name: string) => line(name) && unescapeText((line(name) as ContentLine).value)
  return {
    method: calendar.lines.find((l) => l.name === 'METHOD')?.value,
    uid: value('UID'),
    sequence: value('SEQUENCE'),
    status: value('STATUS'),
    summary: value('SUMMARY'),
    description: value('DESCRIPTION'),
    location: value('LOCATION'),
    organizer: person(line('ORGANIZER')),
    attendees: event.lines.filter((l) => l.name === 'ATTENDEE').map((l) => person(l) as string),
    starts: time(line('DTSTART')),
    ends: time(line('DTEND')),
  }
}

function person(line: ContentLine | undefined): string | undefined {
  if (!line) return undefined
  const address = line.value.replace(/^mailto:/i, '')
  const name = parameterValue(line, 'CN')
  const answer = parameterValue(line, 'PARTSTAT')
  return `${name ? `${name} <${address}>` : address}${answer ? ` · ${answer}` : ''}`
}

function time(line: ContentLine | undefined): EventTime | undefined {
  const parts = line?.value.match(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/)
  if (!line || !parts) return undefined
  const [, year, month, day, hour, minute, second, utc] = parts
  const isDay = hour === undefined
  return {
    wall: `${year}-${month}-${day}T${isDay ? '00:00:00' : `${hour}:${minute}:${second}`}`,
    zone: utc ? 'UTC' : parameterValue(line, 'TZID'),
    isDay,
  }
}
