import { z } from '@hono/zod-openapi'
import type { Topic } from '../features/seminars/queries/topics.ts'
import type { SeminarRow } from '../features/seminars/queries.ts'
import { seminarStates } from '../features/seminars/rules.ts'
import { noteInput, scheduleInput, seminarInput, substitutePolicies } from '../features/seminars/schema.ts'
import { seminarKinds } from '../text/kinds.ts'
import { toldSchema } from './invitation-body.ts'
import { optionalField, patchOf } from './patch.ts'
import { id, instant, wallTime } from './schemas.ts'

const line = z.string().nullable()

/** A seminar as the API gives it. */
export const seminarSchema = z
  .object({
    id,
    slug: z.string(),
    url: z.url().nullable(),
    state: z.enum(seminarStates),
    version: z.int(),
    kind: z.enum(seminarKinds),
    subtype: line,
    subtypeEn: line,
    title: line,
    titleEn: line,
    theme: z.string(),
    themeEn: line,
    host: z.string(),
    hostEn: line,
    cohosts: z.array(z.string()),
    cohostsEn: z.array(z.string()),
    topics: z.array(z.object({ name: z.string(), nameEn: line })),
    introduction: line,
    introductionEn: line,
    venue: line,
    venueEn: line,
    onlineUrl: line,
    onlineOffered: z.boolean(),
    startsLocal: wallTime.nullable(),
    endsLocal: wallTime.nullable(),
    timezone: z.string(),
    startsAt: instant.nullable(),
    endsAt: instant.nullable(),
    answerDeadlineLocal: wallTime.nullable(),
    speechDeadlineLocal: wallTime.nullable(),
    capacity: z.int().nullable(),
    placesTaken: z.int(),
    visibility: z.enum(['public', 'unlisted', 'private']),
    language: z.enum(['vi', 'en']),
    substitutePolicy: z.enum(substitutePolicies),
    contactName: line,
    contactPhone: line,
    contactEmail: line,
    note: line,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Seminar' })
/** A seminar that was changed, with how those concerned are told. */
export const changedSeminarSchema = seminarSchema.extend({ told: toldSchema }).meta({ id: 'ChangedSeminar' })

export type SeminarBody = z.output<typeof seminarSchema>

const example = {
  kind: 'hoi_thao',
  subtype: 'chuyên đề',
  theme: 'Nâng cao chất lượng sinh hoạt chi bộ ở thôn, khu dân cư',
  host: 'Ban Thường vụ Thành ủy',
  topics: [{ name: 'Xây dựng Đảng', nameEn: 'Party building' }],
  venue: 'Hội trường Trung tâm Chính trị thành phố',
  startsLocal: '2026-12-15T14:00:00',
  endsLocal: '2026-12-15T17:00:00',
  capacity: 400,
}

/** A new seminar: what is written on its form. A name that is none of its fields is refused, not left out. */
export const newSeminarSchema = seminarInput.strict().meta({ id: 'NewSeminar', example })

/** An edit names the fields that change; the others stay. */
export const seminarPatchSchema = patchOf(seminarInput.shape).meta({
  id: 'SeminarPatch',
  example: { venue: 'Trung tâm Hội nghị tỉnh', capacity: 450 },
})

/** What the form of a seminar holds now, as `seminarInput` reads it. */
export function formOf(row: SeminarRow, capacity: number | null, topics: Topic[]): z.input<typeof seminarInput> {
  const {
    id: _id,
    slug: _slug,
    url: _url,
    state: _state,
    version: _version,
    ...body
  } = toSeminar(row, { capacity, taken: 0 }, topics, '')
  const names = new Set(Object.keys(seminarInput.shape))
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name))) as z.input<typeof seminarInput>
}

const times = scheduleInput.shape
const optionalTime = { startsLocal: optionalField(times.startsLocal), endsLocal: optionalField(times.endsLocal) }
const note = noteInput.shape.note

/** The state a seminar is to have, with what belongs to it: new times, or a note to participants. */
export const stateSchema = z
  .discriminatedUnion(
    'state',
    [
      z.strictObject({
        state: z.literal('scheduled'),
        ...optionalTime,
        answerDeadlineLocal: optionalField(times.answerDeadlineLocal),
      }),
      z.strictObject({ state: z.literal('held') }),
      z.strictObject({ state: z.literal('postponed'), note }),
      z.strictObject({ state: z.literal('cancelled'), note }),
    ],
    { error: 'state' },
  )
  .meta({
    id: 'SeminarState',
    example: { state: 'scheduled', startsLocal: '2026-12-15T14:00:00', endsLocal: '2026-12-15T17:00:00' },
  })

export function toSeminar(
  row: SeminarRow,
  places: { capacity: number | null; taken: number },
  topics: Topic[],
  origin: string,
): SeminarBody {
  const open = row.state !== 'draft' && row.visibility !== 'private'
  return {
    id: row.id,
    slug: row.slug,
    url: open ? `${origin}/s/${row.slug}` : null,
    state: row.state as SeminarBody['state'],
    version: row.version,
    kind: row.kind as SeminarBody['kind'],
    subtype: row.subtype,
    subtypeEn: row.subtype_en,
    title: row.title,
    titleEn: row.title_en,
    theme: row.theme,
    themeEn: row.theme_en,
    host: row.host,
    hostEn: row.host_en,
    cohosts: row.cohosts,
    cohostsEn: row.cohosts_en,
    topics: topics.map(({ name, nameEn }) => ({ name, nameEn })),
    introduction: row.introduction,
    introductionEn: row.introduction_en,
    venue: row.venue,
    venueEn: row.venue_en,
    onlineUrl: row.online_url,
    onlineOffered: row.online_offered,
    startsLocal: row.starts_local,
    endsLocal: row.ends_local,
    timezone: row.timezone,
    startsAt: row.starts_at?.toISOString() ?? null,
    endsAt: row.ends_at?.toISOString() ?? null,
    answerDeadlineLocal: row.answer_deadline_local,
    speechDeadlineLocal: row.speech_deadline_local,
    capacity: places.capacity,
    placesTaken: places.taken,
    visibility: row.visibility as SeminarBody['visibility'],
    language: row.language as SeminarBody['language'],
    substitutePolicy: row.substitute_policy as SeminarBody['substitutePolicy'],
    contactName: row.contact_name,
    contactPhone: row.contact_phone,
    contactEmail: row.contact_email,
    note: row.postponed_note,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
