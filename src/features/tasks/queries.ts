import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { OUTBOX_LATE_SECONDS, SCANNER } from './schema.ts'

/** What `/readyz` asks of the database, in one round trip. */
export interface DatabaseHealth {
  /** How many migrations have been applied. */
  migrations: number
  readOnly: boolean
  /** When the outbox was last worked to its end; null: never. */
  outboxFinishedAt: Date | null
  outboxLate: boolean
  /** Recurring tasks whose last run failed or was given up. */
  failing: string[]
  /** The virus scanner that is set did not answer when it was asked last. */
  scannerSilent: boolean
}

/** How the database and what runs by the clock are. @throws the driver's errors where the database does not answer */
export async function findDatabaseHealth(db: Db): Promise<DatabaseHealth> {
  const { rows } = await sql<DatabaseHealth>`
    select (select count(*)::int from schema_migrations) as "migrations",
      current_setting('transaction_read_only') = 'on' as "readOnly",
      o.finished_at as "outboxFinishedAt",
      coalesce(o.finished_at < now() - make_interval(secs => ${OUTBOX_LATE_SECONDS}), true) as "outboxLate",
      (select coalesce(array_agg(task order by task), '{}') from task_runs where error is not null and task <> ${SCANNER}) as "failing",
      exists (select from task_runs where task = ${SCANNER} and error is not null) as "scannerSilent"
    from (select 1) as one left join task_runs o on o.task = 'outbox'`.execute(db)
  return rows[0] as DatabaseHealth
}

/** The processes that gave a sign of life within the last week, newest first; `gone`: they ended, or fell silent. */
export async function listInstances(db: Db) {
  return db
    .selectFrom('instances')
    .selectAll()
    .select(sql<boolean>`is_gone(id)`.as('gone'))
    .orderBy('started_at', 'desc')
    .execute()
}
