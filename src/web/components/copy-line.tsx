import type { Page } from '../../env.ts'

/** Text to take along: selectable, and copied by a button where there is a script. */
export function CopyLine({ page, text, label }: { page: Page; text: string; label: string }) {
  return (
    <div class="copy-line">
      <input type="text" value={text} readonly aria-label={label} />
      <button class="btn small" type="button" data-copy={text} data-copied={page.t('common:copied')}>
        {page.t('common:copy')}
      </button>
    </div>
  )
}
