import { Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../env.ts'
import {
  countFilesInTrouble,
  listFilesInTrouble,
  type StoredFileRow,
} from '../../features/presentations/queries/stored-files.ts'
import { type FileTrouble, fileTroubles, troubleFilter } from '../../features/presentations/schema.ts'
import { ConsoleLayout } from '../components/console-layout.tsx'
import { timeText } from '../components/versions.tsx'
import { frame } from './frame.ts'
import { seminarPath } from './seminars/frame.tsx'

/** Stored files that nobody can open, over all seminars: damaged, waiting for the virus scan, locked away; and what to do. */
export const filePages = new Hono<AppEnv>().get('/', async (c) => {
  const { page, member } = c.var
  const { t } = page
  const { db } = c.var.services
  const filter = troubleFilter.parse(c.req.query())
  const [framed, counts, list] = await Promise.all([
    frame(c, 'today'),
    countFilesInTrouble(db, member.organization.id),
    listFilesInTrouble(db, member.organization.id, filter),
  ])
  const shown = fileTroubles.filter((state) => list.items.some((row) => row.trouble === state))
  const base = page.href(`/console/${member.organization.slug}/files`)
  return c.html(
    <ConsoleLayout {...framed} title={t('uploads:stored.title')}>
      <header class="head">
        <div>
          <h1>{t('uploads:stored.title')}</h1>
          <p class="muted">{t('uploads:stored.lead')}</p>
        </div>
      </header>
      <Pills page={page} base={base} current={filter.state} counts={counts} />
      {list.items.length ? null : <p class="calm">{t('uploads:stored.none')}</p>}
      {shown.map((state) => (
        <section class="part trouble">
          <h2 id={`t-${state}`}>{t(`uploads:stored.${state}`)}</h2>
          <p class="muted small">{t(`uploads:stored.${state}.do`)}</p>
          <Table page={page} member={member} state={state} rows={list.items.filter((row) => row.trouble === state)} />
        </section>
      ))}
      {list.next ? (
        <nav class="pager">
          <span />
          <a
            class="btn"
            href={`${base}?${new URLSearchParams({ ...(filter.state ? { state: filter.state } : {}), cursor: list.next })}`}
          >
            {t('common:next')}
          </a>
        </nav>
      ) : null}
    </ConsoleLayout>,
  )
})

interface PillsProps {
  page: Page
  base: string
  current: FileTrouble | undefined
  counts: Record<FileTrouble, number>
}

function Pills({ page: { t }, base, current, counts }: PillsProps) {
  const total = fileTroubles.reduce((sum, state) => sum + counts[state], 0)
  if (!total) return null
  const pill = (query: string, isCurrent: boolean, label: string, count: number) => (
    <a class="pill" href={base + query} aria-current={isCurrent ? 'page' : undefined}>
      {label} <span class="num">{count}</span>
    </a>
  )
  return (
    <nav class="filterbar" aria-label={t('uploads:stored.filter')}>
      <div class="pills">
        {pill('', !current, t('uploads:stored.all'), total)}
        {fileTroubles
          .filter((state) => counts[state] || state === current)
          .map((state) => pill(`?state=${state}`, state === current, t(`uploads:stored.${state}`), counts[state]))}
      </div>
    </nav>
  )
}

function Table({
  page,
  member,
  state,
  rows,
}: {
  page: Page
  member: Member
  state: FileTrouble
  rows: StoredFileRow[]
}) {
  const { t } = page
  return (
    <table class="table stacks" aria-labelledby={`t-${state}`}>
      <thead>
        <tr>
          <th scope="col">{t('uploads:stored.column.file')}</th>
          <th scope="col">{t('uploads:stored.column.where')}</th>
          <th scope="col">{t('uploads:stored.column.what')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">{row.name}</th>
            <td>
              <Place page={page} member={member} row={row} />
            </td>
            <td>
              {whatIsWrong(page, row)}
              <span class="sub">{timeText(page, row.since, member.organization.timezone)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The speech or the photos it belongs to, where it is seen to. */
function Place({ page, member, row }: { page: Page; member: Member; row: StoredFileRow }) {
  const { t, href, locale } = page
  if (row.seminar_id === null) return <span class="muted">{t('uploads:stored.nowhere')}</span>
  const theme = (locale === 'en' && row.theme_en) || row.theme
  const at = (rest: string) => href(seminarPath(member, row.seminar_id as string, rest))
  if (row.presentation_id === null)
    return (
      <>
        <a href={at('/summary')}>{t('uploads:stored.photo')}</a>
        <span class="sub">{theme}</span>
      </>
    )
  return (
    <>
      <a href={at(`/presentations/${row.presentation_id}`)}>{(locale === 'en' && row.topic_en) || row.topic}</a>
      <span class="sub">
        {row.speaker} · {t('presentations:version', { n: row.number ?? 0 })}
      </span>
      <span class="sub">{theme}</span>
    </>
  )
}

function whatIsWrong({ t }: Page, row: StoredFileRow): string {
  if (row.trouble === 'infected') return t('presentations:scan.found', { virus: row.virus ?? '' })
  if (row.trouble === 'damaged' && row.damage) return t(`presentations:damage.${row.damage}`)
  return row.scan_refusal
    ? t('presentations:scan.refused', { reply: row.scan_refusal })
    : t('presentations:scan.waiting.board')
}
