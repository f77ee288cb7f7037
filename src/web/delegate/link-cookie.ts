import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { getLink } from '../../features/links/queries.ts'
import { type FoundLink, type Purpose, purposes } from '../../features/links/schema.ts'
import { isLoopback } from '../../http/loopback.ts'

const KEPT_SECONDS = 90 * 86_400

/** A personal link that holds, and the address (with its language) that this visitor's pages and forms of it live under. */
export type OpenedLink<F extends Found = Found> = F & { base: string }

/** A link, with what else was read in the same statement. */
export interface Found {
  link: FoundLink
}

/** Reads the link of a token. @throws DomainError link_invalid, link_expired */
type Read<F extends Found> = (token: string) => Promise<F>

/** The links of a purpose, and nothing else of what they lead to. */
export const linksOf =
  (c: Context<AppEnv>, purpose: Purpose): Read<Found> =>
  async (token) => ({ link: await getLink(c.var.services.db, token, purpose) })

/**
 * Opens `/i/:token` and the like. The token goes into a cookie of this one link, and the visitor to `path(ref)`, so that
 * it leaves the address bar; two links in two tabs never mix. Where no cookie comes back, the page and its forms work at
 * the token's own address. Changes nothing: mail scanners open every link.
 * @throws DomainError link_invalid, link_expired
 */
export async function openLink<F extends Found>(
  c: Context<AppEnv>,
  purpose: Purpose,
  path: (ref: string) => string,
  read: Read<F>,
): Promise<Response | OpenedLink<F>> {
  const token = c.req.param('token') ?? ''
  const found = await read(token)
  const { link } = found
  secret(c)
  const base = c.var.page.href(`${purposes[purpose]}${token}`)
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return { ...found, base }
  if (getCookie(c, cookieName(c, link.ref)) === token) return c.redirect(c.var.page.href(path(link.ref)), 303)
  if (c.req.query('cookie') === 'none') return { ...found, base }
  setCookie(c, cookieName(c, link.ref), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(c),
    maxAge: KEPT_SECONDS,
  })
  return c.redirect(`${base}?cookie=none`, 303)
}

/**
 * The link at the token's own address, with no redirect and no cookie: for what is fetched there, not looked at.
 * @throws DomainError link_invalid, link_expired
 */
export async function linkByToken(c: Context<AppEnv>, purpose: Purpose): Promise<OpenedLink> {
  const token = c.req.param('token') ?? ''
  const found = await linksOf(c, purpose)(token)
  secret(c)
  return { ...found, base: c.var.page.href(`${purposes[purpose]}${token}`) }
}

/**
 * The link of `/invitation/:ref` and the like, by the cookie that opening it set.
 * @throws DomainError link_invalid (no cookie, or another link's), link_expired
 */
export async function linkFromCookie<F extends Found>(
  c: Context<AppEnv>,
  path: (ref: string) => string,
  read: Read<F>,
): Promise<OpenedLink<F>> {
  const ref = c.req.param('ref') ?? ''
  const token = /^\w{1,32}$/.test(ref) ? getCookie(c, cookieName(c, ref)) : undefined
  if (!token) throw new DomainError('link_invalid', { detail: 'link_reopen' })
  const found = await read(token)
  if (found.link.ref !== ref) throw new DomainError('link_invalid', { detail: 'link_reopen' })
  secret(c)
  return { ...found, base: c.var.page.href(path(ref)) }
}

/** Nobody keeps a copy of a page behind a personal link. */
function secret(c: Context<AppEnv>): void {
  c.header('Cache-Control', 'private, no-store')
  c.header('X-Robots-Tag', 'noindex')
}

// A browser takes `__Host-` and Secure also over plain http on its own machine.
function isSecure(c: Context<AppEnv>): boolean {
  const { protocol, hostname } = new URL(c.var.services.config.baseUrl)
  return protocol === 'https:' || isLoopback(hostname)
}

function cookieName(c: Context<AppEnv>, ref: string): string {
  return `${isSecure(c) ? '__Host-' : ''}link-${ref}`
}
