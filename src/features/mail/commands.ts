import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { jsonb } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'
import { DomainError, invalid } from '../../errors.ts'
import { recordAudit } from '../audit/commands.ts'
import { purposes } from '../links/schema.ts'
import { getMessage, whyNotAgain } from './queries.ts'
import { ADDRESS_DEAD, decideSettlement, refusedFields, withoutMarks } from './rules.ts'
import type { MessageKind, MessageRow, NewMessage, SendResult } from './schema.ts'

const BATCH = 500

/**
 * Puts rendered messages in the outbox, in batches of 500. Someone whose address is known to be dead is not mailed: the
 * message is kept as cancelled, so that an organizer sees why.
 * @returns how many will be sent, and how many are held
 * @throws DomainError invalid: a line break or control character in a name, subject or header, an address that is none,
 * a link mark in a calendar part
 */
export async function enqueueMessages(
  trx: Trx,
  ctx: Context,
  messages: NewMessage[],
): Promise<{ queued: number; held: number }> {
  let held = 0
  for (let i = 0; i < messages.length; i += BATCH) {
    const batch = messages.slice(i, i + BATCH)
    for (const message of batch) assertFit(ctx, message)
    const dead = await findDeadAddresses(trx, batch)
    const isDead = (m: NewMessage) => dead.has(`${m.organizationId} ${m.to.address.toLowerCase()}`)
    held += batch.filter(isDead).length
    await trx
      .insertInto('messages')
      .values(
        batch.map((m) => ({
          ...toRow(m),
          ...(isDead(m) ? { state: 'cancelled', last_reply: ADDRESS_DEAD } : {}),
        })) as never,
      )
      .execute()
  }
  return { queued: messages.length - held, held }
}

function assertFit(ctx: Context, message: NewMessage): void {
  const refused = refusedFields(message)
  if (refused.length) throw invalid(...refused)
  // A token in the outbox would open a door to whoever reads a dump of it.
  const door = Object.values(purposes).find(
    (path) =>
      message.html.includes(`href="${ctx.origin}${path}`) || message.html.includes(`href="${ctx.origin}/en${path}`),
  )
  if (door) throw new Error(`a mail must hold a link mark, not an address under ${door}`)
}

async function findDeadAddresses(trx: Trx, batch: NewMessage[]): Promise<Set<string>> {
  const rows = await trx
    .selectFrom('people')
    .select(['organization_id', sql<string>`lower(email)`.as('address')])
    .where('organization_id', 'in', [...new Set(batch.map((m) => m.organizationId))])
    .where(sql<string>`lower(email)`, 'in', [...new Set(batch.map((m) => m.to.address.toLowerCase()))])
    .where('email_dead_at', 'is not', null)
    .execute()
  return new Set(rows.map((row) => `${row.organization_id} ${row.address}`))
}

function toRow(m: NewMessage) {
  return {
    organization_id: m.organizationId,
    seminar_id: m.seminarId,
    invitation_id: m.invitationId,
    kind: m.kind,
    locale: m.locale,
    to_name: m.to.name,
    to_address: m.to.address,
    from_name: m.from.name,
    from_address: m.from.address,
    reply_to: m.replyTo?.address ?? null,
    subject: withoutMarks(m.subject).normalize('NFC'),
    text: m.text,
    html: m.html,
    calendar: m.calendar?.content ?? null,
    calendar_method: m.calendar?.method ?? null,
    headers: jsonb(m.headers ?? {}),
    message_id: newMessageId(m.from.address),
  }
}

/** Our own, on the sender's domain (RFC 5322 section 3.6.4). */
function newMessageId(fromAddress: string) {
  return sql<string>`'<' || new_id() || '@' || ${fromAddress.split('@')[1] as string}::text || '>'`
}

/** Stops messages that have not gone yet; one that is being sent at this moment counts as sent if it still gets through. */
export async function cancelQueued(
  trx: Trx,
  which: { organizationId: string; kinds?: MessageKind[] } & (
    | { invitationId: string | string[] }
    | { seminarId: string }
  ),
): Promise<number> {
  let query = trx
    .updateTable('messages')
    .set({ state: 'cancelled', lease_by: null, lease_until: null })
    .where('organization_id', '=', which.organizationId)
    .where('state', 'in', ['queued', 'sending'])
  query =
    'invitationId' in which
      ? query.where('invitation_id', 'in', [which.invitationId].flat())
      : query.where('seminar_id', '=', which.seminarId)
  if (which.kinds) query = query.where('kind', 'in', which.kinds)
  return Number((await query.executeTakeFirst()).numUpdatedRows)
}

/** A claimed message, and the database's time of the claim. */
export type ClaimedMessage = MessageRow & { claimed_at: Date }

/**
 * Takes up to `limit` due messages for one worker, oldest first, by the database's clock. Nobody else gets them until the
 * lease ends; those of a worker that was killed are due again then.
 */
export async function claimDue(
  trx: Trx,
  worker: string,
  limit: number,
  leaseSeconds: number,
): Promise<ClaimedMessage[]> {
  const { rows } = await sql<ClaimedMessage>`
    with due as materialized (
      select organization_id, id from messages
      where state in ('queued', 'sending') and next_attempt_at <= now()
      order by next_attempt_at, id
      limit ${limit}
      for update skip locked
    )
    update messages m
    set state = 'sending', attempts = m.attempts + 1, lease_by = ${worker},
      lease_until = now() + make_interval(secs => ${leaseSeconds}),
      next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
    from due where m.organization_id = due.organization_id and m.id = due.id
    returning m.*, now() as claimed_at`.execute(trx)
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Gives a claimed message back untried, because the lease would end before an attempt could. */
export async function release(trx: Trx, message: ClaimedMessage): Promise<void> {
  await sql`update messages set state = 'queued', attempts = attempts - 1, next_attempt_at = now(), lease_by = null, lease_until = null
    where organization_id = ${message.organization_id} and id = ${message.id} and state = 'sending' and lease_by = ${message.lease_by}`.execute(
    trx,
  )
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

/**
 * Writes down how an attempt ended, with the server's own words. What was sent is sent, whoever holds the lease by now;
 * any other outcome counts only while the lease is ours. A dead address is noted at the person.
 */
export async function settle(trx: Trx, message: ClaimedMessage, result: SendResult): Promise<void> {
  const decided = decideSettlement(message.attempts, result)
  let query = trx
    .updateTable('messages')
    .set({
      state: decided.state,
      last_reply: result.reply.slice(0, 2000),
      lease_by: null,
      lease_until: null,
      ...(decided.state === 'sent' ? { sent_at: sql<Date>`now()` } : {}),
      ...(decided.state === 'queued'
        ? { next_attempt_at: sql<Date>`now() + make_interval(secs => ${decided.delay})` }
        : {}),
    })
    .where('organization_id', '=', message.organization_id)
    .where('id', '=', message.id)
  query =
    decided.state === 'sent'
      ? query.where('state', '<>', 'sent')
      : query.where('state', '=', 'sending').where('lease_by', '=', message.lease_by)
  await query.execute()
  if (decided.state !== 'bounced' || !decided.addressDead) return
  await trx
    .updateTable('people')
    .set({ email_dead_at: sql<Date>`now()` })
    .where('organization_id', '=', message.organization_id)
    .where(sql<string>`lower(email)`, '=', message.to_address.toLowerCase())
    .where('email_dead_at', 'is', null)
    .execute()
}

/**
 * Tries a message that waits, failed or bounced again, at once, under its own Message-ID.
 * @throws DomainError not_found; conflict with the reason (`mail_…`) where it should not go out any more
 */
export async function retryMessage(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<void> {
  const message = await getMessage(trx, organizationId, id)
  const reason = ['queued', 'failed', 'bounced'].includes(message.state)
    ? await whyNotAgain(trx, message)
    : 'mail_not_waiting'
  if (reason) throw new DomainError('conflict', { detail: reason })
  await trx
    .updateTable('messages')
    .set({ state: 'queued', attempts: 0, next_attempt_at: sql<Date>`now()`, lease_by: null, lease_until: null })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('state', '=', message.state)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'message.retried',
    subjectKind: 'message',
    subjectId: id,
    seminarId: message.seminar_id,
  })
}

/**
 * Sends a message that went out once more, as a new message with a Message-ID of its own.
 * @returns the new message's id
 * @throws DomainError not_found; conflict with the reason (`mail_…`)
 */
export async function sendAgain(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<string> {
  const message = await getMessage(trx, organizationId, id)
  const reason = ['sent', 'bounced', 'failed'].includes(message.state)
    ? await whyNotAgain(trx, message)
    : 'mail_not_sent_yet'
  if (reason) throw new DomainError('conflict', { detail: reason })
  const { rows } = await sql<{ id: string }>`
    insert into messages (organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
      reply_to, subject, text, html, calendar, calendar_method, headers, message_id)
    select organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
      reply_to, subject, text, html, calendar, calendar_method, headers, ${newMessageId(message.from_address)}
    from messages where organization_id = ${organizationId} and id = ${id} returning id`.execute(trx)
  const copy = rows[0] as { id: string }
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'message.sent_again',
    subjectKind: 'message',
    subjectId: copy.id,
    seminarId: message.seminar_id,
    details: { of: id },
  })
  return copy.id
}

/** Demo mode: keeps a message as it went out; the same Message-ID is kept once. */
export async function keepInMailbox(
  trx: Trx,
  message: {
    messageId: string
    to: { name: string | null; address: string }
    from: string
    subject: string
    raw: Uint8Array
  },
): Promise<void> {
  await trx
    .insertInto('mailbox_messages')
    .values({
      message_id: message.messageId,
      to_address: message.to.address,
      to_name: message.to.name,
      from_address: message.from,
      subject: message.subject,
      raw: message.raw as never,
    })
    .onConflict((c) => c.column('message_id').doNothing())
    .execute()
}
