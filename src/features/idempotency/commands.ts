import { sql } from 'kysely'
import { jsonb } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import type { Claim, KeptReply, KeyedRequest } from './schema.ts'

/**
 * Longer than any request may run: a claim older than this belongs to a process that died without an effect. Sooner where that
 * process is known to be gone; should it only have been silent, its work finds the claim lost and is undone.
 */
const ABANDONED_AFTER = '2 minutes'
const KEPT_FOR = '24 hours'

/** Takes a key for this request, in a short transaction of its own, so that others see at once that it runs. */
export async function claimKey(trx: Trx, request: KeyedRequest): Promise<Claim> {
  const taken = await trx
    .insertInto('idempotency_keys')
    .values({
      organization_id: request.organizationId,
      actor: request.actor,
      key: request.key,
      request_hash: request.hash,
      instance: request.instance,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'actor', 'key'])
        .doUpdateSet((eb) => ({
          request_hash: eb.ref('excluded.request_hash'),
          claim: eb.ref('excluded.claim'),
          instance: eb.ref('excluded.instance'),
          created_at: sql<Date>`now()`,
          status: null,
          headers: null,
          body: null,
        }))
        .where((eb) =>
          eb.or([
            sql<boolean>`idempotency_keys.created_at < now() - ${KEPT_FOR}::interval`,
            sql<boolean>`idempotency_keys.status is null and idempotency_keys.created_at < now() - ${ABANDONED_AFTER}::interval`,
            sql<boolean>`idempotency_keys.status is null and is_gone(idempotency_keys.instance)`,
          ]),
        ),
    )
    .returning('claim')
    .executeTakeFirst()
  return taken ? { state: 'run', claim: taken.claim } : findClaim(trx, request)
}

async function findClaim(trx: Trx, request: KeyedRequest): Promise<Claim> {
  const row = await ownRow(trx, request)
  // The one who ran it was refused and gave the key back: the caller asks again.
  if (!row) return { state: 'running' }
  if (!sameBytes(row.request_hash, request.hash)) return { state: 'another' }
  if (row.status === null) return { state: 'running' }
  return {
    state: 'kept',
    reply: { status: row.status, headers: (row.headers ?? {}) as Record<string, string>, body: row.body ?? '' },
  }
}

function ownRow(trx: Trx, request: KeyedRequest) {
  return trx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'headers', 'body'])
    .where('organization_id', '=', request.organizationId)
    .where('actor', '=', request.actor)
    .where('key', '=', request.key)
    .executeTakeFirst()
}

/**
 * Keeps the answer in the transaction that did the work: both are there, or neither.
 * @throws DomainError conflict where the claim was lost, so that the work is undone
 */
export async function keepReply(trx: Trx, request: KeyedRequest, claim: string, reply: KeptReply): Promise<void> {
  const kept = await trx
    .updateTable('idempotency_keys')
    .set({ status: reply.status, headers: jsonb(reply.headers), body: reply.body })
    .where('organization_id', '=', request.organizationId)
    .where('actor', '=', request.actor)
    .where('key', '=', request.key)
    .where('claim', '=', claim)
    .where('status', 'is', null)
    .executeTakeFirst()
  if (kept.numUpdatedRows !== 1n) throw new DomainError('conflict', { detail: 'request_in_flight' })
}

/** Gives a key back after a refusal: nothing happened, so it may be sent again, mended. */
export async function releaseKey(trx: Trx, request: KeyedRequest, claim: string): Promise<void> {
  await trx
    .deleteFrom('idempotency_keys')
    .where('organization_id', '=', request.organizationId)
    .where('actor', '=', request.actor)
    .where('key', '=', request.key)
    .where('claim', '=', claim)
    .where('status', 'is', null)
    .execute()
}

/** Forgets answers older than 24 hours. @returns how many */
export async function forgetReplies(trx: Trx): Promise<number> {
  const gone = await trx
    .deleteFrom('idempotency_keys')
    .where(sql<boolean>`created_at < now() - ${KEPT_FOR}::interval`)
    .executeTakeFirst()
  return Number(gone.numDeletedRows)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
}
