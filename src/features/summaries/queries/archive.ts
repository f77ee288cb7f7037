import { type SqlBool, sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { searchWords } from '../../../text/highlight.ts'
import { printedSummary } from '../schema.ts'

/** What a visitor asked the archive for. */
export interface ArchiveFilter {
  q: string
  year: number | null
  /** An organisation's id. */
  organizationId: string | null
  kind: string | null
  cursor: string | undefined
}

const PAGE = 20
const UPCOMING_MAX = 50

/** Every public seminar with what a line of a list shows of it. Drafts, unlisted and private ones are never among them. */
function publicSeminars(db: Db, filter: Pick<ArchiveFilter, 'q' | 'year' | 'organizationId' | 'kind'>) {
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
    ])
  if (filter.organizationId) query = query.where('s.organization_id', '=', filter.organizationId)
  if (filter.kind) query = query.where('s.kind', '=', filter.kind)
  if (filter.year) {
    query = query
      .where('s.starts_local', '>=', `${filter.year}-01-01T00:00:00`)
      .where('s.starts_local', '<', `${filter.year + 1}-01-01T00:00:00`)
  }
  for (const word of searchWords(filter.q)) query = query.where(holdsWord(word))
  return query
}

/** Each word may stand somewhere else: in the title or theme, the host, the organisation, a person's name, the summary. */
function holdsWord(word: string) {
  const pattern = `%${word.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
  return sql<SqlBool>`(s.search like ${pattern} or fold(o.name) like ${pattern}
    or exists (select from chairs c where c.organization_id = s.organization_id and c.seminar_id = s.id and fold(c.name) like ${pattern})
    or exists (select from agenda_items a join agenda_speakers k on k.organization_id = a.organization_id and k.agenda_item_id = a.id
               where a.organization_id = s.organization_id and a.seminar_id = s.id and fold(k.name) like ${pattern})
    or exists (select from summaries m where m.organization_id = s.organization_id and m.seminar_id = s.id
               and m.state = 'published' and m.published_search like ${pattern}))`
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

/**
 * By what the archive can be narrowed: organisations by name; years, latest first, and kinds, within what it is narrowed to
 * already.
 */
export async function listFacets(db: Db, organizationId: string | null) {
  const { rows } = await sql<{ year: number | null; organization_id: string; kind: string }>`
    select distinct extract(year from starts_local)::int as year, organization_id, kind from seminars
    where visibility = 'public' and state <> 'draft' and (${organizationId}::uuid is null or organization_id = ${organizationId}::uuid)
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
  return {
    organizations,
    within(narrowed: { organizationId?: string; year: number | null; kind: string | null }) {
      const of = rows.filter((row) => !narrowed.organizationId || row.organization_id === narrowed.organizationId)
      const years = of.filter((row) => !narrowed.kind || row.kind === narrowed.kind).map((row) => row.year)
      const kinds = of.filter((row) => !narrowed.year || row.year === narrowed.year).map((row) => row.kind)
      return {
        years: [...new Set(years)].filter((year) => year !== null).sort((a, b) => b - a),
        kinds: [...new Set(kinds)].sort(),
      }
    },
  }
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
