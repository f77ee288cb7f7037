import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './router.ts'

/** Their answers tell once what cannot be read again, a key or a link: a preference must not lose it. */
const toldOnce = /^\/(keys|feeds)$|\/links$/

/** Whether a change may be answered without its body; `path` is as the description has it, without `/api/v1`. */
function isOptional(method: string, path: string): boolean {
  return ['post', 'put', 'patch'].includes(method.toLowerCase()) && !toldOnce.test(path)
}

/**
 * `Prefer: return=minimal` (RFC 7240 section 4.2): a change is done and answered as ever, without the body. What was made
 * stays 201 with its Location, an edit becomes 204; the ETag stays. An answer that is kept for its Idempotency-Key is kept whole.
 */
export const preferMinimal: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const path = c.req.path.replace(/^\/api\/v1/, '')
  if (!wantsMinimal(c.req.header('prefer')) || !isOptional(c.req.method, path)) return
  const { status, headers } = c.res
  if ((status !== 200 && status !== 201) || !headers.get('content-type')?.startsWith('application/json')) return
  const bare = new Headers(headers)
  bare.delete('content-type')
  bare.delete('content-length')
  bare.set('Preference-Applied', 'return=minimal')
  c.res = undefined
  c.res = new Response(null, { status: status === 200 ? 204 : status, headers: bare })
}

/** The first of the same name counts (RFC 7240 section 2). */
function wantsMinimal(prefer: string | undefined): boolean {
  const given = prefer?.split(',').map((one) => /^\s*return\s*=\s*"?(\w+)"?\s*(;|$)/i.exec(one)?.[1])
  return given?.find((value) => value !== undefined)?.toLowerCase() === 'minimal'
}

/** What a route is, as far as a preference changes how it is described. */
interface Route {
  method: string
  path: string
  request?: { headers?: unknown }
  responses: Record<string, unknown>
}

const applied = { 'Preference-Applied': { schema: { type: 'string' as const, enum: ['return=minimal'] } } }

/** Describes the preference at every change that has a JSON answer: the header it takes, and the answer without a body. */
export function describePreference(route: Route): void {
  const { responses, request } = route
  const whole = (responses[200] ?? responses[201]) as
    | { headers?: object; content?: Record<string, unknown> }
    | undefined
  if (!isOptional(route.method, route.path) || !whole?.content?.['application/json']) return
  const taken = request?.headers
  if (!request || !(taken instanceof z.ZodObject)) return
  request.headers = taken.extend({ prefer: z.string().optional().meta({ example: 'return=minimal' }) })
  whole.headers = { ...whole.headers, ...applied }
  if (responses[200]) responses[204] = { description: 'Minimal', headers: whole.headers }
}
