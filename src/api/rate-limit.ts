import type { Context } from 'hono'
import { DomainError } from '../errors.ts'
import { clientAddress } from '../http/client-address.ts'
import { meterHit } from '../http/meter.ts'
import { type ApiEnv, asPage } from './router.ts'

const WINDOW_SECONDS = 60
/** Wrong keys that one address may send, as a share of a key's quota: 256 bits cannot be guessed, but each guess asks the database. */
const FAILED_SHARE = 0.1

/**
 * Counts a request of a key, of all instances together; every answer says what is left
 * (draft-ietf-httpapi-ratelimit-headers-10). @throws DomainError too_many_requests
 */
export async function limitKey(c: Context<ApiEnv>, keyId: string): Promise<void> {
  await limit(c, 'default', `api|${keyId}`, c.var.services.config.apiRateLimit)
}

/** Counts a request without a key that holds, by its address. @throws DomainError too_many_requests */
export async function limitStranger(c: Context<ApiEnv>): Promise<void> {
  const quota = Math.ceil(c.var.services.config.apiRateLimit * FAILED_SHARE)
  await limit(c, 'unauthenticated', `api-failed|${clientAddress(asPage(c))}`, quota)
}

async function limit(c: Context<ApiEnv>, policy: string, key: string, quota: number): Promise<void> {
  const { hits, retryAfter } = await meterHit(c.var.services, key, { quota, windowSeconds: WINDOW_SECONDS })
  c.header('RateLimit-Policy', `"${policy}";q=${quota};w=${WINDOW_SECONDS}`)
  c.header('RateLimit', `"${policy}";r=${Math.max(0, quota - hits)};t=${retryAfter}`)
  if (hits > quota) throw new DomainError('too_many_requests', { params: { retryAfter } })
}
