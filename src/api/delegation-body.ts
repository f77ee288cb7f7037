import { z } from '@hono/zod-openapi'
import { selectorSchema } from '../features/directory/schema.ts'
import type { DelegationRow } from '../features/seminars/queries/detail.ts'
import type { SeatCount } from '../features/seminars/queries/seats.ts'
import { delegationInput } from '../features/seminars/schema.ts'
import { patchOf } from './patch.ts'
import { id, pageOf } from './schemas.ts'

/** How many positions a selector means on the seminar's day, and how many people hold them. */
const seatCount = z.object({ seats: z.int(), people: z.int() })

const selector = selectorSchema.strict().meta({ id: 'Selector' })

/** A group of participants as it is printed, in the order of precedence. */
export const delegationSchema = z
  .object({
    id,
    seminarId: id,
    text: z.string(),
    textEn: z.string().nullable(),
    separator: z.string().nullable(),
    selector: selector.nullable(),
    selected: seatCount.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Delegation' })
export type DelegationBody = z.output<typeof delegationSchema>

/** A page of groups, with the sum of all: each person once. */
export const delegationPageSchema = pageOf(delegationSchema)
  .extend({ selected: seatCount })
  .meta({ id: 'DelegationPage' })

const fields = delegationInput.extend({ selector: selector.nullable().default(null) })

export const newDelegationSchema = fields.strict().meta({
  id: 'NewDelegation',
  example: {
    text: 'Bí thư các chi bộ thôn, khu',
    selector: { unitTypes: ['chi bộ thôn, khu'], titles: ['Bí thư'] },
  },
})

export const delegationPatchSchema = patchOf(fields.shape).meta({
  id: 'DelegationPatch',
  example: { textEn: 'Secretaries of the cells of villages and quarters' },
})

/** One value, or the same parameter several times. */
function several<T extends z.ZodType<string[], string[]>>(values: T) {
  return z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .pipe(values)
    .optional()
}

const keys = selectorSchema.shape

/** A selector as it is written in an address: each value a parameter of its own. */
export const selectorQuery = z.object({
  unitIds: several(keys.unitIds.unwrap()),
  unitTypes: several(keys.unitTypes.unwrap()),
  unitKinds: several(keys.unitKinds.unwrap()),
  blocks: several(keys.blocks.unwrap()),
  parentIds: several(keys.parentIds.unwrap()),
  titles: several(keys.titles.unwrap()),
})

/** What a selector would mean, and on which day: the seminar's, or today while it has none. */
export const selectionSchema = seatCount.extend({ day: z.iso.date() }).meta({ id: 'Selection' })

export function toDelegation(row: DelegationRow, selected: SeatCount | undefined): DelegationBody {
  return {
    id: row.id,
    seminarId: row.seminar_id,
    text: row.text,
    textEn: row.text_en,
    separator: row.separator,
    selector: row.selector,
    selected: selected ?? null,
    version: row.version,
  }
}
