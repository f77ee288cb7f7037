import type { Page } from '../../env.ts'
import type { ReadMail } from '../../features/mail/mime.ts'
import type { MailboxFilter, MailboxRow } from '../../features/mail/schema.ts'
import { shortDateTime, wallTime } from '../../text/dates.ts'
import { CalendarPart, MailFrame, MailTabs, Source } from '../components/mail-view.tsx'
import { mailboxAddress, mailboxZone } from './mailbox-list.tsx'

export const mailboxViews = ['html', 'text', 'calendar', 'source'] as const
export type MailboxView = (typeof mailboxViews)[number]

/** One message, open. */
export function MailboxMessage(props: {
  page: Page
  filter: MailboxFilter
  row: MailboxRow & { raw: Uint8Array }
  mail: ReadMail
  view: MailboxView
}) {
  const { page, filter, row, mail, view } = props
  const { t, href } = page
  const path = `/dev/mailbox/${row.id}`
  const shown = mailboxViews.filter((v) => v !== 'calendar' || mail.calendar !== undefined)
  return (
    <article class="mailbox-read">
      <p class="back">
        <a href={mailboxAddress(page, filter)}>← {t('mail:mailbox.back')}</a>
      </p>
      <h2>{mail.subject}</h2>
      <dl class="facts">
        <dt>{t('mail:fact.from')}</dt>
        <dd>
          {mail.from?.name ?? ''} <span class="muted">{mail.from?.address}</span>
        </dd>
        <dt>{t('mail:fact.to')}</dt>
        <dd>
          {row.to_name ?? ''} <span class="muted">{row.to_address}</span>{' '}
          {filter.to ? null : (
            <a class="small" href={href(`/dev/mailbox?to=${encodeURIComponent(row.to_address)}`)}>
              {t('mail:mailbox.onlyTo')}
            </a>
          )}
        </dd>
        <dt>{t('mail:fact.date')}</dt>
        <dd>
          <time datetime={row.received_at.toISOString()}>
            {shortDateTime(wallTime(row.received_at, mailboxZone), page.locale)}
          </time>
        </dd>
      </dl>
      <MailTabs
        page={page}
        current={view}
        tabs={shown.map((id) => ({
          id,
          label: t(`mail:view.${id}`),
          href: mailboxAddress(page, filter, row.id, { view: id === 'html' ? undefined : id }),
        }))}
      />
      {view === 'html' ? <MailFrame page={page} src={href(`${path}/html`)} subject={mail.subject} links /> : null}
      {view === 'text' ? <Source wrap text={mail.text} /> : null}
      {view === 'calendar' ? (
        mail.calendar === undefined ? (
          <p class="muted">{t('mail:noCalendar')}</p>
        ) : (
          <CalendarPart page={page} content={mail.calendar} />
        )
      ) : null}
      {view === 'source' ? (
        <>
          <Source text={new TextDecoder().decode(row.raw)} />
          <p>
            <a href={href(`${path}/source`)}>{t('mail:mailbox.raw')}</a>
          </p>
        </>
      ) : null}
    </article>
  )
}
