import type { Context, Locale } from '../../../context.ts'
import { translator } from '../../../i18n.ts'
import { messagesToMany } from '../../calendar/ics.ts'
import type { CalendarAttendee, CalendarEvent } from '../../calendar/schema.ts'
import { withoutMarks } from '../../mail/rules.ts'
import { seminarTitle, seminarVenue } from '../../seminars/queries.ts'
import {
  contactOf,
  type EventDetails,
  hostPhrase,
  organizationName,
  publicUrl,
  senderAddress,
} from '../queries/event.ts'

/** Whom a calendar part is for, and what their calendar last heard. */
export interface CalendarAddressee {
  name: string
  email: string
  personId: string | null
  sequence: number
  partstat: 'NEEDS-ACTION' | 'ACCEPTED' | 'DECLINED'
  delegatedFrom?: string
}

/**
 * The seminar as a calendar is told of it, in a language. Undefined while it has no date. The description holds the
 * public address, never a personal link (calendar rule 22).
 */
export function calendarEvent(
  details: EventDetails,
  ctx: Pick<Context, 'origin' | 'mail'>,
  locale: Locale,
): CalendarEvent | undefined {
  const { event, chairs } = details
  if (event.starts_local === null || event.ends_local === null) return undefined
  const t = translator(locale)
  const contact = contactOf(event)
  const lines = [
    t('invitations:mail.calendar.host', { host: hostPhrase(event, locale).replace(/,$/, '') }),
    ...(chairs.length ? [t('invitations:mail.calendar.chairs', { chairs: chairs.map((c) => c.name).join(', ') })] : []),
    ...(contact ? [t('invitations:mail.contact', { contact })] : []),
  ]
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: 'CONFIRMED',
    summary: seminarTitle(event, locale),
    description: lines.join('\n'),
    location: seminarVenue(event, locale) ?? undefined,
    onlineUrl: event.online_offered && event.online_url ? event.online_url : undefined,
    url: publicUrl(event, ctx, locale) ?? undefined,
    startsLocal: event.starts_local,
    endsLocal: event.ends_local,
    timezone: event.timezone,
    createdAt: event.created_at.toISOString(),
    revisedAt: event.revised_at.toISOString(),
    organizer: { name: organizationName(event, locale), email: senderAddress(event, ctx) },
  }
}

/** Writes the calendar parts of one bulk (RFC 5546 sections 3.2.2 and 3.2.5); null while the event has no date. */
export function calendarWriter(
  method: 'REQUEST' | 'CANCEL',
  details: EventDetails,
  ctx: Context,
  locale: Locale,
  at: Date,
) {
  const event = calendarEvent(details, ctx, locale)
  const write = event && messagesToMany(method, event, at.toISOString())
  return (to: CalendarAddressee) =>
    write ? { method, content: withoutMarks(write(attendeeOf(details, to), to.sequence)) } : null
}

function attendeeOf(details: EventDetails, to: CalendarAddressee): CalendarAttendee {
  const chairs = to.personId !== null && details.chairs.some((chair) => chair.personId === to.personId)
  return {
    name: to.name,
    email: to.email,
    role: chairs ? 'CHAIR' : 'REQ-PARTICIPANT',
    partstat: to.partstat,
    rsvp: true,
    delegatedFrom: to.delegatedFrom,
  }
}
