import type { Child } from 'hono/jsx'
import type { Member, Page } from '../../../env.ts'
import { type SeminarRow, seminarName, seminarVenue } from '../../../features/seminars/queries.ts'
import type { SeminarState } from '../../../features/seminars/rules.ts'
import type { TextKey } from '../../../i18n.ts'
import { daysUntil, readWall, relativeDays, shortDateTime, wallTime, zoneInWords } from '../../../text/dates.ts'
import { upperFirst } from '../../../text/fold.ts'

export type SeminarTab = 'overview' | 'agenda' | 'people' | 'invitations' | 'presentations' | 'mail' | 'summary'

export interface SeminarFrameProps {
  page: Page
  member: Member
  seminar: SeminarRow
  tab: SeminarTab
  /** The one primary button: the next thing to do. */
  action?: Child
  children?: Child
}

/** The address of a seminar's pages in the console, without the locale. */
export function seminarPath(member: Member, seminarId: string, rest = ''): string {
  return `/console/${member.organization.slug}/seminars/${seminarId}${rest}`
}

/** The head of every page of a seminar, its state, date, venue and days left, and its tabs. Stands inside ConsoleLayout. */
export function SeminarFrame({ page, member, seminar, tab, action, children }: SeminarFrameProps) {
  const { t, href } = page
  const base = seminarPath(member, seminar.id)
  const tabs: { id: SeminarTab; path: string; label: TextKey }[] = [
    { id: 'overview', path: base, label: 'seminars:tab.overview' },
    { id: 'agenda', path: `${base}/agenda`, label: 'seminars:tab.agenda' },
    { id: 'people', path: `${base}/people`, label: 'seminars:tab.people' },
    { id: 'invitations', path: `${base}/invitations`, label: 'seminars:tab.invitations' },
    { id: 'presentations', path: `${base}/presentations`, label: 'seminars:tab.presentations' },
    { id: 'mail', path: `/console/${member.organization.slug}/mail?seminar=${seminar.id}`, label: 'seminars:tab.mail' },
    { id: 'summary', path: `${base}/summary`, label: 'seminars:tab.summary' },
  ]
  return (
    <>
      <header class="head">
        <div>
          <Crumbs page={page} member={member} seminar={seminar} />
          <h1>{seminarName(seminar, page.locale)}</h1>
          <SeminarMeta page={page} seminar={seminar}>
            {member.role === 'viewer' ? null : (
              <a class="link" href={href(`${base}/edit`)}>
                {t('seminars:edit.link')}
              </a>
            )}
          </SeminarMeta>
        </div>
        {action ? <div class="actions">{action}</div> : null}
      </header>
      <nav class="tabs" aria-label={t('seminars:tabs')}>
        {tabs.map(({ id, path, label }) => (
          <a href={href(path)} aria-current={id === tab ? 'page' : undefined}>
            {t(label)}
          </a>
        ))}
      </nav>
      {children}
    </>
  )
}

function Crumbs({ page, member, seminar }: Pick<SeminarFrameProps, 'page' | 'member' | 'seminar'>) {
  const list = `/console/${member.organization.slug}/seminars`
  const year = seminar.starts_local === null ? null : readWall(seminar.starts_local).year
  return (
    <p class="muted small crumbs">
      <a href={page.href(list)}>{page.t(`seminars:kind.${seminar.kind}` as TextKey)}</a>
      {year ? (
        <>
          {' / '}
          <a href={page.href(`${list}?year=${year}`)}>{year}</a>
        </>
      ) : null}
    </p>
  )
}

const STATE_COLOUR: Record<SeminarState, string> = {
  draft: '',
  scheduled: 'yes',
  held: 'no',
  postponed: 'late',
  cancelled: 'bad',
}

/** A seminar's state, as a coloured dot and words. */
export function SeminarStateMark({ page, seminar }: { page: Page; seminar: Pick<SeminarRow, 'state'> }) {
  const state = seminar.state as SeminarState
  return <span class={`state ${STATE_COLOUR[state]}`}>{page.t(`seminars:state.${state}`)}</span>
}

function SeminarMeta({ page, seminar, children }: { page: Page; seminar: SeminarRow; children?: Child }) {
  const { t, locale } = page
  const venue = seminarVenue(seminar, locale)
  return (
    <p class="meta">
      <SeminarStateMark page={page} seminar={seminar} />
      <span>{seminarWhen(page, seminar)}</span>
      <span>{venue ?? t('seminars:venue.open')}</span>
      <DaysLeft page={page} seminar={seminar} />
      {children}
    </p>
  )
}

/** `14 giờ 00, thứ Năm, 16/11/2023`, with the zone where it is not Vietnam's; in words while there is no date. */
export function seminarWhen(page: Page, seminar: Pick<SeminarRow, 'starts_local' | 'timezone'>): string {
  const { starts_local: starts, timezone } = seminar
  if (starts === null) return page.t('seminars:date.open')
  const when = shortDateTime(starts, page.locale)
  return timezone === 'Asia/Ho_Chi_Minh' ? when : `${when}, ${zoneInWords(timezone, starts, page.locale)}`
}

function DaysLeft({ page, seminar }: { page: Page; seminar: SeminarRow }) {
  const { starts_local: starts, state } = seminar
  if (starts === null || (state !== 'draft' && state !== 'scheduled')) return null
  const now = wallTime(page.now, seminar.timezone)
  if (daysUntil(starts, now) < 0) return null
  return <span>{upperFirst(relativeDays(starts, now, page.locale))}</span>
}
