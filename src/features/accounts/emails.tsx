import type { Locale, Role } from '../../context.ts'
import { translator } from '../../i18n.ts'
import { clock, date, wallTime } from '../../text/dates.ts'
import { renderMail } from '../mail/frame.tsx'
import { linkMark, senderOf } from '../mail/rules.ts'
import type { NewMessage } from '../mail/schema.ts'

/** What an account mail says of the organisation it comes from: columns of its row. */
export interface MailOrganization {
  id: string
  name: string
  name_en: string | null
  email: string | null
  accent_hue: number
  honorific: string
  timezone: string
  contact_name: string | null
  contact_phone: string | null
}

interface Common {
  locale: Locale
  organization: MailOrganization
  /** The deployment's own address, for organisations without a mailbox. */
  mailFrom: string
  /** Until when the link holds. */
  expiresAt: Date
}

/** The mail that invites a colleague; its link (purpose `join`) must have been issued. */
export function colleagueInvitedMail(
  input: Common & { to: string; role: Role; invitedBy: string; memberInvitationId: string; generation: number },
): NewMessage {
  const { locale, organization, role } = input
  const t = translator(locale)
  const name = nameOf(organization, locale)
  const salutation =
    organization.honorific === 'comrade'
      ? t('mail:colleague.salutation')
      : t(
          organization.honorific === 'academic'
            ? 'mail:colleague.salutation.academic'
            : 'mail:colleague.salutation.neutral',
        )
  return {
    ...envelope(input, { name: null, address: input.to }),
    kind: 'colleague_invited',
    subject: t('mail:colleague.subject', { organization: name }),
    ...renderMail({
      locale,
      organization: { name, accentHue: organization.accent_hue },
      salutation,
      paragraphs: [
        t('mail:colleague.body', {
          inviter: input.invitedBy,
          organization: name,
          role: t(`mail:colleague.role.${role}`),
        }),
      ],
      button: {
        label: t('mail:colleague.button'),
        href: linkMark('join', input.memberInvitationId, input.generation, locale),
      },
      small: [t('mail:colleague.until', { time: until(input) }), t('mail:colleague.ignore'), ...contact(organization)],
    }),
  }
}

/** The mail that lets somebody set a new password; its link (purpose `reset`) must have been issued. */
export function passwordResetMail(
  input: Common & { to: { name: string; address: string }; targetId: string; generation: number },
): NewMessage {
  const { locale, organization, to } = input
  const t = translator(locale)
  return {
    ...envelope(input, to),
    kind: 'password_reset',
    subject: t('mail:reset.subject'),
    ...renderMail({
      locale,
      organization: { name: nameOf(organization, locale), accentHue: organization.accent_hue },
      salutation: t('mail:reset.salutation', { name: to.name }),
      paragraphs: [t('mail:reset.body', { address: to.address })],
      button: { label: t('mail:reset.button'), href: linkMark('reset', input.targetId, input.generation, locale) },
      small: [t('mail:reset.until', { time: until(input) }), t('mail:reset.ignore'), ...contact(organization)],
    }),
  }
}

function envelope({ locale, organization, mailFrom }: Common, to: NewMessage['to']) {
  const from = senderOf({ name: nameOf(organization, locale), email: organization.email }, mailFrom)
  return {
    organizationId: organization.id,
    seminarId: null,
    invitationId: null,
    locale,
    to,
    from,
    replyTo: from,
    calendar: null,
  }
}

function nameOf(organization: MailOrganization, locale: Locale): string {
  return (locale === 'en' && organization.name_en) || organization.name
}

function until({ expiresAt, organization, locale }: Common): string {
  const wall = wallTime(expiresAt, organization.timezone)
  return `${clock(wall, locale)}, ${date(wall, locale)}`
}

function contact({ contact_name, contact_phone }: MailOrganization): string[] {
  const line = [contact_name, contact_phone].filter(Boolean).join(', ')
  return line ? [line] : []
}
