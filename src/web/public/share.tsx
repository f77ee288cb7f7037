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
      <details class="qr">
        <summary>{t('public:share.qr')}</summary>
        <img
          src={href(`${path}/qr.svg`)}
          alt={t('public:share.qr.alt', { url })}
          width={200}
          height={200}
          loading="lazy"
        />
      </details>
    </section>
  )
}
