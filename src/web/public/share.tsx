import type { Page } from '../../env.ts'

/** Passing a page on: its address, a mail with it, a QR code. The island adds a button that copies or shares it. */
export function Share({ page, path, title }: { page: Page; path: string; title: string }) {
  const { t, href, origin } = page
  const url = origin + href(path)
  return (
    <section class="share no-print" data-share={url} data-title={title}>
      <h2>{t('public:share')}</h2>
      <p class="actions">
        <button class="btn small" type="button" hidden data-copied={t('common:copied')}>
          {t('public:share.copy')}
        </button>
        <a class="small" href={`mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(url)}`}>
          {t('public:share.mail')}
        </a>
      </p>
      <p class="address small muted">{url}</p>
      <QrCode page={page} src={`${path}/qr.svg`} label={t('public:share.qr')} alt={t('public:share.qr.alt', { url })} />
    </section>
  )
}

/** A QR code to show to a phone; fetched when it is opened. `src` is without the locale. */
export function QrCode({ page, src, label, alt }: { page: Page; src: string; label: string; alt: string }) {
  return (
    <details class="qr no-print">
      <summary>{label}</summary>
      <img src={page.href(src)} alt={alt} width={200} height={200} loading="lazy" />
    </details>
  )
}

/** Where a printed page can be found: on paper alone. */
export function PrintedAddress({ page, path }: { page: Page; path: string }) {
  return <p class="printed small muted">{page.origin + page.href(path)}</p>
}
