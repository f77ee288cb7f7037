import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import {
  countSeminars,
  listSeminars,
  listSeminarYears,
  type SeminarListItem,
} from '../../../features/seminars/queries/list.ts'
import { seminarName, seminarVenue } from '../../../features/seminars/queries.ts'
import { type SeminarFilter, seminarFilter, seminarStatesShown } from '../../../features/seminars/schema.ts'
import type { TextKey } from '../../../i18n.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { SeminarStateMark, seminarPath, seminarWhen } from './frame.tsx'

export const listPages = new Hono<AppEnv>().get('/', async (c) => {
  const { page, member } = c.var
  const { db } = c.var.services
  const filter = seminarFilter.parse(c.req.query())
  const { id } = member.organization
  const [{ items, next }, total, years] = await Promise.all([
    listSeminars(db, id, filter),
    countSeminars(db, id, filter),
    listSeminarYears(db, id),
  ])
  const isFiltered = filter.q !== '' || filter.state !== 'all' || filter.year !== undefined
  return c.html(
    <ConsoleLayout {...(await frame(c, 'seminars'))} title={page.t('seminars:list.title')}>
      <header class="head">
        <h1>{page.t('seminars:list.title')}</h1>
        {member.role === 'viewer' ? null : (
          <a class="btn primary" href={page.href(`/console/${member.organization.slug}/seminars/new`)}>
            {page.t('seminars:new.link')}
          </a>
        )}
      </header>
      {total > 0 || isFiltered ? <Filters page={page} filter={filter} years={years} /> : null}
      {items.length ? (
        <SeminarTable page={page} member={member} filter={filter} items={items} />
      ) : (
        <Empty page={page} member={member} isFiltered={isFiltered} />
      )}
      {items.length ? <Pager page={page} filter={filter} total={total} next={next} /> : null}
    </ConsoleLayout>,
  )
})

/** This list's address with some of its filter changed; without a cursor unless one is given. */
function listAddress(page: Page, filter: SeminarFilter, change: Partial<SeminarFilter>): string {
  const { q, state, year, sort, cursor } = { ...filter, cursor: undefined, ...change }
  const query = new URLSearchParams()
  if (q) query.set('q', q)
  if (state !== 'all') query.set('state', state)
  if (year !== undefined) query.set('year', String(year))
  if (sort !== 'date') query.set('sort', sort)
  if (cursor !== undefined) query.set('cursor', cursor)
  const path = page.path.split('?')[0] ?? ''
  return page.href(query.size ? `${path}?${query}` : path)
}

function Filters({ page, filter, years }: { page: Page; filter: SeminarFilter; years: number[] }) {
  const { t } = page
  const shown = filter.year === undefined || years.includes(filter.year) ? years : [filter.year, ...years]
  return (
    <form class="filters" method="get">
      <input
        type="search"
        name="q"
        value={filter.q}
        placeholder={t('seminars:list.find')}
        aria-label={t('seminars:list.find')}
      />
      <select name="state" aria-label={t('seminars:list.state')}>
        {seminarStatesShown.map((state) => (
          <option value={state} selected={state === filter.state}>
            {t(`seminars:list.state.${state}` as TextKey)}
          </option>
        ))}
      </select>
      <select name="year" aria-label={t('seminars:list.year')}>
        <option value="">{t('seminars:list.year.all')}</option>
        {shown.map((year) => (
          <option value={String(year)} selected={year === filter.year}>
            {year}
          </option>
        ))}
      </select>
      {filter.sort === 'date' ? null : <input type="hidden" name="sort" value={filter.sort} />}
      <button class="btn" type="submit">
        {t('common:filter')}
      </button>
    </form>
  )
}

function SeminarTable({
  page,
  member,
  filter,
  items,
}: {
  page: Page
  member: Member
  filter: SeminarFilter
  items: SeminarListItem[]
}) {
  const { t, locale } = page
  return (
    <table class="table stacks">
      <thead>
        <tr>
          <SortHead page={page} filter={filter} label={t('seminars:list.name')} up="name" />
          <SortHead page={page} filter={filter} label={t('seminars:list.when')} up="date_asc" down="date" />
          <th scope="col">{t('seminars:list.state')}</th>
          <th scope="col" class="r">
            {t('seminars:list.invited')}
          </th>
          <th scope="col" class="r">
            {t('seminars:list.coming')}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr>
            <th scope="row" class="main">
              <a href={page.href(seminarPath(member, item.id))}>{seminarName(item, locale)}</a>
              <span class="sub">
                {[t(`seminars:kind.${item.kind}` as TextKey), seminarVenue(item, locale)].filter(Boolean).join(' · ')}
              </span>
            </th>
            <td>{seminarWhen(page, item)}</td>
            <td class="nowrap">
              <SeminarStateMark page={page} seminar={item} />
            </td>
            <td class="r" data-label={t('seminars:list.invited')}>
              {item.invited}
            </td>
            <td class="r" data-label={t('seminars:list.coming')}>
              {item.coming}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Sort = SeminarFilter['sort']

/** A column that sorts: the link turns the direction where there are two. */
function SortHead({
  page,
  filter,
  label,
  up,
  down,
}: {
  page: Page
  filter: SeminarFilter
  label: string
  up: Sort
  down?: Sort
}) {
  const sorted = filter.sort === up ? 'ascending' : filter.sort === down ? 'descending' : undefined
  const to = down && filter.sort !== down ? down : up
  return (
    <th scope="col" aria-sort={sorted}>
      <a href={listAddress(page, filter, { sort: to })}>
        {label}
        {sorted ? <span aria-hidden="true">{sorted === 'ascending' ? ' ↑' : ' ↓'}</span> : null}
      </a>
    </th>
  )
}

function Empty({ page, member, isFiltered }: { page: Page; member: Member; isFiltered: boolean }) {
  const { t } = page
  return (
    <div class="empty">
      <strong>{t(isFiltered ? 'seminars:list.none_found' : 'seminars:list.none')}</strong>
      <p>
        {isFiltered ? (
          <a href={page.href(`/console/${member.organization.slug}/seminars`)}>{t('seminars:list.show_all')}</a>
        ) : (
          t('seminars:list.none.text')
        )}
      </p>
    </div>
  )
}

function Pager({
  page,
  filter,
  total,
  next,
}: {
  page: Page
  filter: SeminarFilter
  total: number
  next: string | undefined
}) {
  const { t } = page
  return (
    <nav class="pager" aria-label={t('seminars:list.pages')}>
      <span>{t('seminars:list.total', { count: total })}</span>
      <span class="actions">
        {filter.cursor !== undefined ? <a href={listAddress(page, filter, {})}>{t('common:first')}</a> : null}
        {next ? (
          <a class="btn small" href={listAddress(page, filter, { cursor: next })} rel="next">
            {t('common:next')}
          </a>
        ) : null}
      </span>
    </nav>
  )
}
