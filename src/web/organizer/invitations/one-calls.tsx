import { isMailable } from '../../../features/invitations/emails/invitation.ts'
import { shortDateTime, wallTime } from '../../../text/dates.ts'
import type { InvitationDetailProps } from './one-page.tsx'

/** That someone is to be telephoned, or written to where an address has come. */
export function ToCall({ page: { t }, invitation, seminar, calls, callList }: InvitationDetailProps) {
  const open = calls.find((call) => call.is_due && call.substitution_id === null)
  if (!open) return null
  const sendable = seminar.state === 'scheduled' && invitation.status === 'sent' && isMailable(invitation.email)
  return (
    <section class="notice late">
      <p>
        <strong>{t('invitations:call.open')}</strong>{' '}
        {open.reasons.map((r) => t(`invitations:call.reason.${r}`)).join('; ')}.
      </p>
      <p>
        {sendable ? `${t('invitations:call.orSend')} ` : null}
        <a href={`${callList}#call-${open.id}`}>{t('invitations:call.see')}</a>
      </p>
    </section>
  )
}

/** The calls that were made, the latest first: why, how it went, by whom. */
export function CallHistory({ page, calls }: InvitationDetailProps) {
  const { t, locale } = page
  const made = calls.filter((call) => call.outcome !== null)
  if (!made.length) return null
  return (
    <section>
      <h3>{t('invitations:calls.made')}</h3>
      <ol class="history">
        {made.map((call) => (
          <li>
            <span class="num muted small">
              {call.recorded_at ? shortDateTime(wallTime(call.recorded_at, call.timezone), locale) : null}
            </span>
            <span>
              {call.outcome ? t(`invitations:call.outcome.${call.outcome}`, { count: call.tries }) : null}
              <span class="sub">
                {[
                  call.substitution_id ? call.name : null,
                  ...call.reasons.map((reason) => t(`invitations:call.reason.${reason}`)),
                  call.recorded_by,
                  call.note,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
