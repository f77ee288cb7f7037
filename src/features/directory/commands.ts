import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { Trx } from '../../db/transaction.ts'
import { DomainError, invalid } from '../../errors.ts'
import { splitVietnameseName } from '../../text/fold.ts'
import { recordAudit } from '../audit/commands.ts'
import { mayMoveUnder } from './rules.ts'
import type { PersonInput, PositionInput, Selector, UnitInput } from './schema.ts'

/** One change of the tree at a time in an organisation: two moves at once could make a cycle that neither sees. */
async function lockTree(trx: Trx, organizationId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`units|${organizationId}`}, 0))`.execute(trx)
}

/** Turns a broken unique index into a refused field. */
function taken(field: string) {
  return (error: unknown): never => {
    if ((error as { code?: string }).code === '23505') throw invalid({ field, code: 'taken' })
    throw error
  }
}

/** The names of fields that differ: what the log tells of an edit, without the values. */
function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  return Object.keys(after).filter((key) => (before[key] ?? null) !== (after[key] ?? null))
}

async function findUnitForUse(trx: Trx, organizationId: string, id: string, field: string) {
  const unit = await trx
    .selectFrom('units')
    .select(['id', 'name', 'tree_path'])
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!unit) throw invalid({ field, code: 'unknown_unit' })
  return unit
}

/** Units that a selector names are this organisation's. @throws DomainError invalid, unknown_unit, at the list that names another */
export async function assertSelector(trx: Trx, organizationId: string, selector: Selector | null): Promise<void> {
  for (const list of ['unitIds', 'parentIds'] as const) {
    const wanted = [...new Set(selector?.[list] ?? [])]
    if (!wanted.length) continue
    const found = await trx
      .selectFrom('units')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('id', 'in', wanted)
      .execute()
    if (found.length < wanted.length) throw invalid({ field: `selector.${list}`, code: 'unknown_unit' })
  }
}

/** Adds a unit. @throws DomainError invalid: parent_id or successor_id `unknown_unit`, code `taken` */
export async function createUnit(trx: Trx, ctx: Context, organizationId: string, input: UnitInput): Promise<string> {
  await lockTree(trx, organizationId)
  if (input.parent_id) await findUnitForUse(trx, organizationId, input.parent_id, 'parent_id')
  if (input.successor_id) await findUnitForUse(trx, organizationId, input.successor_id, 'successor_id')
  const { id } = await trx
    .insertInto('units')
    .values({ ...input, organization_id: organizationId })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch(taken('code'))
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'unit.created',
    subjectKind: 'unit',
    subjectId: id,
    details: { name: input.name },
  })
  return id
}

/**
 * Changes a unit, also its place in the tree.
 * @throws DomainError not_found, stale_version, or invalid: parent_id `cycle`, and as createUnit
 */
export async function updateUnit(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  version: number,
  input: UnitInput,
): Promise<void> {
  await lockTree(trx, organizationId)
  const before = await trx
    .selectFrom('units')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('not_found')
  if (before.version !== version) throw new DomainError('stale_version')
  if (input.parent_id) {
    const parent = await findUnitForUse(trx, organizationId, input.parent_id, 'parent_id')
    if (!mayMoveUnder(before.tree_path, parent.tree_path)) throw invalid({ field: 'parent_id', code: 'cycle' })
  }
  if (input.successor_id === id) throw invalid({ field: 'successor_id', code: 'cycle' })
  if (input.successor_id) await findUnitForUse(trx, organizationId, input.successor_id, 'successor_id')
  const changed = changedFields(before, input)
  if (!changed.length) return
  await trx
    .updateTable('units')
    .set((eb) => ({ ...input, version: eb('version', '+', 1), updated_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
    .catch(taken('code'))
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'unit.changed',
    subjectKind: 'unit',
    subjectId: id,
    details: { name: input.name, changed },
  })
}

/** Adds a person; the name is split into family, middle and given name. @throws DomainError invalid: code `taken` */
export async function createPerson(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  input: PersonInput,
): Promise<string> {
  const { id } = await trx
    .insertInto('people')
    .values({ ...input, ...splitVietnameseName(input.name), organization_id: organizationId })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch(taken('code'))
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'person.created',
    subjectKind: 'person',
    subjectId: id,
    details: { name: input.name },
  })
  return id
}

/** Changes a person. @throws DomainError not_found, stale_version, invalid */
export async function updatePerson(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  version: number,
  input: PersonInput,
): Promise<void> {
  const before = await lockPerson(trx, organizationId, id)
  if (before.version !== version) throw new DomainError('stale_version')
  const changed = changedFields(before, input)
  if (!changed.length) return
  // A name that stays keeps its parts: somebody may have been split by hand, or by an import.
  const parts = changed.includes('name') ? splitVietnameseName(input.name) : {}
  await trx
    .updateTable('people')
    .set((eb) => ({
      ...input,
      ...parts,
      version: eb('version', '+', 1),
      updated_at: eb.fn<Date>('now'),
    }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
    .catch(taken('code'))
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'person.changed',
    subjectKind: 'person',
    subjectId: id,
    details: { name: input.name, changed },
  })
}

async function lockPerson(trx: Trx, organizationId: string, id: string) {
  const person = await trx
    .selectFrom('people')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!person) throw new DomainError('not_found')
  return person
}

/** Gives a person a position. @throws DomainError not_found, or invalid: unit_id `unknown_unit` */
export async function addPosition(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  personId: string,
  input: PositionInput,
): Promise<string> {
  const person = await lockPerson(trx, organizationId, personId)
  const unit = await findUnitForUse(trx, organizationId, input.unit_id, 'unit_id')
  const { id } = await trx
    .insertInto('positions')
    .values({ ...input, organization_id: organizationId, person_id: personId })
    .returning('id')
    .executeTakeFirstOrThrow()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'position.added',
    subjectKind: 'person',
    subjectId: personId,
    details: { name: person.name, title: input.title, unit: unit.name },
  })
  return id
}

/**
 * Changes a position of a person; a last day in it ends it. With a version: only where it still stands at that one.
 * @throws DomainError not_found, stale_version, or invalid: unit_id `unknown_unit`
 */
export async function updatePosition(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  personId: string,
  id: string,
  input: PositionInput,
  version?: number,
): Promise<void> {
  const person = await lockPerson(trx, organizationId, personId)
  const unit = await findUnitForUse(trx, organizationId, input.unit_id, 'unit_id')
  const updated = await trx
    .updateTable('positions')
    .set((eb) => ({ ...input, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirst()
  if (!updated) throw new DomainError('not_found')
  if (version !== undefined && updated.version !== version + 1) throw new DomainError('stale_version')
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'position.changed',
    subjectKind: 'person',
    subjectId: personId,
    details: { name: person.name, title: input.title, unit: unit.name },
  })
}

/**
 * Ends a position on its last day, `2026-12-15`.
 * @throws DomainError not_found, or invalid: valid_to `date_order`, where it began later
 */
export async function endPosition(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  personId: string,
  id: string,
  lastDay: string,
): Promise<void> {
  const person = await lockPerson(trx, organizationId, personId)
  const position = await trx
    .selectFrom('positions as p')
    .innerJoin('units as u', (j) =>
      j.onRef('u.organization_id', '=', 'p.organization_id').onRef('u.id', '=', 'p.unit_id'),
    )
    .select(['p.title', 'p.valid_from', 'u.name as unit_name'])
    .where('p.organization_id', '=', organizationId)
    .where('p.person_id', '=', personId)
    .where('p.id', '=', id)
    .executeTakeFirst()
  if (!position) throw new DomainError('not_found')
  if (position.valid_from !== null && position.valid_from > lastDay) {
    throw invalid({ field: 'valid_to', code: 'date_order' })
  }
  await trx
    .updateTable('positions')
    .set((eb) => ({ valid_to: lastDay, version: eb('version', '+', 1) }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'position.ended',
    subjectKind: 'person',
    subjectId: personId,
    details: { name: person.name, title: position.title, unit: position.unit_name, last: lastDay },
  })
}
