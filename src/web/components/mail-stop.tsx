import type { Member, Page } from '../../env.ts'
import type { MailStop } from '../../features/mail/schema.ts'
import { date, hourMinute, wallTime } from '../../text/dates.ts'

interface StopProps {
  page: Page
  member: Member
  stop: MailStop
  /** How many letters wait. */
  waiting: number
}

/** At the top of the console while letters cannot leave: why, since when, how many wait. */
export function MailStopAlarm(props: StopProps) {
  const { page, member } = props
  return (
    <div class="alarm" role="alert">
      {stopText(props)}{' '}
      <a href={page.href(`/console/${member.organization.slug}/settings/mail`)}>{page.t('mail:stop.see')}</a>
    </div>
  )
}

/** What stops letters, in a sentence, with the server's words. */
export function stopText({ page, member, stop, waiting }: StopProps): string {
  const { t, locale } = page
  if (stop.stage === 'none') return t('mail:stop.none', { count: waiting })
  const wall = wallTime(stop.since, member.organization.timezone)
  const time = `${hourMinute(wall)}, ${date(wall, locale)}`
  const reply = stop.reply.length > 200 ? `${stop.reply.slice(0, 200)}…` : stop.reply
  const [kind, domain] = stop.scope.split(':')
  return kind === 'from'
    ? t('mail:stop.sender', { domain: domain ?? '', time, reply, count: waiting })
    : t('mail:stop.server', { time, reply, count: waiting })
}

/** What is added to “put in the queue” while nothing leaves it. */
export function waitText(page: Page, stop: MailStop, waiting: number): string {
  return page.t(stop.stage === 'none' ? 'mail:wait.none' : 'mail:wait.stopped', { count: waiting })
}
