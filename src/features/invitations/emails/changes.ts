import type { TextKey } from '../../../i18n.ts'
import type { NewMessage } from '../../mail/schema.ts'
import { seminarTitle } from '../../seminars/queries.ts'
import { hostPhrase } from '../queries/event.ts'
import type { Change } from '../rules.ts'
import type { CalendarAddressee } from './calendar.ts'
import { type Batch, calendarFor, once } from './invitation.ts'
import {
  closingNotes,
  eventFacts,
  invitationMark,
  type Recipient,
  replyNotes,
  salutation,
  timeInFull,
  toMessage,
  type Voice,
  voice,
} from './parts.ts'

export interface ChangeAddress {
  email: string
  sequence: number
  partstat: CalendarAddressee['partstat']
  /** Set where the mail goes to this substitute instead of the invitee. */
  substitute?: { name: string; position: string }
}

/**
 * What changed, to one invitee or their substitute: an update with METHOD:REQUEST, or the end of the event with
 * METHOD:CANCEL. A postponed event without a date leaves calendars; when it has a date again the same UID returns as REQUEST
 * with a higher SEQUENCE (RFC 5546 sections 3.2.2 and 3.2.5). `before` gives the old time.
 */
export function changeMail(
  batch: Batch,
  change: Change,
  before: Batch['details']['event'],
  invitee: Recipient,
  to: ChangeAddress,
): NewMessage {
  const { event } = batch.details
  const who = to.substitute ? asRecipient(invitee, to.substitute) : invitee
  const speech = voice(event, who)
  const { locale, hon } = speech
  const method = change.kind === 'update' || change.kind === 'rescheduled' ? 'REQUEST' : 'CANCEL'
  const asks = method === 'REQUEST' && !to.substitute
  const addressee = {
    name: who.name,
    email: to.email,
    personId: to.substitute ? null : invitee.person_id,
    sequence: to.sequence,
    partstat: to.partstat,
  }
  return toMessage(
    event,
    batch.ctx,
    { invitationId: invitee.id, name: who.name, email: to.email, locale },
    {
      ...once(batch, `change ${locale} ${hon} ${asks}`, () => changeWords(batch, change, before, speech, asks)),
      salutation: salutation(speech, who),
      button: asks ? { label: speech.t('invitations:mail.button.review'), href: invitationMark(invitee) } : undefined,
      calendar: calendarFor(batch, method, locale, addressee),
    },
  )
}

function asRecipient(invitee: Recipient, { name, position }: { name: string; position: string }): Recipient {
  return { ...invitee, name, positions: [position], positions_en: [], gender: null }
}

/** What all who are addressed alike are told. */
function changeWords(
  { details, ctx }: Batch,
  change: Change,
  before: Batch['details']['event'],
  speech: Voice,
  asks: boolean,
) {
  const { event } = details
  const { t, locale } = speech
  const title = seminarTitle(event, locale)
  const ends = change.kind === 'postponement' || change.kind === 'cancellation'
  const oldTime = timeInFull(before, locale)
  const facts = ends ? [] : eventFacts(details, speech)
  if (oldTime && (ends || change.time)) facts.push({ label: t('invitations:mail.timeBefore'), value: oldTime })
  return {
    kind: change.kind === 'rescheduled' ? ('update' as const) : change.kind,
    subject: t(`invitations:mail.${change.kind}.subject`, { title }),
    paragraphs: [
      t(`invitations:mail.${change.kind}.body`, { host: hostPhrase(event, locale), what: changedWords(change, t) }),
    ],
    title,
    facts,
    after: [
      ...(ends && event.postponed_note ? [event.postponed_note] : []),
      ...(asks ? [t('invitations:mail.update.keep')] : []),
    ],
    small: asks ? replyNotes(event, ctx, speech) : closingNotes(event, ctx, speech),
  }
}

function changedWords(change: Change, t: (key: TextKey) => string): string {
  const words = [
    change.time ? t('invitations:mail.changed.time') : '',
    change.venue ? t('invitations:mail.changed.venue') : '',
    change.online ? t('invitations:mail.changed.online') : '',
  ]
  return words.filter(Boolean).join(', ')
}

/** To an invitee whose invitation was taken back, or to a substitute who is no longer asked: METHOD:CANCEL for them alone (rule 20). */
export function withdrawalMail(batch: Batch, invitee: Recipient, to: Omit<ChangeAddress, 'partstat'>): NewMessage {
  const { details, ctx } = batch
  const { event } = details
  const who = to.substitute ? asRecipient(invitee, to.substitute) : invitee
  const speech = voice(event, who)
  const { t, locale } = speech
  const title = seminarTitle(event, locale)
  const time = timeInFull(event, locale)
  const inviteeHon = voice(event, invitee).hon
  const addressee = {
    name: who.name,
    email: to.email,
    personId: null,
    sequence: to.sequence,
    partstat: 'NEEDS-ACTION' as const,
  }
  const body = to.substitute ? 'invitations:mail.withdrawal.substitute' : 'invitations:mail.withdrawal.body'
  return toMessage(
    event,
    ctx,
    { invitationId: invitee.id, name: who.name, email: to.email, locale },
    {
      kind: 'withdrawal',
      subject: t('invitations:mail.withdrawal.subject', { title }),
      salutation: salutation(speech, who),
      paragraphs: [t(body, { inviteeHon, invitee: invitee.name, host: hostPhrase(event, locale) })],
      title,
      facts: time ? [{ label: t('invitations:mail.time'), value: time }] : [],
      small: closingNotes(event, ctx, speech),
      calendar: calendarFor(batch, 'CANCEL', locale, addressee),
    },
  )
}
