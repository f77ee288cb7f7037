import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../env.ts'
import { listNeeds } from '../../features/needs/queries.ts'
import { listRecentAnswers, type RecentAnswer } from '../../features/seminars/queries/figures.ts'
import { listSeminars, type SeminarListItem } from '../../features/seminars/queries/list.ts'
import { seminarName, seminarVenue } from '../../features/seminars/queries.ts'
import { seminarFilter } from '../../features/seminars/schema.ts'
import type { TextKey } from '../../i18n.ts'
import { date, daysUntil, hourMinute, relativeDays, wallTime, weekday } from '../../text/dates.ts'
import { upperFirst } from '../../text/fold.ts'
import { ConsoleLayout } from '../components/console-layout.tsx'
import { frame } from './frame.ts'
import { SeminarStateMark, seminarPath, seminarWhen } from './seminars/frame.tsx'
import { NeedsBySeminar } from './seminars/needs.tsx'

const UPCOMING = 5

/** What needs a hand today, over all seminars; what comes next; who answered last. */
export const todayPages = new Hono<AppEnv>().get('/', async (c) => {
  const { page, member } = c.var
  const { db, vitals } = c.var.services
  const { id, timezone } = member.organization
  const [needs, upcoming, answers, layout] = await Promise.all([
    listNeeds(db, id, undefined, vitals?.ailments().includes('files_unavailable')),
    listSeminars(db, id, seminarFilter.parse({ state: 'upcoming', sort: 'date_asc' }), UPCOMING),
    listRecentAnswers(db, id),
    frame(c, 'today'),
  ])
  const { t } = page
  const isNew = layout.counts.seminars === 0 && needs.length === 0
  return c.html(
    <ConsoleLayout {...layout} title={t('console:today.title')}>
      <header class="head">
        <div>
          <p class="muted small crumbs">{dayInWords(page, timezone)}</p>
          <h1>{t('console:today.title')}</h1>
        </div>
        {isNew || member.role === 'viewer' ? null : (
          <a class="btn" href={page.href(`/console/${member.organization.slug}/seminars/new`)}>
            {t('seminars:new.link')}
          </a>
        )}
      </header>
      {isNew ? (
        <FirstSteps page={page} member={member} />
      ) : (
        <div class="cols">
          <section>
            <h2>{t('seminars:needs.title')}</h2>
            {needs.length ? (
              <NeedsBySeminar page={page} member={member} needs={needs} />
            ) : (
              <p class="calm">
                {t('console:today.calm')}
                <span class="muted detail">{t('console:today.calm.text')}</span>
              </p>
            )}
          </section>
          <div>
            <section class="part">
              <h2>{t('console:today.upcoming')}</h2>
              <Upcoming page={page} member={member} seminars={upcoming.items} />
            </section>
            {answers.length ? (
              <section class="part">
                <h2>{t('console:today.answers')}</h2>
                <Answers page={page} member={member} answers={answers} />
              </section>
            ) : null}
          </div>
        </div>
      )}
    </ConsoleLayout>,
  )
})

/** `Thứ Năm, 16/11/2023`; `Thursday 16 Nov 2023`. */
function dayInWords({ now, locale }: Page, timezone: string): string {
  const today = wallTime(now, timezone)
  return upperFirst(`${weekday(today, locale)}${locale === 'vi' ? ',' : ''} ${date(today, locale)}`, locale)
}

/** An organisation without seminars: what to do first. */
function FirstSteps({ page, member }: { page: Page; member: Member }) {
  const { t, href } = page
  const base = `/console/${member.organization.slug}`
  return (
    <div class="first-steps">
      <p class="lead">{t('console:first.text')}</p>
      <ol>
        {(['seminar', 'people', 'send'] as const).map((step) => (
          <li>
            <strong>{t(`console:first.${step}`)}</strong>
            <span class="muted detail">{t(`console:first.${step}.text`)}</span>
          </li>
        ))}
      </ol>
      {member.role === 'viewer' ? null : (
        <p class="actions">
          <a class="btn primary" href={href(`${base}/seminars/new`)}>
            {t('console:first.create')}
          </a>
          <a class="btn quiet" href={href(`${base}/directory/people`)}>
            {t('console:first.directory')}
          </a>
        </p>
      )}
    </div>
  )
}

function Upcoming({ page, member, seminars }: { page: Page; member: Member; seminars: SeminarListItem[] }) {
  if (!seminars.length) return <p class="muted calm">{page.t('console:today.upcoming.none')}</p>
  return (
    <ul class="plain seminars">
      {seminars.map((seminar) => (
        <li>
          <a href={page.href(seminarPath(member, seminar.id))}>{seminarName(seminar, page.locale)}</a>
          <span class="muted small detail">
            {seminarWhen(page, seminar)}
            {seminarVenue(seminar, page.locale) ? ` · ${seminarVenue(seminar, page.locale)}` : ''}
          </span>
          <span class="small detail facts-line">
            <SeminarStateMark page={page} seminar={seminar} />
            <Left page={page} seminar={seminar} />
            {seminar.invited > 0 ? (
              <span class="muted num">
                {page.t('console:today.coming', { coming: seminar.coming, invited: seminar.invited })}
              </span>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Left({ page, seminar }: { page: Page; seminar: SeminarListItem }) {
  if (seminar.starts_local === null) return null
  const now = wallTime(page.now, seminar.timezone)
  if (daysUntil(seminar.starts_local, now) < 0) return null
  return <span class="muted">{relativeDays(seminar.starts_local, now, page.locale)}</span>
}

const COLOUR: Record<string, string> = {
  accepted: 'yes',
  online: 'yes',
  substituted: 'soft',
  substitute_pending: 'late',
  waitlisted: 'late',
  declined: 'no',
}

function Answers({ page, member, answers }: { page: Page; member: Member; answers: RecentAnswer[] }) {
  const { timezone } = member.organization
  const now = wallTime(page.now, timezone)
  const when = (at: Date) => {
    const wall = wallTime(at, timezone)
    return daysUntil(wall, now) === 0 ? hourMinute(wall) : relativeDays(wall, now, page.locale)
  }
  return (
    <ul class="plain answers">
      {answers.map((answer) => (
        <li>
          <span>
            {answer.name}
            <span class="muted small detail">
              {(page.locale === 'en' && answer.positionsEn.length ? answer.positionsEn : answer.positions)[0] ?? ''}
            </span>
          </span>
          <span class="small">
            <span class={`state ${COLOUR[answer.result] ?? ''}`}>
              {page.t(`seminars:answer.${answer.result}` as TextKey)}
            </span>
            <span class="muted num detail">{when(answer.at)}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
