import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { ownsDemo } from '../../features/accounts/queries.ts'
import { readMail } from '../../features/mail/mime.ts'
import { getMailboxMessage, listMailbox } from '../../features/mail/queries.ts'
import { type MailboxFilter, mailboxFilter } from '../../features/mail/schema.ts'
import { isLoopback, staysHere } from '../../http/loopback.ts'
import { answerMailHtml } from '../components/mail-view.tsx'
import { PublicLayout } from '../layout.tsx'
import { MailboxList } from './mailbox-list.tsx'
import { MailboxMessage, mailboxViews } from './mailbox-message.tsx'

/**
 * Demo mode: every message as its recipient would see it. Elsewhere there is no such page. Mail holds links that open accounts:
 * where others may come here too, it is for owners of a demo organisation.
 */
export const mailboxPages = new Hono<AppEnv>()
  .use('/dev/mailbox/*', async (c, next) => {
    if (!c.var.services.config.demo) throw new DomainError('not_found')
    if (!isThisMachine(c)) await requireDemoOwner(c)
    c.header('Cache-Control', 'private, no-store')
    await next()
  })
  .get('/dev/mailbox', async (c) => {
    const { page } = c.var
    const filter = mailboxFilter.parse(c.req.query())
    const list = await listMailbox(c.var.services.db, filter)
    return c.html(
      <Frame page={page} filter={filter} title={page.t('mail:mailbox.title')}>
        <div class="mailbox">
          <MailboxList page={page} filter={filter} list={list} />
          <div class="mailbox-read none">
            {list.items.length ? <p class="muted">{page.t('mail:mailbox.pick')}</p> : null}
          </div>
        </div>
      </Frame>,
    )
  })
  .get('/dev/mailbox/:id', async (c) => {
    const { page } = c.var
    const { db } = c.var.services
    const filter = mailboxFilter.parse(c.req.query())
    const row = await getMailboxMessage(db, c.req.param('id'))
    const [list, mail] = await Promise.all([listMailbox(db, filter), readMail(row.raw)])
    const view = mailboxViews.find((v) => v === c.req.query('view')) ?? 'html'
    return c.html(
      <Frame page={page} filter={filter} title={mail.subject} reading>
        <div class="mailbox reading">
          <MailboxList page={page} filter={filter} list={list} current={row.id} />
          <MailboxMessage page={page} filter={filter} row={row} mail={mail} view={view} />
        </div>
      </Frame>,
    )
  })
  .get('/dev/mailbox/:id/html', async (c) => {
    const { raw } = await getMailboxMessage(c.var.services.db, c.req.param('id'))
    return answerMailHtml(c, (await readMail(raw)).html ?? '', true)
  })
  .get('/dev/mailbox/:id/source', async (c) => {
    const { id, raw } = await getMailboxMessage(c.var.services.db, c.req.param('id'))
    return c.body(raw as Uint8Array<ArrayBuffer>, 200, {
      'Content-Type': 'message/rfc822',
      'Content-Disposition': `attachment; filename="${id}.eml"`,
      'Content-Security-Policy': 'sandbox',
    })
  })

/** What proxies add: RFC 7239, RFC 9110 section 7.6.3, and what they added before there was one name for it. */
const OF_PROXIES =
  /^(forwarded|via|x-forwarded(-.+)?|(x-)?real-ip|x-original-.+|(.+-)?client-ip|.*connecting-ip|cf-.+)$/

/**
 * Whether nobody but a person at this machine can have asked. The host asked for counts too, in the address and in the header: a foreign
 * name may lead here.
 */
function isThisMachine(c: Context<AppEnv>): boolean {
  if (!staysHere(c.var.services.config)) return false
  const host = c.req.header('host')
  const named = host === undefined ? [] : [hostnameOf(host)]
  if (![new URL(c.req.url).hostname, ...named].every(isLoopback)) return false
  return !Object.keys(c.req.header()).some((name) => OF_PROXIES.test(name))
}

/** The name in a Host header; empty where it is none. */
function hostnameOf(host: string): string {
  const address = `http://${host}/`
  return URL.canParse(address) ? new URL(address).hostname : ''
}

/** @throws DomainError unauthenticated, forbidden: `mailbox_closed`, which says what to do */
async function requireDemoOwner(c: Context<AppEnv>): Promise<void> {
  const { auth, db } = c.var.services
  const who = await auth.session(c.req.raw.headers)
  if (!who) throw new DomainError('unauthenticated', { detail: 'mailbox_closed' })
  if (!(await ownsDemo(db, who.userId))) throw new DomainError('forbidden', { detail: 'mailbox_closed' })
}

function Frame({
  page,
  filter,
  title,
  reading,
  children,
}: {
  page: Page
  filter: MailboxFilter
  title: string
  reading?: boolean
  children?: unknown
}) {
  const { t, href } = page
  return (
    <PublicLayout page={page} title={title} robots="noindex" wide>
      <header class={reading ? 'mailbox-head reading' : 'mailbox-head'}>
        <div>
          <h1>
            <a href={href('/dev/mailbox')}>{t('mail:mailbox.title')}</a>
          </h1>
          <p class="muted">{t('mail:mailbox.lead')}</p>
        </div>
        <form class="filters" method="get" action={href('/dev/mailbox')} role="search">
          {filter.to ? <input type="hidden" name="to" value={filter.to} /> : null}
          <input
            type="search"
            name="q"
            value={filter.q}
            maxlength={200}
            placeholder={t('mail:mailbox.q')}
            aria-label={t('mail:mailbox.q')}
          />
          <button class="btn" type="submit">
            {t('common:search')}
          </button>
        </form>
      </header>
      {children as never}
    </PublicLayout>
  )
}
