import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../../env.ts'
import { strongEtag } from '../../features/calendar/etag.ts'
import type { Services } from '../../services.ts'
import { securityOf } from '../security.ts'

interface Sent {
  body: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
  unchanged: Record<string, string>
}
/** An answer with every header made once: nothing is computed for those who come next. */
interface Kept {
  until: number
  etag: string
  lastModified: number | undefined
  plain: Sent
  gzip: Sent | undefined
}
interface Slot {
  pending: Promise<Kept | undefined>
  kept?: Kept
  /** The next answer is being made while this one still holds. */
  renewing?: boolean
}

/** How long an instance may answer from memory: a withdrawal shows within this. */
const KEEP_MS = 1000
/** From this age on the next answer is made ahead, so that nobody waits for it where many ask. */
const RENEW_MS = 700
const MAX_ENTRIES = 300
const MAX_QUERY = 200
/** Below this, gzip costs more than it saves. */
const GZIP_FROM = 1024
const OWN_HEADERS = new Set(['x-request-id', 'content-length'])

// One memory per set of services: several applications may live in one process.
const memories = new WeakMap<Services, Map<string, Slot>>()

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
 * What is kept for a request, or undefined: asked before anything else is done for it. The whole answer, security headers
 * included, was made with the page; only X-Request-Id is not on it.
 */
export function answerKept(
  request: Request,
  env: unknown,
  services: Services,
  whole: (request: Request, env: unknown) => Response | Promise<Response>,
): Response | undefined {
  if (request.method !== 'GET') return undefined
  const key = keyOf(request.url)
  const slot = memories.get(services)?.get(key)
  const kept = slot?.kept
  const now = services.clock().getTime()
  if (!slot || !kept || !isFresh(kept, now)) return undefined
  if (!slot.renewing && now >= kept.until - KEEP_MS + RENEW_MS) {
    slot.renewing = true
    const again = new Request(request.url)
    renewals.set(again, slot)
    services.later(Promise.resolve(whole(again, {})).then(() => undefined))
  }
  const response = answer(readerOf(request, env), kept)
  services.log.info('request', { method: 'GET', path: pathOf(key), status: response.status, kept: true })
  return response
}

/** Requests of our own that make the next answer while the last one is still given. */
const renewals = new WeakMap<Request, Slot>()

const pathOf = (key: string) => (key.includes('?') ? key.slice(0, key.indexOf('?')) : key)

/**
 * Answers of public pages and feeds, kept in memory for at most a second and made once however many ask at the same
 * time. Adds a strong ETag, answers 304 (RFC 9110 section 13.2.2), and gzip where it is offered. The route behind sets
 * Content-Type and, where it knows it, Last-Modified.
 */
export const kept: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { services } = c.var
  const now = services.clock().getTime()
  const memory = memories.get(services) ?? new Map<string, Slot>()
  memories.set(services, memory)
  const key = keyOf(c.req.url)
  const old = renewals.get(c.req.raw)
  for (let slot = memory.get(key); slot && !old; slot = memory.get(key)) {
    const found = await slot.pending
    if (found && isFresh(found, now)) return answer(readerOf(c.req.raw, c.env), found)
    if (!found) break
    if (memory.get(key) === slot) memory.delete(key)
  }

  const { promise, resolve } = Promise.withResolvers<Kept | undefined>()
  const slot: Slot = { pending: promise }
  if (!old && !memory.has(key) && key.length - key.indexOf('?') <= MAX_QUERY) {
    if (memory.size >= MAX_ENTRIES) memory.delete(memory.keys().next().value as string)
    memory.set(key, slot)
  }
  let fresh: Kept | undefined
  try {
    await next()
    if (c.res.status === 200) fresh = await keep(c.res, now + KEEP_MS, securityOf(services.config))
  } finally {
    slot.kept = fresh
    // Where a change has cleared the memory meanwhile, what was read before it is not put back.
    if (fresh && old && memory.get(key) === old) memory.set(key, slot)
    if (!fresh && memory.get(key) === slot) memory.delete(key)
    resolve(fresh)
  }
  if (!fresh) return
  c.res = undefined
  c.res = answer(readerOf(c.req.raw, c.env), fresh)
}

/** Path and query as they were asked: no URL is parsed for what is answered from memory. */
function keyOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('//') + 2))
}

function isFresh(kept: Kept, now: number): boolean {
  return now >= kept.until - KEEP_MS && now < kept.until
}

async function keep(response: Response, until: number, security: Record<string, string>): Promise<Kept> {
  const body = new Uint8Array(await response.arrayBuffer())
  const headers: Record<string, string> = { ...security, 'Cache-Control': 'public, max-age=0, must-revalidate' }
  for (const [name, value] of response.headers) if (!OWN_HEADERS.has(name)) headers[canonical(name)] = value
  const gzip = body.byteLength < GZIP_FROM ? undefined : await compress(body)
  if (gzip) headers.Vary = 'Accept-Encoding'
  const etag = await strongEtag(body)
  const since = Date.parse(response.headers.get('last-modified') ?? '')
  return {
    until,
    etag,
    lastModified: Number.isNaN(since) ? undefined : since,
    plain: sent(body, { ...headers, ETag: etag }),
    // Two encodings are two representations: their strong tags differ.
    gzip: gzip && sent(gzip, { ...headers, ETag: `${etag.slice(0, -1)}-gzip"` }, { 'Content-Encoding': 'gzip' }),
  }
}

function sent(body: Sent['body'], unchanged: Record<string, string>, own: Record<string, string> = {}): Sent {
  return { body, unchanged, headers: { ...unchanged, ...own, 'Content-Length': String(body.byteLength) } }
}

/** One name has one spelling, so that a header of the page's own takes the place of the common one. */
const spellings = new Map(
  ['Cache-Control', 'Content-Security-Policy', 'Referrer-Policy'].map((name) => [name.toLowerCase(), name]),
)
const canonical = (name: string) => spellings.get(name) ?? name

async function compress(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

type ReadHeader = (name: string) => string | undefined

function answer(header: ReadHeader, kept: Kept): Response {
  const form = kept.gzip && offersGzip(header('accept-encoding')) ? kept.gzip : kept.plain
  if (isUnchanged(header, kept)) return new Response(null, { status: 304, headers: form.unchanged })
  return new Response(form.body, { status: 200, headers: form.headers })
}

/** On Node the parsed headers are at hand; a Headers object for each request would cost more than the answer. */
function readerOf(request: Request, env: unknown): ReadHeader {
  const { incoming } = (env ?? {}) as { incoming?: { headers: Record<string, string | undefined> } }
  return incoming ? (name) => incoming.headers[name] : (name) => request.headers.get(name) ?? undefined
}

function offersGzip(accepted: string | undefined): boolean {
  if (accepted === undefined) return false
  const gzip = accepted.split(',').find((part) => /^\s*gzip\s*(;|$)/i.test(part))
  return gzip !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(gzip)
}

/** If-None-Match decides where it is sent; If-Modified-Since only without it (RFC 9110 section 13.2.2). */
function isUnchanged(header: ReadHeader, { etag, lastModified }: Kept): boolean {
  const known = header('if-none-match')
  if (known !== undefined) {
    const bare = etag.slice(1, -1)
    return known.split(',').some((tag) => {
      const own = tag.trim().replace(/^W\//, '')
      return own === '*' || own === etag || own === `"${bare}-gzip"`
    })
  }
  const since = header('if-modified-since')
  return since !== undefined && lastModified !== undefined && Date.parse(since) >= lastModified
}
