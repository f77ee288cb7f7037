import type { Page } from '../../../env.ts'

/** Moves one of a list a place up or down, without a script. */
export function MoveButtons({
  page,
  action,
  name,
  first,
  last,
}: {
  page: Page
  action: string
  name: string
  first: boolean
  last: boolean
}) {
  const { t } = page
  return (
    <form class="move no-print" method="post" action={action}>
      <button
        type="submit"
        name="direction"
        value="up"
        disabled={first}
        aria-label={t('seminars:move.up', { name })}
        title={t('seminars:move.up.short')}
      >
        ↑
      </button>
      <button
        type="submit"
        name="direction"
        value="down"
        disabled={last}
        aria-label={t('seminars:move.down', { name })}
        title={t('seminars:move.down.short')}
      >
        ↓
      </button>
    </form>
  )
}
