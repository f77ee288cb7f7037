import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../context.ts'
import { jsonb } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'
import { invalid } from '../../errors.ts'
import { purposes } from '../links/schema.ts'
import { ADDRESS_DEAD, announcements, refusedFields, withoutMarks } from './rules.ts'
import type { MessageKind, NewMessage } from './schema.ts'

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
    await store(
      trx,
      batch.map((m) => ({ ...toRow(m), ...(isDead(m) ? { state: 'cancelled', last_reply: ADDRESS_DEAD } : {}) })),
    )
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
    .selectFrom('dead_addresses')
    .select(['organization_id', 'address'])
    .where('organization_id', 'in', [...new Set(batch.map((m) => m.organizationId))])
    .where('address', 'in', [...new Set(batch.map((m) => m.to.address.toLowerCase()))])
    .execute()
  return new Set(rows.map((row) => `${row.organization_id} ${row.address}`))
}

/**
 * Stores letters, as one parameter: a statement of thousands takes Postgres longer to read than to do. A newer announcement to an
 * address takes the place of every older one about the same event that has not gone: of the same invitation, and of a CANCEL of
 * any, which would delete what lives. One that is being sent ends where it comes back.
 */
async function store(trx: Trx, rows: ReturnType<typeof toRow>[]): Promise<void> {
  const { rows: older } = await sql<{ organization_id: string; id: string; by: string }>`
    with made as (
      insert into messages (organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
        reply_to, subject, text, html, calendar, calendar_method, headers, state, last_reply, message_id)
      select organization_id, seminar_id, invitation_id, kind, locale, to_name, to_address, from_name, from_address,
        reply_to, subject, text, html, calendar, calendar_method, headers, state, last_reply, ${newMessageId(sql`from_address`)}
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (organization_id uuid, seminar_id uuid, invitation_id uuid,
        kind text, locale text, to_name text, to_address text, from_name text, from_address text, reply_to text, subject text,
        text text, html text, calendar text, calendar_method text, headers jsonb, state text, last_reply text)
      returning organization_id, id, seminar_id, invitation_id, to_address, kind, state
    )
    select o.organization_id, o.id, made.id as by
    from made cross join lateral (${inLane(sql`made`)}) o
    where made.state = 'queued' and made.kind in (${sql.join(announcements)}) and o.organization_id = made.organization_id
      and o.state in ('queued', 'sending') and o.kind in (${sql.join(announcements)})
      and (o.invitation_id = made.invitation_id or o.calendar_method = 'CANCEL'
        or o.kind in ('cancellation', 'postponement', 'withdrawal'))`.execute(trx)
  if (!older.length) return
  await sql`
    update messages m set state = case when m.state = 'queued' then 'cancelled' else m.state end, recalled = true, replaced_by = o.by
    from jsonb_to_recordset(${jsonb(older)}) as o (organization_id uuid, id uuid, by uuid)
    where m.organization_id = o.organization_id and m.id = o.id and m.state in ('queued', 'sending')`.execute(trx)
}

/**
 * Letters to the address of a message about its event, itself among them. Nothing else is asked for here, and `offset 0` keeps it so:
 * then Postgres can only look into their index, whatever its statistics say of the table.
 */
export function inLane(message: RawBuilder<unknown>) {
  return sql`select l.* from messages l
    where (l.seminar_id::text || ' ' || lower(l.to_address)) = (${message}.seminar_id::text || ' ' || lower(${message}.to_address)) offset 0`
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
    headers: m.headers ?? {},
    state: 'queued',
    last_reply: null as string | null,
  }
}

/** Our own, on the sender's domain (RFC 5322 section 3.6.4). */
export function newMessageId(fromAddress: RawBuilder<unknown>) {
  return sql<string>`'<' || new_id() || '@' || split_part(${fromAddress}, '@', 2) || '>'`
}

/**
 * Stops messages that have not gone yet. One that is being sent at this moment counts as sent if it still gets through, and is not
 * tried again if not.
 */
export async function cancelQueued(
  trx: Trx,
  which: { organizationId: string; kinds?: MessageKind[] } & (
    | { invitationId: string | string[] }
    | { seminarId: string }
  ),
): Promise<number> {
  let query = trx
    .updateTable('messages')
    .set({ state: sql`case when state = 'queued' then 'cancelled' else state end`, recalled: true })
    .where('organization_id', '=', which.organizationId)
    .where('state', 'in', ['queued', 'sending'])
  query =
    'invitationId' in which
      ? query.where('invitation_id', 'in', [which.invitationId].flat())
      : query.where('seminar_id', '=', which.seminarId)
  if (which.kinds) query = query.where('kind', 'in', which.kinds)
  return Number((await query.executeTakeFirst()).numUpdatedRows)
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
