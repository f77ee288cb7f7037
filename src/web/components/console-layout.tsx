import type { Child } from 'hono/jsx'
import type { Member, Page } from '../../env.ts'
import type { MailStop } from '../../features/mail/schema.ts'
import { version } from '../../version.ts'
import { Document, type DocumentProps, LanguageLink } from '../layout.tsx'
import { MailStopAlarm } from './mail-stop.tsx'

export type ConsoleSection = 'today' | 'seminars' | 'directory' | 'mail' | 'log' | 'settings'

/** Counts shown beside the sections (`today`: how many things wait at “Cần xử lý”), and whether mail waits while nobody sends it. */
export interface ConsoleCounts {
  today: number
  seminars: number
  mailWaiting: number
  mailStuck: boolean
  mailStop: MailStop | undefined
}

export interface ConsoleProps extends Omit<DocumentProps, 'kind' | 'hue'> {
  member: Member
  section: ConsoleSection
  counts: ConsoleCounts
  /** Whether the page of the deployment is this member's. */
  deployment?: boolean
  children?: Child
}

/** A page of the organizers' desk: sections on the left (above, in two rows, on a phone), the page beside them. */
export function ConsoleLayout({ member, section, counts, deployment, children, ...document }: ConsoleProps) {
  const { page } = document
  const { t, href } = page
  const base = `/console/${member.organization.slug}`
  const items: { id: ConsoleSection; path: string; label: string; n?: number }[] = [
    { id: 'today', path: '', label: t('console:nav.today'), n: counts.today },
    { id: 'seminars', path: '/seminars', label: t('console:nav.seminars'), n: counts.seminars },
    { id: 'directory', path: '/directory/people', label: t('console:nav.directory') },
    { id: 'mail', path: '/mail', label: t('console:nav.mail'), n: counts.mailWaiting },
    { id: 'log', path: '/log', label: t('console:nav.log') },
    { id: 'settings', path: '/settings', label: t('console:nav.settings') },
  ]
  return (
    <Document
      kind="console"
      hue={member.organization.accentHue}
      robots="noindex"
      {...document}
      islands={['console', ...(document.islands ?? [])]}
    >
      {counts.mailStop ? (
        <MailStopAlarm page={page} member={member} stop={counts.mailStop} waiting={counts.mailWaiting} />
      ) : null}
      {counts.mailStuck && counts.mailStop?.stage !== 'none' ? (
        <div class="alarm" role="alert">
          {t('console:mail.stuck', { count: counts.mailWaiting })}{' '}
          <a href={href(`${base}/mail?state=queued`)}>{t('console:mail.stuck.see')}</a>
        </div>
      ) : null}
      <nav aria-label={t('console:nav.label')}>
        <b>
          <a href={href(base)}>{orgName(member, page)}</a>
        </b>
        <form class="find" role="search" action={href(`${base}/search`)} method="get">
          <label class="visually-hidden" for="find">
            {t('console:nav.find')}
          </label>
          <input id="find" type="search" name="q" placeholder={t('console:nav.find.placeholder')} autocomplete="off" />
        </form>
        <a class="search" href={href(`${base}/search`)}>
          {t('common:search')}
        </a>
        <details class="more">
          <summary>{t('console:nav.more')}</summary>
          <Account member={member} page={page} deployment={deployment} />
        </details>
        <div class="items">
          {items.map((item) => (
            <a class="item" href={href(base + item.path)} aria-current={item.id === section ? 'page' : undefined}>
              {item.label}{' '}
              {item.n ? <span class="num">{item.n > 99 && item.id === 'today' ? '99+' : item.n}</span> : null}
            </a>
          ))}
        </div>
        <Account member={member} page={page} deployment={deployment} />
      </nav>
      <main id="main">{children}</main>
    </Document>
  )
}

/** Who is signed in, the other language, the way out: at the foot on a desk, behind a word on a phone. */
function Account({ member, page, deployment }: { member: Member; page: Page; deployment?: boolean | undefined }) {
  const { t, href } = page
  return (
    <div class="foot">
      <span>{member.name}</span>
      <LanguageLink page={page} />
      <a href={href('/console')}>{t('console:nav.organizations')}</a>
      {deployment ? <a href={href('/console/deployment')}>{t('deployment:title')}</a> : null}
      <form method="post" action={href('/sign-out')}>
        <button class="link" type="submit">
          {t('console:nav.signOut')}
        </button>
      </form>
      <span class="small muted">{t('deployment:footer', { version })}</span>
    </div>
  )
}

/** The organisation's name in the page's language. */
export function orgName(member: Member, page: Page): string {
  return (page.locale === 'en' && member.organization.nameEn) || member.organization.name
}
