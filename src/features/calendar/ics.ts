import ical, {
  type ICalAttendeeData,
  ICalAttendeeType,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventTransparency,
} from 'ical-generator'
import type { z } from 'zod'
import { Temporal } from '../../temporal.ts'
import { checkCalendar } from './check.ts'
import { withAddresses, withoutPersonalLinks } from './description.ts'
import { type ContentLine, fold, parseLine } from './lines.ts'
import { conferenceCarrier, mend } from './mend.ts'
import { type CalendarAttendee, CalendarEvent, CalendarFeed } from './schema.ts'
import { daySpan, timedSpan } from './span.ts'
import { cleanLine, cleanName, cleanText, mailtoPath, toUri } from './text.ts'
import { vtimezone } from './vtimezone.ts'

type Parsed = z.output<typeof CalendarEvent>

/** How often a calendar app may ask again, in seconds. */
const refreshSeconds = 3600
const homeZone = 'Asia/Ho_Chi_Minh'
const plainEmail = /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/

/**
 * The invitation or an update, METHOD:REQUEST, for the event's one attendee. `messageTime` is the instant (ISO 8601) of
 * the mail and becomes DTSTAMP. Throws an Error for a cancelled event, a missing attendee, or any broken calendar rule.
 * RFC 5546 §3.2.2.
 */
export function invitationRequest(event: CalendarEvent, messageTime: string): string {
  return serialize([CalendarEvent.parse(event)], { method: 'REQUEST', stamp: messageTime })
}

/**
 * The cancellation, METHOD:CANCEL and STATUS:CANCELLED, of the whole event or for an attendee who is no longer invited.
 * The caller has raised the sequence. Throws as `invitationRequest` does. RFC 5546 §3.2.5.
 */
export function invitationCancel(event: CalendarEvent, messageTime: string): string {
  return serialize([CalendarEvent.parse({ ...event, status: 'CANCELLED' })], { method: 'CANCEL', stamp: messageTime })
}

/**
 * `invitationRequest` or `invitationCancel` for many addressees of one event: the same bytes, but the calendar is built and
 * checked once for each role, answer and sequence, and only the ATTENDEE line is written anew. Throws as those do.
 */
export function messagesToMany(method: 'REQUEST' | 'CANCEL', event: CalendarEvent, messageTime: string) {
  const write = method === 'REQUEST' ? invitationRequest : invitationCancel
  const templates = new Map<string, Template>()
  return (to: CalendarAttendee, sequence: number): string => {
    const whole = () => write({ ...event, sequence, attendee: to }, messageTime)
    // What is rare or odd takes the long way.
    if (to.delegatedTo || to.delegatedFrom || !isPlain(to)) return whole()
    const key = [sequence, to.role, to.partstat, to.rsvp].join()
    const template = templates.get(key)
    if (template) return withAttendee(template, to)
    const text = whole()
    templates.set(key, splitAtAttendee(text))
    return text
  }
}

interface Template {
  before: string
  line: ContentLine
  after: string
}

function splitAtAttendee(text: string): Template {
  const start = text.indexOf('\r\nATTENDEE;') + 2
  const rest = text.slice(start)
  const length = rest.search(/\r\n(?![ \t])/)
  return {
    before: text.slice(0, start),
    line: parseLine(rest.slice(0, length).replace(/\r\n[ \t]/g, '')),
    after: rest.slice(length),
  }
}

function withAttendee({ before, line, after }: Template, to: CalendarAttendee): string {
  const parameters = line.parameters.map((p) => (p.name === 'CN' ? { ...p, value: `"${cleanName(to.name)}"` } : p))
  const written = [line.name, ...parameters.map((p) => `${p.name}=${p.value}`)].join(';')
  return `${before}${fold(`${written}:mailto:${to.email}`)}${after}`
}

/** Whether nothing in the name or address needs to be encoded, and an address of the usual form is given. */
function isPlain({ name, email }: CalendarAttendee): boolean {
  const cn = cleanName(name)
  return (
    cn !== '' &&
    !/["^\n]|https?:/i.test(cn) &&
    email === mailtoPath(email) &&
    plainEmail.test(email) &&
    email.length <= 254
  )
}

/** One event as a file to download: no METHOD, no ATTENDEE, the same bytes until the next revision. RFC 5545. */
export function eventFile(event: CalendarEvent): string {
  return serialize([CalendarEvent.parse({ ...event, attendee: undefined })], { method: null })
}

/**
 * A feed to subscribe to: no METHOD, no ATTENDEE, events by start and UID whatever order they come in, so that the same
 * events give the same bytes. RFC 7986 §5.
 */
export function feed(input: CalendarFeed): string {
  const { events, ...head } = CalendarFeed.parse(input)
  const sorted = events
    .map((event) => ({ ...event, attendee: undefined }))
    .sort((a, b) => order(a.startsLocal, b.startsLocal) || order(a.uid, b.uid))
  return serialize(sorted, { method: null, feed: head })
}

interface Frame {
  method: 'REQUEST' | 'CANCEL' | null
  stamp?: string
  feed?: { name: string; description?: string; color?: string }
}

function serialize(events: Parsed[], { method, stamp, feed }: Frame): string {
  const calendar = ical({
    prodId: { company: 'hoithao', product: 'hoithao', language: 'VI' },
    scale: 'GREGORIAN',
    method: method && ICalCalendarMethod[method],
    // A zone name here would make ical-generator write DTSTAMP and its like as local times.
    timezone: { name: null, generator: (zone) => zoneOf(events, zone) },
  })
  if (feed) {
    calendar
      .name(cleanLine(feed.name) || 'hoithao')
      .description(cleanLine(feed.description ?? '') || null)
      .color(feed.color ?? null)
      .ttl(refreshSeconds)
  }
  for (const event of events) calendar.createEvent(eventData(event, stamp ?? event.revisedAt))
  const text = mend(calendar.toString(), vtimezone(homeZone, 2000, 2000))
  const broken = checkCalendar(text, { method, stamp, feed: feed !== undefined })
  if (broken.length > 0) throw new Error(`calendar rule ${broken[0]!.rule} broken: ${broken[0]!.what}`)
  return text
}

function zoneOf(events: Parsed[], zone: string): string {
  const times = events.filter((event) => event.timezone === zone && !event.allDay)
  const years = times.flatMap((event) => [event.startsLocal, event.endsLocal]).map((wall) => Number(wall.slice(0, 4)))
  return vtimezone(zone, Math.min(...years), Math.max(...years))
}

function eventData(event: Parsed, stamp: string): ICalEventData {
  const url = event.url && toUri(event.url)
  const onlineUrl = event.onlineUrl && toUri(event.onlineUrl)
  const clean = (text: string) => withoutPersonalLinks(cleanText(text), url)
  return {
    id: event.uid,
    sequence: event.sequence,
    stamp: Temporal.Instant.from(stamp),
    created: Temporal.Instant.from(event.createdAt),
    lastModified: Temporal.Instant.from(event.revisedAt),
    ...times(event),
    status: event.status as ICalEventData['status'],
    transparency: event.status === 'CANCELLED' ? ICalEventTransparency.TRANSPARENT : ICalEventTransparency.OPAQUE,
    summary: cleanLine(clean(event.summary)),
    location: event.location ? clean(event.location) : null,
    description: withAddresses(clean(event.description), [url, onlineUrl]) || null,
    url: url ?? null,
    organizer: {
      name: cleanName(event.organizer.name) || event.organizer.email,
      email: mailtoPath(event.organizer.email),
      sentBy: event.organizer.sentBy && mailtoPath(event.organizer.sentBy),
    },
    attendees: event.attendee ? [attendeeData(event.attendee)] : [],
    categories: (event.categories ?? [])
      .map((name) => ({ name: cleanLine(clean(name)) }))
      .filter(({ name }) => name !== ''),
    x: onlineUrl ? { [conferenceCarrier]: onlineUrl } : {},
  }
}

function times(event: Parsed): Pick<ICalEventData, 'start' | 'end' | 'timezone' | 'allDay'> {
  if (event.allDay) return { ...daySpan(event), allDay: true, timezone: null }
  const { start, end } = timedSpan(event)
  return { start, end: start.equals(end) ? null : end, timezone: event.timezone }
}

function attendeeData(attendee: NonNullable<Parsed['attendee']>): ICalAttendeeData {
  const { delegatedTo, delegatedFrom } = attendee
  return {
    name: cleanName(attendee.name) || attendee.email,
    email: mailtoPath(attendee.email),
    type: ICalAttendeeType.INDIVIDUAL,
    role: attendee.role as ICalAttendeeData['role'],
    status: attendee.partstat as ICalAttendeeData['status'],
    rsvp: attendee.rsvp,
    ...(delegatedTo && { delegatedTo: { email: mailtoPath(delegatedTo) } }),
    ...(delegatedFrom && { delegatedFrom: { email: mailtoPath(delegatedFrom) } }),
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
