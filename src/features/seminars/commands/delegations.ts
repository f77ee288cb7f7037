import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { assertSelector } from '../../directory/commands.ts'
import { movedOne } from '../rules.ts'
import type { DelegationInput } from '../schema.ts'
import { listIds, lockList, orderList, removeRow, writeOrder } from './order.ts'

/** Adds a group at the end of the printed order. @throws DomainError not_found · invalid (unknown_unit) */
export async function addDelegation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  input: DelegationInput,
): Promise<string> {
  if (!(await lockList(trx, organizationId, seminarId))) throw new DomainError('not_found')
  await assertSelector(trx, organizationId, input.selector)
  const { id } = await trx
    .insertInto('delegations')
    .values({
      ...columnsOf(input),
      organization_id: organizationId,
      seminar_id: seminarId,
      ordinal: sql`(select coalesce(max(ordinal), 0) + 1 from delegations where organization_id = ${organizationId} and seminar_id = ${seminarId})`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await audit(trx, ctx, organizationId, seminarId, 'added', id, input.text)
  return id
}

/** Edits a group as it was opened. Those invited already stay invited. @throws DomainError not_found · stale_version · invalid (unknown_unit) */
export async function editDelegation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version: number,
  input: DelegationInput,
): Promise<void> {
  await getDelegationRow(trx, organizationId, seminarId, id)
  await assertSelector(trx, organizationId, input.selector)
  const row = await trx
    .updateTable('delegations')
    .set(columnsOf(input))
    .set('version', sql`version + 1`)
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  if (!row) throw new DomainError('stale_version')
  await audit(trx, ctx, organizationId, seminarId, 'edited', id, input.text)
}

/** Takes a group off the list; invitations made from it stay, without a group. @throws DomainError not_found · stale_version */
export async function removeDelegation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version?: number,
): Promise<void> {
  const row = await getDelegationRow(trx, organizationId, seminarId, id)
  await removeRow(trx, 'delegations', organizationId, id, version)
  await audit(trx, ctx, organizationId, seminarId, 'removed', id, row.text)
}

/** Moves a group one place in the printed order. @throws DomainError not_found */
export async function moveDelegation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  direction: 'up' | 'down',
): Promise<void> {
  await lockList(trx, organizationId, seminarId)
  const row = await getDelegationRow(trx, organizationId, seminarId, id)
  const ids = await listIds(trx, 'delegations', { organizationId, seminarId })
  await writeOrder(trx, 'delegations', { organizationId, seminarId }, movedOne(ids, id, direction))
  await audit(trx, ctx, organizationId, seminarId, 'moved', id, row.text)
}

/** Puts the groups in a new printed order. @throws DomainError not_found · conflict (list_changed) */
export async function orderDelegations(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: readonly string[],
): Promise<void> {
  await orderList(trx, 'delegations', { organizationId, seminarId }, ids, 'list_changed')
  const subject = { subjectKind: 'seminar', subjectId: seminarId, seminarId }
  await recordAudit(trx, ctx, { organizationId, action: 'delegations.ordered', ...subject })
}

async function getDelegationRow(trx: Trx, organizationId: string, seminarId: string, id: string) {
  const row = await trx
    .selectFrom('delegations')
    .select(['id', 'text'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

function columnsOf(input: DelegationInput) {
  return {
    text: input.text,
    text_en: input.textEn,
    separator: input.separator,
    selector: input.selector === null ? null : jsonb(input.selector),
  }
}

function audit(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  verb: string,
  id: string,
  text: string,
) {
  const subject = { subjectKind: 'delegation', subjectId: id, seminarId }
  return recordAudit(trx, ctx, { organizationId, action: `delegation.${verb}`, ...subject, details: { text } })
}
