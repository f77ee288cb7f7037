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
    const own = locale === 'en' ? url.pathname.replace(/^\/en(?=\/|$)/, '') : url.pathname
    // Two slashes at its beginning would make a link of ours lead to another host.
    const path = own.replace(/^\/*/, '/')
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
 * Refuses a change that another site may have sent, whatever else it brings: an unsafe method needs the Origin of BASE_URL, or,
 * where a browser names none, Sec-Fetch-Site same-origin. OWASP ASVS 5.0, 3.5.1.
 */
export const refuseCrossSite: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) {
    const own = new URL(c.var.services.config.baseUrl).origin
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    if (origin === undefined ? site !== 'same-origin' : origin !== own) {
      // A page of ours, opened at an address that is not BASE_URL's: its reader is told which is.
      const ours =
        site === 'same-origin' || (URL.canParse(origin ?? '') && new URL(origin as string).host === hostOf(c))
      throw new DomainError('cross_site', ours ? { detail: 'other_address', params: { origin: own } } : {})
    }
  }
  await next()
}

function hostOf(c: HonoContext<AppEnv>): string {
  return c.req.header('host') ?? new URL(c.req.url).host
}
