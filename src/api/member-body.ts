import { z } from '@hono/zod-openapi'
import type { MemberInvitationRow } from '../features/accounts/queries/member-invitations.ts'
import type { MemberRow } from '../features/accounts/queries/members.ts'
import { invitationState } from '../features/accounts/rules.ts'
import { inviteMemberSchema, roleSchema } from '../features/accounts/schema.ts'
import { id, instant } from './schemas.ts'

/** The id of an account: another kind than ours. */
export const accountId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .meta({ example: 'kR3vT0pQmYxW2nB7cJ5sLhA9dE4fG6uZ' })
const role = z.enum(['owner', 'organizer', 'viewer'])

/** Someone who works for the organisation. */
export const memberSchema = z
  .object({
    id: accountId,
    name: z.string(),
    email: z.string(),
    role,
    state: z.enum(['active', 'disabled']),
    disabledAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Member' })
export type MemberBody = z.output<typeof memberSchema>

export const memberRoleSchema = z
  .strictObject({ role: roleSchema })
  .meta({ id: 'MemberRole', example: { role: 'organizer' } })

export const memberStateSchema = z
  .strictObject({ state: z.enum(['active', 'disabled'], { error: 'state' }) })
  .meta({ id: 'MemberState', example: { state: 'disabled' } })

/** A colleague invited: the link goes by mail, and is told nowhere else. */
export const memberInvitationSchema = z
  .object({
    id,
    email: z.string(),
    role,
    state: z.enum(['open', 'expired', 'accepted', 'withdrawn']),
    invitedBy: z.string().nullable(),
    expiresAt: instant,
    acceptedAt: instant.nullable(),
    withdrawnAt: instant.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'MemberInvitation' })
export type MemberInvitationBody = z.output<typeof memberInvitationSchema>

export const newMemberInvitationSchema = inviteMemberSchema
  .strict()
  .meta({ id: 'NewMemberInvitation', example: { email: 'lan.pham@mau.example', role: 'organizer' } })

export function toMember(row: MemberRow): MemberBody {
  return {
    id: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    state: row.disabled_at ? 'disabled' : 'active',
    disabledAt: row.disabled_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

export function toMemberInvitation(row: MemberInvitationRow, now: Date): MemberInvitationBody {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    state: invitationState(row, now),
    invitedBy: row.invited_by,
    expiresAt: row.expires_at.toISOString(),
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}
