import { z } from '@hono/zod-openapi'
import type { ChairRow } from '../features/seminars/queries/detail.ts'
import { chairInput } from '../features/seminars/schema.ts'
import { patchOf } from './patch.ts'
import { id } from './schemas.ts'

const gender = z.enum(['male', 'female'], { error: 'invalid' }).nullable()
const personId = z.uuid({ error: 'invalid' }).nullable()

/** Someone who chairs, or a superior who attends and directs. */
export const chairSchema = z
  .object({
    id,
    seminarId: id,
    role: z.enum(['chair', 'superior']),
    name: z.string(),
    gender,
    positions: z.array(z.string()),
    positionsEn: z.array(z.string()),
    personId: id.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Chair' })
export type ChairBody = z.output<typeof chairSchema>

/** A form's empty field is a null here. */
const fields = chairInput.extend({ gender: gender.default(null), personId: personId.default(null) })

export const newChairSchema = fields.strict().meta({
  id: 'NewChair',
  example: {
    role: 'chair',
    name: 'Trịnh Thị Minh Thanh',
    positions: ['Ủy viên Ban Thường vụ, Trưởng Ban Tổ chức Tỉnh ủy'],
  },
})

export const chairPatchSchema = patchOf(fields.shape).meta({
  id: 'ChairPatch',
  example: { positions: ['Phó Bí thư Thường trực Tỉnh ủy'] },
})

export function toChair(row: ChairRow): ChairBody {
  return {
    id: row.id,
    seminarId: row.seminar_id,
    role: row.role as ChairBody['role'],
    name: row.name,
    gender: row.gender as ChairBody['gender'],
    positions: row.positions,
    positionsEn: row.positions_en,
    personId: row.person_id,
    version: row.version,
  }
}
