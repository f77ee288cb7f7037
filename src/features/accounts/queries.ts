import type { Role } from '../../context.ts'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { Purpose } from '../links/schema.ts'
import { hashToken } from '../links/token.ts'
import { listApiKeysPage } from './queries/keys.ts'
import { listMemberInvitationsPage } from './queries/member-invitations.ts'
import { listMembersPage } from './queries/members.ts'
import { effectiveScopes, keyMaker } from './rules.ts'
import type { ApiScope } from './schema.ts'

const organizationColumns = [
  'o.id',
  'o.slug',
  'o.name',
  'o.name_en',
  'o.accent_hue',
  'o.timezone',
  'o.honorific',
] as const

function toMembership(row: {
  id: string
  slug: string
  name: string
  name_en: string | null
  accent_hue: number
  timezone: string
  honorific: string
  role: string
}) {
  return {
    role: row.role as Role,
    organization: {
      id: row.id,
      slug: row.slug,
      name: row.name,
      nameEn: row.name_en,
      accentHue: row.accent_hue,
      timezone: row.timezone,
      honorific: row.honorific as 'comrade' | 'neutral' | 'academic',
    },
  }
}

/** A person's role in the organisation of a slug, unless it was disabled. */
export async function findMembership(db: Db, userId: string, organizationSlug: string) {
  const row = await db
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select([...organizationColumns, 'm.role'])
    .where('m.user_id', '=', userId)
    .where('o.slug', '=', organizationSlug)
    .where('m.disabled_at', 'is', null)
    .executeTakeFirst()
  return row && toMembership(row)
}

/** The organisations a person works for, by name. */
export async function listMemberships(db: Db, userId: string) {
  const rows = await db
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select([...organizationColumns, 'm.role'])
    .where('m.user_id', '=', userId)
    .where('m.disabled_at', 'is', null)
    .orderBy('o.name')
    .limit(100)
    .execute()
  return rows.map(toMembership)
}

/** An account by its id. */
export async function findAccount(db: Db, id: string) {
  return db.selectFrom('auth.user').select(['id', 'name', 'email']).where('id', '=', id).executeTakeFirst()
}

/** The account of an address, in any case of letters. */
export async function findAccountByEmail(db: Db, email: string) {
  return db
    .selectFrom('auth.user')
    .select(['id', 'name', 'email'])
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
}

/** Whether anybody at all owns an organisation of this deployment. */
export async function hasOwner(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('members')
    .select('user_id')
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether a person owns a demo organisation. */
export async function ownsDemo(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select('m.user_id')
    .where('m.user_id', '=', userId)
    .where('m.role', '=', 'owner')
    .where('m.disabled_at', 'is', null)
    .where('o.demo', '=', true)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The highest generation of a target's links; 0 where it has none. */
export async function lastGeneration(db: Db, purpose: Purpose, targetId: string): Promise<number> {
  const row = await db
    .selectFrom('links')
    .select((eb) => eb.fn.max('generation').as('last'))
    .where('purpose', '=', purpose)
    .where('target_id', '=', targetId)
    .executeTakeFirst()
  return row?.last ?? 0
}

/** Members by role, owners first, then by name; the disabled last. At most 500. */
export async function listMembers(db: Db, organizationId: string) {
  return (await listMembersPage(db, organizationId, { sort: 'role' }, 500)).items
}

/** Colleagues invited who have not come, the latest first; withdrawn ones are left out. At most 200. */
export async function listOpenMemberInvitations(db: Db, organizationId: string) {
  return (await listMemberInvitationsPage(db, organizationId, {}, 200)).items
}

/** The invitation behind a join link, with its organisation. @throws DomainError link_invalid */
export async function getMemberInvitation(db: Db, organizationId: string, id: string) {
  const row = await db
    .selectFrom('member_invitations as i')
    .innerJoin('organizations as o', 'o.id', 'i.organization_id')
    .select(['i.id', 'i.email', 'i.role', 'i.invited_by', 'o.name', 'o.name_en', 'o.accent_hue'])
    .where('i.organization_id', '=', organizationId)
    .where('i.id', '=', id)
    .where('i.accepted_at', 'is', null)
    .where('i.withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new DomainError('link_invalid', { detail: 'join_link_invalid' })
  return { ...row, role: row.role as Role }
}

/** Keys, those that open first, then the latest; at most 200 of each. */
export async function listApiKeys(db: Db, organizationId: string) {
  const active = await listApiKeysPage(db, organizationId, { state: 'active' }, 200)
  const ended = await listApiKeysPage(db, organizationId, { state: 'ended' }, 200)
  return [...active.items, ...ended.items]
}

/**
 * The key that opens, by its whole text: neither revoked nor expired by the database's clock, of someone who still works here.
 * `scopes` is what it may do now, `ownScopes` what it was made for.
 */
export async function findApiKey(db: Db, key: string) {
  if (!/^ht_[A-Za-z0-9_-]{43}$/.test(key)) return undefined
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('organizations as o', 'o.id', 'k.organization_id')
    .leftJoin('members as m', (j) =>
      j.onRef('m.organization_id', '=', 'k.organization_id').onRef('m.user_id', '=', 'k.created_by'),
    )
    .select([
      'k.created_by as maker_id',
      'm.role',
      'm.disabled_at',
      'k.id',
      'k.name',
      'k.scopes',
      'k.organization_id',
      'k.last_used_at',
      'o.slug',
      'o.name as organization_name',
      'o.timezone',
    ])
    .where('k.key_hash', '=', hashToken(key) as never)
    .where('k.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('k.expires_at', 'is', null), eb('k.expires_at', '>', eb.fn<Date>('now'))]))
    .executeTakeFirst()
  const maker = row && keyMaker(row)
  if (!row || !maker || maker === 'gone') return undefined
  const ownScopes = row.scopes as ApiScope[]
  return { ...row, ownScopes, scopes: effectiveScopes(ownScopes, maker) }
}
