import type { Child } from 'hono/jsx'
import type { Page } from '../../../env.ts'
import type { AgendaItemRow, SeminarAgenda } from '../../../features/seminars/queries/detail.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { clock, dayMonth, hourMinute, minutesMark, readWall } from '../../../text/dates.ts'

/** An item's title in the reader's language, where it was written. */
export function itemTitle(item: Pick<AgendaItemRow, 'title' | 'title_en'>, page: Page): string {
  return (page.locale === 'en' && item.title_en) || item.title
}

/** Overrun and clashes of speakers, in words, above the agenda. */
export function AgendaWarnings({ page, seminar, agenda }: { page: Page; seminar: SeminarRow; agenda: SeminarAgenda }) {
  const { t, locale } = page
  const titleOf = (id: string) => {
    const item = agenda.items.find((each) => each.id === id)
    return item ? itemTitle(item, page) : ''
  }
  return (
    <>
      {agenda.overrunMinutes > 0 && seminar.ends_local !== null ? (
        <p class="warn">
          {t('seminars:agenda.overrun', { minutes: agenda.overrunMinutes, end: clock(seminar.ends_local, locale) })}
        </p>
      ) : null}
      {agenda.clashes.map(({ name, firstId, secondId }) => (
        <p class="warn">{t('seminars:agenda.clash', { name, first: titleOf(firstId), second: titleOf(secondId) })}</p>
      ))}
    </>
  )
}

export interface AgendaListProps {
  page: Page
  agenda: SeminarAgenda
  /** What stands under an item's title and speakers, e.g. how many papers are there. */
  extra?: (item: AgendaItemRow) => Child
}

/** The agenda with its times, to read. */
export function AgendaList({ page, agenda, extra }: AgendaListProps) {
  return (
    <ul class="agenda">
      {agenda.items.map((item, index) => (
        <li>
          <ItemTime page={page} item={item} before={agenda.items[index - 1]} />
          <span>
            {itemTitle(item, page)}
            <Speakers item={item} />
            {extra?.(item)}
          </span>
          <span class="muted small num">{minutesMark(item.minutes)}</span>
        </li>
      ))}
    </ul>
  )
}

/** `14:10`; the day with it where a new day begins. A dash while there is no date. */
export function ItemTime({
  page,
  item,
  before,
}: {
  page: Page
  item: AgendaItemRow
  before: AgendaItemRow | undefined
}) {
  if (item.startsLocal === null) return <span class="t muted">–</span>
  const day = readWall(item.startsLocal).toPlainDate()
  const newDay = before?.startsLocal && !readWall(before.startsLocal).toPlainDate().equals(day)
  return (
    <span class="t">
      {newDay ? <span class="muted small day">{dayMonth(item.startsLocal, page.locale)} </span> : null}
      {hourMinute(item.startsLocal)}
    </span>
  )
}

export function Speakers({ item }: { item: AgendaItemRow }) {
  if (!item.speakers.length) return null
  return <span class="muted small detail">{item.speakers.map((speaker) => speaker.name).join(', ')}</span>
}
