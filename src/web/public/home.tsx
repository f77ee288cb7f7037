import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Page as Paged } from '../../db/cursor.ts'
import type { AppEnv, Page } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import {
  type ArchiveFilter,
  findPublicOrganization,
  type ListedSeminar,
  listFacets,
  listPast,
  listUpcoming,
} from '../../features/summaries/queries/archive.ts'
import type { TextKey } from '../../i18n.ts'
import { cleanLine } from '../../text/fold.ts'
import { seminarKinds } from '../../text/kinds.ts'
import { PublicLayout } from '../layout.tsx'
import { PublicHead } from './head.tsx'
import { kept } from './kept.ts'
import { NextSeminar, SeminarList } from './listing.tsx'

const search = z.object({
  q: z
    .string()
    .catch('')
    .default('')
    .transform((text) => cleanLine(text).slice(0, 120)),
  year: z.coerce.number().int().min(1900).max(2199).nullable().catch(null).default(null),
  org: z
    .string()
    .regex(/^[a-z0-9-]{1,120}$/)
    .catch('')
    .default(''),
  kind: z.enum(seminarKinds).nullable().catch(null).default(null),
  after: z.string().max(500).optional().catch(undefined),
})
type Search = z.output<typeof search>
type Facets = Awaited<ReturnType<typeof listFacets>>
type Organization = Facets['organizations'][number] & { accent_hue?: number }

/** What is on and what was, of everybody (`/`) and of one organisation (`/o/:org`). */
export const homePages = new Hono<AppEnv>()
  .get('/', kept, (c) => archivePage(c, null))
  .get('/o/:org', kept, async (c) => {
    const found = await findPublicOrganization(c.var.services.db, c.req.param('org'))
    if (!found) throw new DomainError('not_found')
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
    cursor: asked.after,
  }
  const [upcoming, past] = await Promise.all([
    asked.after ? [] : listUpcoming(db, filter, page.now),
    listPast(db, filter, page.now),
  ])
  return c.html(<Archive {...{ page, asked, facets, own, chosen, upcoming, past }} />)
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
}

const nameOf = (page: Page, org: Organization) => (page.locale === 'en' && org.name_en) || org.name

function Archive({ page, asked, facets, own, chosen, upcoming, past }: ArchiveProps) {
  const { t } = page
  const narrowed = Boolean(asked.q || asked.year || asked.kind || (chosen && !own) || asked.after)
  const next = narrowed ? undefined : upcoming.find((seminar) => seminar.state === 'scheduled')
  const coming = upcoming.filter((seminar) => seminar !== next)
  const withOrganization = own === null && facets.organizations.length > 1
  const path = own ? `/o/${own.slug}` : '/'
  const only = own ?? (facets.organizations.length === 1 ? facets.organizations[0] : undefined)
  const title = own ? t('public:org.title', { name: nameOf(page, own) }) : t('common:product.full')
  const heading = asked.q ? t('public:search.title', { q: asked.q }) : narrowed ? t('common:nav.seminars') : title
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

/** The search, what it was narrowed by as pills to take away, and what it can be narrowed by. */
function Finder({
  page,
  asked,
  facets,
  own,
  chosen,
  path,
}: Omit<ArchiveProps, 'upcoming' | 'past'> & { path: string }) {
  const { t, href } = page
  const without = (change: Partial<Search>) => href(address(path, asked, { after: undefined, ...change }))
  const organizations = own || chosen ? [] : facets.organizations.length > 1 ? facets.organizations.slice(0, 12) : []
  const within = facets.within({ organizationId: (own ?? chosen)?.id, year: asked.year, kind: asked.kind })
  const years = asked.year || within.years.length < 2 ? [] : within.years.slice(0, 12)
  const kinds = asked.kind || within.kinds.length < 2 ? [] : within.kinds
  return (
    <>
      <form class="find" role="search" method="get" action={href(path)}>
        <input
          type="search"
          name="q"
          value={asked.q}
          maxlength={120}
          aria-label={t('public:search.label')}
          placeholder={t('public:search.hint')}
        />
        {asked.year ? <input type="hidden" name="year" value={String(asked.year)} /> : null}
        {asked.kind ? <input type="hidden" name="kind" value={asked.kind} /> : null}
        {chosen && !own ? <input type="hidden" name="org" value={chosen.slug} /> : null}
        <button class="btn" type="submit">
          {t('common:search')}
        </button>
        {asked.q ? <Pill page={page} href={without({ q: '' })} label={`“${asked.q}”`} /> : null}
        {asked.year ? (
          <Pill
            page={page}
            href={without({ year: null })}
            label={t('public:filter.year', { year: String(asked.year) })}
          />
        ) : null}
        {asked.kind ? (
          <Pill page={page} href={without({ kind: null })} label={t(`seminars:kind.${asked.kind}`)} />
        ) : null}
        {chosen && !own ? <Pill page={page} href={without({ org: '' })} label={nameOf(page, chosen)} /> : null}
      </form>
      {organizations.length || years.length || kinds.length ? (
        <nav class="facets" aria-label={t('public:filter.label')}>
          {years.map((year) => (
            <a href={without({ year })}>{t('public:filter.year', { year: String(year) })}</a>
          ))}
          {kinds.map((kind) => (
            <a href={without({ kind: kind as Search['kind'] })}>{t(`seminars:kind.${kind}` as TextKey)}</a>
          ))}
          {organizations.map((org) => (
            <a href={without({ org: org.slug })}>{nameOf(page, org)}</a>
          ))}
        </nav>
      ) : null}
    </>
  )
}

function Pill({ page, href, label }: { page: Page; href: string; label: string }) {
  return (
    <a class="pill" href={href} aria-label={page.t('public:filter.remove', { label })}>
      {label} <span aria-hidden="true">×</span>
    </a>
  )
}

/** The page's address with other things asked for; what is empty is left out. */
function address(path: string, asked: Search, change: Partial<Search>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...asked, ...change })) if (value) query.set(name, String(value))
  return query.size ? `${path}?${query}` : path
}
