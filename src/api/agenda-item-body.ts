import { z } from '@hono/zod-openapi'
import type { AgendaItemRow } from '../features/seminars/queries/detail.ts'
import { agendaItemInput, agendaKinds } from '../features/seminars/schema.ts'
import { optionalLine, requiredLine } from '../text/fields.ts'
import { patchOf } from './patch.ts'
import { id, pageOf, wallTime } from './schemas.ts'

const line = z.string().nullable()
const speakerSchema = z
  .object({ name: z.string(), position: line, positionEn: line, personId: id.nullable() })
  .meta({ id: 'AgendaSpeaker' })

/** An item of the agenda; its times are computed from the order, never stored. */
export const agendaItemSchema = z
  .object({
    id,
    seminarId: id,
    kind: z.enum(agendaKinds),
    title: z.string(),
    titleEn: line,
    minutes: z.int(),
    fixedStart: line.meta({ example: '14:30' }),
    speakers: z.array(speakerSchema),
    startsLocal: wallTime.nullable(),
    endsLocal: wallTime.nullable(),
    version: z.int(),
  })
  .meta({ id: 'AgendaItem' })
export type AgendaItemBody = z.output<typeof agendaItemSchema>

/** A page of the agenda, and what is amiss in the whole of it. */
export const agendaPageSchema = pageOf(agendaItemSchema)
  .extend({
    overrunMinutes: z.int(),
    gaps: z.array(z.object({ beforeId: id, minutes: z.int() })),
    clashes: z.array(z.object({ name: z.string(), firstId: id, secondId: id })),
  })
  .meta({ id: 'AgendaPage' })

const speakerFields = z
  .strictObject({
    name: requiredLine(120),
    position: optionalLine(300),
    positionEn: optionalLine(300),
    personId: z.uuid({ error: 'invalid' }).nullable().default(null),
  })
  .meta({ id: 'NewAgendaSpeaker' })

const fields = agendaItemInput.extend({
  minutes: z.number({ error: 'number' }).int('number').min(0, 'number').max(1440, 'number'),
  fixedStart: z
    .string({ error: 'date' })
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/, 'date')
    .nullable()
    .default(null),
  speakers: z.array(speakerFields).max(30, 'too_many').default([]),
})

export const newAgendaItemSchema = fields.strict().meta({
  id: 'NewAgendaItem',
  example: {
    kind: 'speech',
    title: 'Tham luận: Kinh nghiệm sinh hoạt chi bộ ở khu dân cư',
    minutes: 10,
    speakers: [{ name: 'Trần Thị Thuỷ', position: 'Bí thư Chi bộ khu 4' }],
  },
})

export const agendaItemPatchSchema = patchOf(fields.shape).meta({ id: 'AgendaItemPatch', example: { minutes: 15 } })

export function toAgendaItem(row: AgendaItemRow, seminarId: string): AgendaItemBody {
  return {
    id: row.id,
    seminarId,
    kind: row.kind,
    title: row.title,
    titleEn: row.title_en,
    minutes: row.minutes,
    fixedStart: row.fixed_start?.slice(0, 5) ?? null,
    speakers: row.speakers.map((speaker) => ({
      name: speaker.name,
      position: speaker.position,
      positionEn: speaker.position_en,
      personId: speaker.person_id,
    })),
    startsLocal: row.startsLocal,
    endsLocal: row.endsLocal,
    version: row.version,
  }
}
