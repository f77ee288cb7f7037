import type { Context, Role } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'

/** Locks the owners who can still act, in one order, so that two of them cannot remove each other at once. */
async function lockOwners(trx: Trx, organizationId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('members')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .orderBy('user_id')
    .forUpdate()
    .execute()
  return rows.map((row) => row.user_id)
}

async function lockMember(trx: Trx, organizationId: string, userId: string) {
  const owners = await lockOwners(trx, organizationId)
  const member = await trx
    .selectFrom('members as m')
    .innerJoin('auth.user as u', 'u.id', 'm.user_id')
    .select(['m.role', 'm.disabled_at', 'u.name'])
    .where('m.organization_id', '=', organizationId)
    .where('m.user_id', '=', userId)
    .forUpdate('m')
    .executeTakeFirst()
  if (!member) throw new DomainError('not_found')
  return { ...member, isLastOwner: owners.length === 1 && owners[0] === userId }
}

/**
 * Gives a member another role. The keys they made do no more than that from now on (`effectiveScopes`).
 * @throws DomainError not_found, or conflict `last_owner`
 */
export async function changeRole(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  userId: string,
  role: Role,
): Promise<void> {
  const member = await lockMember(trx, organizationId, userId)
  if (member.role === role) return
  if (member.isLastOwner) throw new DomainError('conflict', { detail: 'last_owner' })
  await trx
    .updateTable('members')
    .set({ role })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.role_changed',
    subjectKind: 'member',
    subjectId: null,
    details: { name: member.name, from: member.role, to: role },
  })
}

/**
 * Shuts a member out at once: every session of theirs ends and the keys they made here are revoked, in one transaction.
 * @throws DomainError not_found, or conflict `last_owner`
 */
export async function disableMember(trx: Trx, ctx: Context, organizationId: string, userId: string): Promise<void> {
  const member = await lockMember(trx, organizationId, userId)
  if (member.disabled_at) return
  if (member.isLastOwner) throw new DomainError('conflict', { detail: 'last_owner' })
  await trx
    .updateTable('members')
    .set((eb) => ({ disabled_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  await trx.deleteFrom('auth.session').where('userId', '=', userId).execute()
  const keys = await revokeKeysOf(trx, organizationId, userId)
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.disabled',
    subjectKind: 'member',
    subjectId: null,
    details: { name: member.name, keys },
  })
}

/** Ends the keys a member made here. @returns how many */
async function revokeKeysOf(trx: Trx, organizationId: string, userId: string): Promise<number> {
  const result = await trx
    .updateTable('api_keys')
    .set((eb) => ({ revoked_at: eb.fn<Date>('now') }))
    .where('organization_id', '=', organizationId)
    .where('created_by', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Lets a member in again; their old sessions and keys stay ended. @throws DomainError not_found */
export async function enableMember(trx: Trx, ctx: Context, organizationId: string, userId: string): Promise<void> {
  const member = await lockMember(trx, organizationId, userId)
  if (!member.disabled_at) return
  await trx
    .updateTable('members')
    .set({ disabled_at: null })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.enabled',
    subjectKind: 'member',
    subjectId: null,
    details: { name: member.name },
  })
}
