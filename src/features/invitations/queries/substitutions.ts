import type { Db } from '../../../db/transaction.ts'

export interface NamedSubstitute {
  name: string
  position: string
  email: string | null
  state: 'pending' | 'approved'
}

/** The substitutes named for many invitations at once, by the invitation's id: those the chair agreed to or has yet to. */
export async function findSubstitutes(
  db: Db,
  organizationId: string,
  invitationIds: string[],
): Promise<Map<string, NamedSubstitute>> {
  if (!invitationIds.length) return new Map()
  const rows = await db
    .selectFrom('substitutions')
    .select(['invitation_id', 'name', 'position', 'email', 'state'])
    .where('organization_id', '=', organizationId)
    .where('invitation_id', 'in', invitationIds)
    .where('state', 'in', ['pending', 'approved'])
    .execute()
  return new Map(
    rows.map(({ invitation_id, state, ...named }) => [
      invitation_id,
      { ...named, state: state as NamedSubstitute['state'] },
    ]),
  )
}
