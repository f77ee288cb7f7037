import type { Context, Locale } from '../../context.ts'
import type { Db } from '../../db/transaction.ts'
import { translator } from '../../i18n.ts'
import { clock, date, dayMonth, daysUntil, deadline, officialDateTime, readWall, wallTime } from '../../text/dates.ts'
import { honorific } from '../../text/honorifics.ts'
import { sizeInWords } from '../files/rules.ts'
import { contactOf, type EventRow, getEvent, organizationName, senderAddress } from '../invitations/queries/event.ts'
import { type MailInput, type MailText, renderMail } from '../mail/frame.tsx'
import { linkMark } from '../mail/rules.ts'
import type { NewMessage } from '../mail/schema.ts'
import { seminarTitle, seminarVenue } from '../seminars/queries.ts'
import type { SpeechRow } from './queries.ts'

export type SpeechMail =
  | 'speech_requested'
  | 'speech_due'
  | 'speech_overdue'
  | 'speech_received'
  | 'speech_returned'
  | 'speech_approved'
  | 'speech_infected'
type Reminder = 'speech_due' | 'speech_overdue'
type Facts = NonNullable<MailInput['facts']>

/** A version that was locked away for a virus; `isNewest`: no newer one has come. */
export interface InfectedFile extends SentFile {
  virus: string
  isNewest: boolean
}
interface SentFile {
  name: string
  size: number
  created_at: Date
}

/** Tells the speaker that a virus was found in their file, and how to send another. */
export function infectionMail(db: Db, ctx: Context, speech: SpeechRow, file: InfectedFile): Promise<NewMessage | null> {
  return speechMail(db, ctx, speech, 'speech_infected', file)
}

/** A letter to the speaker about their speech, in their language; null where they have no address. */
export async function speechMail(
  db: Db,
  ctx: Context,
  speech: SpeechRow,
  kind: SpeechMail,
  infected?: InfectedFile,
): Promise<NewMessage | null> {
  if (!speech.email) return null
  const event = await getEvent(db, speech.organization_id, speech.seminar_id)
  const locale = speech.locale as Locale
  const t = translator(locale)
  const hon = honorific(event.org_honorific, speech.gender, locale)
  const topic = speechTopic(speech, locale)
  const isReminder = kind === 'speech_due' || kind === 'speech_overdue'
  const words = isReminder ? reminderWords(event, speech, kind, ctx, hon) : plainWords(kind, locale, topic, hon)
  const name = organizationName(event, locale)
  const from = { name, address: senderAddress(event, ctx) }
  return {
    organizationId: speech.organization_id,
    seminarId: speech.seminar_id,
    invitationId: speech.invitation_id,
    kind,
    locale,
    to: { name: speech.name, address: speech.email },
    from,
    replyTo: from,
    subject: words.subject,
    ...renderMail({
      locale,
      organization: { name, accentHue: event.org_accent_hue },
      salutation: [
        `${t('presentations:mail.salutation', { hon })} `,
        { strong: speech.name },
        speech.position ? `, ${speech.position},` : ',',
      ],
      paragraphs: [words.body],
      title: topic,
      facts:
        kind === 'speech_requested' || isReminder
          ? requestFacts(event, speech, ctx, locale)
          : versionFacts(event, speech, locale, infected ?? latestFile(speech)),
      after: infected ? infectionWords(infected, locale, hon) : commentWords(speech, kind, locale),
      button: {
        label: words.button,
        href: linkMark('presentation', speech.id, speech.generation, locale),
      },
      small: notes(event, kind, locale, hon),
    }),
    calendar: null,
  }
}

function commentWords(speech: SpeechRow, kind: SpeechMail, locale: Locale): MailText[] {
  const isReminder = kind === 'speech_due' || kind === 'speech_overdue'
  const isOfReturn = kind === 'speech_returned' || (isReminder && speech.state === 'returned')
  if (!isOfReturn || !speech.comment) return []
  return [[{ strong: translator(locale)('presentations:comment') }, `\n${speech.comment}`]]
}

/** What was found, and whether another file is needed. */
function infectionWords({ virus, isNewest }: InfectedFile, locale: Locale, hon: string): MailText[] {
  const t = translator(locale)
  return [
    t('presentations:mail.speech_infected.found', { virus }),
    isNewest ? t('presentations:infected.again', { hon }) : t('presentations:infected.newer'),
  ]
}

interface Words {
  subject: string
  body: string
  button: string
}

function plainWords(kind: Exclude<SpeechMail, Reminder>, locale: Locale, topic: string, hon: string): Words {
  const t = translator(locale)
  return {
    subject: t(`presentations:mail.${kind}.subject`, { topic }),
    body: t(`presentations:mail.${kind}.body`, { hon }),
    button: t(`presentations:mail.${kind}.button`),
  }
}

/** A reminder says until when, or how many days it is late; its button is that of the letter it reminds of. */
function reminderWords(event: EventRow, speech: SpeechRow, kind: Reminder, ctx: Context, hon: string): Words {
  const locale = speech.locale as Locale
  const t = translator(locale)
  const button =
    speech.state === 'accepted'
      ? t('presentations:upload.title')
      : t(`presentations:mail.${speech.state === 'returned' ? 'speech_returned' : 'speech_requested'}.button`)
  const topic = speechTopic(speech, locale)
  const due = speech.deadline_local
  if (due === null)
    return {
      subject: t('presentations:reminder.open.subject', { topic }),
      body: t('presentations:reminder.open', { hon }),
      button,
    }
  const now = wallTime(ctx.now, speech.timezone)
  const when = {
    time: clock(due, locale),
    date: readWall(due).year === readWall(now).year ? dayMonth(due, locale) : date(due, locale),
  }
  if (kind === 'speech_due')
    return {
      subject: t('presentations:reminder.subject', when),
      body: t('presentations:reminder.body', { hon, ...when }),
      button,
    }
  const contact = contactOf(event)
  const late = { hon, days: Math.max(0, -daysUntil(due, now)), ...when }
  return {
    subject: t('presentations:reminder.overdue.subject', { topic }),
    body: contact
      ? t('presentations:reminder.overdue', { ...late, contact })
      : t('presentations:reminder.overdue.noContact', late),
    button,
  }
}

function requestFacts(event: EventRow, speech: SpeechRow, ctx: Context, locale: Locale): Facts {
  const t = translator(locale)
  const venue = seminarVenue(event, locale)
  const due = speech.deadline_local && deadline(speech.deadline_local, wallTime(ctx.now, speech.timezone), locale)
  return [
    { label: t('presentations:fact.seminar'), value: seminarTitle(event, locale) },
    ...(event.starts_local
      ? [{ label: t('presentations:fact.time'), value: officialDateTime(event.starts_local, locale) }]
      : []),
    ...(venue ? [{ label: t('presentations:fact.venue'), value: venue }] : []),
    { label: t('presentations:fact.delivery'), value: deliveryText(speech, locale) },
    ...(due ? [{ label: t('presentations:fact.deadline'), value: [{ strong: due }] }] : []),
  ]
}

function latestFile(speech: SpeechRow): SentFile | null {
  const { latest_name: name, latest_size: size, latest_at: at } = speech
  return name !== null && size !== null && at !== null ? { name, size, created_at: at } : null
}

function versionFacts(event: EventRow, speech: SpeechRow, locale: Locale, file: SentFile | null): Facts {
  const t = translator(locale)
  const facts: Facts = [{ label: t('presentations:fact.seminar'), value: seminarTitle(event, locale) }]
  if (file) {
    const at = wallTime(file.created_at, speech.timezone)
    facts.push({ label: t('presentations:fact.file'), value: `${file.name} (${sizeInWords(file.size, locale)})` })
    facts.push({ label: t('presentations:fact.received'), value: deadline(at, at, locale) })
  }
  return facts
}

function notes(event: EventRow, kind: SpeechMail, locale: Locale, hon: string): MailText[] {
  const t = translator(locale)
  const contact = contactOf(event)
  return [
    ...(kind === 'speech_received' || kind === 'speech_approved' ? [] : [t('presentations:upload.secret')]),
    t('presentations:mail.personal', { hon }),
    ...(contact ? [t('presentations:mail.contact', { contact })] : []),
  ]
}

/** What the speech is on, in the reader's language where it was written in it. */
export function speechTopic(speech: { topic: string; topic_en: string | null }, locale: Locale): string {
  return (locale === 'en' && speech.topic_en) || speech.topic
}

/** `Đọc tại hội thảo, 10 phút`, `In trong kỷ yếu, không đọc`. */
export function deliveryText(speech: { delivery: string; minutes: number }, locale: Locale): string {
  const t = translator(locale)
  return speech.delivery === 'print'
    ? t('presentations:delivery.print')
    : t('presentations:delivery.read.minutes', { minutes: speech.minutes })
}
