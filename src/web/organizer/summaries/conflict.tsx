import type { Page } from '../../../env.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { draftOf, type Summary } from '../../../features/summaries/queries/editing.ts'
import type { SummaryInput } from '../../../features/summaries/schema.ts'
import { moment } from '../../components/article.tsx'
import { Comparison } from './compare.tsx'

interface ConflictProps {
  page: Page
  seminar: SeminarRow
  stored: Summary
  typed: SummaryInput
  action: string
}

/** Above a form whose edit came too late: who saved meanwhile, and where their words and those typed here differ. */
export function Conflict({ page, seminar, stored, typed, action }: ConflictProps) {
  const { t } = page
  const at = moment(page, stored.updated_at.toISOString(), seminar.timezone)
  return (
    <div class="notice late stale">
      <div role="alert">
        <strong>
          {stored.edited_by_name
            ? t('summaries:conflict.by', { name: stored.edited_by_name, at })
            : t('summaries:conflict.title', { at })}
        </strong>
        <p>{t('summaries:conflict.text')}</p>
      </div>
      <p class="small key">
        <del>{t('summaries:conflict.theirs')}</del> <ins>{t('summaries:conflict.yours')}</ins>
      </p>
      <Comparison page={page} before={draftOf(stored)} after={typed} changesOnly />
      <p class="actions">
        <a href={action}>{t('summaries:conflict.discard')}</a>
      </p>
    </div>
  )
}
