import type { Locale } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { listReleasedSpeeches } from '../../presentations/queries.ts'
import { listSeminarTopics } from '../../seminars/queries/topics.ts'
import { computeAgenda } from '../../seminars/rules.ts'
import { type PrintedSummary, printedSummary } from '../schema.ts'

/**
 * The seminar of a public address. `moved` says that the slug is an old one.
 * @throws DomainError not_found, for drafts and private seminars too: nobody learns that they exist
 */
export async function getPublicSeminar(db: Db, slug: string) {
  const row = await db
    .selectFrom('slugs as g')
    .innerJoin('seminars as s', (join) =>
      join.onRef('s.organization_id', '=', 'g.organization_id').onRef('s.id', '=', 'g.target_id'),
    )
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .selectAll('s')
    .select([
      'o.slug as org_slug',
      'o.name as org_name',
      'o.name_en as org_name_en',
      'o.accent_hue as org_accent_hue',
      'o.honorific as org_honorific',
      'o.email as org_email',
      'o.contact_name as org_contact_name',
      'o.contact_phone as org_contact_phone',
    ])
    .where('g.kind', '=', 'seminar')
    .where('g.slug', '=', slug)
    .executeTakeFirst()
  if (!row || row.state === 'draft' || row.visibility === 'private') throw new DomainError('not_found')
  return { seminar: row, moved: row.slug !== slug }
}
export type PublicSeminar = Awaited<ReturnType<typeof getPublicSeminar>>['seminar']

type Of = Pick<PublicSeminar, 'organization_id' | 'id'>

/** The published texts of a seminar, by language. */
export async function findPublishedSummaries(db: Db, { organization_id, id }: Of) {
  const rows = await db
    .selectFrom('summaries')
    .select(['id', 'locale', 'published'])
    .where('organization_id', '=', organization_id)
    .where('seminar_id', '=', id)
    .where('state', '=', 'published')
    .execute()
  const found: Partial<Record<Locale, PrintedSummary>> = {}
  for (const row of rows) found[row.locale as Locale] = printedSummary.parse(row.published)
  return found
}

/** Whether a text of the seminar stood here once and was taken back: its address is gone, not unknown. */
export async function wasWithdrawn(db: Db, { organization_id, id }: Of): Promise<boolean> {
  const row = await db
    .selectFrom('summaries')
    .select('id')
    .where('organization_id', '=', organization_id)
    .where('seminar_id', '=', id)
    .where('state', '=', 'withdrawn')
    .executeTakeFirst()
  return row !== undefined
}

/** Chairs, groups, topics, agenda with times, released speeches, and the published texts: everything the page prints. */
export async function getSeminarDetails(db: Db, seminar: PublicSeminar) {
  const { organization_id: organizationId, id } = seminar
  const [people, delegations, items, speakers, speeches, summaries, topics] = await Promise.all([
    db
      .selectFrom('chairs')
      .select(['id', 'role', 'name', 'positions', 'positions_en', 'person_id as personId'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', id)
      .orderBy('ordinal')
      .execute(),
    db
      .selectFrom('delegations')
      .select(['id', 'text', 'text_en'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', id)
      .orderBy('ordinal')
      .execute(),
    db
      .selectFrom('agenda_items')
      .select(['id', 'kind', 'title', 'title_en', 'minutes', 'fixed_start as fixedStart'])
      .where('organization_id', '=', organizationId)
      .where('seminar_id', '=', id)
      .orderBy('ordinal')
      .execute(),
    db
      .selectFrom('agenda_speakers as k')
      .innerJoin('agenda_items as a', (join) =>
        join.onRef('a.organization_id', '=', 'k.organization_id').onRef('a.id', '=', 'k.agenda_item_id'),
      )
      .select(['k.id', 'k.agenda_item_id', 'k.name', 'k.position', 'k.position_en'])
      .where('k.organization_id', '=', organizationId)
      .where('a.seminar_id', '=', id)
      .orderBy('k.ordinal')
      .execute(),
    listReleasedSpeeches(db, organizationId, id),
    findPublishedSummaries(db, seminar),
    listSeminarTopics(db, organizationId, id),
  ])
  const times = computeAgenda(
    items.map((item) => ({ ...item, speakers: [] })),
    seminar.starts_local,
    seminar.ends_local,
  ).items
  return {
    chairs: people.filter((person) => person.role === 'chair'),
    superiors: people.filter((person) => person.role === 'superior'),
    delegations,
    agenda: items.map((item, index) => ({
      ...item,
      startsLocal: times[index]?.startsLocal ?? null,
      endsLocal: times[index]?.endsLocal ?? null,
      speakers: speakers.filter((speaker) => speaker.agenda_item_id === item.id),
    })),
    speeches,
    summaries,
    topics,
  }
}
export type SeminarDetails = Awaited<ReturnType<typeof getSeminarDetails>>
export type ReleasedSpeech = SeminarDetails['speeches'][number]

/** One released speech of a seminar. @throws DomainError not_found */
export async function getReleasedSpeech(
  db: Db,
  { organization_id, id }: Of,
  speechId: string,
): Promise<ReleasedSpeech> {
  const speech = (await listReleasedSpeeches(db, organization_id, id)).find((one) => one.id === speechId)
  if (!speech) throw new DomainError('not_found')
  return speech
}

/** A stored variant of a photo that a published text of this seminar shows. @throws DomainError not_found */
export async function getPublishedPhotoFile(db: Db, seminar: Of, fileId: string) {
  const file = await db
    .selectFrom('files as f')
    .select([
      'f.organization_id',
      'f.id as file_id',
      'f.storage_key',
      'f.media_type',
      'f.size',
      'f.sha256',
      'f.scan',
      'f.damage',
    ])
    .where('f.organization_id', '=', seminar.organization_id)
    .where('f.id', '=', fileId)
    .where('f.purpose', '=', 'photo')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('summaries as m')
          .select('m.id')
          .where('m.organization_id', '=', seminar.organization_id)
          .where('m.seminar_id', '=', seminar.id)
          .where('m.state', '=', 'published')
          .where('m.published', '@>', jsonb({ photos: [{ variants: [{ fileId }] }] })),
      ),
    )
    .executeTakeFirst()
  if (!file) throw new DomainError('not_found')
  return file
}
