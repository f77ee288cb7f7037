import { z } from '@hono/zod-openapi'
import type { SelectedPosition } from '../features/directory/queries/positions.ts'
import { describePosition } from '../features/directory/rules.ts'
import { personSchema, positionSchema, unitSchema } from '../features/directory/schema.ts'
import { patchOf } from './patch.ts'
import { day, id, instant } from './schemas.ts'

const line = z.string().nullable()
const optionalId = z.uuid({ error: 'invalid' }).nullable().default(null)
const optionalDay = day.nullable().default(null)
const rank = z.int({ error: 'number' }).min(0, 'number').max(999_999, 'number')

/** A unit or Party organisation, where it stands in the tree and how long it holds. */
export const unitBody = z
  .object({
    id,
    parentId: id.nullable(),
    successorId: id.nullable(),
    code: line,
    name: z.string(),
    shortName: line,
    nameEn: line,
    committeeName: line,
    type: line,
    kind: line,
    block: line,
    rank: z.int(),
    membersCount: z.int().nullable(),
    email: line,
    phone: line,
    validFrom: day.nullable(),
    validTo: day.nullable(),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Unit' })
export type UnitBody = z.output<typeof unitBody>

// A form's empty field is a null here, and a number is no text.
const unit = unitSchema.shape
const unitFields = {
  name: unit.name,
  parentId: optionalId,
  code: unit.code,
  shortName: unit.short_name,
  nameEn: unit.name_en,
  committeeName: unit.committee_name,
  type: unit.type,
  kind: unit.kind,
  block: unit.block,
  rank: rank.default(1000),
  membersCount: z.int({ error: 'number' }).min(0, 'number').max(1_000_000, 'number').nullable().default(null),
  email: unit.email,
  phone: unit.phone,
  validFrom: optionalDay,
  validTo: optionalDay,
  successorId: optionalId,
}
export const newUnitSchema = z.strictObject(unitFields).meta({
  id: 'NewUnit',
  example: { name: 'Chi bộ khu 4, Đảng bộ phường Mẫu A', shortName: 'Chi bộ khu 4', type: 'chi bộ', rank: 140 },
})
export const unitPatchSchema = patchOf(unitFields).meta({ id: 'UnitPatch', example: { validTo: '2026-06-30' } })

/** Someone of the directory. */
export const personBody = z
  .object({
    id,
    code: line,
    name: z.string(),
    gender: z.enum(['male', 'female']).nullable(),
    email: line,
    emailDeadAt: instant.nullable(),
    phone: line,
    locale: z.enum(['vi', 'en']),
    note: line,
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Person' })
export type PersonBody = z.output<typeof personBody>

const person = personSchema.shape
const personFields = {
  name: person.name,
  gender: z.enum(['male', 'female'], { error: 'invalid' }).nullable().default(null),
  email: person.email,
  phone: person.phone,
  locale: z.enum(['vi', 'en'], { error: 'invalid' }).default('vi'),
  code: person.code,
  note: person.note,
}
export const newPersonSchema = z.strictObject(personFields).meta({
  id: 'NewPerson',
  example: { name: 'Trần Thị Thuỷ', gender: 'female', email: 'thuy.tran@mau.example', code: 'P0033' },
})
export const personPatchSchema = patchOf(personFields).meta({
  id: 'PersonPatch',
  example: { email: 'thuy.tran@mau.example' },
})

/** A title held by a person at a unit; `printed` is how it stands on an invitation. */
export const positionBody = z
  .object({
    id,
    personId: id,
    personName: z.string(),
    unitId: id,
    unitName: z.string(),
    title: z.string(),
    titleEn: line,
    printed: z.string(),
    printedEn: z.string(),
    rank: z.int(),
    validFrom: day.nullable(),
    validTo: day.nullable(),
    version: z.int(),
    createdAt: instant,
  })
  .meta({ id: 'Position' })
export type PositionBody = z.output<typeof positionBody>

const position = positionSchema.shape
const positionFields = {
  unitId: position.unit_id,
  title: position.title,
  titleEn: position.title_en,
  rank: rank.default(100),
  validFrom: optionalDay,
  validTo: optionalDay,
}
export const newPositionSchema = z.strictObject({ personId: z.uuid({ error: 'required' }), ...positionFields }).meta({
  id: 'NewPosition',
  example: {
    personId: '019b20b4-7c00-7000-8000-000000000001',
    unitId: '019b20b4-7c00-7000-8000-000000000002',
    title: 'Bí thư',
    validFrom: '2025-06-01',
  },
})
export const positionPatchSchema = patchOf(positionFields).meta({
  id: 'PositionPatch',
  example: { validTo: '2026-06-30' },
})

interface UnitRow {
  id: string
  parent_id: string | null
  successor_id: string | null
  code: string | null
  name: string
  short_name: string | null
  name_en: string | null
  committee_name: string | null
  type: string | null
  kind: string | null
  block: string | null
  rank: number
  members_count: number | null
  email: string | null
  phone: string | null
  valid_from: string | null
  valid_to: string | null
  version: number
  created_at: Date
  updated_at: Date
}

export function toUnit(row: UnitRow): UnitBody {
  return {
    id: row.id,
    parentId: row.parent_id,
    successorId: row.successor_id,
    code: row.code,
    name: row.name,
    shortName: row.short_name,
    nameEn: row.name_en,
    committeeName: row.committee_name,
    type: row.type,
    kind: row.kind,
    block: row.block,
    rank: row.rank,
    membersCount: row.members_count,
    email: row.email,
    phone: row.phone,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

interface PersonRow {
  id: string
  code: string | null
  name: string
  gender: string | null
  email: string | null
  email_dead_at: Date | null
  phone: string | null
  locale: string
  note: string | null
  version: number
  created_at: Date
  updated_at: Date
}

export function toPerson(row: PersonRow): PersonBody {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    gender: row.gender as PersonBody['gender'],
    email: row.email,
    emailDeadAt: row.email_dead_at?.toISOString() ?? null,
    phone: row.phone,
    locale: row.locale as PersonBody['locale'],
    note: row.note,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

export function toPosition(row: SelectedPosition): PositionBody {
  return {
    id: row.id,
    personId: row.person.id,
    personName: row.person.name,
    unitId: row.unit.id,
    unitName: row.unit.name,
    title: row.title,
    titleEn: row.title_en,
    printed: describePosition(row.unit, row, 'vi'),
    printedEn: describePosition(row.unit, row, 'en'),
    rank: row.rank,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    version: row.version,
    createdAt: row.created_at.toISOString(),
  }
}
