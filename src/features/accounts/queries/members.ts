import { sql } from 'kysely'
import type { Role } from '../../../context.ts'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

/** Which members, in which order: by role as the console lists them (owners first, the shut out last), or by name. */
export interface MemberFilter {
  role?: Role | undefined
  state?: 'active' | 'disabled' | undefined
  sort: 'role' | 'name'
  cursor?: string | undefined
}

function memberRows(db: Db, organizationId: string, filter: Pick<MemberFilter, 'role' | 'state'>) {
  let query = db
    .selectFrom('members as m')
    .innerJoin('auth.user as u', 'u.id', 'm.user_id')
    .where('m.organization_id', '=', organizationId)
  if (filter.role) query = query.where('m.role', '=', filter.role)
  if (filter.state) query = query.where('m.disabled_at', filter.state === 'disabled' ? 'is not' : 'is', null)
  return query
}

const roleKey = sql<string>`(case when m.disabled_at is null then '1' else '2' end || array_position(array['owner', 'organizer', 'viewer'], m.role))`
const nameKey = sql<string>`u.name collate "vi-x-icu"`
const columns = ['m.user_id', 'm.role', 'm.disabled_at', 'm.created_at', 'u.name', 'u.email'] as const

function toMember<T extends { role: string }>(row: T) {
  return { ...row, role: row.role as Role }
}

/** A page of members. */
export async function listMembersPage(db: Db, organizationId: string, filter: MemberFilter, limit = 50) {
  const group = filter.sort === 'role' ? roleKey : sql<string>`''`
  let query = memberRows(db, organizationId, filter).select(columns).select(group.as('group'))
  if (filter.cursor) {
    const [after, name, id] = decodeCursor(filter.cursor, 3).map(String)
    query = query.where(
      sql<boolean>`(${group} collate "C", ${nameKey}, u.id) > (${after}::text collate "C", ${name}::text collate "vi-x-icu", ${id}::text)`,
    )
  }
  const rows = await query
    .orderBy(sql`${group} collate "C"`)
    .orderBy(nameKey)
    .orderBy('u.id')
    .limit(limit + 1)
    .execute()
  const page: Page<MemberRow & { group: string }> = toPage(rows.map(toMember), limit, (row) => [
    row.group,
    row.name,
    row.user_id,
  ])
  return page
}

export interface MemberRow {
  user_id: string
  role: Role
  disabled_at: Date | null
  created_at: Date
  name: string
  email: string
}

/** How many members a filter finds. */
export async function countMembers(
  db: Db,
  organizationId: string,
  filter: Pick<MemberFilter, 'role' | 'state'>,
): Promise<number> {
  const row = await memberRows(db, organizationId, filter)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** One member, by the id of the account. @throws DomainError not_found */
export async function getMember(db: Db, organizationId: string, userId: string): Promise<MemberRow> {
  const row = await memberRows(db, organizationId, {})
    .select(columns)
    .where('m.user_id', '=', userId)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return toMember(row)
}
