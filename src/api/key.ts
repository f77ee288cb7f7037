import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { Context } from '../context.ts'
import { sharedRead } from '../db/shared-read.ts'
import { transaction } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { noteApiKeyUse } from '../features/accounts/commands/api-keys.ts'
import { findApiKey } from '../features/accounts/queries.ts'
import { allows } from '../features/accounts/rules.ts'
import { wallTime } from '../text/dates.ts'
import { limitKey, limitStranger } from './rate-limit.ts'
import type { ApiEnv } from './router.ts'
import { neededScope } from './scope.ts'

/** Who asks: a key of one organisation. That organisation is all it sees; others' ids answer 404. */
export interface ApiKey {
  id: string
  name: string
  organizationId: string
  /** The organisation's zone: its calendar says what day it is. */
  timezone: string
}

const NOTE_EVERY_MS = 60_000

/** Who works with a key asks many things at once. */
const findKey = sharedRead(findApiKey)

/** The text of the key a request carries. */
export function givenKey(c: HonoContext<ApiEnv>): string | undefined {
  return /^Bearer +(\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

/**
 * Every route under /api/v1 needs `Authorization: Bearer ht_…` with the scope that `neededScope` names.
 * No cookie opens the API, so that another site can ride on nobody's session.
 */
export const requireKey: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { db, clock, later, log } = c.get('services')
  const given = givenKey(c)
  const key = given === undefined ? undefined : await findKey(db, given)
  if (!key) {
    await limitStranger(c)
    c.header('WWW-Authenticate', 'Bearer realm="hoithao"')
    throw new DomainError('unauthenticated', { detail: 'key_required' })
  }
  await limitKey(c, key.id)
  const needed = neededScope(c.req.method, c.req.path.replace(/^\/api\/v1/, ''))
  if (!allows(key.scopes, needed)) {
    const detail = allows(key.ownScopes, needed) ? 'key_maker_role' : 'key_scope'
    throw new DomainError('forbidden', { detail })
  }
  c.set('key', { id: key.id, name: key.name, organizationId: key.organization_id, timezone: key.timezone })
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
    scans: c.var.services.scanner !== undefined,
  }
}

/** Today by the organisation's calendar, `2026-12-15`. */
export function todayOf(c: HonoContext<ApiEnv>): string {
  return wallTime(c.var.services.clock(), c.var.key.timezone).slice(0, 10)
}
