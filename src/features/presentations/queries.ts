import { sql } from 'kysely'
import { matchesSearch } from '../../db/expressions.ts'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { REMIND_AGAIN_HOURS } from './rules.ts'

/**
 * Speeches with what their pages show beside them: how the speaker is addressed, the newest version, one that was locked away for a
 * virus after it, whether they were reminded in the last hours, by the database's clock.
 */
export function speeches(db: Db, organizationId: string) {
  return db
    .selectFrom('presentations as p')
    .leftJoin('invitations as i', (join) =>
      join.onRef('i.organization_id', '=', 'p.organization_id').onRef('i.id', '=', 'p.invitation_id'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('presentation_versions as v')
          .innerJoin('files as f', (join) =>
            join.onRef('f.organization_id', '=', 'v.organization_id').onRef('f.id', '=', 'v.file_id'),
          )
          .select(['v.number', 'v.created_at', 'f.name', 'f.size', 'f.media_type', 'f.scan', 'f.damage'])
          .whereRef('v.organization_id', '=', 'p.organization_id')
          .whereRef('v.presentation_id', '=', 'p.id')
          .where('f.scan', '<>', 'found')
          .orderBy('v.number', 'desc')
          .limit(1)
          .as('latest'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('presentation_versions as v')
          .innerJoin('files as f', (join) =>
            join.onRef('f.organization_id', '=', 'v.organization_id').onRef('f.id', '=', 'v.file_id'),
          )
          .select(['v.number', 'f.name', 'f.virus'])
          .whereRef('v.organization_id', '=', 'p.organization_id')
          .whereRef('v.presentation_id', '=', 'p.id')
          .where('f.scan', '=', 'found')
          .where(sql<boolean>`v.number > coalesce(latest.number, 0)`)
          .orderBy('v.number', 'desc')
          .limit(1)
          .as('locked'),
      (join) => join.onTrue(),
    )
    .where('p.organization_id', '=', organizationId)
    .selectAll('p')
    .select([
      'i.gender as gender',
      'latest.number as latest_number',
      'latest.created_at as latest_at',
      'latest.name as latest_name',
      'latest.size as latest_size',
      'latest.media_type as latest_type',
      'latest.scan as latest_scan',
      'latest.damage as latest_damage',
      'locked.number as locked_number',
      'locked.name as locked_name',
      'locked.virus as locked_virus',
      sql<boolean>`coalesce(p.reminded_at > now() - make_interval(hours => ${REMIND_AGAIN_HOURS}), false)`.as(
        'reminded_recently',
      ),
    ])
}
export type SpeechRow = Awaited<ReturnType<typeof getSpeech>>

/** One speech of an organisation. @throws DomainError not_found */
export async function getSpeech(db: Db, organizationId: string, id: string) {
  const row = await speeches(db, organizationId).where('p.id', '=', id).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** One speech of a seminar: an address that mixes two seminars leads nowhere. @throws DomainError not_found */
export async function getSeminarSpeech(
  db: Db,
  organizationId: string,
  seminarId: string,
  id: string,
): Promise<SpeechRow> {
  const row = await getSpeech(db, organizationId, id)
  if (row.seminar_id !== seminarId) throw new DomainError('not_found')
  return row
}

/** Every version of a speech, the newest first. */
export function listVersions(db: Db, organizationId: string, presentationId: string) {
  return versions(db, organizationId, presentationId).orderBy('v.number', 'desc').execute()
}
export type VersionRow = Awaited<ReturnType<typeof listVersions>>[number]

/** One version by its number. @throws DomainError not_found */
export async function getVersion(
  db: Db,
  organizationId: string,
  presentationId: string,
  number: number,
): Promise<VersionRow> {
  const row = await versions(db, organizationId, presentationId).where('v.number', '=', number).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

function versions(db: Db, organizationId: string, presentationId: string) {
  return db
    .selectFrom('presentation_versions as v')
    .innerJoin('files as f', (join) =>
      join.onRef('f.organization_id', '=', 'v.organization_id').onRef('f.id', '=', 'v.file_id'),
    )
    .select([
      'v.id',
      'v.number',
      'v.sent_by',
      'v.created_at',
      'f.name',
      'f.media_type',
      'f.size',
      'f.sha256',
      'f.storage_key',
      'f.organization_id',
      'f.id as file_id',
      'f.scan',
      'f.virus',
      'f.scan_refusal',
      'f.damage',
      'f.damaged_at',
    ])
    .where('v.organization_id', '=', organizationId)
    .where('v.presentation_id', '=', presentationId)
    .where('f.purpose', '=', 'presentation')
}

/**
 * Invitees of a seminar to ask for a speech, by a piece of their name, or the one of an id; those asked already are
 * marked. At most 20.
 */
export async function findInvitees(
  db: Db,
  organizationId: string,
  seminarId: string,
  by: { q: string } | { id: string },
) {
  if ('id' in by && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(by.id)) return []
  return db
    .selectFrom('invitations as i')
    .select(['i.id', 'i.name', 'i.positions', 'i.email'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('presentations as p')
            .select('p.id')
            .whereRef('p.organization_id', '=', 'i.organization_id')
            .whereRef('p.invitation_id', '=', 'i.id')
            .where('p.state', '<>', 'withdrawn'),
        )
        .as('asked'),
    )
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
    .where('i.status', '<>', 'withdrawn')
    .where((eb) => ('id' in by ? eb('i.id', '=', by.id) : matchesSearch(eb.ref('i.search'), by.q)))
    .orderBy('i.given')
    .orderBy('i.family')
    .orderBy('i.middle')
    .orderBy('i.id')
    .limit(20)
    .execute()
}

/** Speeches that may be read by everyone, in the order of the agenda: released, approved, of a seminar that is public. */
export async function listReleasedSpeeches(db: Db, organizationId: string, seminarId: string) {
  const rows = await speeches(db, organizationId)
    .leftJoin('agenda_items as a', (join) =>
      join.onRef('a.organization_id', '=', 'p.organization_id').onRef('a.id', '=', 'p.agenda_item_id'),
    )
    .where('p.seminar_id', '=', seminarId)
    .where('p.released_at', 'is not', null)
    .where('p.released_at', '<=', sql<Date>`now()`)
    .where('p.state', '=', 'approved')
    .orderBy('a.ordinal', (order) => order.asc().nullsLast())
    .orderBy('p.ordinal', (order) => order.asc().nullsLast())
    .orderBy('p.id')
    .limit(500)
    .execute()
  return rows.filter((row) => row.latest_number !== null)
}

/** The file of a released speech: its newest version. @throws DomainError not_found */
export async function getReleasedFile(
  db: Db,
  organizationId: string,
  seminarId: string,
  id: string,
): Promise<VersionRow> {
  const speech = await getSeminarSpeech(db, organizationId, seminarId, id)
  if (speech.released_at === null || speech.state !== 'approved' || speech.latest_number === null)
    throw new DomainError('not_found')
  return getVersion(db, organizationId, id, speech.latest_number)
}
