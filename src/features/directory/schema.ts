import { z } from 'zod'
import { optionalEmail, optionalLine, optionalText, requiredLine } from '../../text/fields.ts'

const words = z.array(requiredLine(200)).max(500)
const ids = z.array(z.uuid({ error: 'invalid' })).max(500)

/**
 * Which positions a delegation is made of. Inside one key any value fits; between keys all must hold. Without any value
 * it selects nobody.
 */
export const selectorSchema = z
  .object({
    unitIds: ids,
    unitTypes: words,
    unitKinds: words,
    blocks: words,
    parentIds: ids,
    titles: words,
  })
  .partial()
export type Selector = z.output<typeof selectorSchema>

/** A date of the calendar, `2026-12-15`, or nothing. Code: `date`. */
export const optionalDate = z
  .union([z.literal('').transform(() => null), z.iso.date({ error: 'date' }), z.null()], { error: 'date' })
  .default(null)

const optionalId = z.union([z.literal('').transform(() => null), z.uuid({ error: 'invalid' }), z.null()]).default(null)

/** A whole number in a form's field. Code: `number`. */
function wholeNumber(min: number, max: number) {
  return z.coerce.number({ error: 'number' }).int({ error: 'number' }).min(min, 'number').max(max, 'number')
}
const optionalNumber = z
  .union([z.literal('').transform(() => null), z.null(), wholeNumber(0, 1_000_000)], { error: 'number' })
  .default(null)

/** The version an edit was made on. */
export const versionField = wholeNumber(1, 2_000_000_000)

/** The first day not after the last. Code at `valid_to`: `date_order`. */
function inOrder(value: { valid_from: string | null; valid_to: string | null }): boolean {
  return value.valid_from === null || value.valid_to === null || value.valid_from <= value.valid_to
}
const order = { error: 'date_order', path: ['valid_to'] }

export const unitSchema = z
  .object({
    name: requiredLine(300),
    short_name: optionalLine(200),
    name_en: optionalLine(300),
    committee_name: optionalLine(300),
    code: optionalLine(60),
    parent_id: optionalId,
    type: optionalLine(120),
    kind: optionalLine(120),
    block: optionalLine(120),
    rank: wholeNumber(0, 999_999).default(1000),
    members_count: optionalNumber,
    email: optionalEmail(),
    phone: optionalLine(60),
    valid_from: optionalDate,
    valid_to: optionalDate,
    successor_id: optionalId,
  })
  .refine(inOrder, order)
export type UnitInput = z.output<typeof unitSchema>

export const personSchema = z.object({
  name: requiredLine(200),
  gender: z.union([z.literal('').transform(() => null), z.enum(['male', 'female']), z.null()]).default(null),
  email: optionalEmail(),
  phone: optionalLine(60),
  locale: z.enum(['vi', 'en']).default('vi'),
  code: optionalLine(60),
  note: optionalText(2000),
})
export type PersonInput = z.output<typeof personSchema>

export const positionSchema = z
  .object({
    unit_id: z.uuid({ error: 'required' }),
    title: requiredLine(200),
    title_en: optionalLine(200),
    rank: wholeNumber(0, 999_999).default(100),
    valid_from: optionalDate,
    valid_to: optionalDate,
  })
  .refine(inOrder, order)
export type PositionInput = z.output<typeof positionSchema>

/** How a list of units is filtered and sorted. What is not understood is left out, never refused: it comes by address. */
export const unitFilterSchema = z.object({
  q: z.string().max(200).catch('').default(''),
  block: z.string().max(120).catch('').default(''),
  type: z.string().max(120).catch('').default(''),
  kind: z.string().max(120).catch('').default(''),
  valid: z.enum(['today', 'all']).catch('today').default('today'),
  /** What is directly under a unit, or under none. */
  parent: z
    .union([z.literal('none'), z.uuid()])
    .optional()
    .catch(undefined),
  sort: z.enum(['rank', 'name']).catch('rank').default('rank'),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type UnitFilter = z.output<typeof unitFilterSchema>

/** How a list of people is filtered. */
export const peopleFilterSchema = z.object({
  q: z.string().max(200).catch('').default(''),
  unit: z.uuid().optional().catch(undefined),
  address: z.enum(['any', 'with', 'without', 'dead']).catch('any').default('any'),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type PeopleFilter = z.output<typeof peopleFilterSchema>

/** Which positions a list shows: a person's, a unit's, those that hold on a day (`2026-12-15`). */
export interface PositionFilter {
  person?: string | undefined
  unit?: string | undefined
  validOn?: string | undefined
  cursor?: string | undefined
}
