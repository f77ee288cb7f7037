import { betterAuth } from 'better-auth'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'

export interface SignedIn {
  userId: string
  name: string
  email: string
}

/** What the application needs of better-auth; this file alone knows the library. */
export interface Auth {
  /** The person of a request's session cookie. */
  session(headers: Headers): Promise<SignedIn | undefined>
  /** @returns the Set-Cookie values, or undefined where address or password is wrong. */
  signIn(email: string, password: string, headers: Headers): Promise<string[] | undefined>
  /** Ends the session and @returns the cookies that clear it. */
  signOut(headers: Headers): Promise<string[]>
  /** Makes an account. @throws DomainError duplicate, where the address has one. */
  createUser(input: { name: string; email: string; password: string }): Promise<string>
  /** Sets a new password and ends every session of the person. */
  setPassword(userId: string, password: string): Promise<void>
  /** Ends every session: a disabled member is out at once. */
  endSessions(userId: string): Promise<void>
}

/** Password length in characters (OWASP ASVS 5.0, 6.2.1: at least 8; here 10). */
export const passwordLength = { min: 10, max: 128 }

/**
 * Wraps better-auth. Sign-up is closed: accounts come from invitations and the set-up link. Its own HTTP handler is not
 * mounted; our pages call it, so that our CSRF, rate limits and texts apply.
 */
export function createAuth(options: { db: Db; baseUrl: string; secret: string }): Auth {
  const auth = betterAuth({
    baseURL: options.baseUrl,
    secret: options.secret,
    database: { db: options.db.withSchema('auth') as never, type: 'postgres' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    session: { expiresIn: 60 * 60 * 24 * 30, updateAge: 60 * 60 * 24 },
    advanced: { cookiePrefix: 'hoithao', useSecureCookies: options.baseUrl.startsWith('https:') },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  return {
    async session(headers) {
      if (!headers.get('cookie')?.includes('hoithao.session_token')) return undefined
      const found = await auth.api.getSession({ headers })
      return found ? { userId: found.user.id, name: found.user.name, email: found.user.email } : undefined
    },
    async signIn(email, password, headers) {
      const answer = await auth.api.signInEmail({ body: { email, password }, headers, asResponse: true })
      return answer.ok ? answer.headers.getSetCookie() : undefined
    },
    async signOut(headers) {
      const answer = await auth.api.signOut({ headers, asResponse: true })
      return answer.headers.getSetCookie()
    },
    async createUser({ name, email, password }) {
      const { internalAdapter, password: passwords } = await auth.$context
      if (await internalAdapter.findUserByEmail(email.toLowerCase()))
        throw new DomainError('duplicate', { detail: 'account_exists' })
      const user = await internalAdapter.createUser(
        { name, email: email.toLowerCase(), emailVerified: true },
        { method: 'email-password' },
      )
      await internalAdapter.linkAccount({
        userId: user.id,
        providerId: 'credential',
        accountId: user.id,
        password: await passwords.hash(password),
      })
      return user.id
    },
    async setPassword(userId, password) {
      const { internalAdapter, password: passwords } = await auth.$context
      await internalAdapter.updatePassword(userId, await passwords.hash(password))
      await internalAdapter.deleteUserSessions(userId)
    },
    async endSessions(userId) {
      const { internalAdapter } = await auth.$context
      await internalAdapter.deleteUserSessions(userId)
    },
  }
}
