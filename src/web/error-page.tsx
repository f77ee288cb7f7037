import type { Page } from '../env.ts'
import { type DomainError, statusOf } from '../errors.ts'
import { hasText, type TextKey } from '../i18n.ts'
import { PublicLayout } from './layout.tsx'

interface ErrorPageProps {
  page: Page
  error: DomainError
  requestId: string
  /** Whether something was sent: then what was typed is still on the page before. */
  sent: boolean
}

/** What went wrong, in the reader's language, with the way on: search, try again, or back to where the thing belongs. */
export function ErrorPage({ page, error, requestId, sent }: ErrorPageProps) {
  const { t } = page
  const own = `errors:title.${error.detail}`
  const title = t(hasText(own) ? own : (`errors:title.${error.code}` as TextKey))
  return (
    <PublicLayout page={page} title={title} robots="noindex">
      <div class="narrow stack">
        <p class="kicker">{t('errors:status', { status: String(statusOf[error.code]) })}</p>
        <h1>{title}</h1>
        <p>{textOf(page, error, sent)}</p>
        {error.code === 'not_found' && error.detail !== 'no_summary' && !inConsole(page) ? (
          <Search page={page} />
        ) : null}
        <p class="actions">
          <WayOn page={page} error={error} sent={sent} />
        </p>
        <p class="muted small">{t('errors:requestId', { id: requestId })}</p>
      </div>
    </PublicLayout>
  )
}

const inConsole = (page: Page) => page.path.startsWith('/console')
const passing = (error: DomainError) => error.code === 'unavailable' || error.code === 'internal'

function textOf({ t }: Page, error: DomainError, sent: boolean): string {
  const own = `errors:${error.detail}`
  if (hasText(own)) return t(own, error.params)
  const { retryAfter } = error.params
  if (error.code === 'too_many_requests' && retryAfter !== undefined)
    return t('errors:text.too_many_requests.wait', { minutes: Math.ceil(Number(retryAfter) / 60) })
  return t(`errors:text.${error.code}${sent && passing(error) ? '.sent' : ''}` as TextKey, error.params)
}

function Search({ page: { t, href } }: { page: Page }) {
  return (
    <form class="find" role="search" method="get" action={href('/')}>
      <input
        type="search"
        name="q"
        maxlength={120}
        aria-label={t('public:search.label')}
        placeholder={t('errors:search')}
      />
      <button class="btn" type="submit">
        {t('common:search')}
      </button>
    </form>
  )
}

function WayOn({ page, error, sent }: Omit<ErrorPageProps, 'requestId'>) {
  const { t, href, path } = page
  const seminar = error.detail === 'no_summary' ? /^\/s\/[a-z0-9-]+/.exec(path)?.[0] : undefined
  return (
    <>
      {error.code === 'unauthenticated' ? (
        <a class="btn primary" href={href('/sign-in')}>
          {t('errors:title.unauthenticated')}
        </a>
      ) : null}
      {error.detail === 'other_address' ? (
        <a class="btn primary" href={`${page.origin}${href('/')}`}>
          {t('errors:other_address.open', { origin: String(error.params.origin) })}
        </a>
      ) : null}
      {passing(error) && !sent ? (
        <a class="btn primary" href={href(path)}>
          {t('errors:again')}
        </a>
      ) : null}
      {seminar ? (
        <a class="btn" href={href(seminar)}>
          {t('public:seminar.page')}
        </a>
      ) : null}
      {error.detail === 'other_address' ? null : inConsole(page) ? (
        <a class="btn" href={href('/console')}>
          {t('errors:console')}
        </a>
      ) : (
        <a class="btn" href={href('/')}>
          {t('errors:home')}
        </a>
      )}
    </>
  )
}
