import type { Role } from '../../context.ts'
import { type ApiScope, apiScopes } from './schema.ts'

/** Links by mail and how long they hold, in hours. */
export const lifetimes = { join: 7 * 24, reset: 1, setup: 24 } as const

/** A moment some hours after another. */
export function hoursAfter(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * 3_600_000)
}

/** Attempts at a quarter of an hour. Seconds and counts. */
export const signInLimits = {
  windowSeconds: 900,
  perAddress: 60,
  perAccountAndAddress: 10,
  perAccount: 200,
  perAccountAndAddressWhileAttacked: 3,
} as const

/**
 * How many attempts one address has at one account. Nobody can lock an owner out: an account tried from everywhere is
 * never closed, each address only has fewer attempts at it.
 */
export function attemptsAllowed(attemptsOnAccount: number): number {
  return attemptsOnAccount > signInLimits.perAccount
    ? signInLimits.perAccountAndAddressWhileAttacked
    : signInLimits.perAccountAndAddress
}

/**
 * Where to go after signing in: a path of our own, else `otherwise`. Refuses whole addresses, `//host`, `/\host` and control
 * characters, which browsers read as another site's address.
 */
export function ownPath(next: string | undefined, otherwise: string): string {
  if (!next || next.length > 1000 || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return otherwise
  const base = 'http://own.invalid'
  return URL.canParse(next, base) && new URL(next, base).origin === base ? next : otherwise
}

export type InvitationState = 'open' | 'accepted' | 'withdrawn' | 'expired'

/** How an invitation of a colleague stands. */
export function invitationState(
  invitation: { accepted_at: Date | null; withdrawn_at: Date | null; expires_at: Date },
  now: Date,
): InvitationState {
  if (invitation.accepted_at) return 'accepted'
  if (invitation.withdrawn_at) return 'withdrawn'
  return invitation.expires_at <= now ? 'expired' : 'open'
}

/** An API key that still opens: neither revoked nor past its time. */
export function keyHolds(key: { revoked_at: Date | null; expires_at: Date | null }, now: Date): boolean {
  return key.revoked_at === null && (key.expires_at === null || key.expires_at > now)
}

/** The most that a member of each role does, by page or by key. */
const scopesOf: Record<Role, readonly ApiScope[]> = {
  viewer: ['read'],
  organizer: ['read', 'write'],
  owner: apiScopes,
}

/** Who stands behind a key now: a member in their present role, one who works here no longer, or whoever runs the deployment. */
export type KeyMaker = Role | 'gone' | 'operator'

/** Who made a key, as its row and that of the member tell it. */
export function keyMaker(row: { maker_id: string | null; role: string | null; disabled_at: Date | null }): KeyMaker {
  if (row.maker_id === null) return 'operator'
  return row.role === null || row.disabled_at ? 'gone' : (row.role as Role)
}

/** What a key may do now: its own scopes, and no more than its maker does in their present role. */
export function effectiveScopes(scopes: readonly ApiScope[], maker: KeyMaker): ApiScope[] {
  if (maker === 'operator') return [...scopes]
  const most = maker === 'gone' ? [] : scopesOf[maker]
  return apiScopes.filter((scope) => most.includes(scope) && allows(scopes, scope))
}

/** Whether a key of these scopes may do what needs one: `write` includes reading. */
export function allows(scopes: readonly ApiScope[], needed: ApiScope): boolean {
  return scopes.includes(needed) || (needed === 'read' && scopes.includes('write'))
}
