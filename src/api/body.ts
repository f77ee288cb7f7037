import type { MiddlewareHandler } from 'hono'
import { DomainError } from '../errors.ts'
import { inTime, readBody } from '../http/read-body.ts'
import type { ApiEnv } from './router.ts'

/** No body of the API is longer; files have routes of their own, streamed. */
const MAX_BODY_BYTES = 64 * 1024

/** Refuses a body of more than 64 KB, counted as it comes where it does not say; what only reads is not asked for one. @throws DomainError too_large, request_timeout */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const { raw } = c.req
  const declared = raw.headers.has('transfer-encoding') ? null : raw.headers.get('content-length')
  if (Number(declared ?? 0) > MAX_BODY_BYTES) throw new DomainError('too_large')
  if (declared === null && raw.body) c.req.raw = new Request(raw, { body: await readBody(raw, MAX_BODY_BYTES) })
  await next()
}

/** Parses a JSON body once, before any schema looks at it. @throws DomainError bad_request (malformed_json), request_timeout */
export const readJson: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
    await inTime(
      c.req.json().catch(() => {
        throw new DomainError('bad_request', { detail: 'malformed_json' })
      }),
    )
  }
  await next()
}
