import { z } from 'zod'
import type { Page } from '../../env.ts'
import { topicName } from '../../features/seminars/queries/topics.ts'
import type { listFacets } from '../../features/summaries/queries/archive.ts'
import type { TextKey } from '../../i18n.ts'
import { cleanLine, fold } from '../../text/fold.ts'
import { seminarKinds } from '../../text/kinds.ts'

/** What an address asks of the archive: what is not understood is left out, never refused. */
export const search = z.object({
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
  /** A topic by its name, marks or none. */
  topic: z
    .string()
    .catch('')
    .default('')
    .transform((text) => fold(cleanLine(text)).slice(0, 80)),
  after: z.string().max(500).optional().catch(undefined),
})
export type Search = z.output<typeof search>
type Facets = Awaited<ReturnType<typeof listFacets>>
export type Organization = Facets['organizations'][number] & { accent_hue?: number }

export const nameOf = (page: Page, org: Organization) => (page.locale === 'en' && org.name_en) || org.name

interface FinderProps {
  page: Page
  asked: Search
  facets: Facets
  /** Whose page this is; null for everybody's. */
  own: Organization | null
  /** The organisation it was narrowed to. */
  chosen: Organization | null
  path: string
}

/** The search, what it was narrowed by as pills to take away, and what it can be narrowed by. */
export function Finder({ page, asked, facets, own, chosen, path }: FinderProps) {
  const { t, href } = page
  const without = (change: Partial<Search>) => href(address(path, asked, { after: undefined, ...change }))
  const organizations = own || chosen ? [] : facets.organizations.length > 1 ? facets.organizations.slice(0, 12) : []
  const within = facets.within({
    organizationId: (own ?? chosen)?.id,
    year: asked.year,
    kind: asked.kind,
    topic: asked.topic || null,
  })
  const years = asked.year || within.years.length < 2 ? [] : within.years.slice(0, 12)
  const kinds = asked.kind || within.kinds.length < 2 ? [] : within.kinds
  const topics = asked.topic ? [] : within.topics.slice(0, 12)
  const topic = facets.topics.find((one) => one.key === asked.topic)
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
        {asked.topic ? <input type="hidden" name="topic" value={asked.topic} /> : null}
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
        {asked.topic ? (
          <Pill
            page={page}
            href={without({ topic: '' })}
            label={topic ? topicName(topic, page.locale) : asked.topic}
            lang={topic && inVietnamese(page, topic.nameEn)}
          />
        ) : null}
        {chosen && !own ? <Pill page={page} href={without({ org: '' })} label={nameOf(page, chosen)} /> : null}
      </form>
      {organizations.length || years.length || kinds.length || topics.length ? (
        <nav class="facets" aria-label={t('public:filter.label')}>
          {topics.map((one) => (
            <a href={without({ topic: one.key })} lang={inVietnamese(page, one.nameEn)}>
              {topicName(one, page.locale)}
            </a>
          ))}
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

/** A topic without an English name stays Vietnamese on an English page, and says so to a screen reader. */
const inVietnamese = (page: Page, english: string | null) => (page.locale === 'en' && !english ? 'vi' : undefined)

function Pill({ page, href, label, lang }: { page: Page; href: string; label: string; lang?: string }) {
  return (
    <a class="pill" href={href} aria-label={page.t('public:filter.remove', { label })}>
      <span lang={lang}>{label}</span> <span aria-hidden="true">×</span>
    </a>
  )
}

/** The page's address with other things asked for; what is empty is left out. */
export function address(path: string, asked: Search, change: Partial<Search>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...asked, ...change })) if (value) query.set(name, String(value))
  return query.size ? `${path}?${query}` : path
}
