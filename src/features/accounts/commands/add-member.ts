import type { Context, Role } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudit } from '../../audit/commands.ts'

/** Makes a person with an account a member, without an invitation: for the one who runs the deployment. */
export async function addMember(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  { userId, name, role }: { userId: string; name: string; role: Role },
): Promise<void> {
  await trx
    .insertInto('members')
    .values({ organization_id: organizationId, user_id: userId, role })
    .onConflict((c) => c.columns(['organization_id', 'user_id']).doUpdateSet({ role, disabled_at: null }))
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'member.joined',
    subjectKind: 'member',
    subjectId: null,
    details: { name, role },
  })
}
