import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { DomainError } from '../../errors.ts'
import { stopsOf } from '../mail/queries/line.ts'
import type { MailStop } from '../mail/schema.ts'

/** Mail is stuck when something is due for two minutes and no worker has run the outbox in that time. */
const STUCK_AFTER = '2 minutes'

/**
 * The counts beside the console's sections, in one round trip; what waits for an organizer is counted by `countNeeds`. `mailStop` is what stops the organisation's letters, in the server's words.
 */
export async function findConsoleCounts(db: Db, organizationId: string) {
  const { rows } = await sql<{
    seminars: number
    mail_waiting: number
    mail_stuck: boolean
    mail_stop: (Pick<MailStop, 'scope' | 'stage' | 'reply'> & { since: string; next_probe_at: string }) | null
  }>`
    select
      (select count(*)::int from seminars where organization_id = ${organizationId}) as seminars,
      (select count(*)::int from messages m where m.organization_id = ${organizationId} and m.state in ('queued', 'sending')) as mail_waiting,
      exists (select from messages m where m.organization_id = ${organizationId} and m.state in ('queued', 'sending')
                and m.next_attempt_at < now() - ${STUCK_AFTER}::interval)
      and not exists (select from task_runs t where t.task = 'outbox' and t.started_at > now() - ${STUCK_AFTER}::interval) as mail_stuck,
      (select to_jsonb(s) from (${stopsOf(organizationId)} order by t.scope desc limit 1) s) as mail_stop
  `.execute(db)
  const row = rows[0]
  return {
    seminars: row?.seminars ?? 0,
    mailWaiting: row?.mail_waiting ?? 0,
    mailStuck: row?.mail_stuck ?? false,
    mailStop: row?.mail_stop ? toStop(row.mail_stop) : undefined,
  }
}

function toStop(row: Pick<MailStop, 'scope' | 'stage' | 'reply'> & { since: string; next_probe_at: string }): MailStop {
  const { scope, stage, reply } = row
  return { scope, stage, reply, since: new Date(row.since), nextProbeAt: new Date(row.next_probe_at) }
}

/** An organisation's row. @throws DomainError not_found */
export async function getOrganization(db: Db, id: string) {
  const row = await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}

/** The organisation of a slug. */
export async function findOrganizationBySlug(db: Db, slug: string) {
  return db.selectFrom('organizations').selectAll().where('slug', '=', slug).executeTakeFirst()
}

/** Any organisation: undefined in a database that nothing was made in yet. */
export async function findAnyOrganization(db: Db) {
  return db.selectFrom('organizations').select('id').limit(1).executeTakeFirst()
}
