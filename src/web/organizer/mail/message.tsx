import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { retryMessage, sendAgain } from '../../../features/mail/commands/again.ts'
import { findMessageSeminar, getMessage, whyNotAgain } from '../../../features/mail/queries.ts'
import { ADDRESS_DEAD, replaceMarks, withoutLinks } from '../../../features/mail/rules.ts'
import type { MailStop, MessageRow } from '../../../features/mail/schema.ts'
import { seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { answerMailHtml, CalendarPart, MailFrame, MailTabs, Source } from '../../components/mail-view.tsx'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { kindText, MessageState, moment, StateDetails } from './state.tsx'

const views = ['html', 'text', 'calendar', 'headers'] as const
const retryable = ['queued', 'failed', 'bounced']
/** Held because its address is dead: it goes out when that is tried again. */
const isHeld = (message: MessageRow) => message.state === 'cancelled' && message.last_reply === ADDRESS_DEAD

export const messagePages = new Hono<AppEnv>()
  .get('/:id', async (c) => {
    const { page, member } = c.var
    const { db } = c.var.services
    const message = await getMessage(db, member.organization.id, c.req.param('id'))
    const [seminar, framed] = await Promise.all([findMessageSeminar(db, message), frame(c, 'mail')])
    const repeats = message.state === 'sent' || retryable.includes(message.state) || isHeld(message)
    const reason = repeats ? await whyNotAgain(db, message) : undefined
    const done = c.req.query('done')
    const asked = views.find((v) => v === c.req.query('view')) ?? 'html'
    const view = asked === 'calendar' && message.calendar === null ? 'html' : asked
    const path = `/console/${member.organization.slug}/mail/${message.id}`
    const { t, href } = page
    return c.html(
      <ConsoleLayout {...framed} title={t('mail:one', { name: message.to_name ?? message.to_address })}>
        <header class="head">
          <div>
            <p class="small">
              <a href={href(`/console/${member.organization.slug}/mail`)}>{t('mail:back')}</a>
            </p>
            <h1 class="mail-subject">{message.subject}</h1>
          </div>
          {repeats && (!reason || reason === 'mail_address_dead') && member.role !== 'viewer' ? (
            <Repeat page={page} path={path} retry={message.state !== 'sent'} />
          ) : null}
        </header>
        {done === 'retry' || done === 'sendAgain' ? (
          <p class="notice yes" role="status">
            {t(`mail:action.${done}.done`)}
          </p>
        ) : null}
        {reason ? <p class="notice late">{t(`mail:again.${reason}`)}</p> : null}
        <Facts
          page={page}
          timezone={member.organization.timezone}
          message={message}
          stop={framed.counts.mailStop}
          seminar={
            seminar && {
              path: `/console/${member.organization.slug}/seminars/${seminar.id}`,
              name: seminarName(seminar, page.locale),
            }
          }
        />
        <MailTabs
          page={page}
          current={view}
          tabs={views
            .filter((v) => v !== 'calendar' || message.calendar !== null)
            .map((id) => ({
              id,
              label: t(`mail:view.${id}`),
              href: href(id === 'html' ? path : `${path}?view=${id}`),
            }))}
        />
        {view === 'html' ? (
          <MailFrame page={page} src={href(`${path}/html`)} subject={message.subject} links={false} />
        ) : null}
        {view === 'text' ? <Source wrap text={replaceMarks(message.text, () => t('mail:privateLink'))} /> : null}
        {view === 'calendar' ? <CalendarPart page={page} content={message.calendar ?? ''} /> : null}
        {view === 'headers' ? <Source wrap text={headersOf(message)} /> : null}
      </ConsoleLayout>,
    )
  })
  .get('/:id/html', async (c) => {
    const message = await getMessage(c.var.services.db, c.var.member.organization.id, c.req.param('id'))
    return answerMailHtml(c, withoutLinks(message.html, c.var.t('mail:privateLink')), false)
  })
  .post('/:id/attempts', (c) =>
    repeat(c, async (id) => {
      await transaction(c.var.services.db, (trx) =>
        retryMessage(trx, memberContext(c), c.var.member.organization.id, id),
      )
      return `${id}?done=retry`
    }),
  )
  .post('/:id/copies', (c) =>
    repeat(c, async (id) => {
      const copy = await transaction(c.var.services.db, (trx) =>
        sendAgain(trx, memberContext(c), c.var.member.organization.id, id),
      )
      return `${copy}?done=sendAgain`
    }),
  )

/** Back to the message, which says why where it may not go out again. */
async function repeat(c: Context<AppEnv>, command: (id: string) => Promise<string>): Promise<Response> {
  const id = c.req.param('id') ?? ''
  const to = await command(id).catch((error) => {
    if (error instanceof DomainError && error.code === 'conflict') return id
    throw error
  })
  return c.redirect(c.var.page.href(`/console/${c.var.member.organization.slug}/mail/${to}`), 303)
}

function Repeat({ page, path, retry }: { page: Page; path: string; retry: boolean }) {
  return (
    <form method="post" action={page.href(`${path}/${retry ? 'attempts' : 'copies'}`)}>
      <button class={retry ? 'btn primary' : 'btn'} type="submit">
        {page.t(retry ? 'mail:action.retry' : 'mail:action.sendAgain')}
      </button>
    </form>
  )
}

function Facts(props: {
  page: Page
  timezone: string
  message: MessageRow
  stop: MailStop | undefined
  seminar: { path: string; name: string } | undefined
}) {
  const { page, timezone, message, stop, seminar } = props
  const { t } = page
  const at = (time: Date) => <time datetime={time.toISOString()}>{moment(page, timezone, time)}</time>
  return (
    <dl class="facts mail-facts">
      <dt>{t('mail:fact.state')}</dt>
      <dd>
        <MessageState page={page} state={message.state} />
        <StateDetails page={page} timezone={timezone} message={message} stop={stop} />
      </dd>
      {message.state === 'sent' && message.last_reply ? (
        <>
          <dt>{t('mail:reply')}</dt>
          <dd class="reply">{message.last_reply}</dd>
        </>
      ) : null}
      <dt>{t('mail:fact.to')}</dt>
      <dd>
        {message.to_name ? `${message.to_name} ` : ''}
        <span class="muted">{message.to_address}</span>
      </dd>
      <dt>{t('mail:fact.kind')}</dt>
      <dd>{kindText(t, message.kind)}</dd>
      {seminar ? (
        <>
          <dt>{t('mail:fact.seminar')}</dt>
          <dd>
            <a href={page.href(seminar.path)}>{seminar.name}</a>
          </dd>
        </>
      ) : null}
      <dt>{t('mail:fact.created')}</dt>
      <dd>{at(message.created_at)}</dd>
      {message.sent_at ? (
        <>
          <dt>{t('mail:fact.sent')}</dt>
          <dd>{at(message.sent_at)}</dd>
        </>
      ) : null}
      {message.attempts ? (
        <>
          <dt>{t('mail:fact.attempts')}</dt>
          <dd>{message.attempts}</dd>
        </>
      ) : null}
    </dl>
  )
}

/** The headers that are settled before sending. */
function headersOf(message: MessageRow): string {
  const mailbox = (name: string | null, address: string) => (name ? `${name} <${address}>` : address)
  return [
    ['From', mailbox(message.from_name, message.from_address)],
    ['To', mailbox(message.to_name, message.to_address)],
    ['Reply-To', mailbox(message.from_name, message.reply_to ?? message.from_address)],
    ['Subject', message.subject],
    ['Message-ID', message.message_id],
    ['Auto-Submitted', 'auto-generated'],
    ['X-Auto-Response-Suppress', 'DR, OOF, AutoReply'],
    ...Object.entries(message.headers as Record<string, string>),
  ]
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}
