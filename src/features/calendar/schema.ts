import { z } from 'zod'
import { Temporal } from '../../temporal.ts'
import { isZoneName } from './vtimezone.ts'

const email = z.string().max(254).regex(z.regexes.html5Email)
const webAddress = z.url({ protocol: /^https?$/ }).max(2000)

/** Wall time without zone, `2026-12-15T14:00:00`, years 1900 to 2199. */
const wallTime = z
  .string()
  .regex(/^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .refine((value) => {
    try {
      return Temporal.PlainDateTime.from(value, { overflow: 'reject' }).second === Number(value.slice(17))
    } catch {
      return false
    }
  })

const instant = z.iso.datetime({ offset: true })

/** The organisation's mailbox as ORGANIZER; `sentBy` is the person who acts for it. RFC 5545 §3.8.4.3. */
export const CalendarOrganizer = z.object({ name: z.string(), email, sentBy: email.optional() })

/** The addressee. In calendars a personal answer is asked by `rsvp`. RFC 5545 §3.8.4.1, RFC 5546 §3.2.2. */
export const CalendarAttendee = z.object({
  name: z.string(),
  email,
  role: z.enum(['CHAIR', 'REQ-PARTICIPANT', 'OPT-PARTICIPANT', 'NON-PARTICIPANT']).default('REQ-PARTICIPANT'),
  partstat: z.enum(['NEEDS-ACTION', 'ACCEPTED', 'DECLINED', 'TENTATIVE', 'DELEGATED']).default('NEEDS-ACTION'),
  rsvp: z.boolean().default(true),
  delegatedTo: email.optional(),
  delegatedFrom: email.optional(),
})

/**
 * A seminar as a calendar sees it. Times are wall times in `timezone`, stamps are instants (ISO 8601). The caller
 * keeps `uid` for life and raises `sequence` on a change of start, end, status or venue (RFC 5546 §2.1.4); `revisedAt`
 * is the stored time of the last revision of any kind. An all-day event covers every day from `startsLocal` to
 * `endsLocal`; an end at midnight is exclusive.
 */
export const CalendarEvent = z
  .object({
    uid: z.string().regex(/^[A-Za-z0-9-]{16,255}$/),
    sequence: z.int().min(0).max(2147483647),
    status: z.enum(['CONFIRMED', 'TENTATIVE', 'CANCELLED']),
    summary: z.string(),
    description: z.string().default(''),
    location: z.string().optional(),
    onlineUrl: webAddress.optional(),
    url: webAddress.optional(),
    startsLocal: wallTime,
    endsLocal: wallTime,
    timezone: z.string().refine(isZoneName),
    allDay: z.boolean().optional(),
    createdAt: instant,
    revisedAt: instant,
    organizer: CalendarOrganizer,
    attendee: CalendarAttendee.optional(),
    categories: z.array(z.string()).optional(),
  })
  .refine((event) => (event.allDay ? event.endsLocal >= event.startsLocal : event.endsLocal > event.startsLocal), {
    path: ['endsLocal'],
  })

/** A subscription feed. `name` and `description` are shown by calendar apps, `color` is `#RRGGBB`. RFC 7986 §5. */
export const CalendarFeed = z.object({
  name: z.string(),
  description: z.string().optional(),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/)
    .optional(),
  events: z.array(CalendarEvent),
})

/** What callers may write: defaults are filled in by the schema. */
export type CalendarEvent = z.input<typeof CalendarEvent>
export type CalendarFeed = z.input<typeof CalendarFeed>
export type CalendarAttendee = z.input<typeof CalendarAttendee>
