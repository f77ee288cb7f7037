import type { Locale } from '../../context.ts'
import { translator } from '../../i18n.ts'
import { renderMail } from './frame.tsx'
import { senderOf, withoutMarks } from './rules.ts'
import type { Address, OutgoingMail } from './schema.ts'

/** A letter that says that letters arrive. It leaves at once, past the outbox: `messageId` is made by the caller. */
export function testLetter(input: {
  locale: Locale
  organization: { name: string; email: string | null; accent_hue: number }
  mailFrom: string
  to: Address
  messageId: string
  now: Date
}): OutgoingMail {
  const { locale, organization, to } = input
  const t = translator(locale)
  const from = senderOf(organization, input.mailFrom)
  return {
    messageId: input.messageId,
    date: input.now,
    from,
    to,
    replyTo: from,
    subject: withoutMarks(t('mail:test.subject', { organization: organization.name })).normalize('NFC'),
    ...renderMail({
      locale,
      organization: { name: organization.name, accentHue: organization.accent_hue },
      paragraphs: [t('mail:test.body', { name: to.name ?? to.address })],
    }),
    calendar: null,
    headers: {},
  }
}
