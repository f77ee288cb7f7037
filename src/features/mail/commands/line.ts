import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import { isFurther, scopeOf, senderScope, streakKey, streakLimit } from '../rules/refusals.ts'
import type { MessageRow, SendResult, Stage } from '../schema.ts'

/** Seconds until a line that has just stopped is tried again, and between probes after that. */
const FIRST_PROBE = 10
const PROBE = 60

type Tried = Pick<MessageRow, 'organization_id' | 'id' | 'from_address'>

/** A stop as it is told: `warn` once when it begins, then once an hour. */
export interface Stopped {
  scope: string
  reply: string
  warn: boolean
}

/** The line stops, or goes on standing, with the server's words. The rows of `mail_stops` are shared by all instances. */
export async function stopLine(trx: Trx, scope: string, stage: Stage, reply: string): Promise<Stopped> {
  const { rows } = await sql<{ warn: boolean }>`
    insert into mail_stops as s (scope, stage, reply, since, next_probe_at, warned_at)
    values (${scope}, ${stage}, ${reply.slice(0, 2000)}, now(), now() + make_interval(secs => ${FIRST_PROBE}), now())
    on conflict (scope) do update set stage = excluded.stage, reply = excluded.reply, since = coalesce(s.since, now()),
      next_probe_at = case when s.since is null then excluded.next_probe_at else s.next_probe_at end,
      probed = case when s.since is null then null else s.probed end,
      warned_at = case when s.since is null or s.warned_at < now() - interval '1 hour' then now() else s.warned_at end
    returning warned_at = now() as warn`.execute(trx)
  return { scope, reply, warn: rows[0]?.warn ?? false }
}

/** Letters flow again. Those a stop held back are due at once: they were never made to wait. @returns whether any stop ended */
export async function openLine(trx: Trx, scopes: string[]): Promise<boolean> {
  const { rows } = await sql`
    update mail_stops set since = null, ended_at = now(), probed = null, streak_key = null, streak = '{}'
    where scope in (${sql.join(scopes)}) and (since is not null or streak_key is not null)
    returning scope`.execute(trx)
  return rows.length > 0
}

/** A conversation that came further than where the line stands shows that it is open again. */
export async function noteProgress(trx: Trx, message: Tried, { stage, outcome }: SendResult): Promise<void> {
  const scopes = ['server', senderScope(message.from_address)]
  if (outcome === 'sent') return void (await openLine(trx, scopes))
  const { rows } = await sql<{ scope: string; stage: string | null }>`
    select scope, stage from mail_stops where scope in (${sql.join(scopes)}) and since is not null`.execute(trx)
  const open = rows.filter((row) => isFurther(stage, row.stage)).map((row) => row.scope)
  if (open.length) await openLine(trx, open)
}

/**
 * Counts refusals alike, one after another, of different addresses; enough of them stop the line, and the letters they had ended
 * wait again. While the line stands, what may be ours is. @returns the stop, where this refusal belongs to one
 */
export async function countAlike(
  trx: Trx,
  message: Tried,
  blame: 'unclear' | 'address' | 'later',
  result: SendResult,
): Promise<Stopped | undefined> {
  // Those that say "later" are alike whatever else they say.
  const key = blame === 'later' ? 'later' : streakKey(result.stage, result.reply)
  const sender = senderScope(message.from_address)
  await sql`insert into mail_stops (scope) values ('server') on conflict do nothing`.execute(trx)
  const lines = await trx
    .selectFrom('mail_stops')
    .select(['scope', 'stage', 'since', 'streak_key', 'streak'])
    .where('scope', 'in', ['server', sender])
    .orderBy('scope')
    .forUpdate()
    .execute()
  const stop = (scope: string) => stopLine(trx, scope, result.stage ?? 'message', result.reply)
  const standing = lines.filter((line) => line.since !== null)
  const its = standing.find(
    (line) => line.streak_key === key || (blame === 'unclear' && !cameFurther(result, line.stage)),
  )
  if (its) return stop(its.scope)
  const line = lines.find(({ scope }) => scope === 'server') as (typeof lines)[number]
  if (standing.length) {
    if (blame === 'unclear') await noteProgress(trx, message, result)
    if (line.since !== null) return undefined
  }
  const streak = [...(line.streak_key === key ? line.streak.filter((id) => id !== message.id) : []), message.id]
  await trx.updateTable('mail_stops').set({ streak_key: key, streak }).where('scope', '=', 'server').execute()
  const limit = streakLimit(blame) as number
  if (streak.length < limit || (await countAddresses(trx, streak)) < limit) return undefined
  await takeBack(trx, streak)
  return stop('server')
}

/** A conversation that was cut says nothing of how far it would have come. */
function cameFurther({ stage, reply }: SendResult, stoppedAt: string | null): boolean {
  return /^\d{3}/.test(reply) && isFurther(stage, stoppedAt)
}

async function countAddresses(trx: Trx, ids: string[]): Promise<number> {
  const row = await trx
    .selectFrom('messages')
    .select(sql<number>`count(distinct lower(to_address))::int`.as('n'))
    .where('id', 'in', ids)
    .where('state', '<>', 'sent')
    .executeTakeFirstOrThrow()
  return row.n
}

/** Refused alike by a server that refuses everybody: they wait, and their addresses are not dead. */
async function takeBack(trx: Trx, ids: string[]): Promise<void> {
  const { rows } = await sql<{ organization_id: string; address: string }>`
    update messages set state = 'queued', attempts = greatest(attempts - 1, 0), next_attempt_at = now(), stopped_at = now()
    where id in (${sql.join(ids)}) and state <> 'sent' and state in ('queued', 'bounced') and not recalled
    returning organization_id, lower(to_address) as address`.execute(trx)
  for (const { organization_id, address } of rows)
    await sql`delete from dead_addresses where organization_id = ${organization_id} and address = ${address}
      and since > now() - interval '1 day'`.execute(trx)
}

/** Holds a letter that the line stopped at: it is due as before, and this attempt did not count. */
export async function holdBack(trx: Trx, message: Tried & { lease_by: string | null }): Promise<void> {
  await sql`
    update messages set state = case when recalled then 'cancelled' else 'queued' end, attempts = attempts - 1,
      next_attempt_at = least(created_at, now()), stopped_at = now(), lease_by = null, lease_until = null,
      first_tried_at = case when attempts <= 1 then null else first_tried_at end
    where organization_id = ${message.organization_id} and id = ${message.id} and state = 'sending'
      and lease_by = ${message.lease_by}`.execute(trx)
}

/** Whether the line stood still at this letter before, and others went through since: then the refusal is this letter's own. */
export async function isItsOwn(trx: Trx, message: Pick<MessageRow, 'stopped_at'>, scope: string): Promise<boolean> {
  if (message.stopped_at === null) return false
  const row = await trx
    .selectFrom('mail_stops')
    .select('scope')
    .where('scope', '=', scope)
    .where('since', 'is', null)
    .where('ended_at', '>', message.stopped_at)
    .executeTakeFirst()
  return row !== undefined
}

/** What may be claimed now: everything but what stands still, and one letter of each stop whose probe is due. */
export interface Open {
  /** The server's stop: nothing but its probe. */
  server: boolean
  /** Sender domains that stand still. */
  senders: string[]
  probes: { scope: string; probed: string | null }[]
}

/** Looks what stands still, and takes the probes that are due. Who asks has a way to send: a stop for want of one ends. */
export async function takeProbes(trx: Trx): Promise<Open> {
  const { rows: found } = await sql<{ scope: string; stage: string; due: boolean }>`
    select scope, stage, next_probe_at <= now() as due from mail_stops where since is not null`.execute(trx)
  if (found.some((row) => row.stage === 'none')) await openLine(trx, ['server'])
  const rows = found.filter((row) => row.stage !== 'none')
  const server = rows.some((row) => row.scope === 'server')
  const due = rows.filter((row) => row.due && (row.scope === 'server' || !server)).map((row) => row.scope)
  const senders = rows.filter((row) => row.scope !== 'server').map((row) => row.scope.slice('from:'.length))
  if (!due.length) return { server, senders, probes: [] }
  const { rows: probes } = await sql<{ scope: string; probed: string | null }>`
    update mail_stops set next_probe_at = now() + make_interval(secs => ${PROBE})
    where scope in (${sql.join(due)}) and next_probe_at <= now() returning scope, probed`.execute(trx)
  return { server, senders, probes }
}

/** Notes the letter a probe tries; without one the probe is due again at once. */
export async function noteProbe(trx: Trx, scope: string, id: string | undefined): Promise<void> {
  await sql`update mail_stops set ${id ? sql`probed = ${id}` : sql`next_probe_at = now()`} where scope = ${scope}`.execute(
    trx,
  )
}

/** What a stop of the line is called after, for a refusal of ours. */
export function stopFor(trx: Trx, message: Tried, blame: 'sender' | 'server', result: SendResult): Promise<Stopped> {
  return stopLine(trx, scopeOf(blame, message.from_address), result.stage ?? 'message', result.reply)
}

/** Without a way to send nothing is tried: letters wait, and it is told as a stop of the whole line. */
export async function stopWithoutWay(trx: Trx): Promise<void> {
  const stands = await trx
    .selectFrom('mail_stops')
    .select('scope')
    .where('scope', '=', 'server')
    .where('stage', '=', 'none')
    .where('since', 'is not', null)
    .executeTakeFirst()
  if (!stands) await stopLine(trx, 'server', 'none', 'SMTP_URL is not set')
}
