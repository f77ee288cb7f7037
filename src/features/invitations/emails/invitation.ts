import { z } from 'zod'
import type { Context, Locale } from '../../../context.ts'
import type { NewMessage } from '../../mail/schema.ts'
import { seminarTitle } from '../../seminars/queries.ts'
import { type EventDetails, hostPhrase } from '../queries/event.ts'
import { type CalendarAddressee, calendarWriter } from './calendar.ts'
import {
  closingNotes,
  eventFacts,
  invitationMark,
  type Recipient,
  replyNotes,
  salutation,
  toMessage,
  type Voice,
  voice,
} from './parts.ts'

/** One bulk of letters about a seminar. What they share is made once: see `once`. */
export interface Batch {
  details: EventDetails
  ctx: Context
  /** The mail's time: DTSTAMP of its calendar part (calendar rule 11). */
  at: Date
  made: Map<string, unknown>
}

/** Opens a batch of letters about one seminar. */
export function openBatch(details: EventDetails, ctx: Context): Batch {
  return { details, ctx, at: ctx.now, made: new Map() }
}

/** Something that many letters of a batch share, made by the first that needs it. The key names all it depends on. */
export function once<T>(batch: Batch, key: string, make: () => T): T {
  if (!batch.made.has(key)) batch.made.set(key, make())
  return batch.made.get(key) as T
}

/** The calendar part of one letter of a batch. */
export function calendarFor(batch: Batch, method: 'REQUEST' | 'CANCEL', locale: Locale, to: CalendarAddressee) {
  const { details, ctx, at } = batch
  return once(batch, `${method} ${locale}`, () => calendarWriter(method, details, ctx, locale, at))(to)
}

/** Whether mail can be sent to an address, and a calendar can name it. */
export function isMailable(email: string | null): email is string {
  return email !== null && email.length <= 254 && z.regexes.html5Email.test(email)
}

/** The invitation, with METHOD:REQUEST. `sequence` is what this invitee's calendar is told. */
export function invitationMail(batch: Batch, to: Recipient & { email: string }, sequence: number): NewMessage {
  const { details, ctx } = batch
  const { event } = details
  const speech = voice(event, to)
  const { locale } = speech
  const addressee = {
    name: to.name,
    email: to.email,
    personId: to.person_id,
    sequence,
    partstat: 'NEEDS-ACTION' as const,
  }
  return toMessage(
    event,
    ctx,
    { invitationId: to.id, name: to.name, email: to.email, locale },
    {
      ...once(batch, `invitation ${locale} ${speech.hon}`, () => sharedWords(batch, speech)),
      salutation: salutation(speech, to),
      button: { label: speech.t('invitations:mail.button.answer'), href: invitationMark(to) },
      calendar: calendarFor(batch, 'REQUEST', locale, addressee),
    },
  )
}

function sharedWords({ details, ctx }: Batch, speech: Voice) {
  const { event } = details
  const { t, locale } = speech
  const title = seminarTitle(event, locale)
  return {
    kind: 'invitation' as const,
    subject: t('invitations:mail.invitation.subject', { title }),
    paragraphs: [t('invitations:mail.invitation.body', { host: hostPhrase(event, locale) })],
    title,
    facts: eventFacts(details, speech),
    small: replyNotes(event, ctx, speech),
  }
}

export interface Substitute {
  name: string
  position: string
  email: string
}

/** The invitation of a substitute: no personal link, for that is the invitee's; a calendar part of their own (rule 19). */
export function substituteMail(batch: Batch, invitee: Recipient, substitute: Substitute, sequence: number): NewMessage {
  const { details, ctx } = batch
  const { event } = details
  const locale = invitee.locale as Locale
  const to = {
    id: invitee.id,
    name: substitute.name,
    positions: [substitute.position],
    positions_en: [],
    gender: null,
    locale,
  }
  const speech = voice(event, to)
  const { t } = speech
  const inviteeHon = voice(event, invitee).hon
  const title = seminarTitle(event, locale)
  const delegatedFrom = isMailable(invitee.email) ? invitee.email : undefined
  const addressee = {
    name: substitute.name,
    email: substitute.email,
    personId: null,
    sequence,
    partstat: 'NEEDS-ACTION' as const,
    delegatedFrom,
  }
  return toMessage(
    event,
    ctx,
    { invitationId: invitee.id, name: substitute.name, email: substitute.email, locale },
    {
      kind: 'invitation',
      subject: t('invitations:mail.invitation.subject', { title }),
      salutation: salutation(speech, to),
      paragraphs: [
        t('invitations:mail.substitute.body', { inviteeHon, invitee: invitee.name, host: hostPhrase(event, locale) }),
      ],
      title,
      facts: eventFacts(details, speech),
      small: closingNotes(event, ctx, speech),
      calendar: calendarFor(batch, 'REQUEST', locale, addressee),
    },
  )
}
