import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import type { AppEnv } from '../env.ts'

const policy = [
  "default-src 'self'",
  "img-src 'self' data:",
  // An organisation's hue and the bars of figures are attributes; no element of styles is taken.
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "script-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Headers of every answer (OWASP ASVS 5.0, 3.4). Referrer-Policy is same-origin, not no-referrer: with the latter a
 * browser sends `Origin: null` and our own forms would look foreign. What our pages frame (a letter's HTML) says so itself.
 */
export function securityOf(config: Config): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': policy,
    ...(config.baseUrl.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  }
}

// They are the same for every answer of a configuration.
const entries = new WeakMap<Config, [string, string][]>()

function entriesOf(config: Config): [string, string][] {
  const known = entries.get(config)
  if (known) return known
  const made = Object.entries(securityOf(config))
  entries.set(config, made)
  return made
}

/** Sets them on what a route answers; a route that sets its own policy keeps it. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  const h = c.res.headers
  for (const [name, value] of entriesOf(c.get('services').config)) {
    if (name !== 'Content-Security-Policy' || !h.has(name)) h.set(name, value)
  }
}
