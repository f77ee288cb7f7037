import type { Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import type { FormState } from '../../components/form.tsx'

/** Whether an edit was refused since someone else saved in the meantime. */
export function isStale(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'stale_version'
}

/** Above a form whose edit came too late: what was typed stays, and where it differs from what is stored now. */
export function StaleNotice({
  page,
  form,
  stored,
  labels,
}: {
  page: Page
  form: FormState
  stored: Record<string, string>
  labels: Record<string, string>
}) {
  const { t } = page
  const differing = Object.keys(labels).filter((name) => name in stored && (form.values[name] ?? '') !== stored[name])
  return (
    <div class="notice late stale" role="alert">
      <strong>{t('seminars:stale.title')}</strong>
      <p>{t('seminars:stale.text')}</p>
      {differing.length ? (
        <dl class="facts">
          {differing.map((name) => (
            <>
              <dt>{labels[name]}</dt>
              <dd>{stored[name] || t('seminars:stale.empty')}</dd>
            </>
          ))}
        </dl>
      ) : null}
    </div>
  )
}
