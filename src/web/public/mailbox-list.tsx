import type { Page as ListPage } from '../../db/cursor.ts'
import type { Page } from '../../env.ts'
import type { MailboxFilter, MailboxRow } from '../../features/mail/schema.ts'
import { dayMonth, hourMinute, wallTime } from '../../text/dates.ts'

/** Mail has no zone of its own; the demo's readers are in Vietnam. */
export const mailboxZone = 'Asia/Ho_Chi_Minh'

/** The mailbox's address, or a message's, with the filter kept. */
export function mailboxAddress(
  page: Page,
  filter: MailboxFilter,
  id?: string,
  change: { cursor?: string; view?: string } = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ to: filter.to, q: filter.q, ...change }))
    if (value) query.set(name, value)
  return page.href(`/dev/mailbox${id ? `/${id}` : ''}${query.size ? `?${query}` : ''}`)
}

/** Messages, newest first; `current` is the one that is open. */
export function MailboxList(props: {
  page: Page
  filter: MailboxFilter
  list: ListPage<MailboxRow>
  current?: string
}) {
  const { page, filter, list, current } = props
  const { t, href } = page
  return (
    <nav class="mailbox-list" aria-label={t('mail:mailbox.list')}>
      {filter.to ? (
        <p class="only">
          {t('mail:mailbox.of', { address: filter.to })} <a href={href('/dev/mailbox')}>{t('mail:mailbox.all')}</a>
        </p>
      ) : null}
      {list.items.length ? (
        <ul>
          {list.items.map((row) => (
            <li>
              <a href={mailboxAddress(page, filter, row.id)} aria-current={row.id === current ? 'page' : undefined}>
                <span class="who">
                  <b>{row.to_name ?? row.to_address}</b>
                  <When page={page} at={row.received_at} />
                </span>
                <span class="what">{row.subject}</span>
                {row.to_name ? <span class="address">{row.to_address}</span> : null}
              </a>
            </li>
          ))}
        </ul>
      ) : (
        <Empty page={page} filtered={Boolean(filter.q || filter.to)} />
      )}
      {list.next || filter.cursor ? (
        <p class="pager">
          {filter.cursor ? <a href={mailboxAddress(page, filter)}>{t('common:first')}</a> : <span />}
          {list.next ? (
            <a href={mailboxAddress(page, filter, undefined, { cursor: list.next })}>{t('common:next')}</a>
          ) : null}
        </p>
      ) : null}
    </nav>
  )
}

/** The hour of today's mail, the day of older. */
function When({ page, at }: { page: Page; at: Date }) {
  const wall = wallTime(at, mailboxZone)
  const today = wallTime(page.now, mailboxZone).slice(0, 10) === wall.slice(0, 10)
  return <time datetime={at.toISOString()}>{today ? hourMinute(wall) : dayMonth(wall, page.locale)}</time>
}

function Empty({ page, filtered }: { page: Page; filtered: boolean }) {
  const { t } = page
  return (
    <div class="empty">
      <strong>{t(filtered ? 'mail:empty.filtered' : 'mail:mailbox.empty')}</strong>
      {t(filtered ? 'mail:empty.filtered.text' : 'mail:mailbox.empty.text')}
    </div>
  )
}
