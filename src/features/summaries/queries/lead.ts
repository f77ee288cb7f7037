import type { Locale } from '../../../context.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { wallTime } from '../../../text/dates.ts'
import type { SeminarKind } from '../../../text/kinds.ts'
import { seminarTitle } from '../../seminars/queries.ts'
import { generateLead } from '../rules.ts'
import type { LeadFacts } from '../schema.ts'

/**
 * What the lead is written from, in one language; English falls back to what was written in Vietnamese. `publishedOn` is
 * a day of the seminar's zone. @throws DomainError not_found
 */
export async function leadFacts(
  db: Db,
  organizationId: string,
  seminarId: string,
  locale: Locale,
  publishedOn: string,
): Promise<LeadFacts> {
  const seminar = await db
    .selectFrom('seminars as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .selectAll('s')
    .select('o.honorific')
    .where('s.organization_id', '=', organizationId)
    .where('s.id', '=', seminarId)
    .executeTakeFirst()
  if (!seminar) throw new DomainError('not_found')
  const [people, groups] = await Promise.all([
    db
      .selectFrom('chairs')
      .select(['role', 'name', 'gender', 'positions', 'positions_en'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', seminarId)
      .orderBy('ordinal')
      .execute(),
    db
      .selectFrom('delegations')
      .select(['text', 'text_en', 'separator'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', seminarId)
      .orderBy('ordinal')
      .execute(),
  ])
  const english = locale === 'en'
  const inRole = (role: string) =>
    people
      .filter((person) => person.role === role)
      .map((person) => ({
        name: person.name,
        gender: person.gender as 'male' | 'female' | null,
        positions: english && person.positions_en.length ? person.positions_en : person.positions,
      }))
  return {
    locale,
    honorific: seminar.honorific as LeadFacts['honorific'],
    kind: seminar.kind as SeminarKind,
    titlePhrase: seminarTitle(seminar, locale),
    host: (english && seminar.host_en) || seminar.host,
    cohosts: english && seminar.cohosts_en.length ? seminar.cohosts_en : seminar.cohosts,
    chairs: inRole('chair'),
    superiors: inRole('superior'),
    // A separator is a matter of the Vietnamese text.
    groups: groups.map((group) =>
      english ? { text: group.text_en ?? group.text } : { text: group.text, separator: group.separator },
    ),
    startsLocal: seminar.starts_local,
    endsLocal: seminar.ends_local,
    publishedOn,
  }
}

/** The lead as the data gives it now, for a text published at `now`. @throws DomainError not_found */
export async function leadFromData(
  db: Db,
  seminar: { organization_id: string; id: string; timezone: string },
  locale: Locale,
  now: Date,
): Promise<string[]> {
  const day = wallTime(now, seminar.timezone).slice(0, 10)
  return generateLead(await leadFacts(db, seminar.organization_id, seminar.id, locale, day)).paragraphs
}
