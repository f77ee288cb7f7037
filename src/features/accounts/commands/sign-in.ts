import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { Auth } from '../auth.ts'
import { attemptsAllowed, signInLimits } from '../rules.ts'
import { countHit, forgetHits, hitRateLimit } from './rate-limits.ts'

/**
 * Signs a person in. Attempts are counted by address, and by account and address; those at one account from everywhere
 * only tighten the latter.
 * @param address the client's address as limits see it (IPv6 per /64)
 * @returns the session's cookies, or undefined where address or password is wrong
 * @throws DomainError too_many_requests
 */
export async function signIn(
  { db, auth }: { db: Db; auth: Auth },
  input: { email: string; password: string },
  address: string,
  headers: Headers,
): Promise<string[] | undefined> {
  const { windowSeconds, perAddress } = signInLimits
  const email = input.email.toLowerCase()
  const pair = `sign-in|${email}|${address}`
  await hitRateLimit(db, `sign-in|${address}`, { limit: perAddress, windowSeconds })
  const own = await countHit(db, pair, windowSeconds)
  const refused = () => new DomainError('too_many_requests', { params: { retryAfter: own.retryAfter } })
  if (own.hits > attemptsAllowed(0)) throw refused()
  const account = await countHit(db, `sign-in-account|${email}`, windowSeconds)
  if (own.hits > attemptsAllowed(account.hits)) throw refused()
  const cookies = await auth.signIn(email, input.password, headers)
  if (cookies) await forgetHits(db, pair)
  return cookies
}
