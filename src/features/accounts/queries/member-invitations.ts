import { sql } from 'kysely'
import type { Role } from '../../../context.ts'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

/** Which invitations of colleagues that nobody took up: those whose link still holds, those whose time ran out, or both. */
export interface MemberInvitationFilter {
  state?: 'open' | 'expired' | undefined
  cursor?: string | undefined
}

function invitationRows(db: Db, organizationId: string) {
  return db.selectFrom('member_invitations as i').where('i.organization_id', '=', organizationId)
}

function pending(db: Db, organizationId: string, state: MemberInvitationFilter['state']) {
  const query = invitationRows(db, organizationId)
    .where('i.accepted_at', 'is', null)
    .where('i.withdrawn_at', 'is', null)
  if (!state) return query
  return query.where(sql<boolean>`(i.expires_at > now())`, '=', state === 'open')
}

const columns = [
  'i.id',
  'i.email',
  'i.role',
  'i.generation',
  'i.invited_by',
  'i.expires_at',
  'i.accepted_at',
  'i.withdrawn_at',
  'i.created_at',
] as const

export interface MemberInvitationRow {
  id: string
  email: string
  role: Role
  generation: number
  invited_by: string | null
  expires_at: Date
  accepted_at: Date | null
  withdrawn_at: Date | null
  created_at: Date
}

/** A page of invitations of colleagues, the latest first. */
export async function listMemberInvitationsPage(
  db: Db,
  organizationId: string,
  filter: MemberInvitationFilter,
  limit = 50,
): Promise<Page<MemberInvitationRow>> {
  let query = pending(db, organizationId, filter.state).select(columns)
  if (filter.cursor) query = query.where('i.id', '<', decodeCursor(filter.cursor, 1)[0] as string)
  const rows = await query
    .orderBy('i.id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows as MemberInvitationRow[], limit, (row) => [row.id])
}

/** How many a filter finds. */
export async function countMemberInvitations(
  db: Db,
  organizationId: string,
  state: MemberInvitationFilter['state'],
): Promise<number> {
  const row = await pending(db, organizationId, state)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** One invitation of a colleague, whatever became of it. @throws DomainError not_found */
export async function getInvitedColleague(db: Db, organizationId: string, id: string): Promise<MemberInvitationRow> {
  const row = await invitationRows(db, organizationId).select(columns).where('i.id', '=', id).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row as MemberInvitationRow
}
