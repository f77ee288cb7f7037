import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv, Member, Page } from '../../../env.ts'
import {
  countOpenMessages,
  findDelivery,
  listMailedSeminars,
  listMessages,
  type MessageListRow,
} from '../../../features/mail/queries.ts'
import {
  type MailStop,
  type MessageFilter,
  messageFilter,
  messageKinds,
  messageStates,
} from '../../../features/mail/schema.ts'
import { seminarName } from '../../../features/seminars/queries.ts'
import { Address } from '../../components/address.tsx'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { waitText } from '../../components/mail-stop.tsx'
import { frame } from '../frame.ts'
import { kindText, MessageState, moment, StateDetails } from './state.tsx'

/** How many letters were just sent again, told once. */
const done = z.coerce.number().int().min(0).max(1_000_000).optional().catch(undefined)

function againPath(member: Member, seminar: string | undefined): string {
  return `/console/${member.organization.slug}/mail/again${seminar ? `?seminar=${seminar}` : ''}`
}

/** Sending is part of waiting: nobody looks for it alone. */
const shownStates = messageStates.filter((state) => state !== 'sending')

export const listPage = new Hono<AppEnv>().get('/', async (c) => {
  const { page, member } = c.var
  const { db } = c.var.services
  const { id, timezone } = member.organization
  const filter = messageFilter.parse(c.req.query())
  const [framed, { items, next }, open, seminars] = await Promise.all([
    frame(c, 'mail'),
    listMessages(db, id, filter),
    countOpenMessages(db, id),
    listMailedSeminars(db, id),
  ])
  const delivery = framed.counts.mailStuck ? await findDelivery(db) : undefined
  const again = done.parse(c.req.query('again'))
  const filtered =
    filter.q !== '' || filter.state !== undefined || filter.kind !== undefined || filter.seminar !== undefined
  return c.html(
    <ConsoleLayout {...framed} title={page.t('mail:title')}>
      <header class="head">
        <div>
          <h1>{page.t('mail:title')}</h1>
          <p class="muted">{page.t('mail:lead')}</p>
        </div>
        {open.bounced + open.failed > 0 && member.role !== 'viewer' ? (
          <a class="btn" href={page.href(againPath(member, filter.seminar))}>
            {page.t('mail:again.open')}
          </a>
        ) : null}
      </header>
      {again === undefined ? null : (
        <p class={framed.counts.mailStop ? 'notice late' : 'notice yes'} role="status">
          {page.t('mail:again.done', { count: again })}{' '}
          {framed.counts.mailStop ? waitText(page, framed.counts.mailStop, framed.counts.mailWaiting) : ''}
        </p>
      )}
      {framed.counts.mailStuck ? <Stuck page={page} timezone={timezone} delivery={delivery} /> : null}
      <OpenCounts page={page} filter={filter} open={open} />
      {items.length || filtered ? (
        <Filters page={page} filter={filter} seminars={seminars} filtered={filtered} />
      ) : null}
      {items.length ? (
        <Table page={page} member={member} items={items} stop={framed.counts.mailStop} />
      ) : (
        <Empty page={page} filtered={filtered} />
      )}
      <Pager page={page} filter={filter} next={next} />
    </ConsoleLayout>,
  )
})

/** This list's address with some of its filter changed; without a cursor unless one is given. */
function address(page: Page, filter: MessageFilter, change: Partial<MessageFilter>): string {
  const { q, state, kind, seminar, cursor } = { ...filter, cursor: undefined, ...change }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ q, state, kind, seminar, cursor })) if (value) query.set(name, value)
  const path = page.path.split('?')[0] ?? ''
  return page.href(query.size ? `${path}?${query}` : path)
}

function Stuck({
  page,
  timezone,
  delivery,
}: {
  page: Page
  timezone: string
  delivery: { worker: string; started_at: Date } | undefined
}) {
  const { t } = page
  return (
    <div class="notice bad" role="status">
      <strong>{t('mail:stuck.title')}</strong>
      <p>
        {delivery
          ? t('mail:stuck.last', { time: moment(page, timezone, delivery.started_at), worker: delivery.worker })
          : t('mail:stuck.never')}{' '}
        {t('mail:stuck.text')}
      </p>
    </div>
  )
}

function OpenCounts({
  page,
  filter,
  open,
}: {
  page: Page
  filter: MessageFilter
  open: Record<'queued' | 'bounced' | 'failed', number>
}) {
  const { t } = page
  const states = (['queued', 'bounced', 'failed'] as const).filter((state) => open[state] > 0)
  return (
    <p class="mail-open">
      {states.length
        ? states.map((state) => (
            <a
              class="pill"
              href={address(page, filter, { state })}
              aria-current={filter.state === state ? 'true' : undefined}
            >
              <span class={`state ${state === 'queued' ? 'wait' : 'bad'}`}>
                {t(`mail:open.${state}`, { count: open[state] })}
              </span>
            </a>
          ))
        : t('mail:open.none')}
    </p>
  )
}

function Filters(props: {
  page: Page
  filter: MessageFilter
  seminars: { id: string; theme: string; theme_en: string | null }[]
  filtered: boolean
}) {
  const { page, filter, seminars, filtered } = props
  const { t } = page
  return (
    <form class="filters" method="get" role="search" aria-label={t('mail:filter.q')}>
      <input
        type="search"
        name="q"
        value={filter.q}
        maxlength={200}
        placeholder={t('mail:filter.q')}
        aria-label={t('mail:filter.q')}
      />
      <select name="state" aria-label={t('mail:filter.state')}>
        <option value="">{t('mail:filter.state.all')}</option>
        {shownStates.map((state) => (
          <option value={state} selected={state === filter.state}>
            {t(`mail:state.${state}`)}
          </option>
        ))}
      </select>
      <select name="kind" class="kind" aria-label={t('mail:filter.kind')}>
        <option value="">{t('mail:filter.kind.all')}</option>
        {messageKinds.map((kind) => (
          <option value={kind} selected={kind === filter.kind}>
            {kindText(t, kind)}
          </option>
        ))}
      </select>
      <select name="seminar" class="long" aria-label={t('mail:filter.seminar')}>
        <option value="">{t('mail:filter.seminar.all')}</option>
        {seminars.map((seminar) => (
          <option value={seminar.id} selected={seminar.id === filter.seminar}>
            {seminarName(seminar, page.locale)}
          </option>
        ))}
      </select>
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
      {filtered ? (
        <a class="btn quiet" href={page.href(page.path.split('?')[0] ?? '')}>
          {t('mail:filter.clear')}
        </a>
      ) : null}
    </form>
  )
}

function Table({
  page,
  member,
  items,
  stop,
}: {
  page: Page
  member: Member
  items: MessageListRow[]
  stop: MailStop | undefined
}) {
  const { t, href } = page
  const { slug, timezone } = member.organization
  return (
    <table class="table stacks mail-list">
      <thead>
        <tr>
          <th scope="col">{t('mail:column.to')}</th>
          <th scope="col">{t('mail:column.subject')}</th>
          <th scope="col">{t('mail:column.state')}</th>
          <th scope="col" class="r">
            {t('mail:column.time')}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((message) => (
          <tr>
            <th scope="row">
              {message.to_name ?? message.to_address}
              {message.to_name ? (
                <span class="sub">
                  <Address email={message.to_address} />
                </span>
              ) : null}
            </th>
            <td>
              <a href={href(`/console/${slug}/mail/${message.id}`)}>{message.subject}</a>
              <span class="sub">{kindText(t, message.kind)}</span>
            </td>
            <td>
              <MessageState page={page} state={message.state} />
              <StateDetails page={page} timezone={timezone} message={message} stop={stop} />
            </td>
            <td class="r nowrap">
              <time datetime={(message.sent_at ?? message.created_at).toISOString()}>
                {moment(page, timezone, message.sent_at ?? message.created_at)}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Empty({ page, filtered }: { page: Page; filtered: boolean }) {
  const { t } = page
  return (
    <div class="empty">
      <strong>{t(filtered ? 'mail:empty.filtered' : 'mail:empty')}</strong>
      {t(filtered ? 'mail:empty.filtered.text' : 'mail:empty.text')}
    </div>
  )
}

function Pager({ page, filter, next }: { page: Page; filter: MessageFilter; next: string | undefined }) {
  const { t } = page
  if (!next && !filter.cursor) return null
  return (
    <div class="pager">
      {filter.cursor ? <a href={address(page, filter, {})}>{t('common:first')}</a> : <span />}
      {next ? (
        <a class="btn" href={address(page, filter, { cursor: next })}>
          {t('common:next')}
        </a>
      ) : null}
    </div>
  )
}
