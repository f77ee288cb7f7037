import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { AppEnv, Page } from '../../../env.ts'
import { DomainError } from '../../../errors.ts'
import { findLink } from '../../../features/links/queries.ts'
import type { FoundLink, Purpose } from '../../../features/links/schema.ts'
import { clientAddress } from '../../../http/client-address.ts'
import type { TextKey } from '../../../i18n.ts'
import { PublicLayout } from '../../layout.tsx'

/** A page about one's account: a title, a sentence, one form. */
export function AccountPage({
  page,
  title,
  lead,
  hue,
  children,
}: {
  page: Page
  title: string
  lead?: string
  hue?: number
  children?: Child
}) {
  return (
    <PublicLayout page={page} title={`${title} – ${page.t('common:product')}`} robots="noindex" hue={hue}>
      <div class="narrow account">
        <h1>{title}</h1>
        {lead ? <p class="muted">{lead}</p> : null}
        {children}
      </div>
    </PublicLayout>
  )
}

/** A sentence above a form: what was done, or what is wrong. */
export function Notice({ children, bad }: { children: Child; bad?: boolean }) {
  return (
    <p class={bad ? 'notice bad' : 'notice yes'} role={bad ? 'alert' : 'status'}>
      {children}
    </p>
  )
}

/**
 * The link of an account page; looking at it changes nothing.
 * @throws DomainError link_invalid or link_expired, with a detail that says what to do
 */
export async function openLink(
  c: Context<AppEnv>,
  purpose: Purpose & ('setup' | 'join' | 'reset'),
): Promise<FoundLink> {
  const link = await findLink(c.var.services.db, c.req.param('token') ?? '')
  if (!link || link.purpose !== purpose || link.revoked || link.used) {
    throw new DomainError('link_invalid', { detail: `${purpose}_link_invalid` })
  }
  if (link.expired) throw new DomainError('link_expired', { detail: `${purpose}_link_expired` })
  return link
}

/**
 * What a new session is told of the request: an address that we checked, never one that was only claimed, and the session the
 * browser brought, which ends.
 */
export function sessionHeaders(c: Context<AppEnv>): Headers {
  const { 'user-agent': agent = '', cookie = '' } = c.req.header()
  return new Headers({ 'user-agent': agent, 'x-forwarded-for': clientAddress(c), cookie })
}

/** Gives the browser the cookies of a session, and keeps the answer out of caches. */
export function setCookies(c: Context<AppEnv>, cookies: string[]): void {
  for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true })
  c.header('Cache-Control', 'no-store')
}

/** The labels of a form's fields, by name. */
export function labelsOf<N extends string>(page: Page, names: readonly N[]): Record<N, string> {
  return Object.fromEntries(names.map((name) => [name, page.t(`accounts:field.${name}` as TextKey)])) as Record<
    N,
    string
  >
}
