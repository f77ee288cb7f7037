import type { Context } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import { readEvent } from '../../features/calendar/read.ts'
import { hasText } from '../../i18n.ts'
import { date, shortDateTime } from '../../text/dates.ts'

/**
 * Answers with a mail's HTML for a frame: no script, no form, nothing loaded from anywhere, an origin of its own. `links`
 * says whether its links may be followed, in a new tab.
 */
export function answerMailHtml(c: Context<AppEnv>, html: string, links: boolean): Response | Promise<Response> {
  const sandbox = links
    ? 'sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation'
    : 'sandbox'
  c.header(
    'Content-Security-Policy',
    `${sandbox}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
  )
  c.header('Cache-Control', 'private, no-store')
  c.header('X-Robots-Tag', 'noindex')
  return c.html(html.replace(/<head[^<>]*>/i, (head) => `${head}<base target="_blank">`))
}

/** A mail as a reader would see it. */
export function MailFrame({ page, src, subject, links }: { page: Page; src: string; subject: string; links: boolean }) {
  return (
    <iframe
      class="mail-frame"
      src={src}
      title={page.t('mail:frame.title', { subject })}
      sandbox={links ? 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation' : ''}
      referrerpolicy="same-origin"
    />
  )
}

export interface Tab {
  id: string
  label: string
  href: string
}

/** The ways to look at one message. */
export function MailTabs({ page, tabs, current }: { page: Page; tabs: Tab[]; current: string }) {
  return (
    <nav class="tabs mail-tabs" aria-label={page.t('mail:view.label')}>
      {tabs.map((tab) => (
        <a href={tab.href} aria-current={tab.id === current ? 'page' : undefined}>
          {tab.label}
        </a>
      ))}
    </nav>
  )
}

/** A calendar part: what it says, and as it is written. */
export function CalendarPart({ page, content }: { page: Page; content: string }) {
  const { t } = page
  const event = readEvent(content)
  const method = `mail:calendar.method.${event?.method}`
  const facts: [string, string | undefined][] = event
    ? [
        [t('mail:calendar.method'), hasText(method) ? t(method) : event.method],
        [t('mail:calendar.summary'), event.summary],
        [t('mail:calendar.starts'), event.starts && eventTime(page, event.starts)],
        [t('mail:calendar.ends'), event.ends && eventTime(page, event.ends)],
        [t('mail:calendar.location'), event.location],
        [t('mail:calendar.organizer'), event.organizer],
        [t('mail:calendar.attendee'), event.attendees.join('\n')],
        [t('mail:calendar.status'), event.status],
        [t('mail:calendar.revision'), event.sequence],
        [t('mail:calendar.uid'), event.uid],
        [t('mail:calendar.description'), event.description],
      ]
    : []
  return (
    <div class="stack">
      {facts.length ? (
        <dl class="facts calendar-facts">
          {facts.map(([label, value]) =>
            value ? (
              <>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </>
            ) : null,
          )}
        </dl>
      ) : null}
      <details class="raw" open={facts.length === 0}>
        <summary>{t('mail:calendar.raw')}</summary>
        <Source text={content} />
      </details>
    </div>
  )
}

function eventTime({ locale }: Page, time: { wall: string; zone: string | undefined; isDay: boolean }): string {
  if (time.isDay) return date(time.wall, locale)
  return `${shortDateTime(time.wall, locale)}${time.zone ? ` (${time.zone})` : ''}`
}

/** Text as it is written, line by line. */
export function Source({ text, wrap }: { text: string; wrap?: boolean }) {
  return (
    <pre class={wrap ? 'source wrap' : 'source'} tabindex={0}>
      {text}
    </pre>
  )
}
