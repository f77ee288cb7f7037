import type { Context as HonoContext } from 'hono'
import type { Context } from '../context.ts'
import { type Trx, transaction } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { claimKey, keepReply, releaseKey } from '../features/idempotency/commands.ts'
import type { KeptReply, KeyedRequest } from '../features/idempotency/schema.ts'
import { inTime } from '../http/read-body.ts'
import { hexOf } from '../text/hex.ts'
import { givenKey, keyContext } from './key.ts'
import type { ApiEnv } from './router.ts'
import { seal, unseal } from './seal.ts'

/** What a change answers; `headers` names ETag and Location. */
export interface Reply<T, S extends number> {
  status: S
  body: T
  headers?: Record<string, string>
}

/** How long a request waits for another of the same key, before it answers 409. */
const WAIT_MS = 5_000

/**
 * Runs a change in one transaction. With an Idempotency-Key its answer is kept in that same transaction, so that the same
 * request sent again, also many at once, has one effect and one answer. `sent` is the SHA-256 of a body that was streamed.
 * @throws DomainError idempotency_key_reused (another request had the key) · conflict request_in_flight
 */
export async function change<T, S extends number>(
  c: HonoContext<ApiEnv>,
  run: (trx: Trx, ctx: Context) => Promise<Reply<T, S>>,
  sent?: Uint8Array,
): Promise<Reply<T, S>> {
  const { db } = c.var.services
  const ctx = keyContext(c)
  const request = await keyedRequest(c, sent)
  if (!request) return answered(c, await transaction(db, (trx) => run(trx, ctx)).catch(inApiNames))
  const claim = await claimInTurn(c, request)
  if ('reply' in claim) return answered(c, await repeated<T, S>(c, claim.reply))
  try {
    const reply = await transaction(db, async (trx) => {
      const made = await run(trx, ctx)
      await keepReply(trx, request, claim.claim, await keptForm(c, made))
      return made
    })
    return answered(c, reply)
  } catch (error) {
    await transaction(db, (trx) => releaseKey(trx, request, claim.claim)).catch(() => undefined)
    return inApiNames(error)
  }
}

/** Some features name fields as their columns are named; the API has one way of naming. */
function inApiNames(error: unknown): never {
  if (!(error instanceof DomainError)) throw error
  const { code, detail, params, cause } = error
  const fields = error.fields.map((f) => ({
    ...f,
    field: f.field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  }))
  throw new DomainError(code, { fields, detail, params, cause })
}

async function keyedRequest(c: HonoContext<ApiEnv>, sent?: Uint8Array): Promise<KeyedRequest | undefined> {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return undefined
  const { pathname, search } = new URL(c.req.url)
  const text = `${c.req.method} ${pathname}${search}\n${sent ? hexOf(sent) : await inTime(c.req.text())}`
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const instance = c.var.services.instance ?? null
  return { organizationId: c.var.key.organizationId, actor: `key:${c.var.key.id}`, key, hash, instance }
}

async function claimInTurn(c: HonoContext<ApiEnv>, request: KeyedRequest) {
  const deadline = performance.now() + WAIT_MS
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    const claim = await transaction(c.var.services.db, (trx) => claimKey(trx, request))
    if (claim.state === 'run' || claim.state === 'kept') return claim
    if (claim.state === 'another') throw new DomainError('idempotency_key_reused')
    if (performance.now() > deadline) throw new DomainError('conflict', { detail: 'request_in_flight' })
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

// An answer may hold a secret that is told once: it is kept sealed with what only the caller has.
async function keptForm(c: HonoContext<ApiEnv>, reply: Reply<unknown, number>): Promise<KeptReply> {
  return {
    status: reply.status,
    headers: reply.headers ?? {},
    body: reply.body === undefined ? '' : await seal(JSON.stringify(reply.body), givenKey(c) as string),
  }
}

async function repeated<T, S extends number>(c: HonoContext<ApiEnv>, kept: KeptReply): Promise<Reply<T, S>> {
  c.header('Idempotency-Replayed', 'true')
  const body = kept.body ? JSON.parse(await unseal(kept.body, givenKey(c) as string)) : undefined
  return { status: kept.status as S, body: body as T, headers: kept.headers }
}

function answered<T, S extends number>(c: HonoContext<ApiEnv>, reply: Reply<T, S>): Reply<T, S> {
  for (const [name, value] of Object.entries(reply.headers ?? {})) c.header(name, value)
  return reply
}
