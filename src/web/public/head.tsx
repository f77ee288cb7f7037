import type { Child } from 'hono/jsx'
import type { Page } from '../../env.ts'
import { asset } from '../assets.ts'

/** A picture that other programs show with a link to the page. */
export interface HeadImage {
  path: string
  width: number
  height: number
  alt: string
}

interface HeadProps {
  page: Page
  title: string
  description: string
  /** The page's path without locale and query. */
  path: string
  /** Languages this page is written in; the canonical address is the page's own where its language is among them. */
  languages?: ('vi' | 'en')[]
  type?: 'website' | 'article'
  /** The card that stands for all without it. */
  image?: HeadImage
  publishedAt?: string
  modifiedAt?: string
  /** Where the feeds of this page are; the service's own without it. */
  feeds?: string
  children?: Child
}

/** Canonical and language links, feeds, Open Graph: what other programs read of a page. Addresses use the configured base. */
export function PublicHead({
  page,
  title,
  description,
  path,
  languages = ['vi', 'en'],
  feeds = '',
  image = standing(page),
  children,
  ...rest
}: HeadProps) {
  const { origin, locale, t } = page
  const inLanguage = (language: string) => `${origin}${language === 'en' ? `/en${path === '/' ? '' : path}` : path}`
  const canonical = inLanguage(languages.includes(locale) ? locale : (languages[0] ?? 'vi'))
  const prefix = `${locale === 'en' ? '/en' : ''}${feeds}`
  return (
    <>
      <link rel="canonical" href={canonical} />
      {languages.length > 1
        ? languages.map((language) => <link rel="alternate" hreflang={language} href={inLanguage(language)} />)
        : null}
      <link rel="alternate" hreflang="x-default" href={inLanguage(languages[0] ?? 'vi')} />
      <link rel="alternate" type="application/atom+xml" href={`${prefix}/feed.atom`} title={t('public:feed.news')} />
      <link rel="alternate" type="application/feed+json" href={`${prefix}/feed.json`} title={t('public:feed.news')} />
      <link rel="alternate" type="text/calendar" href={`${prefix}/calendar.ics`} title={t('public:feed.calendar')} />
      <meta property="og:site_name" content={t('common:product')} />
      <meta property="og:type" content={rest.type ?? 'website'} />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={canonical} />
      <meta property="og:locale" content={locale === 'en' ? 'en_GB' : 'vi_VN'} />
      <meta property="og:image" content={origin + image.path} />
      <meta property="og:image:width" content={String(image.width)} />
      <meta property="og:image:height" content={String(image.height)} />
      <meta property="og:image:alt" content={image.alt} />
      <meta name="twitter:card" content="summary_large_image" />
      {rest.publishedAt ? <meta property="article:published_time" content={rest.publishedAt} /> : null}
      {rest.modifiedAt ? <meta property="article:modified_time" content={rest.modifiedAt} /> : null}
      {children}
    </>
  )
}

/** The card made at build time: for pages of no seminar, and where no others are drawn. */
export function standing(page: Page): HeadImage {
  return { path: asset(`card-${page.locale}.png`), width: 1200, height: 630, alt: page.t('common:product.full') }
}
