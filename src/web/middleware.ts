import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Actor, Context, Locale, Role } from '../context.ts'
import type { AppEnv, Page } from '../env.ts'
import { DomainError } from '../errors.ts'
import { findMembership } from '../features/accounts/queries.ts'
import { translator } from '../i18n.ts'

/** Everything a request needs to be answered in one language; mounted once at `/` and once at `/en`. */
export function withLocale(locale: Locale): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { config, clock } = c.var.services
    const t = translator(locale)
    const url = new URL(c.req.url)
    const path = locale === 'en' ? url.pathname.replace(/^\/en(?=\/|$)/, '') || '/' : url.pathname
    const page: Page = {
      locale,
      t,
      href: (p) => (locale === 'en' && p.startsWith('/') ? `/en${p.replace(/^\/(?=\?|$)/, '')}` : p),
      path: path + url.search,
      origin: config.baseUrl,
      now: clock(),
      demo: config.demo,
    }
    c.set('locale', locale)
    c.set('t', t)
    c.set('page', page)
    await next()
  }
}

/** The context a command is given. */
export function contextOf(c: HonoContext<AppEnv>, actor: Actor): Context {
  const { config, clock } = c.var.services
  return {
    actor,
    now: clock(),
    origin: config.baseUrl,
    locale: c.var.locale,
    linkKey: config.linkKey as string,
    mail: { from: config.mailFrom, inbound: false },
    scans: c.var.services.scanner !== undefined,
  }
}

/** The context of the member who is signed in. */
export function memberContext(c: HonoContext<AppEnv>): Context {
  const { userId, name, role } = c.var.member
  return contextOf(c, { kind: 'user', id: userId, name, role })
}

/**
 * Pages of an organisation: `:org` in the address must be one the visitor belongs to. Others, and organisations that do
 * not exist, get the same 404; the anonymous are sent to sign in and come back.
 */
export const requireMember: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { auth, db } = c.var.services
  const who = await auth.session(c.req.raw.headers)
  if (!who) {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new DomainError('unauthenticated')
    return c.redirect(
      `${c.var.page.href('/sign-in')}?next=${encodeURIComponent(c.var.page.href(c.var.page.path))}`,
      303,
    )
  }
  const membership = await findMembership(db, who.userId, c.req.param('org') ?? '')
  if (!membership) throw new DomainError('not_found')
  c.set('member', { ...who, ...membership })
  c.header('Cache-Control', 'private, no-store')
  await next()
}

const rank: Record<Role, number> = { viewer: 0, organizer: 1, owner: 2 }

/** Refuses members below a role: viewers change nothing. @throws DomainError forbidden */
export function requireRole(role: Role): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (rank[c.var.member.role] < rank[role]) throw new DomainError('forbidden')
    await next()
  }
}

/** Every change under the console needs an organizer; reading needs a viewer. */
export const changesNeedOrganizer: MiddlewareHandler<AppEnv> = async (c, next) => {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!reads && rank[c.var.member.role] < rank.organizer) throw new DomainError('forbidden')
  await next()
}

/**
 * Refuses a change that another site may have sent: an unsafe method needs our Origin, or Sec-Fetch-Site same-origin,
 * whatever its Content-Type. Calls with a key (Authorization) carry no cookie and pass. OWASP ASVS 5.0, 3.5.1.
 */
export const refuseCrossSite: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(c.req.method) && !c.req.header('authorization')) {
    const origin = c.req.header('origin')
    const own = new Set([new URL(c.var.services.config.baseUrl).origin, new URL(c.req.url).origin])
    const sameOrigin = origin ? own.has(origin) : c.req.header('sec-fetch-site') === 'same-origin'
    if (!sameOrigin && c.req.header('sec-fetch-site') !== 'same-origin') throw new DomainError('cross_site')
  }
  await next()
}
