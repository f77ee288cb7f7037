import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { DomainError } from '../errors.ts'
import type { ApiEnv } from './router.ts'

/** No body of the API is longer; files have routes of their own, streamed. */
const MAX_BODY_BYTES = 64 * 1024

const limited: MiddlewareHandler<ApiEnv> = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new DomainError('too_large')
  },
})

/** Refuses a body of more than 64 KB, counted as it comes; what only reads has none, and is not asked for it. @throws DomainError too_large */
export const limitBody: MiddlewareHandler<ApiEnv> = (c, next) =>
  c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limited(c, next)

/** Parses a JSON body once, before any schema looks at it. @throws DomainError bad_request (malformed_json) */
export const readJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    await c.req.json().catch(() => {
      throw new DomainError('bad_request', { detail: 'malformed_json' })
    })
  }
  await next()
}
