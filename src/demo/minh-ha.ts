import type { Context } from '../context.ts'
import { jsonb } from '../db/expressions.ts'
import type { Trx } from '../db/transaction.ts'
import { setTopics } from '../features/seminars/commands/topics.ts'
import { createSeminarRow, type DemoData, insertOrganization, nextWorkday } from './rows.ts'

interface DemoUnit {
  code: string
  parent?: string
  name: string
  short?: string
  nameEn?: string
  committee?: string
  type?: string
  kind?: string
  block?: string
  rank: number
  members?: number
  email?: string
  validFrom?: string
  positions: { title: string; titleEn?: string; rank: number; holder?: string }[]
}
interface DemoPerson {
  code: string
  name: string
  family: string
  middle: string
  given: string
  gender?: 'male' | 'female'
  /** Some have none: they are telephoned. */
  email?: string
  phone?: string
}
export interface MinhHa {
  units: DemoUnit[]
  people: DemoPerson[]
  groups: { text: string; textEn: string; select: Record<string, string[]>; seats: number }[]
}

const SLUG = 'minh-ha'

/**
 * Thành ủy Minh Hà (minh họa): a made-up city of 362 units and 415 people, and a workshop in draft three weeks from
 * now with seven groups, so that the five-minute tour works on any day.
 */
export async function loadMinhHa(
  trx: Trx,
  ctx: Context,
  data: DemoData,
): Promise<{ organizationId: string; seminarId: string }> {
  const { minhHa } = data
  const organizationId = await insertOrganization(trx, {
    slug: SLUG,
    name: 'Thành ủy Minh Hà (minh họa)',
    name_en: 'Minh Hà City Party Committee (illustration)',
    email: 'vanphong@minhha.example',
    contact_name: 'Văn phòng Thành ủy',
    contact_phone: '0203 000 000',
    demo: true,
  })
  const unitIds = await insertUnits(trx, organizationId, minhHa.units)
  const personIds = await insertPeople(trx, organizationId, minhHa.people)
  await insertPositions(trx, organizationId, minhHa.units, unitIds, personIds)

  const day = nextWorkday(ctx.now, 21)
  const seminar = await createSeminarRow(trx, organizationId, {
    slug: `nang-cao-chat-luong-sinh-hoat-chi-bo-${day.slice(0, 4)}`,
    state: 'draft',
    subtype: 'chuyên đề',
    subtype_en: 'thematic',
    theme: 'Nâng cao chất lượng sinh hoạt chi bộ ở thôn, khu dân cư',
    theme_en: 'Raising the quality of Party cell meetings in villages and residential quarters',
    host: 'Ban Thường vụ Thành ủy',
    host_en: 'The Standing Board of the City Party Committee',
    venue: 'Hội trường Trung tâm Chính trị thành phố',
    venue_en: 'Hall of the City Political Centre',
    starts_local: `${day}T14:00:00`,
    ends_local: `${day}T17:00:00`,
    answer_deadline_local: `${nextWorkday(ctx.now, 18)}T17:00:00`,
    speech_deadline_local: `${nextWorkday(ctx.now, 14)}T17:00:00`,
    substitute_policy: 'consent',
  })
  await setTopics(trx, organizationId, seminar, [
    { name: 'Xây dựng Đảng', nameEn: 'Party building' },
    { name: 'Sinh hoạt chi bộ', nameEn: 'Party cell meetings' },
  ])
  const base = { organization_id: organizationId, seminar_id: seminar }
  await trx
    .insertInto('delegations')
    .values(
      minhHa.groups.map((g, i) => ({
        ...base,
        ordinal: i + 1,
        text: g.text,
        text_en: g.textEn,
        selector: jsonb(selectorOf(g.select, unitIds)),
      })),
    )
    .execute()
  await insertChairs(trx, base, minhHa, personIds)
  await insertAgenda(trx, base)
  return { organizationId, seminarId: seminar }
}

/** The directory's codes become ids. */
function selectorOf({ units, parents, ...rest }: Record<string, string[]>, unitIds: Map<string, string>) {
  const ids = (codes: string[] | undefined) => codes?.map((code) => unitIds.get(code))
  return { ...rest, ...(units ? { unitIds: ids(units) } : {}), ...(parents ? { parentIds: ids(parents) } : {}) }
}

async function insertUnits(trx: Trx, organizationId: string, units: DemoUnit[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  // Parents first: a unit's parent is always written above it in the file or at the top.
  const waiting = [...units]
  while (waiting.length) {
    const ready = waiting.filter((u) => !u.parent || ids.has(u.parent))
    if (!ready.length) throw new Error('demo/minh-ha.json: a unit has a parent that is not there')
    const rows = await trx
      .insertInto('units')
      .values(
        ready.map((u) => ({
          organization_id: organizationId,
          code: u.code,
          parent_id: u.parent ? ids.get(u.parent) : null,
          name: u.name,
          short_name: u.short ?? null,
          name_en: u.nameEn ?? null,
          committee_name: u.committee ?? null,
          type: u.type ?? null,
          kind: u.kind ?? null,
          block: u.block ?? null,
          rank: u.rank,
          members_count: u.members ?? null,
          email: u.email ?? null,
          valid_from: u.validFrom ?? null,
        })),
      )
      .returning(['id', 'code'])
      .execute()
    for (const row of rows) ids.set(row.code as string, row.id)
    for (const u of ready) waiting.splice(waiting.indexOf(u), 1)
  }
  return ids
}

async function insertPeople(trx: Trx, organizationId: string, people: DemoPerson[]): Promise<Map<string, string>> {
  const rows = await trx
    .insertInto('people')
    .values(people.map((p) => ({ organization_id: organizationId, ...p, gender: p.gender ?? null })))
    .returning(['id', 'code'])
    .execute()
  return new Map(rows.map((row) => [row.code as string, row.id]))
}

async function insertPositions(
  trx: Trx,
  organizationId: string,
  units: DemoUnit[],
  unitIds: Map<string, string>,
  personIds: Map<string, string>,
) {
  const values = units.flatMap((u) =>
    u.positions
      .filter((p) => p.holder)
      .map((p) => ({
        organization_id: organizationId,
        unit_id: unitIds.get(u.code) as string,
        person_id: personIds.get(p.holder as string) as string,
        title: p.title,
        title_en: p.titleEn ?? null,
        rank: p.rank,
      })),
  )
  await trx.insertInto('positions').values(values).execute()
}

async function insertChairs(
  trx: Trx,
  base: { organization_id: string; seminar_id: string },
  data: MinhHa,
  personIds: Map<string, string>,
) {
  const chairs = [
    {
      code: 'P0002',
      positions: ['Phó Bí thư Thường trực Thành ủy'],
      positions_en: ['Standing Deputy Secretary of the City Party Committee'],
    },
    {
      code: 'P0004',
      positions: ['Ủy viên Ban Thường vụ', 'Trưởng Ban Tổ chức Thành ủy'],
      positions_en: ['Member of the Standing Board', 'Head of the Organisation Commission'],
    },
    {
      code: 'P0006',
      positions: ['Ủy viên Ban Thường vụ', 'Trưởng Ban Tuyên giáo Thành ủy', 'Giám đốc Trung tâm Chính trị thành phố'],
      positions_en: [
        'Member of the Standing Board',
        'Head of the Information and Education Commission',
        'Director of the City Political Centre',
      ],
    },
  ]
  await trx
    .insertInto('chairs')
    .values(
      chairs.map(({ code, positions, positions_en }, i) => {
        const person = data.people.find((p) => p.code === code) as DemoPerson
        return {
          ...base,
          ordinal: i + 1,
          person_id: personIds.get(code) as string,
          name: person.name,
          gender: person.gender ?? null,
          positions,
          positions_en,
        }
      }),
    )
    .execute()
}

async function insertAgenda(trx: Trx, base: { organization_id: string; seminar_id: string }) {
  const items = [
    { kind: 'reception', title: 'Đón tiếp đại biểu', title_en: 'Reception of delegates', minutes: 30 },
    {
      kind: 'introduction',
      title: 'Tuyên bố lý do, giới thiệu đại biểu',
      title_en: 'Purpose and introduction of delegates',
      minutes: 10,
    },
    {
      kind: 'report',
      title: 'Báo cáo thực trạng sinh hoạt chi bộ',
      title_en: 'Status report on Party cell meetings',
      minutes: 25,
    },
    { kind: 'speech', title: 'Tham luận', title_en: 'Papers', minutes: 70 },
    { kind: 'break', title: 'Giải lao', title_en: 'Break', minutes: 15 },
    { kind: 'discussion', title: 'Thảo luận', title_en: 'Discussion', minutes: 40 },
    { kind: 'direction', title: 'Phát biểu chỉ đạo và kết luận', title_en: 'Directions and conclusions', minutes: 20 },
  ]
  await trx
    .insertInto('agenda_items')
    .values(items.map((item, i) => ({ ...base, ordinal: i + 1, ...item })))
    .execute()
}
