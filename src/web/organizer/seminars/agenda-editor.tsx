import type { Member, Page } from '../../../env.ts'
import type { PlacedMinutes } from '../../../features/presentations/rules.ts'
import type { AgendaItemRow, SeminarAgenda } from '../../../features/seminars/queries/detail.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { minutesMark } from '../../../text/dates.ts'
import { AgendaWarnings, ItemTime, itemTitle, Speakers } from './agenda-list.tsx'
import { ItemPapers } from './agenda-papers.tsx'
import { seminarPath } from './frame.tsx'
import { MoveButtons } from './move-buttons.tsx'

interface Props {
  page: Page
  member: Member
  seminar: SeminarRow
  agenda: SeminarAgenda
  papers: PlacedMinutes[]
}

/** The agenda to work on: warnings first, each item with its way up, down and to its form. The island `agenda` adds dragging. */
export function AgendaEditor({ page, member, seminar, agenda, papers }: Props) {
  const { t } = page
  if (!agenda.items.length) return <p class="empty">{t('seminars:agenda.none')}</p>
  return (
    <>
      <AgendaWarnings page={page} seminar={seminar} agenda={agenda} />
      <ol class="agenda work">
        {agenda.items.map((item, index) => (
          <Item
            page={page}
            base={seminarPath(member, seminar.id, '/agenda')}
            agenda={agenda}
            papers={papers}
            item={item}
            index={index}
          />
        ))}
      </ol>
    </>
  )
}

function Item({
  page,
  base,
  agenda,
  papers,
  item,
  index,
}: {
  page: Page
  base: string
  agenda: SeminarAgenda
  papers: PlacedMinutes[]
  item: AgendaItemRow
  index: number
}) {
  const { t, href } = page
  const title = itemTitle(item, page)
  const gap = agenda.gaps.find((each) => each.beforeId === item.id)
  const clash = agenda.clashes.find((each) => each.firstId === item.id || each.secondId === item.id)
  return (
    <li data-item={item.id} data-title={title} class={clash ? 'clashes' : undefined}>
      {gap ? <span class="gap muted small">{t('seminars:agenda.gap', { minutes: gap.minutes })}</span> : null}
      <button type="button" class="grip" data-grip hidden aria-label={t('seminars:agenda.grip', { title })}>
        <span aria-hidden="true">⠿</span>
      </button>
      <ItemTime page={page} item={item} before={agenda.items[index - 1]} />
      <span class="what">
        <a href={href(`${base}/${item.id}`)}>{title}</a>
        <Speakers item={item} />
        <ItemPapers page={page} item={item} papers={papers} />
        {item.fixed_start === null ? null : <span class="muted small detail">{t('seminars:agenda.fixed')}</span>}
        {clash ? <span class="state late detail">{t('seminars:agenda.clash.mark', { name: clash.name })}</span> : null}
      </span>
      <span class="muted small num">{minutesMark(item.minutes)}</span>
      <MoveButtons
        page={page}
        action={href(`${base}/${item.id}/move`)}
        name={title}
        first={index === 0}
        last={index === agenda.items.length - 1}
      />
    </li>
  )
}
