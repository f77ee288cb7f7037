import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { movedOne } from '../rules.ts'
import type { AgendaItemInput } from '../schema.ts'
import { knownPeople, listIds, lockList, orderList, removeRow, writeOrder } from './order.ts'

/** Adds an item with its speakers at the end of the agenda. @throws DomainError not_found */
export async function addAgendaItem(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  input: AgendaItemInput,
): Promise<string> {
  if (!(await lockList(trx, organizationId, seminarId))) throw new DomainError('not_found')
  const { id } = await trx
    .insertInto('agenda_items')
    .values({
      ...columnsOf(input),
      organization_id: organizationId,
      seminar_id: seminarId,
      ordinal: sql`(select coalesce(max(ordinal), 0) + 1 from agenda_items where organization_id = ${organizationId} and seminar_id = ${seminarId})`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await writeSpeakers(trx, organizationId, id, input.speakers)
  await audit(trx, ctx, organizationId, seminarId, 'added', id, input.title)
  return id
}

/** Edits an item as it was opened, its speakers with it. @throws DomainError not_found · stale_version */
export async function editAgendaItem(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version: number,
  input: AgendaItemInput,
): Promise<void> {
  await getItemRow(trx, organizationId, seminarId, id)
  const row = await trx
    .updateTable('agenda_items')
    .set(columnsOf(input))
    .set('version', sql`version + 1`)
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .returning('id')
    .executeTakeFirst()
  if (!row) throw new DomainError('stale_version')
  await trx
    .deleteFrom('agenda_speakers')
    .where('organization_id', '=', organizationId)
    .where('agenda_item_id', '=', id)
    .execute()
  await writeSpeakers(trx, organizationId, id, input.speakers)
  await audit(trx, ctx, organizationId, seminarId, 'edited', id, input.title)
}

/** Takes an item off the agenda; speeches placed there lose their place. @throws DomainError not_found · stale_version */
export async function removeAgendaItem(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  version?: number,
): Promise<void> {
  const row = await getItemRow(trx, organizationId, seminarId, id)
  await removeRow(trx, 'agenda_items', organizationId, id, version)
  await audit(trx, ctx, organizationId, seminarId, 'removed', id, row.title)
}

/** Moves an item one place. @throws DomainError not_found */
export async function moveAgendaItem(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  id: string,
  direction: 'up' | 'down',
): Promise<void> {
  await lockList(trx, organizationId, seminarId)
  const row = await getItemRow(trx, organizationId, seminarId, id)
  const ids = await listIds(trx, 'agenda_items', { organizationId, seminarId })
  await writeOrder(trx, 'agenda_items', { organizationId, seminarId }, movedOne(ids, id, direction))
  await audit(trx, ctx, organizationId, seminarId, 'moved', id, row.title)
}

/**
 * Puts the whole agenda in a new order. Items added meanwhile by someone else keep their place at the end; ids that are
 * not of this agenda are refused. @throws DomainError not_found · conflict (agenda_changed)
 */
export async function orderAgenda(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: readonly string[],
): Promise<void> {
  await orderList(trx, 'agenda_items', { organizationId, seminarId }, ids, 'agenda_changed')
  const subject = { subjectKind: 'seminar', subjectId: seminarId, seminarId }
  await recordAudit(trx, ctx, { organizationId, action: 'agenda.ordered', ...subject })
}

async function getItemRow(trx: Trx, organizationId: string, seminarId: string, id: string) {
  const row = await trx
    .selectFrom('agenda_items')
    .select(['id', 'title'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

async function writeSpeakers(
  trx: Trx,
  organizationId: string,
  itemId: string,
  speakers: AgendaItemInput['speakers'],
): Promise<void> {
  if (!speakers.length) return
  const known = await knownPeople(
    trx,
    organizationId,
    speakers.map((speaker) => speaker.personId),
  )
  const rows = speakers.map((speaker, index) => ({
    organization_id: organizationId,
    agenda_item_id: itemId,
    ordinal: index + 1,
    person_id: speaker.personId !== null && known.has(speaker.personId) ? speaker.personId : null,
    name: speaker.name,
    position: speaker.position,
    position_en: speaker.positionEn,
  }))
  await trx.insertInto('agenda_speakers').values(rows).execute()
}

function columnsOf(input: AgendaItemInput) {
  return {
    kind: input.kind,
    title: input.title,
    title_en: input.titleEn,
    minutes: input.minutes,
    fixed_start: input.fixedStart,
  }
}

function audit(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  verb: string,
  id: string,
  title: string,
) {
  const subject = { subjectKind: 'agenda_item', subjectId: id, seminarId }
  return recordAudit(trx, ctx, { organizationId, action: `agenda_item.${verb}`, ...subject, details: { title } })
}
