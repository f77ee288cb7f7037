import { z } from 'zod'
import type { Context, Locale } from '../../../context.ts'
import type { CalendarEvent } from '../../calendar/schema.ts'
import type { NewMessage } from '../../mail/schema.ts'
import { seminarTitle } from '../../seminars/queries.ts'
import { type EventDetails, hostPhrase } from '../queries/event.ts'
import { calendarEvent, calendarPart } from './calendar.ts'
import { closingNotes, eventFacts, invitationMark, type Recipient, replyNotes, salutation, toMessage, voice } from './parts.ts'

/** What all letters of one bulk share in a language, made once. */
export interface Batch {
  details: EventDetails
  ctx: Context
  /** The mail's time: DTSTAMP of its calendar part (calendar rule 11). */
  at: Date
  calendars: Partial<Record<Locale, CalendarEvent | undefined>>
}

/** Opens a batch of letters about one seminar. */
export function openBatch(details: EventDetails, ctx: Context): Batch {
  return { details, ctx, at: ctx.now, calendars: {} }
}

/** The calendar event of a batch in a language. */
export function eventIn(batch: Batch, locale: Locale): CalendarEvent | undefined {
  if (!(locale in batch.calendars)) batch.calendars[locale] = calendarEvent(batch.details, batch.ctx, locale)
  return batch.calendars[locale]
}

/** Whether mail can be sent to an address, and a calendar can name it. */
export function isMailable(email: string | null): email is string {
  return email !== null && email.length <= 254 && z.regexes.html5Email.test(email)
}

/** The invitation, with METHOD:REQUEST. `sequence` is what this invitee's calendar is told. */
export function invitationMail(batch: Batch, to: Recipient & { email: string }, sequence: number): NewMessage {
  const { details, ctx, at } = batch
  const { event } = details
  const speech = voice(event, to)
  const { t, locale } = speech
  const title = seminarTitle(event, locale)
  const addressee = { name: to.name, email: to.email, personId: to.person_id, sequence, partstat: 'NEEDS-ACTION' as const }
  return toMessage(event, ctx, { invitationId: to.id, name: to.name, email: to.email, locale }, {
    kind: 'invitation',
    subject: t('invitations:mail.invitation.subject', { title }),
    salutation: salutation(speech, to),
    paragraphs: [t('invitations:mail.invitation.body', { host: hostPhrase(event, locale) })],
    title,
    facts: eventFacts(details, speech),
    button: { label: t('invitations:mail.button.answer'), href: invitationMark(to) },
    small: replyNotes(event, ctx, speech),
    calendar: calendarPart('REQUEST', eventIn(batch, locale), details, addressee, at),
  })
}

export interface Substitute {
  name: string
  position: string
  email: string
}

/** The invitation of a substitute: no personal link, for that is the invitee's; a calendar part of their own (rule 19). */
export function substituteMail(batch: Batch, invitee: Recipient, substitute: Substitute, sequence: number): NewMessage {
  const { details, ctx, at } = batch
  const { event } = details
  const locale = invitee.locale as Locale
  const to = { id: invitee.id, name: substitute.name, positions: [substitute.position], positions_en: [], gender: null, locale }
  const speech = voice(event, to)
  const { t } = speech
  const inviteeHon = voice(event, invitee).hon
  const title = seminarTitle(event, locale)
  const delegatedFrom = isMailable(invitee.email) ? invitee.email : undefined
  const addressee = { name: substitute.name, email: substitute.email, personId: null, sequence, partstat: 'NEEDS-ACTION' as const, delegatedFrom }
  return toMessage(event, ctx, { invitationId: invitee.id, name: substitute.name, email: substitute.email, locale }, {
    kind: 'invitation',
    subject: t('invitations:mail.invitation.subject', { title }),
    salutation: salutation(speech, to),
    paragraphs: [
      t('invitations:mail.substitute.body', { inviteeHon, invitee: invitee.name, host: hostPhrase(event, locale) }),
    ],
    title,
    facts: eventFacts(details, speech),
    small: closingNotes(event, ctx, speech),
    calendar: calendarPart('REQUEST', eventIn(batch, locale), details, addressee, at),
  })
}
