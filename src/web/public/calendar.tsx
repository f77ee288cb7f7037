import { Hono } from 'hono'
import type { AppEnv, Page } from '../../env.ts'
import { subscribeLinks } from '../../features/calendar/links.ts'
import { findPublicOrganization, listFacets } from '../../features/summaries/queries/archive.ts'
import { PublicLayout } from '../layout.tsx'
import { PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { QrCode } from './share.tsx'

interface Subject {
  name: string
  /** The path of its feed, without the locale, and of the code that leads a phone to this page. */
  feed: string
  code: string
}

/** How to follow a calendar from one's own. */
export const calendarPage = new Hono<AppEnv>().get('/calendar', kept('org'), async (c) => {
  const { db } = c.var.services
  const { page } = c.var
  const asked = c.req.query('org')
  const found = asked ? await findPublicOrganization(db, asked) : undefined
  const { organizations } = await listFacets(db, found?.organization.id ?? null)
  const nameOf = (org: { name: string; name_en: string | null }) => (page.locale === 'en' && org.name_en) || org.name
  const subjects: Subject[] = organizations.map((org) => ({
    name: nameOf(org),
    feed: `/o/${org.slug}/calendar.ics`,
    code: `/o/${org.slug}/calendar/qr.svg`,
  }))
  if (!found && organizations.length !== 1)
    subjects.unshift({ name: page.t('public:calendar.all'), feed: '/calendar.ics', code: '/calendar/qr.svg' })
  return c.html(<CalendarPage page={page} subjects={subjects} />)
})

function CalendarPage({ page, subjects }: { page: Page; subjects: Subject[] }) {
  const { t } = page
  const title = t('public:calendar.title')
  return (
    <PublicLayout
      page={page}
      title={title}
      description={t('public:calendar.lead')}
      current="calendar"
      islands={['share']}
      head={<PublicHead page={page} title={title} description={t('public:calendar.lead')} path="/calendar" />}
    >
      <div class="plainpage">
        <h1>{title}</h1>
        <p class="intro">{t('public:calendar.lead')}</p>
        {subjects.map((subject) => (
          <Subscription page={page} subject={subject} />
        ))}
        <h2>{t('public:calendar.how')}</h2>
        <dl class="howto">
          {(['phone', 'google', 'outlook'] as const).map((app) => (
            <>
              <dt>{t(`public:calendar.how.${app}`)}</dt>
              <dd>{t(`public:calendar.how.${app}.steps`)}</dd>
            </>
          ))}
        </dl>
        <p class="muted">{t('public:calendar.delay')}</p>
        <p class="muted">{t('public:calendar.personal')}</p>
      </div>
    </PublicLayout>
  )
}

function Subscription({ page, subject }: { page: Page; subject: Subject }) {
  const { t, href, origin } = page
  const links = subscribeLinks(origin + href(subject.feed), subject.name)
  return (
    <section class="subscribe">
      <h2>{subject.name}</h2>
      <ul class="actions">
        <li>
          <a class="btn" href={links.webcal}>
            {t('public:calendar.subscribe')}
          </a>
        </li>
        <li>
          <a href={links.google} rel="noopener nofollow">
            {t('public:calendar.google')}
          </a>
        </li>
        <li>
          <a href={links.outlook} rel="noopener nofollow">
            {t('public:calendar.outlook')}
          </a>
        </li>
        <li>
          <a href={links.office365} rel="noopener nofollow">
            {t('public:calendar.office365')}
          </a>
        </li>
      </ul>
      <p class="address small" data-share={links.https} data-title={subject.name}>
        <code>{links.https}</code>{' '}
        <button class="link" type="button" hidden data-copied={t('common:copied')}>
          {t('public:share.copy')}
        </button>
      </p>
      <QrCode
        page={page}
        src={subject.code}
        label={t('public:calendar.qr')}
        alt={t('public:calendar.qr.alt', { name: subject.name })}
      />
    </section>
  )
}
