import type { Page } from '../../../env.ts'
import { ADDRESS_DEAD } from '../../../features/mail/rules.ts'
import type { MailStop, MessageRow } from '../../../features/mail/schema.ts'
import { hasText, type TextKey, type Translate } from '../../../i18n.ts'
import { date, hourMinute, wallTime } from '../../../text/dates.ts'

const colour: Record<string, string> = {
  sent: 'yes',
  queued: 'wait',
  sending: 'wait',
  bounced: 'bad',
  failed: 'bad',
  cancelled: 'no',
}

/** A message's state as a coloured word. */
export function MessageState({ page, state }: { page: Page; state: string }) {
  return <span class={`state ${colour[state] ?? ''}`}>{page.t(`mail:state.${state}` as TextKey)}</span>
}

/** What there is to say of a state beyond its name: when it is tried again, why it is held, the server's words. */
export function StateDetails({
  page,
  timezone,
  message,
  stop,
}: {
  page: Page
  timezone: string
  message: Pick<MessageRow, 'state' | 'attempts' | 'next_attempt_at' | 'last_reply' | 'replaced_by'>
  /** What stops letters, where something does. */
  stop?: MailStop | undefined
}) {
  const { t } = page
  if (message.state === 'cancelled') {
    const why = message.replaced_by ? 'mail:state.replaced' : 'mail:state.cancelled.text'
    return <span class="sub">{t(message.last_reply === ADDRESS_DEAD ? 'mail:state.held' : why)}</span>
  }
  if (stop && (message.state === 'queued' || message.state === 'sending'))
    return <span class="sub">{t(stop.stage === 'none' ? 'mail:state.waits.none' : 'mail:state.waits.stopped')}</span>
  const retrying = message.state === 'queued' && message.attempts > 0
  return (
    <>
      {retrying ? (
        <span class="sub">{t('mail:state.retrying', { time: moment(page, timezone, message.next_attempt_at) })}</span>
      ) : null}
      {message.state !== 'sent' && message.last_reply ? <span class="sub reply">{message.last_reply}</span> : null}
    </>
  )
}

/** `14:05, 16/11/2023` in the organisation's zone. */
export function moment(page: Page, timezone: string, at: Date): string {
  const wall = wallTime(at, timezone)
  return `${hourMinute(wall)}, ${date(wall, page.locale)}`
}

/** The name of a kind of message. */
export function kindText(t: Translate, kind: string): string {
  const key = `mail:kind.${kind}`
  return hasText(key) ? t(key) : kind
}
