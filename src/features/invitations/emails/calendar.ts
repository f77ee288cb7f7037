import type { Context, Locale } from '../../../context.ts'
import { translator } from '../../../i18n.ts'
import { invitationCancel, invitationRequest } from '../../calendar/ics.ts'
import type { CalendarEvent } from '../../calendar/schema.ts'
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

/** The calendar part of a mail to one addressee (RFC 5546 sections 3.2.2 and 3.2.5); `event` comes from `calendarEvent`. */
export function calendarPart(
  method: 'REQUEST' | 'CANCEL',
  event: CalendarEvent | undefined,
  details: EventDetails,
  to: CalendarAddressee,
  at: Date,
) {
  if (!event) return null
  const chairs = to.personId !== null && details.chairs.some((chair) => chair.personId === to.personId)
  const attendee = {
    name: to.name,
    email: to.email,
    role: chairs ? ('CHAIR' as const) : ('REQ-PARTICIPANT' as const),
    partstat: to.partstat,
    rsvp: true,
    delegatedFrom: to.delegatedFrom,
  }
  const write = method === 'REQUEST' ? invitationRequest : invitationCancel
  return { method, content: write({ ...event, sequence: to.sequence, attendee }, at.toISOString()) }
}
