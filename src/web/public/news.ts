import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { topicName } from '../../features/seminars/queries/topics.ts'
import { findPublicOrganization } from '../../features/summaries/queries/archive.ts'
import { listNews, type NewsItem } from '../../features/summaries/queries/feeds.ts'
import { escapeMarkup } from '../../text/escape.ts'
import { kept } from './kept.ts'

interface News {
  title: string
  /** The page the feed belongs to, and the feed's own address. */
  home: string
  self: string
  origin: string
  locale: 'vi' | 'en'
  items: NewsItem[]
}

/** Published texts as Atom (RFC 4287) and JSON Feed 1.1, of everybody and of one organisation. */
export const newsFeeds = new Hono<AppEnv>()
  .get('/feed.atom', kept(), async (c) => atom(c, await read(c, '/feed.atom')))
  .get('/feed.json', kept(), async (c) => json(c, await read(c, '/feed.json')))
  .get('/o/:org/feed.atom', kept(), async (c) => atom(c, await read(c, '/feed.atom', c.req.param('org'))))
  .get('/o/:org/feed.json', kept(), async (c) => json(c, await read(c, '/feed.json', c.req.param('org'))))

async function read(c: Context<AppEnv>, file: string, slug?: string): Promise<News> {
  const { db, config } = c.var.services
  const { locale, page, t } = c.var
  const found = slug === undefined ? undefined : await findPublicOrganization(db, slug)
  if (slug !== undefined && !found) throw new DomainError('not_found', { detail: 'no_organization' })
  const organization = found?.organization
  const name = organization && ((locale === 'en' && organization.name_en) || organization.name)
  const path = organization ? `/o/${organization.slug}` : ''
  return {
    title: name ? t('public:feed.news.org', { name }) : t('public:feed.news'),
    home: config.baseUrl + page.href(path || '/'),
    self: config.baseUrl + page.href(path + file),
    origin: config.baseUrl,
    locale,
    items: await listNews(db, locale, organization?.id ?? null),
  }
}

const urlOf = (news: News, item: NewsItem) =>
  `${news.origin}${news.locale === 'en' ? '/en' : ''}/s/${item.slug}/summary`
const updatedOf = (item: NewsItem) => item.text.correctedAt ?? item.text.publishedAt
const topicsOf = (news: News, item: NewsItem) => item.topics.map((topic) => topicName(topic, news.locale))
const orgOf = (news: News, item: NewsItem) => (news.locale === 'en' && item.org_name_en) || item.org_name

/** The latest change among what is in the feed; the same items give the same bytes. */
const lastUpdate = (news: News) => news.items.map(updatedOf).sort().at(-1) ?? '1970-01-01T00:00:00.000Z'

function contentOf(item: NewsItem): string {
  const lead = item.text.lead.map((paragraph) => `<p>${escapeMarkup(paragraph)}</p>`)
  return [...lead, ...item.text.blocks].join('')
}

function atom(c: Context<AppEnv>, news: News): Response {
  const x = (text: string) => escapeMarkup(text.replace(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, ''))
  const entries = news.items.map(
    (item) => `<entry>
<id>urn:uuid:${item.id}</id>
<title>${x(item.text.title)}</title>
<link rel="alternate" type="text/html" href="${x(urlOf(news, item))}"/>
<published>${item.text.publishedAt}</published>
<updated>${updatedOf(item)}</updated>
<author><name>${x(item.text.byline ?? orgOf(news, item))}</name></author>
${item.topics
  .map((topic) => `<category term="${x(topic.key)}" label="${x(topicName(topic, news.locale))}"/>`)
  .join('\n')}
<summary>${x(item.text.lead[0] ?? '')}</summary>
<content type="html">${x(contentOf(item))}</content>
</entry>`,
  )
  const body = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${news.locale}">
<id>${x(news.self)}</id>
<title>${x(news.title)}</title>
<updated>${lastUpdate(news)}</updated>
<link rel="self" type="application/atom+xml" href="${x(news.self)}"/>
<link rel="alternate" type="text/html" href="${x(news.home)}"/>
${entries.join('\n')}
</feed>
`
  return send(c, body, 'application/atom+xml; charset=utf-8')
}

function json(c: Context<AppEnv>, news: News): Response {
  const body = {
    version: 'https://jsonfeed.org/version/1.1',
    title: news.title,
    home_page_url: news.home,
    feed_url: news.self,
    language: news.locale,
    items: news.items.map((item) => ({
      id: `urn:uuid:${item.id}`,
      url: urlOf(news, item),
      title: item.text.title,
      summary: item.text.lead[0],
      content_html: contentOf(item),
      date_published: item.text.publishedAt,
      date_modified: updatedOf(item),
      authors: [{ name: item.text.byline ?? orgOf(news, item) }],
      tags: item.topics.length ? topicsOf(news, item) : undefined,
      language: news.locale,
    })),
  }
  return send(c, JSON.stringify(body), 'application/feed+json; charset=utf-8')
}

// No Last-Modified: a text that was withdrawn would not move it. The ETag tells every change.
function send(c: Context<AppEnv>, body: string, type: string): Response {
  return c.body(body, 200, { 'Content-Type': type })
}
