import { type SqlBool, sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { searchWords } from '../../../text/highlight.ts'
import { printedSummary } from '../schema.ts'
import { filedUnder, foundPeople, foundTexts, holdsWord } from './search.ts'

/** What a visitor asked the archive for. */
export interface ArchiveFilter {
  q: string
  year: number | null
  /** An organisation's id. */
  organizationId: string | null
  kind: string | null
  /** A topic's key: its name folded. */
  topic: string | null
  cursor: string | undefined
}

const PAGE = 20
const UPCOMING_MAX = 50

/** Every public seminar with what a line of a list shows of it. Drafts, unlisted and private ones are never among them. */
function publicSeminars(db: Db, filter: Omit<ArchiveFilter, 'cursor'>) {
  const words = searchWords(filter.q)
  let query = db
    .selectFrom('seminars as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .where('s.visibility', '=', 'public')
    .where('s.state', '<>', 'draft')
    .selectAll('s')
    .select(['o.slug as org_slug', 'o.name as org_name', 'o.name_en as org_name_en', 'o.honorific as org_honorific'])
    .select((eb) => [
      eb
        .selectFrom('chairs as c')
        .select((e) => e.fn.countAll<number>().as('n'))
        .whereRef('c.organization_id', '=', 's.organization_id')
        .whereRef('c.seminar_id', '=', 's.id')
        .where('c.role', '=', 'chair')
        .as('chairs'),
      eb
        .selectFrom('presentations as p')
        .select((e) => e.fn.countAll<number>().as('n'))
        .whereRef('p.organization_id', '=', 's.organization_id')
        .whereRef('p.seminar_id', '=', 's.id')
        .where('p.released_at', 'is not', null)
        .where('p.state', '=', 'approved')
        .as('speeches'),
      eb
        .selectFrom('summaries as m')
        .select('m.published')
        .whereRef('m.organization_id', '=', 's.organization_id')
        .whereRef('m.seminar_id', '=', 's.id')
        .where('m.state', '=', 'published')
        .orderBy((e) => e('m.locale', '=', e.ref('s.language')), 'desc')
        .limit(1)
        .as('summary'),
      foundPeople(words).as('found_people'),
      foundTexts('topics', words).as('found_topics'),
      foundTexts('speeches', words).as('found_speeches'),
    ])
  if (filter.organizationId) query = query.where('s.organization_id', '=', filter.organizationId)
  if (filter.kind) query = query.where('s.kind', '=', filter.kind)
  if (filter.topic) query = query.where(filedUnder(filter.topic))
  if (filter.year) {
    query = query
      .where('s.starts_local', '>=', `${filter.year}-01-01T00:00:00`)
      .where('s.starts_local', '<', `${filter.year + 1}-01-01T00:00:00`)
  }
  for (const word of words) query = query.where(holdsWord(word))
  return query
}

type Row = Awaited<ReturnType<ReturnType<typeof publicSeminars>['execute']>>[number]

function toListed({ summary, ...row }: Row) {
  return {
    ...row,
    chairs: Number(row.chairs),
    speeches: Number(row.speeches),
    summary: summary === null ? null : printedSummary.parse(summary),
  }
}
export type ListedSeminar = ReturnType<typeof toListed>

/** What is on or still to come, the next first; postponed ones without a date last. At most 50. */
export async function listUpcoming(db: Db, filter: ArchiveFilter, now: Date): Promise<ListedSeminar[]> {
  const rows = await publicSeminars(db, filter)
    .where((eb) =>
      eb.or([
        eb.and([eb('s.state', 'in', ['scheduled', 'cancelled', 'postponed']), eb('s.ends_at', '>=', now)]),
        eb.and([eb('s.state', '=', 'postponed'), eb('s.starts_at', 'is', null)]),
      ]),
    )
    .orderBy('s.starts_at', (o) => o.asc().nullsLast())
    .orderBy('s.id')
    .limit(UPCOMING_MAX)
    .execute()
  return rows.map(toListed)
}

/** What was, the latest first, in pages of 20. What was cancelled never was. */
export async function listPast(db: Db, filter: ArchiveFilter, now: Date): Promise<Page<ListedSeminar>> {
  let query = publicSeminars(db, filter).where((eb) =>
    eb.or([eb('s.state', '=', 'held'), eb.and([eb('s.state', '=', 'scheduled'), eb('s.ends_at', '<', now)])]),
  )
  if (filter.cursor) {
    const [at, id] = decodeCursor(filter.cursor, 2)
    query = query.where(sql<SqlBool>`(s.starts_at, s.id) < (${String(at)}::timestamptz, ${String(id)}::uuid)`)
  }
  const rows = await query
    .orderBy('s.starts_at', 'desc')
    .orderBy('s.id', 'desc')
    .limit(PAGE + 1)
    .execute()
  return toPage(rows.map(toListed), PAGE, (row) => [row.starts_at?.toISOString() ?? null, row.id])
}

/** What the archive is narrowed to already. */
export interface Narrowed {
  organizationId?: string
  year: number | null
  kind: string | null
  topic: string | null
}

/**
 * By what the archive can be narrowed: organisations by name; years, latest first, kinds, and topics, the most used
 * first, within what it is narrowed to already. A topic of several organisations is one.
 */
export async function listFacets(db: Db, organizationId: string | null) {
  const { rows } = await sql<{ year: number | null; organization_id: string; kind: string; topics: string[] }>`
    select distinct extract(year from s.starts_local)::int as year, s.organization_id, s.kind,
      array(select t.key from seminar_topics x join topics t on t.organization_id = x.organization_id and t.id = x.topic_id
        where x.organization_id = s.organization_id and x.seminar_id = s.id order by t.key) as topics
    from seminars s
    where s.visibility = 'public' and s.state <> 'draft'
      and (${organizationId}::uuid is null or s.organization_id = ${organizationId}::uuid)
    limit 2000`.execute(db)
  const ids = [...new Set(rows.map((row) => row.organization_id))]
  const organizations = ids.length
    ? await db
        .selectFrom('organizations')
        .select(['id', 'slug', 'name', 'name_en'])
        .where('id', 'in', ids)
        .orderBy(sql`name collate "vi-x-icu"`)
        .execute()
    : []
  const topics = await listTopicNames(db, [...new Set(rows.flatMap((row) => row.topics))], ids)
  return {
    organizations,
    topics,
    within({ organizationId: of, year, kind, topic }: Narrowed) {
      const left = (but: 'year' | 'kind' | 'topic') =>
        rows.filter(
          (row) =>
            (!of || row.organization_id === of) &&
            (but === 'year' || !year || row.year === year) &&
            (but === 'kind' || !kind || row.kind === kind) &&
            (but === 'topic' || !topic || row.topics.includes(topic)),
        )
      const used = new Map<string, number>()
      for (const key of left('topic').flatMap((row) => row.topics)) used.set(key, (used.get(key) ?? 0) + 1)
      return {
        years: [...new Set(left('year').map((row) => row.year))].filter((one) => one !== null).sort((a, b) => b - a),
        kinds: [...new Set(left('kind').map((row) => row.kind))].sort(),
        topics: topics
          .filter((one) => used.has(one.key))
          .sort((a, b) => (used.get(b.key) as number) - (used.get(a.key) as number)),
      }
    },
  }
}

/** One name for each key: that of the organisation that wrote it first, an English one where any wrote it. */
async function listTopicNames(db: Db, keys: string[], organizationIds: string[]) {
  if (!keys.length) return []
  const { rows } = await sql<{ key: string; name: string; nameEn: string | null }>`
    select key, (array_agg(name order by created_at, id))[1] as name,
      (array_agg(name_en order by created_at, id) filter (where name_en is not null))[1] as "nameEn"
    from topics where key in (${sql.join(keys)}) and organization_id in (${sql.join(organizationIds)})
    group by key order by min(name collate "vi-x-icu")`.execute(db)
  return rows
}

/** The organisation of a public address; `moved` says that the slug is an old one. */
export async function findPublicOrganization(db: Db, slug: string) {
  const row = await db
    .selectFrom('slugs as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .select(['o.id', 'o.slug', 'o.name', 'o.name_en', 'o.accent_hue', 'o.updated_at'])
    .where('s.kind', '=', 'organization')
    .where('s.slug', '=', slug)
    .executeTakeFirst()
  return row && { organization: row, moved: row.slug !== slug }
}
