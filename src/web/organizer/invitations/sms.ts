import type { Locale } from '../../../context.ts'
import { voice } from '../../../features/invitations/emails/parts.ts'
import { type EventRow, organizationName } from '../../../features/invitations/queries/event.ts'
import type { InvitationRow } from '../../../features/invitations/queries/one.ts'
import { seminarTitle, seminarVenue } from '../../../features/seminars/queries.ts'
import { date, hourMinute } from '../../../text/dates.ts'
import { plainAscii } from '../../../text/fold.ts'

/** The invitation as an SMS without diacritics; null while there is no date. The link stays letter by letter. */
export function smsText(event: EventRow, invitation: InvitationRow, link: string): string | null {
  if (event.starts_local === null) return null
  const locale = invitation.locale as Locale
  const { t, hon } = voice(event, invitation)
  return plainAscii(
    t('invitations:sms.text', {
      org: organizationName(event, locale),
      hon,
      title: seminarTitle(event, locale),
      time: hourMinute(event.starts_local),
      date: date(event.starts_local, locale),
      venue: seminarVenue(event, locale) ?? 'none',
      link,
    }),
  )
}
