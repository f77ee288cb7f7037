import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { noteApiKeyUse } from '../features/accounts/commands/api-keys.ts'
import { findApiKey } from '../features/accounts/queries.ts'
import type { ApiEnv } from './router.ts'

/** Who asks: a key of one organisation. That organisation is all it sees; others' ids answer 404. */
export interface ApiKey {
  id: string
  name: string
  organizationId: string
}

const NOTE_EVERY_MS = 60_000

/**
 * Every route under /api/v1 needs `Authorization: Bearer ht_…`. Reading needs the scope read or write, a change needs write.
 * No cookie opens the API, so that another site can ride on nobody's session.
 */
export const requireKey: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = /^Bearer +(\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const key = given === undefined ? undefined : await findApiKey(c.var.services.db, given)
  if (!key) {
    c.header('WWW-Authenticate', 'Bearer realm="hoithao"')
    throw new DomainError('unauthenticated', { detail: 'key_required' })
  }
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!key.scopes.includes('write') && !(reads && key.scopes.includes('read'))) {
    throw new DomainError('forbidden', { detail: 'key_scope' })
  }
  c.set('key', { id: key.id, name: key.name, organizationId: key.organization_id })
  const { db, clock, later, log } = c.var.services
  if (!key.last_used_at || clock().getTime() - key.last_used_at.getTime() > NOTE_EVERY_MS) {
    const noted = transaction(db, (trx) => noteApiKeyUse(trx, key.organization_id, key.id))
    later(noted.catch((error) => log.warn('api key', { error: String(error) })))
  }
  c.header('Cache-Control', 'private, no-store')
  await next()
}

/** The context of a command that a key calls. */
export function keyContext(c: HonoContext<ApiEnv>): Context {
  const { config, clock } = c.var.services
  return {
    actor: { kind: 'key', id: c.var.key.id, name: c.var.key.name },
    now: clock(),
    origin: config.baseUrl,
    locale: c.var.locale,
    linkKey: config.linkKey as string,
    mail: { from: config.mailFrom, inbound: false },
  }
}
