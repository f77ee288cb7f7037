import type { Page } from '../env.ts'
import type { DomainError } from '../errors.ts'
import { hasText, type TextKey } from '../i18n.ts'
import { PublicLayout } from './layout.tsx'

/** What went wrong, in the reader's language, with what to do next. */
export function ErrorPage({ page, error, requestId }: { page: Page; error: DomainError; requestId: string }) {
  const { t, href } = page
  const title = t(`errors:title.${error.code}` as TextKey)
  const own = `errors:${error.detail}`
  return (
    <PublicLayout page={page} title={title} robots="noindex">
      <div class="narrow stack">
        <h1>{title}</h1>
        <p>{hasText(own) ? t(own, error.params) : t(`errors:text.${error.code}` as TextKey, error.params)}</p>
        <p class="actions">
          {error.code === 'unauthenticated' ? (
            <a class="btn primary" href={href('/sign-in')}>
              {t('errors:title.unauthenticated')}
            </a>
          ) : null}
          <a class="btn" href={href('/')}>
            {t('errors:home')}
          </a>
        </p>
        <p class="muted small">{t('errors:requestId', { id: requestId })}</p>
      </div>
    </PublicLayout>
  )
}
