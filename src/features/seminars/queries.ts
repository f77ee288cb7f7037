import type { Selectable } from 'kysely'
import type { Locale } from '../../context.ts'
import type { Db } from '../../db/transaction.ts'
import type { Seminars } from '../../db/types.ts'
import { DomainError } from '../../errors.ts'
import type { SeminarKind } from '../../text/kinds.ts'
import { titlePhrase } from './rules.ts'

export type SeminarRow = Selectable<Seminars>

/** One seminar of an organisation. */
export function findSeminar(db: Db, organizationId: string, id: string): Promise<SeminarRow | undefined> {
  return db
    .selectFrom('seminars')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** One seminar of an organisation. @throws DomainError not_found */
export async function getSeminar(db: Db, organizationId: string, id: string): Promise<SeminarRow> {
  const seminar = await findSeminar(db, organizationId, id)
  if (!seminar) throw new DomainError('not_found')
  return seminar
}

/**
 * The seminar of a public address, whatever its state and visibility: the caller decides who may see it. `moved` says that
 * the slug is an old one, so that the page can lead on to `seminar.slug`.
 */
export async function findSeminarBySlug(
  db: Db,
  slug: string,
): Promise<{ seminar: SeminarRow; moved: boolean } | undefined> {
  const row = await db
    .selectFrom('slugs as s')
    .innerJoin('seminars', (join) =>
      join.onRef('seminars.organization_id', '=', 's.organization_id').onRef('seminars.id', '=', 's.target_id'),
    )
    .selectAll('seminars')
    .where('s.kind', '=', 'seminar')
    .where('s.slug', '=', slug)
    .executeTakeFirst()
  return row && { seminar: row, moved: row.slug !== slug }
}

type Titled = Pick<SeminarRow, 'kind' | 'subtype' | 'subtype_en' | 'title' | 'title_en' | 'theme' | 'theme_en'>

/**
 * A seminar's full printed title: its own where one was written, else made of kind, subtype and theme:
 * `Hội thảo chuyên đề “…”`, `Thematic workshop “…”`. English falls back to what was written in Vietnamese.
 */
export function seminarTitle(seminar: Titled, locale: Locale): string {
  const kind = seminar.kind as SeminarKind
  if (locale === 'vi') return seminar.title ?? titlePhrase(kind, seminar.subtype, seminar.theme, 'vi')
  if (seminar.title_en) return seminar.title_en
  if (seminar.title && !seminar.theme_en) return seminar.title
  return titlePhrase(kind, seminar.subtype_en ?? seminar.subtype, seminar.theme_en ?? seminar.theme, 'en')
}

/** The short name of a seminar, for headings and lists: its theme in the reader's language, where it was written. */
export function seminarName(seminar: Pick<SeminarRow, 'theme' | 'theme_en'>, locale: Locale): string {
  return (locale === 'en' && seminar.theme_en) || seminar.theme
}

/** The venue in the reader's language, where it was written. */
export function seminarVenue(seminar: Pick<SeminarRow, 'venue' | 'venue_en'>, locale: Locale): string | null {
  return (locale === 'en' && seminar.venue_en) || seminar.venue
}
