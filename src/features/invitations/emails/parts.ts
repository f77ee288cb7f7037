import type { Selectable } from 'kysely'
import type { Context, Locale } from '../../../context.ts'
import type { Invitations } from '../../../db/types.ts'
import { type Params, type TextKey, translator } from '../../../i18n.ts'
import { clock, deadline, officialDateTime, wallTime, zoneInWords } from '../../../text/dates.ts'
import { cleanLine, upperFirst } from '../../../text/fold.ts'
import { honorific } from '../../../text/honorifics.ts'
import { kindWord, type SeminarKind } from '../../../text/kinds.ts'
import type { MailInput, MailText } from '../../mail/frame.tsx'
import { renderMail } from '../../mail/frame.tsx'
import { linkMark } from '../../mail/rules.ts'
import type { MessageKind, NewMessage } from '../../mail/schema.ts'
import { seminarVenue } from '../../seminars/queries.ts'
import {
  contactOf,
  type EventDetails,
  type EventRow,
  organizationName,
  publicUrl,
  senderAddress,
} from '../queries/event.ts'

/** Who a mail is for: an invitation's row, or what is needed of it. */
export type Recipient = Pick<
  Selectable<Invitations>,
  'id' | 'person_id' | 'name' | 'gender' | 'positions' | 'positions_en' | 'email' | 'locale' | 'generation'
>

/** How a mail speaks to one person: their language, their honorific, the texts with `{hon}` and `{kind}` filled in. */
export function voice(event: EventRow, to: Pick<Recipient, 'locale' | 'gender'>) {
  const locale = to.locale as Locale
  const hon = honorific(event.org_honorific, to.gender, locale)
  const kind = kindWord(event.kind as SeminarKind, locale)
  const translate = translator(locale)
  return { locale, hon, t: (key: TextKey, params: Params = {}) => translate(key, { hon, kind, ...params }) }
}
export type Voice = ReturnType<typeof voice>

/** `Kính gửi đồng chí **Trần Thị Thuỷ**, Bí thư Chi bộ khu 4,` */
export function salutation({ t, locale }: Voice, to: Pick<Recipient, 'name' | 'positions' | 'positions_en'>): MailText {
  const positions = printedPositions(to, locale)
  const tail = positions ? `, ${positions},` : ','
  return [`${t('invitations:mail.salutation')} `, { strong: to.name }, tail]
}

/** An invitee's positions in one line, in the reader's language where they were written in it. */
export function printedPositions(to: Pick<Recipient, 'positions' | 'positions_en'>, locale: Locale): string {
  const own = locale === 'en' && to.positions_en.length === to.positions.length ? to.positions_en : to.positions
  return own.join(', ')
}

/** Time in full words, with the zone where it is not Vietnam's. */
export function timeInFull(event: Pick<EventRow, 'starts_local' | 'timezone'>, locale: Locale): string | null {
  if (event.starts_local === null) return null
  const when = officialDateTime(event.starts_local, locale)
  return event.timezone === 'Asia/Ho_Chi_Minh'
    ? when
    : `${when} (${zoneInWords(event.timezone, event.starts_local, locale)})`
}

/** Time, place, online address, chairs: as a letter lists them. */
export function eventFacts(details: EventDetails, { t, locale }: Voice): NonNullable<MailInput['facts']> {
  const { event, chairs, receptionLocal } = details
  const time = timeInFull(event, locale)
  const venue = seminarVenue(event, locale)
  const reception = receptionLocal && t('invitations:mail.reception', { time: clock(receptionLocal, locale) })
  const facts: NonNullable<MailInput['facts']> = []
  if (time)
    facts.push({
      label: t('invitations:mail.time'),
      value: reception ? [{ strong: time }, `\n${reception}`] : [{ strong: time }],
    })
  if (venue) facts.push({ label: t('invitations:mail.venue'), value: venue })
  if (event.online_offered && event.online_url)
    facts.push({ label: t('invitations:mail.online'), value: event.online_url })
  if (chairs.length) facts.push({ label: t('invitations:mail.chairs'), value: chairsPhrase(details, locale) })
  return facts
}

function chairsPhrase({ event, chairs }: EventDetails, locale: Locale): string {
  const names = chairs.map((chair) => chair.name).join(', ')
  if (locale === 'en' || event.org_honorific !== 'comrade') return names
  return chairs.length > 1 ? `Các đồng chí ${names}` : `${upperFirst(honorific('comrade', null, 'vi'))} ${names}`
}

/** The date until which an answer may be given or changed: the deadline, else the start. Null once it has passed or is open. */
export function answerUntil(event: EventRow, now: Date, locale: Locale): string | null {
  const at = event.answer_deadline_at ?? event.starts_at
  const local = event.answer_deadline_local ?? event.starts_local
  if (at === null || local === null || at < now) return null
  return deadline(local, wallTime(now, event.timezone), locale)
}

/** The notes under a mail that asks for an answer. */
export function replyNotes(event: EventRow, ctx: Context, { t, locale }: Voice): MailText[] {
  const until = answerUntil(event, ctx.now, locale)
  const contact = contactOf(event)
  return [
    [until && t('invitations:mail.replyBy', { deadline: until }), t('invitations:mail.personal')]
      .filter(Boolean)
      .join(' '),
    ...(ctx.mail.inbound ? [t('invitations:mail.calendarReply')] : []),
    ...(contact ? [t('invitations:mail.contact', { contact })] : []),
  ]
}

/** The notes under any other mail: the public page, who to ask. */
export function closingNotes(event: EventRow, ctx: Context, { t, locale }: Voice): MailText[] {
  const url = publicUrl(event, ctx, locale)
  const contact = contactOf(event)
  return [
    ...(url ? [t('invitations:mail.publicPage', { url })] : []),
    ...(contact ? [t('invitations:mail.contact', { contact })] : []),
  ]
}

/** The invitee's own link, as a mark that the moment of sending fills in. */
export function invitationMark(to: Pick<Recipient, 'id' | 'generation' | 'locale'>): string {
  return linkMark('invitation', to.id, to.generation, to.locale as Locale)
}

export interface Letter extends Omit<MailInput, 'locale' | 'organization'> {
  kind: MessageKind
  subject: string
  calendar: NewMessage['calendar']
}

/** Renders a letter to one address on its way into the outbox. */
export function toMessage(
  event: EventRow,
  ctx: Context,
  to: { invitationId: string; name: string; email: string; locale: Locale },
  letter: Letter,
): NewMessage {
  const { kind, subject, calendar, ...body } = letter
  const name = organizationName(event, to.locale)
  const from = { name: cleanLine(name), address: senderAddress(event, ctx) }
  const organization = { name, accentHue: event.org_accent_hue }
  return {
    organizationId: event.organization_id,
    seminarId: event.id,
    invitationId: to.invitationId,
    kind,
    locale: to.locale,
    to: { name: cleanLine(to.name), address: to.email },
    from,
    replyTo: from,
    subject: cleanLine(subject),
    ...renderMail({ locale: to.locale, organization, ...body }),
    calendar,
  }
}
