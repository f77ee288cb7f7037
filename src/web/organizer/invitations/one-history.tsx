import type { Child } from 'hono/jsx'
import type { Page } from '../../../env.ts'
import { hasText, type TextKey } from '../../../i18n.ts'
import { shortDateTime, wallTime } from '../../../text/dates.ts'
import { Address } from '../../components/address.tsx'
import { MessageState } from '../mail/state.tsx'
import type { InvitationDetailProps } from './one-page.tsx'
import { InvitationStateMark } from './state.tsx'

function time(page: Page, at: Date, timezone: string): string {
  return shortDateTime(wallTime(at, timezone), page.locale)
}

/** Where it stands: state, address, when it was sent, opened, answered, and what was said. */
export function Standing(props: InvitationDetailProps) {
  const { page, seminar, invitation, substitution, lineNo, delegations, letter, deadAddress } = props
  const { t, locale } = page
  const at = (when: Date | null) => when && time(page, when, seminar.timezone)
  const delegation = delegations.find((d) => d.id === invitation.delegation_id)
  const named =
    substitution && (substitution.state === 'approved' || substitution.state === 'pending')
      ? `${substitution.name}, ${substitution.position}`
      : null
  const facts: [string, Child][] = [
    [
      t('invitations:column.delegation'),
      delegation ? (locale === 'en' && delegation.text_en) || delegation.text : null,
    ],
    [
      t('invitations:field.email'),
      invitation.email === null ? t('invitations:address.none') : <Address email={invitation.email} />,
    ],
    [t('invitations:field.phone'), invitation.phone],
    [t('invitations:fact.invited'), at(invitation.sent_at)],
    [
      t(invitation.telling === 'called' ? 'invitations:status.called' : 'invitations:fact.sent'),
      at(invitation.told_at) ?? (invitation.telling === 'letter' && letter ? t(`invitations:status.${letter}`) : null),
    ],
    [t('invitations:fact.opened'), at(invitation.opened_at)],
    [t('invitations:fact.answered'), at(invitation.answered_at)],
    [t('invitations:fact.line'), lineNo === null ? null : t('invitations:fact.line.at', { n: lineNo })],
    [t('invitations:fact.substitute'), named],
    [t('invitations:fact.reason'), invitation.reason],
    [t('invitations:fact.note'), invitation.note],
    [t('invitations:fact.withdrawn'), at(invitation.withdrawn_at)],
  ]
  return (
    <dl class="facts">
      <dt>{t('invitations:column.status')}</dt>
      <dd>
        <InvitationStateMark page={page} invitation={{ ...invitation, letter }} />
        {deadAddress ? <span class="sub">{t('invitations:address.dead')}</span> : null}
      </dd>
      {facts.map(([label, value]) =>
        value ? (
          <>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </>
        ) : null,
      )}
    </dl>
  )
}

/** Every answer given, the latest first, by whom. */
export function AnswerHistory({ page, seminar, answers }: InvitationDetailProps) {
  const { t } = page
  if (!answers.length) return null
  return (
    <section>
      <h3>{t('invitations:history')}</h3>
      <ol class="history">
        {answers.map((answer) => (
          <li>
            <span class="num muted small">{time(page, answer.at, seminar.timezone)}</span>
            <span>
              {t(`invitations:answer.${answer.result}` as TextKey)}
              <span class="sub">
                {[
                  t(`invitations:via.${answer.via}` as TextKey, { name: answer.actor_name ?? '' }),
                  answer.reason,
                  answer.note,
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

/** What was mailed, and how it went. */
export function MailHistory({ page, seminar, mails, mail }: InvitationDetailProps) {
  const { t } = page
  if (!mails.length) return null
  return (
    <section>
      <h3>{t('invitations:mails')}</h3>
      <ol class="history">
        {mails.map((message) => {
          const kind = `mail:kind.${message.kind}`
          return (
            <li>
              <span class="num muted small">{time(page, message.sent_at ?? message.created_at, seminar.timezone)}</span>
              <span>
                <a href={`${mail}/${message.id}`}>{hasText(kind) ? t(kind) : message.subject}</a>{' '}
                <MessageState page={page} state={message.state} />
                <span class="sub">{message.to_address}</span>
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
