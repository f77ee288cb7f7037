import type { Db } from '../../../db/transaction.ts'
import type { Page } from '../../../env.ts'
import { listPlacements } from '../../../features/presentations/queries/board.ts'
import { type PlacedMinutes, placedMinutes } from '../../../features/presentations/rules.ts'
import type { AgendaItemRow, SeminarAgenda } from '../../../features/seminars/queries/detail.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'

/** The minutes of the papers that are read in each item of a seminar's agenda. */
export async function listPapers(db: Db, seminar: SeminarRow, agenda: SeminarAgenda): Promise<PlacedMinutes[]> {
  return placedMinutes(agenda.items, await listPlacements(db, seminar.organization_id, seminar.id))
}

/** `3 tham luận: 35/30 phút`, and by how much that is too long for the item. */
export function ItemPapers({
  page: { t },
  item,
  papers,
}: {
  page: Page
  item: AgendaItemRow
  papers: PlacedMinutes[]
}) {
  const here = papers.find((one) => one.itemId === item.id)
  if (!here?.count) return null
  const { count, placed, minutes } = here
  return (
    <span class="muted small detail">
      {t('seminars:agenda.papers', { count, placed, minutes })}
      {placed > minutes ? (
        <span class="state late detail">{t('seminars:agenda.papers.over', { minutes: placed - minutes })}</span>
      ) : null}
    </span>
  )
}
