import type { Page } from '../../env.ts'

/** On to the next page of a list, keeping its filters; and back to the start, once past it. */
export function Pager({ page, next }: { page: Page; next: string | undefined }) {
  const { t, href } = page
  const [path = '', query = ''] = page.path.split('?')
  const params = new URLSearchParams(query)
  const deep = params.has('cursor')
  if (!next && !deep) return null
  const address = (cursor?: string) => {
    const changed = new URLSearchParams(params)
    changed.delete('cursor')
    if (cursor) changed.set('cursor', cursor)
    const text = changed.toString()
    return href(text ? `${path}?${text}` : path)
  }
  return (
    <nav class="pager no-print" aria-label={t('organizations:pages')}>
      {deep ? <a href={address()}>{t('common:first')}</a> : <span />}
      {next ? (
        <a class="btn" href={address(next)} rel="next">
          {t('common:next')}
        </a>
      ) : null}
    </nav>
  )
}
