import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import type { CalendarEvent } from '../../features/calendar/schema.ts'
import { seminarName, seminarTitle } from '../../features/seminars/queries.ts'
import { titlePhrase } from '../../features/seminars/rules.ts'
import { feedEvent } from '../../features/summaries/queries/feeds.ts'
import {
  getPublicSeminar,
  getSeminarDetails,
  type PublicSeminar,
  type SeminarDetails,
} from '../../features/summaries/queries/public.ts'
import { date, daysUntil, hourMinute, relativeDays, timeRange, wallTime, zoneInWords } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import type { SeminarKind } from '../../text/kinds.ts'
import { Conclusions } from '../components/article.tsx'
import { jsonLd, PublicLayout } from '../layout.tsx'
import { contextOf } from '../middleware.ts'
import { AddToCalendar } from './add-to-calendar.tsx'
import { cardImage, seminarCard } from './card.ts'
import { type HeadImage, PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { Agenda, currentItem, People, Speeches } from './seminar-parts.tsx'
import { PrintedAddress, Share } from './share.tsx'
import { eventData } from './structured.ts'
import { OtherLanguageNote, orgNameOf, Topics, Words } from './words.tsx'

/** A seminar's page: before, while it is on, and after. */
export const seminarPage = new Hono<AppEnv>().get('/s/:slug', kept('add'), async (c: Context<AppEnv>) => {
  const { db } = c.var.services
  const { page } = c.var
  const { seminar, moved } = await getPublicSeminar(db, c.req.param('slug') as string)
  if (moved) return c.redirect(page.href(`/s/${seminar.slug}`), 301)
  const details = await getSeminarDetails(db, seminar)
  const ctx = contextOf(c, { kind: 'system', id: 'public', name: 'public' })
  const event = feedEvent(seminar, details.chairs, ctx, page.locale)
  const image = await cardImage(c, `/s/${seminar.slug}`, seminarCard(page, seminar))
  return c.html(
    <SeminarPage {...{ page, seminar, details, event, image }} adding={c.req.query('add') === 'calendar'} />,
  )
})

export interface SeminarPageProps {
  page: Page
  seminar: PublicSeminar
  details: SeminarDetails
  /** As calendars see it; undefined without a date. */
  event: CalendarEvent | undefined
  /** The choice of calendars is opened. */
  adding: boolean
  image: HeadImage
}

export type Phase = 'before' | 'now' | 'after' | 'postponed' | 'cancelled'

/** Where a seminar stands at a moment, for its readers. */
export function phaseOf(seminar: Pick<PublicSeminar, 'state' | 'starts_at' | 'ends_at'>, now: Date): Phase {
  if (seminar.state === 'postponed' || seminar.state === 'cancelled') return seminar.state
  if (seminar.state === 'held' || (seminar.ends_at !== null && seminar.ends_at < now)) return 'after'
  return seminar.starts_at !== null && seminar.starts_at <= now ? 'now' : 'before'
}

function SeminarPage({ page, seminar, details, event, adding, image }: SeminarPageProps) {
  const { t, href, locale } = page
  const path = `/s/${seminar.slug}`
  const name = orgNameOf(page, seminar)
  const title = seminarTitle(seminar, locale)
  const phase = phaseOf(seminar, page.now)
  const summary = details.summaries[locale] ?? details.summaries.vi ?? details.summaries.en
  const languages = (['vi', 'en'] as const).filter(
    (one) => one === seminar.language || (one === 'en' && seminar.theme_en),
  )
  const description = [
    seminar.starts_local ? date(seminar.starts_local, locale) : '',
    (locale === 'en' && seminar.venue_en) || seminar.venue,
    (locale === 'en' && seminar.host_en) || seminar.host,
  ]
    .filter(Boolean)
    .join(' · ')
  const coming = phase === 'before' || phase === 'now'
  return (
    <PublicLayout
      page={page}
      title={`${seminarName(seminar, locale)} | ${name}`}
      description={description}
      masthead={{ name, home: `/o/${seminar.org_slug}` }}
      hue={seminar.org_accent_hue}
      robots={seminar.visibility === 'public' ? undefined : 'noindex'}
      islands={['share']}
      head={
        <PublicHead
          page={page}
          title={title}
          description={description}
          path={path}
          languages={[...languages]}
          image={image}
          feeds={`/o/${seminar.org_slug}`}
        >
          {seminar.visibility === 'public' ? jsonLd(eventData(page, seminar, details, page.origin + href(path))) : null}
        </PublicHead>
      }
    >
      <article class="seminar">
        <header class="top">
          {languages.some((one) => one === locale) ? null : (
            <OtherLanguageNote page={page} text={t('public:only.seminar')} />
          )}
          <p class="kicker">{kicker(page, seminar, phase)}</p>
          <h1>
            <Words page={page} of={seminar} own={seminar.theme} en={seminar.theme_en} />
          </h1>
          <StateNotice page={page} seminar={seminar} phase={phase} />
        </header>
        <div class="main">
          <Facts page={page} seminar={seminar} details={details} phase={phase} />
          <div class="actions no-print">
            {coming && event ? <AddToCalendar page={page} event={event} path={path} open={adding} /> : null}
            {summary ? (
              <a class={`btn ${coming ? '' : 'primary'}`} href={href(`${path}/summary`)}>
                {t('public:read')}
              </a>
            ) : null}
          </div>
          <Introduction page={page} seminar={seminar} />
          {summary && !coming ? (
            <div class="teaser" lang={details.summaries[locale] ? undefined : 'vi'}>
              <p>{summary.lead[0]}</p>
            </div>
          ) : null}
          {summary ? <Conclusions page={page} text={summary} /> : null}
          <People page={page} seminar={seminar} details={details} />
          <Agenda page={page} seminar={seminar} details={details} />
          <Speeches page={page} seminar={seminar} details={details} />
        </div>
        <aside class="no-print">
          <h2>{t('public:follow')}</h2>
          <ul>
            <li>
              <a href={href(`/calendar?org=${seminar.org_slug}`)}>{t('public:follow.calendar')}</a>
            </li>
            <li>
              <a href={href(`/o/${seminar.org_slug}`)}>{t('public:org.more', { name })}</a>
            </li>
          </ul>
          <Share page={page} path={path} title={seminarName(seminar, locale)} />
        </aside>
      </article>
      <PrintedAddress page={page} path={path} />
    </PublicLayout>
  )
}

function kicker(page: Page, seminar: PublicSeminar, phase: Phase): string {
  const { t, locale } = page
  const subtype = locale === 'en' ? (seminar.subtype_en ?? seminar.subtype) : seminar.subtype
  const phrase = titlePhrase(seminar.kind as SeminarKind, subtype, '', locale)
  if (phase === 'before' && seminar.starts_local) {
    const now = wallTime(page.now, seminar.timezone)
    if (daysUntil(seminar.starts_local, now) >= 0)
      return `${phrase} · ${upperFirst(relativeDays(seminar.starts_local, now, locale))}`
  }
  if (phase === 'now') return `${phrase} · ${t('public:next.now')}`
  return phase === 'after' ? `${phrase} · ${t('public:past')}` : phrase
}

function StateNotice({ page, seminar, phase }: { page: Page; seminar: PublicSeminar; phase: Phase }) {
  if (phase !== 'postponed' && phase !== 'cancelled') return null
  return (
    <div class={`notice ${phase === 'cancelled' ? 'bad' : 'late'}`} role="status">
      <strong>{page.t(`public:state.${phase}`)}</strong>
      {seminar.postponed_note ? (
        <p lang={seminar.language === page.locale ? undefined : seminar.language}>{seminar.postponed_note}</p>
      ) : null}
    </div>
  )
}

function Facts({
  page,
  seminar,
  details,
  phase,
}: Pick<SeminarPageProps, 'page' | 'seminar' | 'details'> & { phase: Phase }) {
  const { t, locale } = page
  const current = phase === 'now' || phase === 'before' ? currentItem(details.agenda, seminar, page.now) : undefined
  const { starts_local: starts, ends_local: ends } = seminar
  const zone =
    starts && seminar.timezone !== 'Asia/Ho_Chi_Minh' ? `, ${zoneInWords(seminar.timezone, starts, locale)}` : ''
  const cohosts = locale === 'en' && seminar.cohosts_en.length ? seminar.cohosts_en : seminar.cohosts
  const contact = [seminar.contact_name, seminar.contact_phone, seminar.contact_email].filter(Boolean).join(', ')
  const over = phase === 'after' || phase === 'cancelled'
  return (
    <dl class="facts">
      {current?.endsLocal ? (
        <>
          <dt class="on">{t('public:fact.now')}</dt>
          <dd class="on">
            <a href="#agenda">
              <Words page={page} of={seminar} own={current.title} en={current.title_en} />
            </a>
            <span class="muted">{` · ${t('public:now.until', { time: hourMinute(current.endsLocal) })}`}</span>
          </dd>
        </>
      ) : null}
      <dt>{t('public:fact.time')}</dt>
      <dd class={phase === 'cancelled' ? 'struck' : undefined}>
        {starts && ends ? (
          <time datetime={starts}>{upperFirst(timeRange(starts, ends, locale)) + zone}</time>
        ) : (
          t('seminars:date.open')
        )}
      </dd>
      <dt>{t('public:fact.place')}</dt>
      <dd>
        {seminar.venue ? (
          <Words page={page} of={seminar} own={seminar.venue} en={seminar.venue_en} />
        ) : (
          t('seminars:venue.open')
        )}
      </dd>
      {seminar.online_offered && seminar.online_url && !over ? (
        <>
          <dt>{t('public:fact.online')}</dt>
          <dd>
            <a href={seminar.online_url} rel="noopener nofollow">
              {new URL(seminar.online_url).host}
            </a>
          </dd>
        </>
      ) : null}
      <dt>{t('public:fact.host')}</dt>
      <dd>
        <Words page={page} of={seminar} own={seminar.host} en={seminar.host_en} />
      </dd>
      {cohosts.length ? (
        <>
          <dt>{t('public:fact.cohosts')}</dt>
          <dd>{cohosts.join('; ')}</dd>
        </>
      ) : null}
      {details.topics.length ? (
        <>
          <dt>{t('public:topics')}</dt>
          <dd>
            <Topics page={page} topics={details.topics} />
          </dd>
        </>
      ) : null}
      {contact && !over ? (
        <>
          <dt>{t('public:fact.contact')}</dt>
          <dd>{contact}</dd>
        </>
      ) : null}
    </dl>
  )
}

function Introduction({ page, seminar }: { page: Page; seminar: PublicSeminar }) {
  const own = page.locale === 'en' && seminar.introduction_en
  const text = own || seminar.introduction
  if (!text) return null
  return (
    <div class="prose" lang={own || seminar.language === page.locale ? undefined : seminar.language}>
      {text.split(/\n\s*\n/).map((paragraph) => (
        <p>{paragraph}</p>
      ))}
    </div>
  )
}
