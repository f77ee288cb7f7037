import type { Context, Locale } from '../context.ts'
import { type Trx, transaction } from '../db/transaction.ts'
import { setTopics } from '../features/seminars/commands/topics.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { createSummary, editSummary } from '../features/summaries/commands/editing.ts'
import { addPhoto } from '../features/summaries/commands/photos.ts'
import { publishSummary } from '../features/summaries/commands/publishing.ts'
import { storePhoto } from '../features/summaries/commands/store-photo.ts'
import type { FiguresTable } from '../features/summaries/schema.ts'
import type { Services } from '../services.ts'
import { createSeminarRow, type DemoData } from './rows.ts'

interface Person {
  name: string
  gender: 'male' | 'female'
  positions: string[]
  positionsEn: string[]
}

/** A seminar that was held, as a file of demo/ tells it: people are printed text. What has no English is left without. */
export interface HeldSeminar {
  slug: string
  subtype: string | null
  subtypeEn: string | null
  theme: string
  themeEn: string | null
  host: string
  hostEn: string
  cohosts?: string[]
  cohostsEn?: string[]
  topics: { name: string; nameEn: string }[]
  startsLocal: string
  endsLocal: string
  venue: string
  venueEn: string
  superiors?: Person[]
  chairs: Person[]
  delegations: { text: string; textEn: string; separator?: string }[]
  agenda: {
    kind: string
    title: string
    titleEn: string
    minutes: number
    speaker?: { name: string; position: string; positionEn: string }
  }[]
  /** An instant of the day itself: the lead then says `Chiều 16/11`. */
  publishedAt: string
  byline: string
  body: string[]
  bodyEn?: string[]
  figures: FiguresTable | null
  figuresEn?: FiguresTable
  directives: string[]
  directivesEn?: string[]
  conclusionsBy: string
  photos: {
    file: string
    caption: string
    captionEn: string
    alt: string
    altEn: string
    afterParagraph: number | null
  }[]
}

const PLANNED_DAYS_BEFORE = 15

/** The seminar with its chairs, groups and agenda; its summary is published by `publishHeldSeminar`. @returns its id */
export async function loadHeldSeminar(trx: Trx, organizationId: string, d: HeldSeminar): Promise<string> {
  const planned = new Date(Date.parse(d.publishedAt) - PLANNED_DAYS_BEFORE * 86_400_000)
  const seminarId = await createSeminarRow(trx, organizationId, {
    slug: d.slug,
    state: 'held',
    subtype: d.subtype,
    subtype_en: d.subtypeEn,
    theme: d.theme,
    theme_en: d.themeEn,
    host: d.host,
    host_en: d.hostEn,
    cohosts: d.cohosts ?? [],
    cohosts_en: d.cohostsEn ?? [],
    venue: d.venue,
    venue_en: d.venueEn,
    starts_local: d.startsLocal,
    ends_local: d.endsLocal,
    revised_at: planned,
    created_at: planned,
  })
  await setTopics(trx, organizationId, seminarId, d.topics)
  const base = { organization_id: organizationId, seminar_id: seminarId }
  const people = (role: 'superior' | 'chair', list: Person[]) =>
    list.map(({ name, gender, positions, positionsEn }, i) => ({
      ...base,
      role,
      ordinal: i + 1,
      name,
      gender,
      positions,
      positions_en: positionsEn,
    }))
  await trx
    .insertInto('chairs')
    .values([...people('superior', d.superiors ?? []), ...people('chair', d.chairs)])
    .execute()
  await trx
    .insertInto('delegations')
    .values(
      d.delegations.map(({ text, textEn, separator }, i) => ({
        ...base,
        ordinal: i + 1,
        text,
        text_en: textEn,
        separator: separator ?? null,
      })),
    )
    .execute()
  await insertAgenda(trx, base, d.agenda)
  return seminarId
}

async function insertAgenda(
  trx: Trx,
  base: { organization_id: string; seminar_id: string },
  agenda: HeldSeminar['agenda'],
): Promise<void> {
  for (const [i, { kind, title, titleEn, minutes, speaker }] of agenda.entries()) {
    const { id } = await trx
      .insertInto('agenda_items')
      .values({ ...base, ordinal: i + 1, kind, title, title_en: titleEn, minutes })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (!speaker) continue
    const { name, position, positionEn } = speaker
    await trx
      .insertInto('agenda_speakers')
      .values({
        organization_id: base.organization_id,
        agenda_item_id: id,
        ordinal: 1,
        name,
        position,
        position_en: positionEn,
      })
      .execute()
  }
}

/**
 * Its article, by the commands that an editor uses: the lead comes from the data, the body from the file, in the languages
 * the file has. Photos are drawings; where the runtime makes no variants of photos the article stands without them.
 */
export async function publishHeldSeminar(
  services: Services,
  given: Context,
  { organizationId, seminarId }: { organizationId: string; seminarId: string },
  d: HeldSeminar,
  photo: DemoData['photo'],
): Promise<void> {
  const { db, files, imager } = services
  const publishedAt = new Date(d.publishedAt)
  const ctx: Context = { ...given, now: publishedAt }
  const seminar = await getSeminar(db, organizationId, seminarId)
  if (imager) {
    for (const p of d.photos) {
      const stored = await storePhoto({ files, imager }, seminar, p.file, await photo(p.file))
      await transaction(db, (trx) => addPhoto(trx, ctx, seminar, stored, p))
    }
  }
  const publish = (locale: Locale, body: string[], figures: FiguresTable | null, conclusions: string[]) =>
    transaction(db, async (trx) => {
      const { title, lead, version } = await createSummary(trx, ctx, seminar, locale)
      const edited = await editSummary(trx, ctx, seminar, locale, version, {
        title,
        lead,
        body: body.join('\n\n'),
        byline: d.byline,
        figures,
        conclusions,
        conclusionsBy: d.conclusionsBy,
      })
      await publishSummary(trx, ctx, seminar, locale, edited.version, { at: publishedAt })
    })
  await publish('vi', d.body, d.figures, d.directives)
  if (d.bodyEn) await publish('en', d.bodyEn, d.figuresEn ?? null, d.directivesEn ?? [])
}
