import { type Context, Hono } from 'hono'
import type { AppEnv, Member, Page } from '../../../env.ts'
import { sizeInWords } from '../../../features/files/rules.ts'
import { deliveryText, speechTopic } from '../../../features/presentations/emails.ts'
import { countSpeeches, listSpeeches, type SpeechRow } from '../../../features/presentations/queries.ts'
import { isLate, placedMinutes, whoseTurn } from '../../../features/presentations/rules.ts'
import { type PresentationState, presentationStates } from '../../../features/presentations/schema.ts'
import { getAgenda, type SeminarAgenda } from '../../../features/seminars/queries/detail.ts'
import { getSeminar, type SeminarRow, seminarName } from '../../../features/seminars/queries.ts'
import { clock, date, daysUntil, hourMinute, relativeDays, wallTime } from '../../../text/dates.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { timeText } from '../../components/versions.tsx'
import { frame } from '../frame.ts'
import { SeminarFrame, seminarPath } from '../seminars/frame.tsx'

export const boardPages = new Hono<AppEnv>().get('/', async (c) => {
  const { db } = c.var.services
  const { page, member } = c.var
  const seminar = await getSeminar(db, member.organization.id, seminarId(c))
  const asked = c.req.query('state') as PresentationState | undefined
  const state = asked && presentationStates.includes(asked) ? asked : undefined
  const [list, counts, agenda] = await Promise.all([
    listSpeeches(db, member.organization.id, seminar.id, { state, cursor: c.req.query('cursor') || undefined }),
    countSpeeches(db, member.organization.id, seminar.id),
    getAgenda(db, seminar),
  ])
  const base = page.href(seminarPath(member, seminar.id, '/presentations'))
  const canAsk = member.role !== 'viewer' && seminar.state !== 'cancelled'
  const ask = canAsk ? (
    <a class="btn primary" href={`${base}/new`}>
      {page.t('presentations:board.ask')}
    </a>
  ) : null
  return c.html(
    <ConsoleLayout
      {...(await frame(c, 'seminars'))}
      title={`${page.t('presentations:board.title')} · ${seminarName(seminar, page.locale)}`}
    >
      <SeminarFrame page={page} member={member} seminar={seminar} tab="presentations" action={ask}>
        {counts.total === 0 ? (
          <div class="empty">
            <strong>{page.t('presentations:board.empty.title')}</strong>
            {page.t('presentations:board.empty.text')}
          </div>
        ) : (
          <div class="cols board">
            <div>
              <Filter page={page} base={base} state={state} counts={counts} />
              <Groups page={page} base={base} rows={list.items} />
              {list.next ? (
                <nav class="pager">
                  <span />
                  <a class="btn" href={`${base}?${state ? `state=${state}&` : ''}cursor=${list.next}`}>
                    {page.t('common:next')}
                  </a>
                </nav>
              ) : null}
            </div>
            <Minutes page={page} member={member} seminar={seminar} agenda={agenda} rows={list.items} />
          </div>
        )}
      </SeminarFrame>
    </ConsoleLayout>,
  )
})

/** The seminar of the address: this area is mounted under /seminars/:id. */
export function seminarId(c: Context<AppEnv>): string {
  return c.req.param('id') ?? ''
}

function Filter({
  page,
  base,
  state,
  counts,
}: {
  page: Page
  base: string
  state: PresentationState | undefined
  counts: Awaited<ReturnType<typeof countSpeeches>>
}) {
  const { t } = page
  return (
    <nav class="pills" aria-label={t('presentations:board.filter')}>
      <a class="pill" href={base} aria-current={state ? undefined : 'page'}>
        {t('presentations:board.all')} <span class="num">{counts.total}</span>
      </a>
      {presentationStates
        .filter((s) => counts.states[s] || s === state)
        .map((s) => (
          <a class="pill" href={`${base}?state=${s}`} aria-current={s === state ? 'page' : undefined}>
            {t(`presentations:state.${s}`)} <span class="num">{counts.states[s] ?? 0}</span>
          </a>
        ))}
    </nav>
  )
}

const GROUPS = ['organizers', 'late', 'speaker', 'done', 'off'] as const
type Group = (typeof GROUPS)[number]

/** Who waits for whom, the most urgent first. */
function groupOf(row: SpeechRow, now: Date): Group {
  const state = row.state as PresentationState
  if (isLate({ state, deadlineAt: row.deadline_at }, now)) return 'late'
  if (state === 'approved') return 'done'
  if (state === 'withdrawn') return 'off'
  return whoseTurn(state) === 'organizers' ? 'organizers' : 'speaker'
}

function Groups({ page, base, rows }: { page: Page; base: string; rows: SpeechRow[] }) {
  const { t } = page
  if (!rows.length) return <p class="empty">{t('presentations:board.none')}</p>
  return (
    <>
      {GROUPS.map((group) => {
        const members = rows.filter((row) => groupOf(row, page.now) === group)
        if (!members.length) return null
        return (
          <section>
            <h2 id={`g-${group}`}>
              {t(`presentations:board.group.${group}`)} <span class="num">{members.length}</span>
            </h2>
            <SpeechTable page={page} base={base} rows={members} label={`g-${group}`} />
          </section>
        )
      })}
    </>
  )
}

function SpeechTable({ page, base, rows, label }: { page: Page; base: string; rows: SpeechRow[]; label: string }) {
  const { t } = page
  return (
    <table class="table" aria-labelledby={label}>
      <thead>
        <tr>
          <th scope="col">{t('presentations:board.col.paper')}</th>
          <th scope="col">{t('presentations:board.col.state')}</th>
          <th scope="col">{t('presentations:board.col.deadline')}</th>
          <th scope="col">{t('presentations:board.col.latest')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">
              <a href={`${base}/${row.id}`}>{speechTopic(row, page.locale)}</a>
              <span class="sub">
                {row.name}
                {row.position ? `, ${row.position}` : null}
              </span>
              <span class="sub">{deliveryText(row, page.locale)}</span>
            </th>
            <td>
              <StateMark page={page} state={row.state as PresentationState} />
              {row.released_at ? <span class="sub">{t('presentations:board.released')}</span> : null}
            </td>
            <td>
              <Deadline page={page} row={row} />
            </td>
            <td>
              {row.latest_number !== null && row.latest_at && row.latest_size !== null ? (
                <>
                  {t('presentations:version', { n: row.latest_number })}, {sizeInWords(row.latest_size, page.locale)}
                  <span class="sub">{timeText(page, row.latest_at, row.timezone)}</span>
                </>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const COLOUR: Record<PresentationState, string> = {
  requested: '',
  accepted: 'soft',
  declined: 'no',
  received: 'late',
  returned: '',
  approved: 'yes',
  withdrawn: 'no',
}

/** A speech's state, as a coloured dot and words. */
export function StateMark({ page, state }: { page: Page; state: PresentationState }) {
  return <span class={`state ${COLOUR[state]}`}>{page.t(`presentations:state.${state}`)}</span>
}

function Deadline({ page, row }: { page: Page; row: SpeechRow }) {
  const { t, locale, now } = page
  if (row.deadline_local === null) return <span class="muted">{t('presentations:board.noDeadline')}</span>
  const today = wallTime(now, row.timezone)
  const late = isLate({ state: row.state as PresentationState, deadlineAt: row.deadline_at }, now)
  const near =
    whoseTurn(row.state as PresentationState).startsWith('speaker') && daysUntil(row.deadline_local, today) < 60
  return (
    <>
      <time datetime={row.deadline_local}>
        {date(row.deadline_local, locale)}, <span class="nowrap">{clock(row.deadline_local, locale)}</span>
      </time>
      {late ? (
        <span class="state late">{t('presentations:late')}</span>
      ) : near ? (
        <span class="sub">{relativeDays(row.deadline_local, today, locale)}</span>
      ) : null}
    </>
  )
}

function Minutes({
  page,
  member,
  seminar,
  agenda,
  rows,
}: {
  page: Page
  member: Member
  seminar: SeminarRow
  agenda: SeminarAgenda
  rows: SpeechRow[]
}) {
  const { t, locale } = page
  const placed = placedMinutes(
    agenda.items,
    rows.map((row) => ({
      agendaItemId: row.agenda_item_id,
      minutes: row.minutes,
      delivery: row.delivery,
      state: row.state,
    })),
  )
  const unplaced = rows.filter(
    (row) =>
      row.agenda_item_id === null && row.delivery === 'read' && row.state !== 'withdrawn' && row.state !== 'declined',
  ).length
  const shown = agenda.items.filter((item, i) => placed[i]?.placed || item.kind === 'speech' || item.kind === 'report')
  return (
    <aside>
      <h2>{t('presentations:board.minutes.title')}</h2>
      {shown.length ? (
        <ul class="minutes">
          {shown.map((item) => {
            const sum = placed.find((p) => p.itemId === item.id)?.placed ?? 0
            return (
              <li>
                <b class="num">{item.startsLocal ? hourMinute(item.startsLocal) : ''}</b>
                <span>{(locale === 'en' && item.title_en) || item.title}</span>
                <span class="num small muted">
                  {t('presentations:board.minutes.item', { placed: sum, minutes: item.minutes })}
                </span>
                {sum > item.minutes ? (
                  <span class="late">{t('presentations:board.minutes.over', { count: sum - item.minutes })}</span>
                ) : null}
              </li>
            )
          })}
        </ul>
      ) : (
        <p class="muted small">
          {t('presentations:one.agenda.empty')}{' '}
          <a href={page.href(seminarPath(member, seminar.id, '/agenda'))}>{t('presentations:fact.agenda')}</a>
        </p>
      )}
      {unplaced && shown.length ? (
        <p class="notice small">{t('presentations:board.minutes.unplaced', { count: unplaced })}</p>
      ) : null}
    </aside>
  )
}
