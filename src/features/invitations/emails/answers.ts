import type { Context } from '../../../context.ts'
import type { MailInput, MailText } from '../../mail/frame.tsx'
import type { NewMessage } from '../../mail/schema.ts'
import { seminarTitle, seminarVenue } from '../../seminars/queries.ts'
import { contactOf, type EventRow, publicUrl } from '../queries/event.ts'
import type { AnswerState } from '../schema.ts'
import {
  answerUntil,
  invitationMark,
  type Recipient,
  salutation,
  timeInFull,
  toMessage,
  type Voice,
  voice,
} from './parts.ts'

type Mailable = Recipient & { email: string }

/** A receipt of an answer: what was understood, how to change it, how to keep the date. No REQUEST: that is the invitation's. */
export function answerReceivedMail(
  event: EventRow,
  ctx: Context,
  to: Mailable,
  answer: { state: AnswerState; substitute: string | null },
): NewMessage {
  const speech = voice(event, to)
  const { t } = speech
  const said: MailText = [{ strong: t(`invitations:mail.state.${answer.state}`) }]
  const facts: NonNullable<MailInput['facts']> = [{ label: t('invitations:mail.answer'), value: said }]
  if (answer.substitute) facts.push({ label: t('invitations:mail.substitute'), value: answer.substitute })
  return shortMail(event, ctx, to, speech, {
    kind: 'answer_received',
    paragraphs: [t('invitations:mail.answer_received.body')],
    facts,
    after: answer.state === 'waitlisted' ? [t('invitations:mail.waiting')] : [],
  })
}

/** A place came free and is theirs. */
export function placeGivenMail(event: EventRow, ctx: Context, to: Mailable, state: AnswerState): NewMessage {
  const speech = voice(event, to)
  const { t } = speech
  const key =
    state === 'substitute_pending' ? 'invitations:mail.place_given.pending' : 'invitations:mail.place_given.body'
  return shortMail(event, ctx, to, speech, { kind: 'place_given', paragraphs: [t(key)], facts: [], after: [] })
}

/** The chair's word on a substitute, to the invitee who named one. */
export function substitutionDecidedMail(
  event: EventRow,
  ctx: Context,
  to: Mailable,
  decision: { agreed: boolean; substitute: string; note: string | null },
): NewMessage {
  const speech = voice(event, to)
  const { t } = speech
  const key = decision.agreed
    ? 'invitations:mail.substitution_decided.agreed'
    : 'invitations:mail.substitution_decided.refused'
  return shortMail(event, ctx, to, speech, {
    kind: 'substitution_decided',
    paragraphs: [t(key, { substitute: decision.substitute })],
    facts: [],
    after: decision.note ? [decision.note] : [],
  })
}

function shortMail(
  event: EventRow,
  ctx: Context,
  to: Mailable,
  speech: Voice,
  letter: {
    kind: 'answer_received' | 'place_given' | 'substitution_decided'
    paragraphs: MailText[]
    facts: NonNullable<MailInput['facts']>
    after: MailText[]
  },
): NewMessage {
  const { t, locale } = speech
  const title = seminarTitle(event, locale)
  const time = timeInFull(event, locale)
  const venue = seminarVenue(event, locale)
  return toMessage(
    event,
    ctx,
    { invitationId: to.id, name: to.name, email: to.email, locale },
    {
      ...letter,
      subject: t(`invitations:mail.${letter.kind}.subject`, { title }),
      salutation: salutation(speech, to),
      title,
      facts: [
        ...letter.facts,
        ...(time ? [{ label: t('invitations:mail.time'), value: [{ strong: time }] }] : []),
        ...(venue ? [{ label: t('invitations:mail.venue'), value: venue }] : []),
      ],
      button: { label: t('invitations:mail.button.view'), href: invitationMark(to) },
      small: receiptNotes(event, ctx, speech),
      calendar: null,
    },
  )
}

function receiptNotes(event: EventRow, ctx: Context, { t, locale }: Voice): MailText[] {
  const url = publicUrl(event, ctx, locale)
  const contact = contactOf(event)
  const until = answerUntil(event, ctx.now, locale)
  return [
    ...(until ? [t('invitations:mail.changeUntil', { deadline: until })] : []),
    ...(url
      ? [
          t('invitations:mail.publicPage', { url }),
          t('invitations:mail.addToCalendar', { url: `${publicUrl(event, ctx, 'vi')}/event.ics` }),
        ]
      : []),
    ...(contact ? [t('invitations:mail.contact', { contact })] : []),
  ]
}
