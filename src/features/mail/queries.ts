import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../db/cursor.ts'
import { matchesSearch } from '../../db/expressions.ts'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { linkUrl } from '../links/queries.ts'
import { announcements, findMarks, replaceMarks } from './rules.ts'
import type { MailboxFilter, MailboxRow, MessageFilter, MessageRow, OutgoingMail } from './schema.ts'

const listColumns = [
  'id',
  'kind',
  'to_name',
  'to_address',
  'subject',
  'state',
  'attempts',
  'next_attempt_at',
  'last_reply',
  'sent_at',
  'created_at',
  'seminar_id',
  'invitation_id',
  'locale',
  'from_name',
  'from_address',
  'reply_to',
  'message_id',
  'replaced_by',
] as const
export type MessageListRow = Pick<MessageRow, (typeof listColumns)[number]>

function messageRows(db: Db, organizationId: string, filter: Partial<MessageFilter>) {
  let query = db.selectFrom('messages').where('organization_id', '=', organizationId)
  if (filter.state === 'queued') query = query.where('state', 'in', ['queued', 'sending'])
  else if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.seminar) query = query.where('seminar_id', '=', filter.seminar)
  if (filter.invitation) query = query.where('invitation_id', '=', filter.invitation)
  if (filter.q) query = query.where((eb) => matchesSearch(eb.ref('search'), filter.q as string))
  return query
}

/** How many messages a filter finds. */
export async function countMessages(db: Db, organizationId: string, filter: Partial<MessageFilter>): Promise<number> {
  const row = await messageRows(db, organizationId, filter)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** The outbox of an organisation, newest first. */
export async function listMessages(
  db: Db,
  organizationId: string,
  filter: Partial<MessageFilter>,
  limit = 50,
): Promise<Page<MessageListRow>> {
  let query = messageRows(db, organizationId, filter).select(listColumns)
  if (filter.cursor) query = query.where('id', '<', decodeCursor(filter.cursor, 1)[0] as string)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.id])
}

/** How many messages wait or did not arrive, by state. */
export async function countOpenMessages(
  db: Db,
  organizationId: string,
): Promise<Record<'queued' | 'bounced' | 'failed', number>> {
  const rows = await db
    .selectFrom('messages')
    .select(['state', sql<number>`count(*)::int`.as('n')])
    .where('organization_id', '=', organizationId)
    .where('state', '<>', 'sent')
    .where('state', 'in', ['queued', 'sending', 'bounced', 'failed'])
    .groupBy('state')
    .execute()
  const of = (...states: string[]) =>
    rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0)
  return { queued: of('queued', 'sending'), bounced: of('bounced'), failed: of('failed') }
}

/** The seminars that have messages, latest first: for the filter. */
export async function listMailedSeminars(db: Db, organizationId: string) {
  return db
    .selectFrom('seminars as s')
    .select(['s.id', 's.theme', 's.theme_en'])
    .where('s.organization_id', '=', organizationId)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('messages as m')
          .select('m.id')
          .where('m.organization_id', '=', organizationId)
          .whereRef('m.seminar_id', '=', 's.id'),
      ),
    )
    .orderBy('s.starts_at', (o) => o.desc().nullsFirst())
    .orderBy('s.id', 'desc')
    .limit(100)
    .execute()
}

/** @throws DomainError not_found */
export async function getMessage(db: Db, organizationId: string, id: string): Promise<MessageRow> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** The seminar a message is about. */
export async function findMessageSeminar(db: Db, message: Pick<MessageRow, 'organization_id' | 'seminar_id'>) {
  if (!message.seminar_id) return undefined
  return db
    .selectFrom('seminars')
    .select(['id', 'theme', 'theme_en'])
    .where('organization_id', '=', message.organization_id)
    .where('id', '=', message.seminar_id)
    .executeTakeFirst()
}

/**
 * Why a message should not go out once more, as a code with a text of its own; undefined where it may: its personal link was
 * replaced, a later announcement took its place, or the address is known to be dead.
 */
export async function whyNotAgain(
  db: Db,
  message: MessageRow,
): Promise<'mail_link_replaced' | 'mail_replaced' | 'mail_address_dead' | undefined> {
  for (const mark of findMarks(message.html)) {
    const link = await db
      .selectFrom('links')
      .select('ref')
      .where('purpose', '=', mark.purpose)
      .where('target_id', '=', mark.targetId)
      .where('generation', '=', mark.generation)
      .where('revoked_at', 'is', null)
      .where('used_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', eb.fn<Date>('now'))]))
      .executeTakeFirst()
    if (!link) return 'mail_link_replaced'
  }
  const { rows } = await sql<{ replaced: boolean; dead: boolean }>`
    select ${isReplaced} as replaced, ${isDead} as dead from messages m
    where m.organization_id = ${message.organization_id} and m.id = ${message.id}`.execute(db)
  if (rows[0]?.replaced) return 'mail_replaced'
  return rows[0]?.dead ? 'mail_address_dead' : undefined
}

/** Whether a later announcement took the place of message `m`: of its invitation, or, of a CANCEL, any to its address about the event. */
export const isReplaced = sql<boolean>`(m.recalled or m.kind in (${sql.join(announcements)}) and exists (
  select from messages later where later.organization_id = m.organization_id and later.id > m.id
    and later.kind in (${sql.join(announcements)}) and later.state <> 'cancelled'
    and (later.invitation_id = m.invitation_id
      or m.calendar_method = 'CANCEL' and later.seminar_id = m.seminar_id and lower(later.to_address) = lower(m.to_address))))`

/** Whether the address of message `m` is known to be dead. */
export const isDead = sql<boolean>`exists (select from dead_addresses d
  where d.organization_id = m.organization_id and d.address = lower(m.to_address))`

/** Since when the address of a row `h` (a person) is known to be dead; null while it is not. */
export const deadSince = sql<Date | null>`(select d.since from dead_addresses d
  where d.organization_id = h.organization_id and d.address = lower(h.email))`

/** When the outbox was last worked on, by whom, and what went wrong: one row for the whole deployment. */
export async function findDelivery(db: Db) {
  return db
    .selectFrom('task_runs')
    .select(['worker', 'started_at', 'finished_at', 'error'])
    .where('task', '=', 'outbox')
    .executeTakeFirst()
}

/** A message as it leaves: link marks become addresses, only now. Every attempt has the Date of the first. */
export async function toOutgoing(
  ctx: { origin: string; linkKey: string },
  row: MessageRow,
  date: Date,
): Promise<OutgoingMail> {
  const addresses = new Map<string, string>()
  for (const mark of [...findMarks(row.text), ...findMarks(row.html)]) {
    addresses.set(JSON.stringify(mark), await linkUrl(ctx, mark))
  }
  const fill = (body: string) => replaceMarks(body, (mark) => addresses.get(JSON.stringify(mark)) as string)
  return {
    messageId: row.message_id,
    date: row.first_tried_at ?? date,
    from: { name: row.from_name, address: row.from_address },
    to: { name: row.to_name, address: row.to_address },
    replyTo: row.reply_to === null ? null : { name: row.from_name, address: row.reply_to },
    subject: row.subject,
    text: fill(row.text),
    html: fill(row.html),
    calendar:
      row.calendar === null
        ? null
        : { method: row.calendar_method as 'REQUEST' | 'CANCEL' | 'REPLY', content: row.calendar },
    headers: row.headers as Record<string, string>,
  }
}

/** The demo's mailbox, newest first. */
export async function listMailbox(db: Db, filter: MailboxFilter, limit = 50): Promise<Page<MailboxRow>> {
  let query = db.selectFrom('mailbox_messages').select(['id', 'to_address', 'to_name', 'subject', 'received_at'])
  if (filter.to) query = query.where('to_address', '=', filter.to)
  if (filter.q) {
    const q = filter.q
    query = query.where(
      matchesSearch(sql<string>`fold(coalesce(to_name, '') || ' ' || to_address || ' ' || subject)`, q),
    )
  }
  if (filter.cursor) query = query.where('id', '<', decodeCursor(filter.cursor, 1)[0] as string)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.id])
}

/** One message of the mailbox, raw as it went out. @throws DomainError not_found */
export async function getMailboxMessage(db: Db, id: string) {
  const row = await db.selectFrom('mailbox_messages').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}
