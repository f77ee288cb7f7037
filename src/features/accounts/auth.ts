import { betterAuth } from 'better-auth'
import type { Db } from '../../db/transaction.ts'

export interface SignedIn {
  userId: string
  name: string
  email: string
}

/** What the application needs of better-auth; this file alone knows the library. */
export interface Auth {
  /** The person of a request's session cookie. */
  session(headers: Headers): Promise<SignedIn | undefined>
  /**
   * Begins a session, and ends the one that the request brought, whoever's it was: what was left in a browser, or planted there,
   * opens nothing any more (OWASP ASVS 5.0, 7.2.4). @returns the Set-Cookie values, or undefined where address or password is wrong.
   */
  signIn(email: string, password: string, headers: Headers): Promise<string[] | undefined>
  /** Ends the session and @returns the cookies that clear it. */
  signOut(headers: Headers): Promise<string[]>
  /** What is kept of a password. Slow on purpose: never inside a transaction. */
  hashPassword(password: string): Promise<string>
}

/** Password length in characters (OWASP ASVS 5.0, 6.2.1: at least 8; here 10). */
export const passwordLength = { min: 10, max: 128 }

/**
 * What a session's cookie is called. `__Host-` (RFC 6265bis, 4.1.3.2) keeps other hosts of the domain from setting one; it needs
 * https, so plain http goes without.
 */
const cookiePrefix = (secure: boolean) => `${secure ? '__Host-' : ''}hoithao`

/**
 * Wraps better-auth. Sign-up is closed: accounts come from invitations and the set-up link. Its own HTTP handler is not
 * mounted; our pages call it, so that our CSRF, rate limits and texts apply.
 */
export function createAuth(options: { db: Db; baseUrl: string; secret: string }): Auth {
  const secure = options.baseUrl.startsWith('https:')
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
    // Its own prefix for https would be `__Secure-`.
    advanced: {
      cookiePrefix: cookiePrefix(secure),
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })

  const find = async (headers: Headers) => {
    if (!headers.get('cookie')?.includes(`${cookiePrefix(secure)}.session_token=`)) return undefined
    return (await auth.api.getSession({ headers })) ?? undefined
  }
  const end = async (headers: Headers) => {
    const found = await find(headers)
    if (found) await (await auth.$context).internalAdapter.deleteSession(found.session.token)
  }

  return {
    async session(headers) {
      const user = (await find(headers))?.user
      return user && { userId: user.id, name: user.name, email: user.email }
    },
    async signIn(email, password, headers) {
      const own = new Headers(headers)
      own.delete('cookie')
      const answer = await auth.api.signInEmail({ body: { email, password }, headers: own, asResponse: true })
      if (!answer.ok) return undefined
      await end(headers)
      return answer.headers.getSetCookie()
    },
    async signOut(headers) {
      // Ended here first: the library only notes in its log that it could not.
      await end(headers)
      const answer = await auth.api.signOut({ headers, asResponse: true })
      return answer.headers.getSetCookie()
    },
    async hashPassword(password) {
      return (await auth.$context).password.hash(password)
    },
  }
}
