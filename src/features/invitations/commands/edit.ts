import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { splitVietnameseName } from '../../../text/fold.ts'
import { recordAudit, recordAudits } from '../../audit/commands.ts'
import type { InviteeInput } from '../schema.ts'

/**
 * Changes what an invitation says of the invitee. A mail that went out is not sent again by itself.
 * @throws DomainError not_found, stale_version, closed (withdrawn), invalid
 */
export async function editInvitation(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  input: InviteeInput,
  version: number,
): Promise<void> {
  const row = await trx
    .selectFrom('invitations')
    .select(['version', 'status', 'seminar_id', 'positions', 'person_id'])
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  if (row.version !== version) throw new DomainError('stale_version')
  if (row.status === 'withdrawn') throw new DomainError('closed', { detail: 'invitation_withdrawn' })
  if (input.delegation_id !== null && !(await isDelegationOf(trx, organizationId, row.seminar_id, input.delegation_id)))
    throw invalid({ field: 'delegation_id', code: 'invalid' })
  if (row.person_id === null && (await isInvitedByHand(trx, organizationId, row.seminar_id, id, input)))
    throw invalid({ field: 'name', code: 'on_list' })
  await trx
    .updateTable('invitations')
    .set((eb) => ({
      ...input,
      ...splitVietnameseName(input.name),
      version: eb('version', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute()
  if (row.positions.join('\n') !== input.positions.join('\n')) await writeHandSeats(trx, organizationId, id, input)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'invitation.edited',
    subjectKind: 'invitation',
    subjectId: id,
    seminarId: row.seminar_id,
    details: { name: input.name },
  })
}

async function isDelegationOf(trx: Trx, organizationId: string, seminarId: string, id: string): Promise<boolean> {
  const found = await trx
    .selectFrom('delegations')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '=', id)
    .executeTakeFirst()
  return found !== undefined
}

/** The same name at the same address, or without one in the same positions: as the unique indexes say. */
async function isInvitedByHand(
  trx: Trx,
  organizationId: string,
  seminarId: string,
  id: string,
  input: InviteeInput,
): Promise<boolean> {
  const found = await trx
    .selectFrom('invitations')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', '<>', id)
    .where('person_id', 'is', null)
    .where('status', '<>', 'withdrawn')
    .where(sql<boolean>`lower(name) = lower(${input.name})`)
    .where((eb) =>
      input.email === null
        ? eb.and([eb('email', 'is', null), eb('positions', '=', eb.val(input.positions))])
        : eb(sql`lower(email)`, '=', input.email.toLowerCase()),
    )
    .executeTakeFirst()
  return found !== undefined
}

/** Seats that come from the directory stay; those written by hand follow what is written now. */
async function writeHandSeats(
  trx: Trx,
  organizationId: string,
  invitationId: string,
  input: InviteeInput,
): Promise<void> {
  await trx
    .deleteFrom('invitation_seats')
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .where('position_id', 'is', null)
    .execute()
  const kept = await trx
    .selectFrom('invitation_seats')
    .select('text')
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .execute()
  if (kept.length) return
  if (!input.positions.length) return
  await trx
    .insertInto('invitation_seats')
    .values(
      input.positions.map((text, i) => ({
        organization_id: organizationId,
        invitation_id: invitationId,
        delegation_id: input.delegation_id,
        text,
        text_en: input.positions_en[i] ?? null,
      })),
    )
    .execute()
}

/** Takes drafts off the list; others are left as they are. @returns how many */
export async function removeDrafts(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  ids: string[],
): Promise<number> {
  if (!ids.length) return 0
  const rows = await trx
    .deleteFrom('invitations')
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('id', 'in', ids)
    .where('status', '=', 'draft')
    .returning(['id', 'name'])
    .execute()
  await recordAudits(
    trx,
    ctx,
    rows.map((row) => ({
      organizationId,
      action: 'invitation.removed',
      subjectKind: 'invitation',
      subjectId: row.id,
      seminarId,
      details: { name: row.name },
    })),
  )
  return rows.length
}

/** Notes that an invitee saw their page: a POST from the visible page, once. */
export async function markOpened(trx: Trx, organizationId: string, id: string): Promise<void> {
  await trx
    .updateTable('invitations')
    .set({ opened_at: sql<Date>`now()` })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('status', '=', 'sent')
    .where('opened_at', 'is', null)
    .execute()
}
