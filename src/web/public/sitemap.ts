import { Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { listSitemap } from '../../features/summaries/queries/feeds.ts'
import { escapeMarkup } from '../../text/escape.ts'
import { kept } from './kept.ts'

const PERSONAL = [
  '/console',
  '/i/',
  '/p/',
  '/u/',
  '/c/',
  '/invitation/',
  '/presentation/',
  '/nomination/',
  '/setup/',
  '/join/',
  '/reset/',
  '/sign-in',
  '/dev/',
]

/** What search engines are told: `robots.txt` and `sitemap.xml` (sitemaps.org 0.9). Only what is public. */
export const sitemap = new Hono<AppEnv>()
  .get('/robots.txt', kept(), (c) => {
    const paths = PERSONAL.flatMap((path) => [path, `/en${path}`])
    const lines = [
      'User-agent: *',
      ...paths.map((path) => `Disallow: ${path}`),
      '',
      `Sitemap: ${c.var.services.config.baseUrl}/sitemap.xml`,
      '',
    ]
    return c.text(lines.join('\n'))
  })
  .get('/sitemap.xml', kept(), async (c) => {
    const { db, config } = c.var.services
    const { seminars, organizations } = await listSitemap(db)
    const urls = [
      ...['/', '/calendar', '/privacy', '/accessibility'].map((path) => entry(config.baseUrl, path, ['vi', 'en'])),
      ...organizations.map(({ slug }) => entry(config.baseUrl, `/o/${slug}`, ['vi', 'en'])),
      ...seminars.flatMap(({ slug, updated_at, summaries }) => [
        entry(config.baseUrl, `/s/${slug}`, ['vi', 'en'], updated_at),
        ...(summaries?.length ? [entry(config.baseUrl, `/s/${slug}/summary`, summaries, updated_at)] : []),
      ]),
    ]
    const body = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${urls.join('\n')}
</urlset>
`
    return c.body(body, 200, { 'Content-Type': 'application/xml; charset=utf-8' })
  })

function entry(origin: string, path: string, languages: string[], changedAt?: Date): string {
  const address = (language: string) =>
    escapeMarkup(origin + (language === 'en' ? `/en${path === '/' ? '' : path}` : path))
  const others =
    languages.length > 1
      ? languages.map((one) => `<xhtml:link rel="alternate" hreflang="${one}" href="${address(one)}"/>`)
      : []
  const changed = changedAt ? `<lastmod>${changedAt.toISOString().slice(0, 10)}</lastmod>` : ''
  return languages
    .map((language) => `<url><loc>${address(language)}</loc>${changed}${others.join('')}</url>`)
    .join('\n')
}
