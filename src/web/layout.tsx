import { html, raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { Page } from '../env.ts'
import { asset } from './assets.ts'

export interface DocumentProps {
  page: Page
  title: string
  /** The class of <body>: public, delegate or console. */
  kind: 'public' | 'delegate' | 'console'
  /** The organisation's hue; 24 without one. */
  hue?: number
  description?: string
  /** Extra elements of <head>: canonical, feeds, Open Graph. */
  head?: Child
  /** Islands this page needs, by file name under src/web/islands. */
  islands?: string[]
  robots?: 'noindex'
  children?: Child
}

/** The faces every first screen is set in: fetched beside the style, so that nothing moves when they come. */
const preloaded = [
  'be-vietnam-pro-vietnamese-400',
  'be-vietnam-pro-latin-400',
  'be-vietnam-pro-vietnamese-600',
  'be-vietnam-pro-latin-600',
  'source-serif-4-vietnamese-wght',
  'source-serif-4-latin-wght',
]

/** The whole document. No script blocks it; islands are modules. */
export function Document({ page, title, kind, hue, description, head, islands = [], robots, children }: DocumentProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={page.locale} style={hue === undefined || hue === 24 ? undefined : `--accent-h:${hue}`}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title}</title>
          {description ? <meta name="description" content={description} /> : null}
          {robots ? <meta name="robots" content={robots} /> : null}
          {preloaded.map((name) => (
            <link
              rel="preload"
              href={asset(`${name}-normal.woff2`)}
              as="font"
              type="font/woff2"
              crossorigin="anonymous"
            />
          ))}
          <link rel="stylesheet" href={asset(kind === 'public' ? 'public-pages.css' : 'app.css')} />
          <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
          {head}
          {islands.map((name) => (
            <script type="module" src={asset(`${name}.js`)} />
          ))}
        </head>
        <body class={kind}>
          <a class="skip" href="#main">
            {page.t('common:skip')}
          </a>
          {children}
        </body>
      </html>
    </>
  )
}

/** The same page in the other language, named in that language. */
export function LanguageLink({ page }: { page: Page }) {
  const other = page.locale === 'vi' ? 'en' : 'vi'
  const address = other === 'en' ? `/en${page.path.replace(/^\/(?=\?|$)/, '')}` : page.path
  return (
    <a href={address} lang={other} hreflang={other}>
      {other === 'en' ? 'English' : 'Tiếng Việt'}
    </a>
  )
}

export interface Masthead {
  /** Whose page: an organisation's name, or the service's. */
  name: string
  /** Where the name leads, without the locale. */
  home: string
}

/** A page of the public: masthead, content, foot. */
export function PublicLayout({
  masthead,
  wide,
  current,
  children,
  ...document
}: Omit<DocumentProps, 'kind'> & { masthead?: Masthead; wide?: boolean; current?: 'seminars' | 'calendar' }) {
  const { page } = document
  const { t, href } = page
  return (
    <Document kind="public" {...document}>
      <header class="mast">
        <div>
          <b>
            <a href={href(masthead?.home ?? '/')}>{masthead?.name ?? t('common:product')}</a>
          </b>
          <a href={href('/')} aria-current={current === 'seminars' ? 'page' : undefined}>
            {t('common:nav.seminars')}
          </a>
          <a href={href('/calendar')} aria-current={current === 'calendar' ? 'page' : undefined}>
            {t('common:nav.calendar')}
          </a>
          <LanguageLink page={page} />
        </div>
      </header>
      <main id="main" class={wide ? 'wide' : undefined}>
        {children}
      </main>
      <footer>
        <span>{masthead?.name ?? t('common:product.full')}</span>
        <a href={href('/privacy')}>{t('common:nav.privacy')}</a>
        <a href={href('/accessibility')}>{t('common:nav.accessibility')}</a>
        <a href={href('/console')}>{t('common:nav.console')}</a>
      </footer>
    </Document>
  )
}

/** A page behind a personal link: one question, one phone screen. */
export function DelegateLayout({ name, children, ...document }: Omit<DocumentProps, 'kind'> & { name: string }) {
  return (
    <Document kind="delegate" robots="noindex" {...document}>
      <main id="main">
        <div class="top">
          <b>{name}</b>
          <span class="small no-print">
            <LanguageLink page={document.page} />
          </span>
        </div>
        {children}
      </main>
    </Document>
  )
}

/** Raw text of JSON-LD, safe inside a script element. */
export function jsonLd(data: unknown) {
  return html`<script type="application/ld+json">${raw(JSON.stringify(data).replace(/</g, '\\u003c'))}</script>`
}
