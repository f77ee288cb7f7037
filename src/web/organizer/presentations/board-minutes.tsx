import type { Page } from '../../../env.ts'
import { speechTopic } from '../../../features/presentations/emails.ts'
import type { listPlacements } from '../../../features/presentations/queries/board.ts'
import { placedMinutes } from '../../../features/presentations/rules.ts'
import type { AgendaItemRow } from '../../../features/seminars/queries/detail.ts'
import { hourMinute, minutesMark } from '../../../text/dates.ts'

interface Props {
  page: Page
  base: string
  agendaHref: string
  agenda: AgendaItemRow[]
  placements: Awaited<ReturnType<typeof listPlacements>>
}

/** The agenda's items for speeches with the minutes placed in each, and the speeches that stand nowhere yet. */
export function BoardMinutes({ page, base, agendaHref, agenda, placements }: Props) {
  const { t, locale } = page
  const placed = placedMinutes(agenda, placements)
  const shown = agenda.flatMap((item, i) => {
    const { placed: sum, count } = placed[i] ?? { placed: 0, count: 0 }
    return count || item.kind === 'speech' || item.kind === 'report' ? [{ item, sum }] : []
  })
  const unplaced = placements.filter((one) => one.agendaItemId === null)
  return (
    <aside>
      <h2>{t('presentations:board.minutes.title')}</h2>
      {shown.length ? (
        <ul class="minutes">
          {shown.map(({ item, sum }) => (
            <li>
              <b class="num">{item.startsLocal ? hourMinute(item.startsLocal) : ''}</b>
              <span>{(locale === 'en' && item.title_en) || item.title}</span>
              <span class="num small muted">
                {t('presentations:board.minutes.item', { placed: sum, minutes: item.minutes })}
              </span>
              {sum > item.minutes ? (
                <span class="state late over">
                  {t('presentations:board.minutes.over', { count: sum - item.minutes })}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p class="muted small">
          {t('presentations:one.agenda.empty')} <a href={agendaHref}>{t('presentations:fact.agenda')}</a>
        </p>
      )}
      {unplaced.length && shown.length ? (
        <>
          <h2>
            {t('presentations:board.unplaced.title')} <span class="num">{unplaced.length}</span>
          </h2>
          <ul class="minutes unplaced">
            {unplaced.map((one) => (
              <li>
                <a href={`${base}/${one.id}`}>{speechTopic(one, locale)}</a>
                <span class="num small muted">{minutesMark(one.minutes)}</span>
                <span class="sub">{one.name}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </aside>
  )
}
