import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '../../env.ts'
import { strongEtag } from '../../features/calendar/etag.ts'
import type { Services } from '../../services.ts'

interface Kept {
  until: number
  body: Uint8Array<ArrayBuffer>
  gzip: Uint8Array<ArrayBuffer> | undefined
  headers: Record<string, string>
  etag: string
}

/** How long an instance may answer from memory: a withdrawal shows within this. */
const KEEP_MS = 1000
const MAX_ENTRIES = 300
const MAX_QUERY = 200
/** Below this, gzip costs more than it saves. */
const GZIP_FROM = 1024
const OWN_HEADERS = new Set(['x-request-id', 'content-length'])

// One memory per set of services: several applications may live in one process.
const memories = new WeakMap<Services, Map<string, Promise<Kept | undefined>>>()

/** Forgets every kept answer: called after a change through this instance, so that its maker sees it at once. */
export function forgetKept(services: Services): void {
  memories.get(services)?.clear()
}

/** After every request that may have changed something, what is kept is forgotten. */
export const forgetAfterChanges: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') forgetKept(c.var.services)
}

/**
 * Answers of public pages and feeds, kept in memory for at most a second and made once however many ask at the same
 * time. Adds a strong ETag, answers 304 (RFC 9110 section 13.2.2), and gzip where it is offered. The route behind sets
 * Content-Type and, where it knows it, Last-Modified.
 */
export const kept: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { services } = c.var
  const now = services.clock().getTime()
  const memory = memories.get(services) ?? new Map<string, Promise<Kept | undefined>>()
  memories.set(services, memory)
  const url = new URL(c.req.url)
  const key = url.pathname + url.search
  const keeps = url.search.length <= MAX_QUERY
  for (let pending = memory.get(key); pending; pending = memory.get(key)) {
    const found = await pending
    if (found && now >= found.until - KEEP_MS && now < found.until) return answer(c, found)
    if (!found) break
    if (memory.get(key) === pending) memory.delete(key)
  }

  let made: ((kept: Kept | undefined) => void) | undefined
  if (keeps && !memory.has(key)) {
    if (memory.size >= MAX_ENTRIES) memory.delete(memory.keys().next().value as string)
    memory.set(
      key,
      new Promise((resolve) => {
        made = resolve
      }),
    )
  }
  let fresh: Kept | undefined
  try {
    await next()
    if (c.res.status === 200) fresh = await keep(c.res, now + KEEP_MS)
  } finally {
    if (made && !fresh) memory.delete(key)
    made?.(fresh)
  }
  if (!fresh) return
  c.res = undefined
  c.res = answer(c, fresh)
}

async function keep(response: Response, until: number): Promise<Kept> {
  const body = new Uint8Array(await response.arrayBuffer())
  const headers: Record<string, string> = { 'Cache-Control': 'public, max-age=0, must-revalidate' }
  for (const [name, value] of response.headers) if (!OWN_HEADERS.has(name)) headers[canonical(name)] = value
  const gzip = body.byteLength < GZIP_FROM ? undefined : await compress(body)
  if (gzip) headers.Vary = 'Accept-Encoding'
  return { until, body, gzip, headers, etag: await strongEtag(body) }
}

const canonical = (name: string) => (name === 'cache-control' ? 'Cache-Control' : name)

async function compress(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function answer(c: Context<AppEnv>, { body, gzip, headers, etag }: Kept): Response {
  const zipped = gzip && offersGzip(c.req.header('accept-encoding')) ? gzip : undefined
  // Two encodings are two representations: their strong tags differ.
  const tag = zipped ? `${etag.slice(0, -1)}-gzip"` : etag
  const common = { ...headers, ETag: tag }
  if (isUnchanged(c, etag, headers['last-modified'])) return c.body(null, 304, common)
  const sent = zipped ?? body
  return c.body(sent, 200, {
    ...common,
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': String(sent.byteLength),
  })
}

function offersGzip(accepted: string | undefined): boolean {
  const gzip = (accepted ?? '').split(',').find((part) => /^\s*gzip\s*(;|$)/i.test(part))
  return gzip !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(gzip)
}

/** If-None-Match decides where it is sent; If-Modified-Since only without it (RFC 9110 section 13.2.2). */
function isUnchanged(c: Context<AppEnv>, etag: string, lastModified: string | undefined): boolean {
  const known = c.req.header('if-none-match')
  if (known !== undefined) {
    const bare = etag.slice(1, -1)
    return known.split(',').some((tag) => {
      const own = tag.trim().replace(/^W\//, '')
      return own === '*' || own === etag || own === `"${bare}-gzip"`
    })
  }
  const since = Date.parse(c.req.header('if-modified-since') ?? '')
  return lastModified !== undefined && since >= Date.parse(lastModified)
}
