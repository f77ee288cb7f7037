import type { Context, MiddlewareHandler, Next } from 'hono'
import type { AppEnv } from '../../env.ts'
import { strongEtag } from '../../features/calendar/etag.ts'
import { redactPath } from '../../features/links/schema.ts'
import type { Services } from '../../services.ts'
import { securityOf } from '../security.ts'
import { headerOf, isUnchanged, offersGzip } from './kept-headers.ts'

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
  /** The first answer, while it is being made. */
  pending: Promise<Kept | undefined>
  kept?: Kept
  /** The next answer, begun while this one still holds. */
  next?: Promise<unknown>
  given: Given
}
/** Answers given from memory and not logged yet. */
interface Given {
  path: string
  whole: number
  unchanged: number
}
interface Memory {
  slots: Map<string, Slot>
  /** The parameters that the page of a path knows. */
  known: Map<string, readonly string[]>
  unlogged: Set<Given>
  /** Answers given from memory since the start. */
  totals: { whole: number; unchanged: number }
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
const memories = new WeakMap<Services, Memory>()

/** Forgets every kept answer: called after a change through this instance, so that its maker sees it at once. */
export function forgetKept(services: Services): void {
  memories.get(services)?.slots.clear()
}

/** After every request that may have changed something, what is kept is forgotten. */
export const forgetAfterChanges: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return
  forgetKept(c.var.services)
  c.var.services.changed?.()
}

/**
 * What is kept for a request, or undefined: asked before anything else is done for it. Where the answer is being made just
 * now, the request waits for it here. The whole answer, security headers included, was made with the page; only
 * X-Request-Id is not on it.
 */
export function answerKept(
  request: Request,
  env: unknown,
  services: Services,
  whole: Whole,
): Response | Promise<Response> | undefined {
  if (request.method !== 'GET') return undefined
  const memory = memories.get(services)
  const slot = memory && slotOf(memory, request.url)
  if (!memory || !slot) return undefined
  const now = services.clock().getTime()
  const { kept } = slot
  if (!kept || !isFresh(kept, now)) return waitFor(kept ? slot.next : slot.pending, request, env, services, whole)
  if (!slot.next && now >= kept.until - KEEP_MS + RENEW_MS) renew(slot, request, services, whole)
  return give(request, env, services, memory, slot.given, kept)
}

type Whole = (request: Request, env: unknown) => Response | Promise<Response>

// Apart from the way that all take: a function within it would be made for each of them.
function waitFor(
  making: Promise<unknown> | undefined,
  request: Request,
  env: unknown,
  services: Services,
  whole: Whole,
): Promise<Response> | undefined {
  return making?.then(() => {
    const memory = memories.get(services)
    const made = memory && slotOf(memory, request.url)
    if (!memory || !made?.kept || !isFresh(made.kept, services.clock().getTime())) return whole(request, env)
    return give(request, env, services, memory, made.given, made.kept)
  })
}

function give(request: Request, env: unknown, services: Services, memory: Memory, given: Given, kept: Kept): Response {
  const response = answer(request, env, kept)
  note(services, memory, given, response.status)
  return response
}

function renew(slot: Slot, request: Request, services: Services, whole: Whole): void {
  const again = new Request(request.url)
  renewals.set(again, slot)
  slot.next = Promise.resolve(whole(again, {}))
  services.later(slot.next)
}

/** Requests of our own that make the next answer while the last one is still given. */
const renewals = new WeakMap<Request, Slot>()

/** Answers from memory are counted, and logged in one line a second for a path and status. */
function note(services: Services, { unlogged, totals }: Memory, given: Given, status: number): void {
  if (!unlogged.size) setTimeout(() => logKept(services), 1000)
  unlogged.add(given)
  const how = status === 304 ? 'unchanged' : 'whole'
  given[how]++
  totals[how]++
}

/** How many answers were given from memory since the start: 200 and 304. */
export function keptTotals(services: Services): { whole: number; unchanged: number } {
  return { ...(memories.get(services)?.totals ?? { whole: 0, unchanged: 0 }) }
}

/** Logs what was counted since the last time; called once more before the process ends. */
export function logKept(services: Services): void {
  const { unlogged } = memories.get(services) ?? {}
  for (const given of unlogged ?? []) {
    const line = { method: 'GET', path: given.path, kept: true }
    if (given.whole) services.log.info('request', { ...line, status: 200, count: given.whole })
    if (given.unchanged) services.log.info('request', { ...line, status: 304, count: given.unchanged })
    given.whole = 0
    given.unchanged = 0
  }
  unlogged?.clear()
}

/**
 * Answers of public pages and feeds, kept in memory for at most a second and made once however many ask at the same
 * time. `known` are the parameters that the page reads: whatever else an address has leads to the same answer. Adds a strong ETag, answers 304 (RFC 9110 section 13.2.2), and gzip where it is offered. The route behind sets
 * Content-Type and, where it knows it, Last-Modified.
 */
export function kept(...known: string[]): MiddlewareHandler<AppEnv> {
  return (c, next) => keepAnswer(c, next, known)
}

async function keepAnswer(c: Context<AppEnv>, next: Next, known: readonly string[]): Promise<undefined | Response> {
  const { services } = c.var
  const now = services.clock().getTime()
  const memory = memories.get(services) ?? {
    slots: new Map<string, Slot>(),
    known: new Map(),
    unlogged: new Set<Given>(),
    totals: { whole: 0, unchanged: 0 },
  }
  memories.set(services, memory)
  const { slots } = memory
  const asked = pathOf(keyOf(c.req.url))
  const query = queryOf(c.req.url, known)
  const key = asked + query
  c.set('page', { ...c.var.page, path: pathOf(c.var.page.path) + query })
  const old = renewals.get(c.req.raw)
  for (let slot = slots.get(key); slot && !old; slot = slots.get(key)) {
    const found = await slot.pending
    if (found && isFresh(found, now)) return answer(c.req.raw, c.env, found)
    if (!found) break
    if (slots.get(key) === slot) slots.delete(key)
  }

  const { promise, resolve } = Promise.withResolvers<Kept | undefined>()
  const slot: Slot = { pending: promise, given: old?.given ?? { path: redactPath(c.req.path), whole: 0, unchanged: 0 } }
  if (!old && !slots.has(key) && query.length <= MAX_QUERY) {
    if (slots.size >= MAX_ENTRIES) slots.delete(slots.keys().next().value as string)
    slots.set(key, slot)
    if (memory.known.size >= MAX_ENTRIES) memory.known.clear()
    memory.known.set(asked, known)
  }
  let fresh: Kept | undefined
  try {
    await next()
    if (c.res.status === 200) fresh = await keep(c.res, now + KEEP_MS, securityOf(services.config))
  } finally {
    slot.kept = fresh
    // Where a change has cleared the memory meanwhile, what was read before it is not put back.
    if (fresh && old && slots.get(key) === old) slots.set(key, slot)
    if (!fresh && slots.get(key) === slot) slots.delete(key)
    resolve(fresh)
  }
  if (!fresh) return undefined
  c.res = undefined
  c.res = answer(c.req.raw, c.env, fresh)
  return undefined
}

const pathOf = (key: string) => (key.includes('?') ? key.slice(0, key.indexOf('?')) : key)

/** The slot of an address; of one with parameters only where its page has been asked for and its parameters are known. */
function slotOf(memory: Memory, url: string): Slot | undefined {
  const asked = keyOf(url)
  if (!asked.includes('?')) return memory.slots.get(asked)
  const path = pathOf(asked)
  const known = memory.known.get(path)
  return known && memory.slots.get(path + queryOf(url, known))
}

/** The parameters that a page knows, each once, in its order: `?q=a&year=2023`; empty without any. */
function queryOf(url: string, known: readonly string[]): string {
  if (!known.length || !url.includes('?')) return ''
  const given = new URLSearchParams(url.slice(url.indexOf('?')))
  const asked = new URLSearchParams()
  for (const name of known) {
    const value = given.get(name)
    if (value !== null) asked.set(name, value)
  }
  return asked.size ? `?${asked}` : ''
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
    gzip: gzip && sent(gzip, { ...headers, ETag: `${etag.slice(0, -1)}-gzip"`, 'Content-Encoding': 'gzip' }),
  }
}

/** A 304 has what RFC 9110 section 15.4.5 asks for and no more: the reader keeps the other headers with what it has. */
const ON_UNCHANGED = ['Cache-Control', 'ETag', 'Vary']

function sent(body: Sent['body'], headers: Record<string, string>): Sent {
  return {
    body,
    headers: { ...headers, 'Content-Length': String(body.byteLength) },
    unchanged: Object.fromEntries(Object.entries(headers).filter(([name]) => ON_UNCHANGED.includes(name))),
  }
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

function answer(request: Request, env: unknown, kept: Kept): Response {
  const form = kept.gzip && offersGzip(headerOf(request, env, 'accept-encoding')) ? kept.gzip : kept.plain
  if (isUnchanged(request, env, kept)) return new Response(null, { status: 304, headers: form.unchanged })
  return new Response(form.body, { status: 200, headers: form.headers })
}
