import { type Context, Hono } from 'hono'
import type { Page as Paged } from '../../db/cursor.ts'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { topicName } from '../../features/seminars/queries/topics.ts'
import {
  type ArchiveFilter,
  findPublicOrganization,
  type ListedSeminar,
  listFacets,
  listPast,
  listUpcoming,
} from '../../features/summaries/queries/archive.ts'
import { PublicLayout } from '../layout.tsx'
import { cardImage, organizationCard } from './card.ts'
import { address, Finder, nameOf, type Organization, type Search, search } from './finder.tsx'
import { type HeadImage, PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { NextSeminar, SeminarList } from './listing.tsx'

type Facets = Awaited<ReturnType<typeof listFacets>>

/** What is on and what was, of everybody (`/`) and of one organisation (`/o/:org`). */
export const homePages = new Hono<AppEnv>()
  .get('/', kept(...Object.keys(search.shape)), (c) => archivePage(c, null))
  .get('/o/:org', kept(...Object.keys(search.shape)), async (c) => {
    const found = await findPublicOrganization(c.var.services.db, c.req.param('org'))
    if (!found) throw new DomainError('not_found', { detail: 'no_organization' })
    if (found.moved) return c.redirect(c.var.page.href(`/o/${found.organization.slug}`), 301)
    return archivePage(c, found.organization)
  })

async function archivePage(c: Context<AppEnv>, own: Organization | null) {
  const { db } = c.var.services
  const { page } = c.var
  const asked = search.parse(c.req.query())
  const facets = await listFacets(db, own?.id ?? null)
  const chosen = own ?? facets.organizations.find((one) => one.slug === asked.org) ?? null
  const filter: ArchiveFilter = {
    q: asked.q,
    year: asked.year,
    organizationId: chosen?.id ?? null,
    kind: asked.kind,
    topic: asked.topic || null,
    cursor: asked.after,
  }
  const [upcoming, past] = await Promise.all([
    asked.after ? [] : listUpcoming(db, filter, page.now),
    listPast(db, filter, page.now),
  ])
  const image = own ? await cardImage(c, `/o/${own.slug}`, organizationCard(page, own)) : undefined
  return c.html(<Archive {...{ page, asked, facets, own, chosen, upcoming, past, image }} />)
}

interface ArchiveProps {
  page: Page
  asked: Search
  facets: Facets
  /** Whose page this is; null for everybody's. */
  own: Organization | null
  /** The organisation it was narrowed to. */
  chosen: Organization | null
  upcoming: ListedSeminar[]
  past: Paged<ListedSeminar>
  /** The card of an organisation's own page. */
  image: HeadImage | undefined
}

function Archive({ page, asked, facets, own, chosen, upcoming, past, image }: ArchiveProps) {
  const { t } = page
  const narrowed = Boolean(asked.q || asked.year || asked.kind || asked.topic || (chosen && !own) || asked.after)
  const next = narrowed ? undefined : upcoming.find((seminar) => seminar.state === 'scheduled')
  const coming = upcoming.filter((seminar) => seminar !== next)
  const withOrganization = own === null && facets.organizations.length > 1
  const path = own ? `/o/${own.slug}` : '/'
  const only = own ?? (facets.organizations.length === 1 ? facets.organizations[0] : undefined)
  const title = own ? t('public:org.title', { name: nameOf(page, own) }) : t('common:product.full')
  const topic = facets.topics.find((one) => one.key === asked.topic)
  const heading = asked.q
    ? t('public:search.title', { q: asked.q })
    : topic
      ? topicName(topic, page.locale)
      : narrowed
        ? t('common:nav.seminars')
        : title
  const list = { page, q: asked.q, withOrganization }
  return (
    <PublicLayout
      page={page}
      title={title}
      description={own ? t('public:org.description', { name: nameOf(page, own) }) : t('public:home.description')}
      masthead={only ? { name: nameOf(page, only), home: path } : undefined}
      hue={own?.accent_hue}
      current="seminars"
      robots={narrowed ? 'noindex' : undefined}
      head={
        <PublicHead
          page={page}
          title={title}
          description={t('public:home.description')}
          path={path}
          image={image}
          feeds={own ? path : ''}
        />
      }
    >
      {next ? (
        <NextSeminar page={page} seminar={next} withOrganization={withOrganization} />
      ) : (
        <h1 class="page">{heading}</h1>
      )}
      <Finder {...{ page, asked, facets, own, chosen, path }} />
      {coming.length ? (
        <section>
          <h2 class="group">{t('public:upcoming')}</h2>
          <SeminarList {...list} items={coming} />
        </section>
      ) : null}
      {past.items.length ? (
        <section>
          <h2 class="group">{t('public:past')}</h2>
          <SeminarList {...list} items={past.items} />
        </section>
      ) : null}
      {!coming.length && !past.items.length ? (
        <Nothing page={page} narrowed={narrowed} next={next !== undefined} path={path} />
      ) : null}
      {past.next || asked.after ? (
        <nav class="pager" aria-label={t('public:pages')}>
          {asked.after ? (
            <a href={page.href(address(path, asked, { after: undefined }))}>{t('common:first')}</a>
          ) : (
            <span />
          )}
          {past.next ? (
            <a rel="next" href={page.href(address(path, asked, { after: past.next }))}>
              {t('public:older')}
            </a>
          ) : null}
        </nav>
      ) : null}
    </PublicLayout>
  )
}

function Nothing({ page, narrowed, next, path }: { page: Page; narrowed: boolean; next: boolean; path: string }) {
  const { t, href } = page
  if (narrowed) {
    return (
      <p class="empty">
        <strong>{t('public:nothing.found')}</strong>
        {t('public:nothing.hint')} <a href={href(path)}>{t('public:nothing.all')}</a>
      </p>
    )
  }
  return next ? null : (
    <p class="empty">
      <strong>{t('public:empty')}</strong>
      {t('public:empty.hint')}
    </p>
  )
}
