import { type Context, Hono } from 'hono'
import type { AppEnv, Page } from '../../../env.ts'
import {
  countSpeeches,
  listPlacements,
  listSpeeches,
  type SpeechCounts,
} from '../../../features/presentations/queries/board.ts'
import { agendaTotals } from '../../../features/presentations/rules.ts'
import { type BoardFilter, boardFilter, presentationStates } from '../../../features/presentations/schema.ts'
import { getAgenda } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, seminarName } from '../../../features/seminars/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { frame } from '../frame.ts'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'
import { BoardGroups } from './board-groups.tsx'
import { BoardMinutes } from './board-minutes.tsx'

export const boardPages = new Hono<AppEnv>().get('/', async (c) => {
  const { db } = c.var.services
  const { page, member } = c.var
  const { t } = page
  const seminar = await getSeminar(db, member.organization.id, seminarId(c))
  const filter = boardFilter.parse(c.req.query())
  const [list, counts, placements, agenda] = await Promise.all([
    listSpeeches(db, member.organization.id, seminar.id, filter),
    countSpeeches(db, member.organization.id, seminar.id),
    listPlacements(db, member.organization.id, seminar.id),
    getAgenda(db, seminar),
  ])
  const base = page.href(seminarPath(member, seminar.id, '/presentations'))
  const mayChange = member.role !== 'viewer' && seminar.state !== 'cancelled'
  const ask = mayChange ? (
    <a class="btn primary" href={`${base}/new`}>
      {t('presentations:board.ask')}
    </a>
  ) : null
  const reminded = c.req.query('reminded')
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${t('presentations:board.title')} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations" action={ask}>
        {reminded !== undefined && /^\d{1,4}$/.test(reminded) ? (
          <p class={reminded === '0' ? 'notice late saved' : 'notice yes saved'} role="status">
            {t('presentations:remind.done', { count: Number(reminded) })}
          </p>
        ) : null}
        {counts.total === 0 ? (
          <div class="empty">
            <strong>{t('presentations:board.empty.title')}</strong>
            {t('presentations:board.empty.text')}
          </div>
        ) : (
          <>
            <Totals page={page} counts={counts} minutes={agendaTotals(agenda.items, placements)} />
            <div class="cols board">
              <div>
                <Filter page={page} base={base} filter={filter} counts={counts} />
                <BoardGroups
                  page={page}
                  base={base}
                  rows={list.items}
                  agenda={agenda.items}
                  remind={mayChange ? `${base}/remind` : null}
                />
                {list.next ? (
                  <nav class="pager">
                    <span />
                    <a class="btn" href={`${base}?${new URLSearchParams({ ...asked(filter), cursor: list.next })}`}>
                      {t('common:next')}
                    </a>
                  </nav>
                ) : null}
              </div>
              <BoardMinutes
                page={page}
                base={base}
                agendaHref={page.href(seminarPath(member, seminar.id, '/agenda'))}
                agenda={agenda.items}
                placements={placements}
              />
            </div>
          </>
        )}
      </SeminarFrame>
    </ConsoleLayout>,
  )
})

/** The seminar of the address: this area is mounted under /seminars/:id. */
export function seminarId(c: Context<AppEnv>): string {
  return c.req.param('id') ?? ''
}

function asked({ state, wait }: BoardFilter): Record<string, string> {
  return { ...(state ? { state } : {}), ...(wait ? { wait } : {}) }
}

function Totals({
  page: { t },
  counts,
  minutes,
}: {
  page: Page
  counts: SpeechCounts
  minutes: { placed: number; available: number }
}) {
  const over = minutes.placed > minutes.available
  return (
    <dl class="figures board-figures" aria-label={t('presentations:board.totals')}>
      {(['asked', 'received', 'approved'] as const).map((name) => (
        <div>
          <dt>{t(`presentations:board.total.${name}`)}</dt>
          <dd>{counts[name]}</dd>
        </div>
      ))}
      {minutes.available || minutes.placed ? (
        <div class={over ? 'overfull' : undefined}>
          <dt>{t('presentations:board.total.minutes')}</dt>
          <dd>{t('presentations:board.total.of', minutes)}</dd>
        </div>
      ) : null}
    </dl>
  )
}

/** Who waits for whom first, then the states; each with how many there are. */
function Filter({
  page: { t },
  base,
  filter,
  counts,
}: {
  page: Page
  base: string
  filter: BoardFilter
  counts: SpeechCounts
}) {
  const pill = (query: string, current: boolean, label: string, count: number) => (
    <a class="pill" href={base + query} aria-current={current ? 'page' : undefined}>
      {label} <span class="num">{count}</span>
    </a>
  )
  const all = !filter.state && !filter.wait
  return (
    <nav class="filterbar" aria-label={t('presentations:board.filter')}>
      <div class="pills">
        {pill('', all, t('presentations:board.all'), counts.total)}
        {(['organizers', 'speaker', 'late'] as const).map((wait) =>
          pill(`?wait=${wait}`, filter.wait === wait, t(`presentations:board.wait.${wait}`), counts.waits[wait]),
        )}
      </div>
      <div class="pills quiet">
        {presentationStates
          .filter((state) => counts.states[state] || state === filter.state)
          .map((state) =>
            pill(
              `?state=${state}`,
              filter.state === state,
              t(`presentations:state.${state}`),
              counts.states[state] ?? 0,
            ),
          )}
      </div>
    </nav>
  )
}
