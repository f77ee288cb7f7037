import type { Child } from 'hono/jsx'
import type { Member, Page } from '../../../env.ts'
import type { SelectedPosition } from '../../../features/directory/queries/positions.ts'
import { describePosition, isValidOn } from '../../../features/directory/rules.ts'
import { wallTime } from '../../../text/dates.ts'

export type DirectoryTab = 'people' | 'units' | 'tree'

/** The address of a page of the directory, without the locale. */
export function directoryPath(member: Member, rest: string): string {
  return `/console/${member.organization.slug}/directory${rest}`
}

/** Today by the organisation's calendar, `2026-12-15`. */
export function todayOf(page: Page, member: Member): string {
  return wallTime(page.now, member.organization.timezone).slice(0, 10)
}

/** Whether this member may change the directory. */
export function mayEdit(member: Member): boolean {
  return member.role !== 'viewer'
}

/** The head of the directory's lists: title, count, the one thing to add, and the tabs. */
export function DirectoryHead({
  page,
  member,
  tab,
  meta,
  action,
}: {
  page: Page
  member: Member
  tab: DirectoryTab
  meta?: Child
  action?: Child
}) {
  const { t, href } = page
  const tabs: DirectoryTab[] = ['people', 'units', 'tree']
  return (
    <>
      <header class="head">
        <div>
          <h1>{t('console:nav.directory')}</h1>
          {meta ? <p class="meta">{meta}</p> : null}
        </div>
        {action ? <div class="actions">{action}</div> : null}
      </header>
      <nav class="tabs" aria-label={t('directory:tabs')}>
        {tabs.map((id) => (
          <a href={href(directoryPath(member, `/${id}`))} aria-current={id === tab ? 'page' : undefined}>
            {t(`directory:tab.${id}`)}
          </a>
        ))}
      </nav>
    </>
  )
}

/** The positions somebody holds on a day, as printed, in order. */
export function heldPositions(positions: SelectedPosition[], day: string, page: Page): string[] {
  return positions.filter((p) => isValidOn(p, day)).map((p) => describePosition(p.unit, p, page.locale))
}
