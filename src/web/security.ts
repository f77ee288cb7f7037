import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../env.ts'

const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ')

/**
 * Headers of every answer (OWASP ASVS 5.0, 3.4). Referrer-Policy is same-origin, not no-referrer: with the latter a
 * browser sends `Origin: null` and our own forms would look foreign. A route that sets its own policy keeps it.
 */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  const h = c.res.headers
  h.set('X-Content-Type-Options', 'nosniff')
  h.set('Referrer-Policy', 'same-origin')
  h.set('Cross-Origin-Opener-Policy', 'same-origin')
  if (!h.has('Content-Security-Policy')) h.set('Content-Security-Policy', policy)
  if (c.var.services.config.baseUrl.startsWith('https:')) h.set('Strict-Transport-Security', 'max-age=31536000')
}
