import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { newMessageId } from '../commands.ts'
import { type Again, againRows } from '../queries/again.ts'
import { getMessage, whyNotAgain } from '../queries.ts'
import { ADDRESS_DEAD } from '../rules.ts'

/** A dead address is tried again by whoever asks for it: the server's next word counts. */
async function lift(trx: Trx, organizationId: string, addresses: string[]): Promise<void> {
  if (!addresses.length) return
  await trx
    .deleteFrom('dead_addresses')
    .where('organization_id', '=', organizationId)
    .where(
      'address',
      'in',
      addresses.map((address) => address.toLowerCase()),
    )
    .execute()
}

/**
 * Tries a message that waits, failed or bounced again, at once, under its own Message-ID; also to an address that was held for dead.
 * @throws DomainError not_found; conflict with the reason (`mail_…`) where it should not go out any more
 */
export async function retryMessage(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<void> {
  const message = await getMessage(trx, organizationId, id)
  const held = message.state === 'cancelled' && message.last_reply === ADDRESS_DEAD
  const reason =
    held || ['queued', 'failed', 'bounced'].includes(message.state)
      ? await whyNotAgain(trx, message)
      : 'mail_not_waiting'
  if (reason && reason !== 'mail_address_dead') throw new DomainError('conflict', { detail: reason })
  if (reason) await lift(trx, organizationId, [message.to_address])
  await queueAgain(trx, organizationId, [id])
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'message.retried',
    subjectKind: 'message',
    subjectId: id,
    seminarId: message.seminar_id,
  })
}

async function queueAgain(trx: Trx, organizationId: string, ids: string[]): Promise<number> {
  const done = await trx
    .updateTable('messages')
    .set({
      state: 'queued',
      attempts: 0,
      next_attempt_at: sql<Date>`now()`,
      lease_by: null,
      lease_until: null,
      last_reply: sql<string | null>`nullif(last_reply, ${ADDRESS_DEAD})`,
      stopped_at: null,
      first_tried_at: sql<Date | null>`case when state = 'queued' then first_tried_at end`,
    })
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .where((eb) =>
      eb.or([
        eb('state', 'in', ['queued', 'failed', 'bounced']),
        eb.and([eb('state', '=', 'cancelled'), eb('last_reply', '=', ADDRESS_DEAD)]),
      ]),
    )
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

/**
 * Sends everything that came back or could not be sent once more, in one act: of a seminar or of all, each under its own Message-ID.
 * What was replaced, is over or has a dead address is left, unless those addresses are asked for too.
 * @returns how many wait again
 */
export async function sendBouncedAgain(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  { seminarId = null, deadToo = false }: { seminarId?: string | null; deadToo?: boolean } = {},
): Promise<number> {
  const wanted: Again[] = deadToo ? ['ready', 'dead'] : ['ready']
  const rows = (await againRows(trx, organizationId, seminarId)).filter((row) => wanted.includes(row.what))
  await lift(
    trx,
    organizationId,
    rows.filter((row) => row.what === 'dead').map((row) => row.to_address),
  )
  let count = 0
  for (let i = 0; i < rows.length; i += 1000)
    count += await queueAgain(
      trx,
      organizationId,
      rows.slice(i, i + 1000).map((row) => row.id),
    )
  if (count)
    await recordAudit(trx, ctx, {
      organizationId,
      action: 'messages.retried',
      subjectKind: seminarId ? 'seminar' : 'organization',
      subjectId: seminarId ?? organizationId,
      seminarId,
      details: { count },
    })
  return count
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
  if (reason && reason !== 'mail_address_dead') throw new DomainError('conflict', { detail: reason })
  if (reason) await lift(trx, organizationId, [message.to_address])
  const { rows } = await sql<{ id: string }>`
    insert into messages (organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
      reply_to, subject, text, html, calendar, calendar_method, headers, message_id)
    select organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
      reply_to, subject, text, html, calendar, calendar_method, headers, ${newMessageId(sql`from_address`)}
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
