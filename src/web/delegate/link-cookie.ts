import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { findLink, getLink } from '../../features/links/queries.ts'
import { type FoundLink, type Purpose, purposes } from '../../features/links/schema.ts'
import { isLoopback } from '../../http/loopback.ts'

const KEPT_SECONDS = 90 * 86_400

/** A personal link that holds, and the address (with its language) that this visitor's pages and forms of it live under. */
export interface OpenedLink {
  link: FoundLink
  base: string
}

/**
 * Opens `/i/:token` and the like. The token goes into a cookie of this one link, and the visitor to `path(ref)`, so that
 * it leaves the address bar; two links in two tabs never mix. Where no cookie comes back, the page and its forms work at
 * the token's own address. Changes nothing: mail scanners open every link.
 * @throws DomainError link_invalid, link_expired
 */
export async function openLink(
  c: Context<AppEnv>,
  purpose: Purpose,
  path: (ref: string) => string,
  options: LinkOptions = {},
): Promise<Response | OpenedLink> {
  const token = c.req.param('token') ?? ''
  const link = await readLink(c, token, purpose, options)
  secret(c)
  const base = c.var.page.href(`${purposes[purpose]}${token}`)
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return { link, base }
  if (getCookie(c, cookieName(c, link.ref)) === token) return c.redirect(c.var.page.href(path(link.ref)), 303)
  if (c.req.query('cookie') === 'none') return { link, base }
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
  const link = await readLink(c, token, purpose, {})
  secret(c)
  return { link, base: c.var.page.href(`${purposes[purpose]}${token}`) }
}

/**
 * The link of `/invitation/:ref` and the like, by the cookie that opening it set.
 * @throws DomainError link_invalid (no cookie, or another link's), link_expired
 */
export async function linkFromCookie(
  c: Context<AppEnv>,
  purpose: Purpose,
  path: (ref: string) => string,
  options: LinkOptions = {},
): Promise<OpenedLink> {
  const ref = c.req.param('ref') ?? ''
  const token = /^\w{1,32}$/.test(ref) ? getCookie(c, cookieName(c, ref)) : undefined
  if (!token) throw new DomainError('link_invalid', { detail: 'link_reopen' })
  const found = await findLink(c.var.services.db, token)
  if (found?.ref !== ref) throw new DomainError('link_invalid', { detail: 'link_reopen' })
  secret(c)
  return { link: await readLink(c, token, purpose, options), base: c.var.page.href(path(ref)) }
}

/** With `ended` a link that was ended is read too, if its target has something to say about it; else it throws. */
interface LinkOptions {
  ended?: (link: FoundLink) => Promise<unknown>
}

async function readLink(
  c: Context<AppEnv>,
  token: string,
  purpose: Purpose,
  { ended }: LinkOptions,
): Promise<FoundLink> {
  const { db } = c.var.services
  if (!ended) return getLink(db, token, purpose)
  const link = await findLink(db, token)
  if (link?.purpose !== purpose) throw new DomainError('link_invalid')
  await ended(link)
  return link
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
