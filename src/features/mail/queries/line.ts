import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import type { MailStop, Stage } from '../schema.ts'

interface Row {
  scope: string
  stage: Stage
  reply: string
  since: Date
  next_probe_at: Date
}

const toStop = (row: Row): MailStop => ({
  scope: row.scope,
  stage: row.stage,
  reply: row.reply,
  since: row.since,
  nextProbeAt: row.next_probe_at,
})

/** Where sending stands still in the whole deployment: for `/readyz`, metrics and status. Empty while letters flow. */
export async function listMailStops(db: Db): Promise<MailStop[]> {
  const { rows } = await sql<Row>`
    select scope, stage, reply, since, next_probe_at from mail_stops where since is not null order by since`.execute(db)
  return rows.map(toStop)
}

/** The stops that hold an organisation's letters: the server's, and those of domains its waiting letters are from. */
export const stopsOf = (organizationId: string) => sql`
  select t.* from mail_stops t
  where t.since is not null and (t.scope = 'server' or exists (
    select from messages w where w.organization_id = ${organizationId} and w.state in ('queued', 'sending') and w.state <> 'sent'
      and t.scope = 'from:' || lower(split_part(w.from_address, '@', 2))))`

/** What stops an organisation's letters now, the server's stop first. */
export async function findMailStop(db: Db, organizationId: string): Promise<MailStop | undefined> {
  const { rows } = await sql<Row>`
    select scope, stage, reply, since, next_probe_at from (${stopsOf(organizationId)}) s order by scope desc limit 1`.execute(
    db,
  )
  return rows[0] && toStop(rows[0])
}

/** Whether the way out itself stands still, for whoever sends. */
export async function isServerStopped(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('mail_stops')
    .select('scope')
    .where('scope', '=', 'server')
    .where('since', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** A test letter that the server refused. */
export interface RefusedTest {
  at: Date
  to: string
  /** The server's own words. */
  reply: string
}

/** The organisation's last test letter, where it was refused and no letter of the organisation has gone since. */
export async function findRefusedTest(db: Db, organizationId: string): Promise<RefusedTest | undefined> {
  const { rows } = await sql<RefusedTest>`
    select t.at, t.to, t.reply
    from (select e.at, e.details->>'to' as to, e.details->>'reply' as reply, e.details->'sent' = 'true' as sent from audit_events e
      where e.organization_id = ${organizationId} and e.subject_id = ${organizationId} and e.action = 'mail.tested'
      order by e.id desc limit 1) t
    where not t.sent
      and not exists (select from messages m where m.organization_id = ${organizationId} and m.sent_at > t.at)`.execute(
    db,
  )
  return rows[0]
}
