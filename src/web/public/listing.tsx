import type { Page } from '../../env.ts'
import type { ListedSeminar } from '../../features/summaries/queries/archive.ts'
import { clock, date, monthName, readWall, wallTime, weekday } from '../../text/dates.ts'
import { reasonsFound } from './found.ts'
import { Marked, orgNameOf, Words, written } from './words.tsx'

interface ListProps {
  page: Page
  items: ListedSeminar[]
  q: string
  /** On an organisation's own page its name goes without saying. */
  withOrganization: boolean
}

/** Seminars as lines: day, title, what there is, and the way to read on. */
export function SeminarList({ items, ...rest }: ListProps) {
  return (
    <ol class="list">
      {items.map((seminar) => (
        <Line seminar={seminar} {...rest} />
      ))}
    </ol>
  )
}

function Line({ page, seminar, q, withOrganization }: Omit<ListProps, 'items'> & { seminar: ListedSeminar }) {
  const { t, href, locale } = page
  const path = `/s/${seminar.slug}`
  const when = seminar.starts_local
  const facts = lineFacts(page, seminar, withOrganization)
  const theme = written(page, seminar, seminar.theme, seminar.theme_en).text
  return (
    <li>
      {when ? (
        <time class="num muted" datetime={when}>
          {date(when, locale)}
        </time>
      ) : (
        <span class="muted">{t('seminars:date.open')}</span>
      )}
      <div>
        <h3>
          <a href={href(path)}>
            <Words page={page} of={seminar} own={seminar.theme} en={seminar.theme_en} q={q} />
          </a>
        </h3>
        {facts.length ? <p>{q ? <Marked text={facts.join(' · ')} q={q} /> : facts.join(' · ')}</p> : null}
        {q
          ? reasonsFound(page, seminar, q, [theme, ...facts].join(' ')).map(({ label, text, lang }) => (
              <p class="found">
                {label ? `${label}: ` : null}
                <span lang={lang}>
                  <Marked text={text} q={q} />
                </span>
              </p>
            ))
          : null}
      </div>
      {seminar.summary ? (
        <a class="go" href={href(`${path}/summary`)}>
          {t('public:read')}
          <span class="visually-hidden">: {seminar.theme}</span>
        </a>
      ) : null}
    </li>
  )
}

function lineFacts(page: Page, seminar: ListedSeminar, withOrganization: boolean): string[] {
  const { t } = page
  const coming = seminar.state === 'scheduled' && seminar.ends_at !== null && seminar.ends_at > page.now
  return [
    seminar.state === 'postponed' || seminar.state === 'cancelled' ? t(`seminars:state.${seminar.state}`) : '',
    coming && seminar.starts_local
      ? seminar.starts_at !== null && seminar.starts_at <= page.now
        ? t('public:next.now')
        : clock(seminar.starts_local, page.locale)
      : '',
    withOrganization ? orgNameOf(page, seminar) : '',
    coming ? (page.locale === 'en' && seminar.venue_en) || seminar.venue || '' : '',
    seminar.speeches > 0 ? t('public:count.speeches', { count: seminar.speeches }) : '',
    seminar.summary?.conclusions.length ? t('public:has.conclusions') : '',
  ].filter(Boolean)
}

/** The seminar that is on or comes next, at the head of the page. */
export function NextSeminar({
  page,
  seminar,
  withOrganization,
}: Omit<ListProps, 'items' | 'q'> & { seminar: ListedSeminar }) {
  const { t, href, locale } = page
  const path = `/s/${seminar.slug}`
  const host = (locale === 'en' && seminar.host_en) || seminar.host
  const facts = [
    (locale === 'en' && seminar.venue_en) || seminar.venue || t('seminars:venue.open'),
    withOrganization && !host.includes(orgNameOf(page, seminar)) ? orgNameOf(page, seminar) : '',
    t('public:next.host', { host: locale === 'en' ? host.replace(/^The /, 'the ') : host }),
    seminar.chairs > 0 ? t('public:next.chairs', { count: seminar.chairs, honorific: seminar.org_honorific }) : '',
  ]
  return (
    <section class="next" aria-labelledby="next">
      <BigDate page={page} seminar={seminar} />
      <div>
        <h1 id="next">
          <a href={href(path)}>
            <Words page={page} of={seminar} own={seminar.theme} en={seminar.theme_en} />
          </a>
        </h1>
        <p class="muted">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <a class="btn" href={href(`${path}?add=calendar#calendar`)}>
        {t('public:calendar.add')}
      </a>
    </section>
  )
}

function BigDate({ page, seminar }: { page: Page; seminar: ListedSeminar }) {
  const { locale, t } = page
  const when = seminar.starts_local
  if (when === null) return <p class="date muted">{t('seminars:date.open')}</p>
  const at = readWall(when)
  const on = seminar.starts_at !== null && seminar.starts_at <= page.now
  const otherYear = at.year !== readWall(wallTime(page.now, seminar.timezone)).year
  return (
    <time class="date" datetime={when}>
      <b class="num">{at.day}</b>
      <span class="muted">
        {monthName(when, locale)}
        {otherYear ? ` ${at.year}` : ''}
        <br />
        {on ? t('public:next.now') : `${weekday(when, locale)}, ${clock(when, locale)}`}
      </span>
    </time>
  )
}
