import type { Page } from '../../../env.ts'
import { sizeInWords } from '../../../features/files/rules.ts'
import { deliveryText, speechTopic } from '../../../features/presentations/emails.ts'
import type { SpeechRow } from '../../../features/presentations/queries.ts'
import { takesTime, whoseTurn } from '../../../features/presentations/rules.ts'
import type { PresentationState } from '../../../features/presentations/schema.ts'
import type { AgendaItemRow } from '../../../features/seminars/queries/detail.ts'
import { clock, date, dayMonth, daysUntil, hourMinute, readWall, relativeDays, wallTime } from '../../../text/dates.ts'
import { FileMarks } from './file-notices.tsx'
import { interruption, LateMark, StateMark, speechIsLate, turnText } from './marks.tsx'

const GROUPS = ['organizers', 'late', 'speaker', 'done', 'off'] as const
type Group = (typeof GROUPS)[number]

/** Who waits for whom, what needs a hand first. */
function groupOf(page: Page, row: SpeechRow): Group {
  if (speechIsLate(page, row)) return 'late'
  if (row.state === 'approved') return 'done'
  if (row.state === 'withdrawn') return 'off'
  return whoseTurn(row.state as PresentationState).startsWith('organizers') ? 'organizers' : 'speaker'
}

interface Props {
  page: Page
  base: string
  rows: SpeechRow[]
  agenda: AgendaItemRow[]
  /** Where all late ones are reminded; null for those who may only look. */
  remind: string | null
}

/** The board's speeches by who waits for whom, each group by deadline. */
export function BoardGroups({ page, base, rows, agenda, remind }: Props) {
  const { t } = page
  if (!rows.length) return <p class="empty">{t('presentations:board.none')}</p>
  return (
    <>
      {GROUPS.map((group) => {
        const members = rows.filter((row) => groupOf(page, row) === group)
        if (!members.length) return null
        return (
          <section>
            <div class="group-head">
              <h2 id={`g-${group}`}>
                {t(`presentations:board.group.${group}`)} <span class="num">{members.length}</span>
              </h2>
              {group === 'late' && remind ? (
                <a class="btn small" href={remind}>
                  {t('presentations:board.remind')}
                </a>
              ) : null}
            </div>
            <table class="table" aria-labelledby={`g-${group}`}>
              <colgroup>
                <col class="paper" />
                <col />
                <col class="due" />
              </colgroup>
              <thead class="visually-hidden">
                <tr>
                  <th scope="col">{t('presentations:board.col.paper')}</th>
                  <th scope="col">{t('presentations:board.col.state')}</th>
                  <th scope="col">{t('presentations:board.col.deadline')}</th>
                </tr>
              </thead>
              <tbody>
                {members.map((row) => (
                  <Row page={page} base={base} row={row} agenda={agenda} />
                ))}
              </tbody>
            </table>
          </section>
        )
      })}
    </>
  )
}

function Row({ page, base, row, agenda }: Omit<Props, 'rows' | 'remind'> & { row: SpeechRow }) {
  const { t, locale } = page
  const state = row.state as PresentationState
  const cut = interruption(row)
  return (
    <tr>
      <th scope="row">
        <a href={`${base}/${row.id}`}>{speechTopic(row, locale)}</a>
        <span class="sub">
          {row.name}
          {row.position ? `, ${row.position}` : null}
        </span>
        <span class="sub">{[deliveryText(row, locale), placeText(page, row, agenda)].filter(Boolean).join(' · ')}</span>
      </th>
      <td>
        <StateMark page={page} state={state} />
        {whoseTurn(state) === 'nobody' ? null : <span class="sub">{turnText(page, row)}</span>}
        {cut ? <span class="sub warned">{t('presentations:board.interrupted', { name: cut.name })}</span> : null}
        <FileMarks page={page} speech={row} />
        {row.released_at ? <span class="sub">{t('presentations:board.released')}</span> : null}
        {row.latest_number !== null && row.latest_at && row.latest_size !== null ? (
          <span class="sub">
            {t('presentations:version', { n: row.latest_number })}, {sizeInWords(row.latest_size, locale)},{' '}
            {dayMonth(wallTime(row.latest_at, row.timezone), locale)}
          </span>
        ) : null}
      </td>
      <td>
        <Deadline page={page} row={row} />
      </td>
    </tr>
  )
}

/** `14:35 Tham luận`; empty where it stands nowhere: what is read and has no place is listed beside. */
function placeText({ t, locale }: Page, row: SpeechRow, agenda: AgendaItemRow[]): string {
  const item = takesTime(row) ? agenda.find((one) => one.id === row.agenda_item_id) : undefined
  if (!item) return ''
  return t('presentations:board.place', {
    time: item.startsLocal ? hourMinute(item.startsLocal) : '',
    title: (locale === 'en' && item.title_en) || item.title,
  }).trim()
}

function Deadline({ page, row }: { page: Page; row: SpeechRow }) {
  const { t, locale, now } = page
  const due = row.deadline_local
  const today = wallTime(now, row.timezone)
  const waits = whoseTurn(row.state as PresentationState).startsWith('speaker')
  const reminded = waits && row.reminded_at ? wallTime(row.reminded_at, row.timezone) : null
  if (due === null) return <span class="muted">{t('presentations:board.noDeadline')}</span>
  const day = readWall(due).year === readWall(today).year ? dayMonth(due, locale) : date(due, locale)
  const left = daysUntil(due, today)
  const near = left >= 0 && left < 60 ? relativeDays(due, today, locale) : null
  return (
    <>
      <LateMark page={page} speech={row} />
      <time datetime={due} class={waits ? undefined : 'muted small'}>
        {t('presentations:board.due', { when: day })}
      </time>
      {waits ? <span class="sub">{[clock(due, locale), near].filter(Boolean).join(', ')}</span> : null}
      {reminded ? (
        <span class="sub">{t('presentations:board.reminded', { when: relativeDays(reminded, today, locale) })}</span>
      ) : null}
    </>
  )
}
