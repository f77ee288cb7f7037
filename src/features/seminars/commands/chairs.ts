import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { movedOne } from '../rules.ts'
import type { ChairInput } from '../schema.ts'
import { knownPeople, lockList, orderList, removeRow, writeOrder } from './order.ts'

/** Adds a chair, or a superior who attends and directs, at the end of their list. @throws DomainError not_found */
export async function addChair(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  input: ChairInput,
): Promise<string> {
  if (!(await lockList(trx, organizationId, seminarId))) throw new DomainError('not_found')
  const { id } = await trx
    .insertInto('chairs')
    .values({
      ...(await columnsOf(trx, organizationId, input)),
      organization_id: organizationId,
      seminar_id: seminarId,
      ordinal: sql`(select coalesce(max(ordinal), 0) + 1 from chairs where organization_id = ${organizationId} and seminar_id = ${seminarId})`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await audit(trx, ctx, organizationId, seminarId, 'added', id, input.name)
  return id
}

/** Edits a chair as it was opened. @throws DomainError not_found · stale_version */
export async function editChair(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version: number,
  input: ChairInput,
): Promise<void> {
  const before = await getChairRow(trx, organizationId, seminarId, id)
  const row = await trx
    .updateTable('chairs')
    .set(await columnsOf(trx, organizationId, input))
    .set('version', sql`version + 1`)
    .where('organization_id', '=', organizationId)
    .where('id', '=', before.id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  if (!row) throw new DomainError('stale_version')
  await audit(trx, ctx, organizationId, seminarId, 'edited', id, input.name)
}

/** Takes a chair off the list. @throws DomainError not_found · stale_version */
export async function removeChair(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version?: number,
): Promise<void> {
  const row = await getChairRow(trx, organizationId, seminarId, id)
  await removeRow(trx, 'chairs', organizationId, id, version)
  await audit(trx, ctx, organizationId, seminarId, 'removed', id, row.name)
}

/** Moves a chair one place in the order of those of the same role. @throws DomainError not_found */
export async function moveChair(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  direction: 'up' | 'down',
): Promise<void> {
  await lockList(trx, organizationId, seminarId)
  const row = await getChairRow(trx, organizationId, seminarId, id)
  const rows = await trx
    .selectFrom('chairs')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('role', '=', row.role)
    .orderBy('ordinal')
    .orderBy('id')
    .execute()
  const ids = rows.map((each) => each.id)
  await writeOrder(trx, 'chairs', { organizationId, seminarId }, movedOne(ids, id, direction))
  await audit(trx, ctx, organizationId, seminarId, 'moved', id, row.name)
}

/**
 * Puts chairs and superiors in a new order, each among those of the same role.
 * @throws DomainError not_found · conflict (list_changed)
 */
export async function orderChairs(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: readonly string[],
): Promise<void> {
  await orderList(trx, 'chairs', { organizationId, seminarId }, ids, 'list_changed')
  const subject = { subjectKind: 'seminar', subjectId: seminarId, seminarId }
  await recordAudit(trx, ctx, { organizationId, action: 'chairs.ordered', ...subject })
}

async function getChairRow(trx: Trx, organizationId: string, seminarId: string, id: string) {
  const row = await trx
    .selectFrom('chairs')
    .select(['id', 'role', 'name'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

async function columnsOf(trx: Trx, organizationId: string, input: ChairInput) {
  const known = await knownPeople(trx, organizationId, [input.personId])
  return {
    role: input.role,
    name: input.name,
    gender: input.gender,
    positions: input.positions,
    positions_en: input.positionsEn,
    person_id: input.personId !== null && known.has(input.personId) ? input.personId : null,
  }
}

function audit(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  verb: string,
  id: string,
  name: string,
) {
  return recordAudit(trx, ctx, {
    organizationId,
    action: `chair.${verb}`,
    subjectKind: 'chair',
    subjectId: id,
    seminarId,
    details: { name },
  })
}
