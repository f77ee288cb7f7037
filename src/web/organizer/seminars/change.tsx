import type { Db } from '../../../db/transaction.ts'
import type { Page } from '../../../env.ts'
import { countMailed } from '../../../features/seminars/queries/figures.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import { CheckField, type FormState } from '../../components/form.tsx'

/** How many would be mailed if this seminar's time, place or state changed now. */
export async function mailedOnChange(db: Db, seminar: SeminarRow): Promise<number> {
  if (seminar.state !== 'scheduled' && seminar.state !== 'postponed') return 0
  return countMailed(db, seminar.organization_id, seminar.id)
}

/** Asks, before saving, whether those who were invited shall be told; yes unless someone says no. */
export function MailQuestion({
  page,
  form,
  count,
  hint,
}: {
  page: Page
  form: FormState
  count: number
  hint?: string
}) {
  if (count === 0) return null
  const values = { ...form.values, tell: form.values.asked === 'on' ? form.values.tell : 'on' }
  return (
    <div class="tell">
      <input type="hidden" name="asked" value="on" />
      <CheckField form={{ ...form, values }} name="tell" label={page.t('seminars:tell', { count })} hint={hint} />
    </div>
  )
}
