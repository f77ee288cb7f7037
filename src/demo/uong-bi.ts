import type { Context } from '../context.ts'
import type { Trx } from '../db/transaction.ts'
import { setTopics } from '../features/seminars/commands/topics.ts'
import { createSeminarRow, type DemoData, insertOrganization } from './rows.ts'

interface Person {
  name: string
  positions: string[]
  positionsEn: string[]
}
interface Figures {
  caption: string
  columns: string[]
  rows: { label: string; cells: string[] }[]
}
export interface UongBi {
  theme: string
  themeEn: string
  host: string
  hostEn: string
  byline: string
  startsLocal: string
  endsLocal: string
  venue: string
  venueEn: string
  chairs: Person[]
  delegations: { text: string; textEn: string; separator?: string }[]
  agenda: {
    kind: string
    title: string
    titleEn: string
    minutes: number
    speaker?: { name: string; position: string; positionEn: string }
  }[]
  directives: string[]
  directivesEn: string[]
  conclusionsBy: string
  photos: {
    file: string
    caption: string
    captionEn: string
    alt: string
    altEn: string
    afterParagraph: number | null
  }[]
  body: string[]
  bodyEn: string[]
  figures: Figures
  figuresEn: Figures
}

/** The workshop of 16/11/2023, held: people are printed text, no directory. Its summary is published by the loader. */
export async function loadUongBi(
  trx: Trx,
  _ctx: Context,
  { uongBi: d }: DemoData,
): Promise<{ organizationId: string; seminarId: string }> {
  const organizationId = await insertOrganization(trx, {
    slug: 'uong-bi',
    name: 'Thành ủy Uông Bí',
    name_en: 'Uông Bí City Party Committee',
    email: 'vanphong@uongbi.example',
    contact_name: 'Văn phòng Thành ủy',
    demo: true,
  })
  const seminarId = await createSeminarRow(trx, organizationId, {
    slug: 'phat-trien-dang-vien-2023',
    state: 'held',
    subtype: 'chuyên đề',
    subtype_en: 'thematic',
    theme: d.theme,
    theme_en: d.themeEn,
    host: d.host,
    host_en: d.hostEn,
    venue: d.venue,
    venue_en: d.venueEn,
    starts_local: d.startsLocal,
    ends_local: d.endsLocal,
    revised_at: '2023-11-01T02:00:00Z',
    created_at: '2023-11-01T02:00:00Z',
  })
  await setTopics(trx, organizationId, seminarId, [
    { name: 'Xây dựng Đảng', nameEn: 'Party building' },
    { name: 'Phát triển đảng viên', nameEn: 'Party membership' },
  ])
  const base = { organization_id: organizationId, seminar_id: seminarId }
  await trx
    .insertInto('chairs')
    .values(
      d.chairs.map((c, i) => ({
        ...base,
        ordinal: i + 1,
        name: c.name,
        gender: 'male',
        positions: c.positions,
        positions_en: c.positionsEn,
      })),
    )
    .execute()
  await trx
    .insertInto('delegations')
    .values(
      d.delegations.map((g, i) => ({
        ...base,
        ordinal: i + 1,
        text: g.text,
        text_en: g.textEn,
        separator: g.separator ?? null,
      })),
    )
    .execute()
  for (const [i, item] of d.agenda.entries()) {
    const { id } = await trx
      .insertInto('agenda_items')
      .values({
        ...base,
        ordinal: i + 1,
        kind: item.kind,
        title: item.title,
        title_en: item.titleEn,
        minutes: item.minutes,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (!item.speaker) continue
    const { name, position, positionEn } = item.speaker
    await trx
      .insertInto('agenda_speakers')
      .values({
        organization_id: organizationId,
        agenda_item_id: id,
        ordinal: 1,
        name,
        position,
        position_en: positionEn,
      })
      .execute()
  }
  return { organizationId, seminarId }
}
