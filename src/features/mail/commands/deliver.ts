import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import { inLane } from '../commands.ts'
import { blameOf, countsFrom, isAddressDead, isLimit, scopeOf } from '../rules/refusals.ts'
import { decideSettlement } from '../rules.ts'
import type { MessageRow, SendResult } from '../schema.ts'
import { countAlike, holdBack, isItsOwn, noteProbe, noteProgress, type Stopped, stopFor, takeProbes } from './line.ts'

/** A claimed message, and the database's time of the claim. */
export type ClaimedMessage = MessageRow & { claimed_at: Date }

/**
 * Takes up to `limit` due messages for one worker, oldest first, by the database's clock. Nobody else gets them until the
 * lease ends; those of a worker that was killed are due again then. Of two to one address about one event the older goes first, and
 * the younger waits until it is known how that ended. Where the line stands still only its probe is taken.
 */
export async function claimDue(
  trx: Trx,
  worker: string,
  limit: number,
  leaseSeconds: number,
): Promise<ClaimedMessage[]> {
  const line = await takeProbes(trx)
  const claimed: ClaimedMessage[] = []
  for (const { scope, probed } of line.probes) {
    const which = scope === 'server' ? sql`true` : sql`${domain} = ${scope.slice('from:'.length)}`
    const probe = await claim(trx, worker, 1, leaseSeconds, which, sql`m.id <= ${probed ?? null}::uuid nulls first,`)
    await noteProbe(trx, scope, probe[0]?.id)
    claimed.push(...probe)
  }
  if (line.server) return claimed
  const open = line.senders.length ? sql`${domain} not in (${sql.join(line.senders)})` : sql`true`
  claimed.push(...(await claim(trx, worker, limit - claimed.length, leaseSeconds, open, sql``)))
  return claimed
}

/** The domain a message is from. */
const domain = sql`lower(split_part(m.from_address, '@', 2))`

async function claim(
  trx: Trx,
  worker: string,
  limit: number,
  leaseSeconds: number,
  which: RawBuilder<unknown>,
  first: RawBuilder<unknown>,
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with due as materialized (
      select m.organization_id, m.id from messages m
      where m.state in ('queued', 'sending') and m.next_attempt_at <= now() and ${which}
        and not exists (select from (${inLane(sql`m`)}) o where o.state in ('queued', 'sending') and o.id < m.id)
      order by ${first} m.next_attempt_at, m.id
      limit ${limit}
      for update of m skip locked
    )
    update messages m
    set state = case when m.recalled then 'cancelled' else 'sending' end, attempts = m.attempts + 1, lease_by = ${worker},
      lease_until = now() + make_interval(secs => ${leaseSeconds}),
      next_attempt_at = now() + make_interval(secs => ${leaseSeconds}),
      first_tried_at = coalesce(m.first_tried_at, now())
    from due where m.organization_id = due.organization_id and m.id = due.id
    returning m.*, now() as claimed_at`.execute(trx)
  return rows.filter((row) => row.state === 'sending').sort((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * Makes due again what is held by instances that are known to be gone, and by `worker`, whose run has failed: each under its own
 * Message-ID, since some may have gone out.
 */
export async function releaseAbandoned(trx: Trx, worker: string | null): Promise<void> {
  await sql`update messages set state = 'queued', next_attempt_at = now(), lease_by = null, lease_until = null
    where state = 'sending' and (lease_by = ${worker}
      or lease_by in (select id from instances where is_gone(id)))`.execute(trx)
}

/** Gives a claimed message back untried, because the lease would end before an attempt could, or the line has stopped. */
export async function release(trx: Trx, message: ClaimedMessage): Promise<void> {
  await sql`update messages set state = case when recalled then 'cancelled' else 'queued' end, attempts = attempts - 1,
      next_attempt_at = now(), lease_by = null, lease_until = null,
      first_tried_at = case when attempts <= 1 then null else first_tried_at end
    where organization_id = ${message.organization_id} and id = ${message.id} and state = 'sending' and lease_by = ${message.lease_by}`.execute(
    trx,
  )
}

/** An attempt that has ended. */
export interface Ended {
  message: ClaimedMessage
  result: SendResult
}

/**
 * Writes down what was sent, in one statement for many: sent is sent, whoever holds the lease by now. A stop of the line that a
 * success shows to be over ends. @returns whether one did
 */
export async function settleSent(trx: Trx, ended: Ended[]): Promise<boolean> {
  const rows = ended.map(({ message, result }) => ({
    organization_id: message.organization_id,
    id: message.id,
    reply: result.reply.slice(0, 2000),
  }))
  const scopes = ['server', ...new Set(ended.map(({ message }) => scopeOf('sender', message.from_address)))]
  const { rows: opened } = await sql<{ stood: boolean }>`
    with done as (
      update messages m
      set state = 'sent', last_reply = v.reply, sent_at = now(), lease_by = null, lease_until = null
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as v(organization_id uuid, id uuid, reply text)
      where m.organization_id = v.organization_id and m.id = v.id and m.state <> 'sent'
    ), stood as (select scope, since is not null as stood from mail_stops)
    update mail_stops s set since = null, ended_at = now(), probed = null, streak_key = null, streak = '{}'
    from stood where stood.scope = s.scope and s.scope in (${sql.join(scopes)}) and (s.since is not null or s.streak_key is not null)
    returning stood.stood`.execute(trx)
  return opened.some((row) => row.stood)
}

/**
 * Writes down how an attempt ended, with the server's own words. A refusal of ours stops the line and leaves the letter as it was;
 * one of the recipient counts only while the lease is ours. A dead address is noted for the whole organisation.
 * @returns the stop of the line, where it stopped or stands on
 */
export async function settle(trx: Trx, message: ClaimedMessage, result: SendResult): Promise<Stopped | undefined> {
  if (result.outcome === 'sent') return void (await settleSent(trx, [{ message, result }]))
  const blame = blameOf(result)
  if (blame === 'sender' || blame === 'server') {
    const named = result.stage === 'recipient' || result.stage === 'message'
    if (!(named && (await isItsOwn(trx, message, scopeOf(blame, message.from_address))))) {
      await holdBack(trx, message)
      return stopFor(trx, message, blame, result)
    }
  }
  const counts = blame === 'later' && message.attempts >= countsFrom(result.reply)
  if (blame === 'unclear' || blame === 'address' || counts) {
    const stopped = await countAlike(trx, message, blame, result)
    if (stopped) {
      await holdBack(trx, message)
      return stopped
    }
  }
  if (blame !== 'unclear') await noteProgress(trx, message, result)
  // A limit of ours that this letter meets again: it passes, whatever code it bears.
  await settleRefused(
    trx,
    message,
    blame === 'server' && isLimit(result.reply) ? { ...result, outcome: 'temporary' } : result,
  )
}

async function settleRefused(trx: Trx, message: ClaimedMessage, result: SendResult): Promise<void> {
  const decided = decideSettlement(message.attempts, result)
  await trx
    .updateTable('messages')
    .set({
      state: decided.state === 'queued' ? sql`case when recalled then 'cancelled' else 'queued' end` : decided.state,
      last_reply: result.reply.slice(0, 2000),
      lease_by: null,
      lease_until: null,
      ...(decided.state === 'queued'
        ? { next_attempt_at: sql<Date>`now() + make_interval(secs => ${decided.delay})` }
        : {}),
    })
    .where('organization_id', '=', message.organization_id)
    .where('id', '=', message.id)
    .where('state', '=', 'sending')
    .where('lease_by', '=', message.lease_by)
    .execute()
  if (decided.state !== 'bounced' || !isAddressDead(result)) return
  await sql`
    insert into dead_addresses (organization_id, address, reply)
    values (${message.organization_id}, lower(${message.to_address}), ${result.reply.slice(0, 500)})
    on conflict do nothing`.execute(trx)
}
