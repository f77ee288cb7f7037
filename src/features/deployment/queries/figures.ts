import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { countDamaged } from '../../files/queries/checks.ts'
import { countWaiting } from '../../files/queries/scans.ts'
import { listMailStops } from '../../mail/queries/line.ts'
import { SCANNER } from '../../tasks/schema.ts'
import type { Figures, TaskState } from '../schema.ts'

interface Rest {
  calls: number
  uploads: number
  backup: number | null
  migrations: number
  instances: number
  scanner: { error: string | null; since: string } | null
}

interface TaskRow {
  task: string
  worker: string
  started_at: Date
  finished_at: Date | null
  error: string | null
  age: number
  length: number | null
}

/** Every task's last run. */
export async function listTasks(db: Db): Promise<TaskState[]> {
  const { rows } = await sql<TaskRow>`
    select task, worker, started_at, finished_at, error,
      greatest(0, extract(epoch from now() - coalesce(finished_at, started_at)))::float8 as age,
      extract(epoch from finished_at - started_at)::float8 as length
    from task_runs where task <> ${SCANNER} order by task`.execute(db)
  return rows.map((row) => ({
    task: row.task,
    worker: row.worker,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    error: row.error,
    ageSeconds: row.age,
    lengthSeconds: row.length,
  }))
}

/** The outbox of the deployment: what waits (by the index of what is due) and what did not arrive (by an index of its own). */
async function countOutbox(db: Db): Promise<Figures['outbox']> {
  const { rows } = await sql<Figures['outbox']>`
    select w.queued, w.sending, w."oldestDueSeconds", w."oldestSeconds", n.bounced, n.failed
    from (
      select count(*) filter (where state = 'queued')::int as queued, count(*) filter (where state = 'sending')::int as sending,
        extract(epoch from now() - min(next_attempt_at) filter (where next_attempt_at <= now()))::float8 as "oldestDueSeconds",
        extract(epoch from now() - min(created_at))::float8 as "oldestSeconds"
      from messages where state in ('queued', 'sending')) w,
    (
      select count(*) filter (where state = 'bounced')::int as bounced, count(*) filter (where state = 'failed')::int as failed
      from messages where state in ('bounced', 'failed')) n`.execute(db)
  return rows[0] as Figures['outbox']
}

/** Small counts, in one statement. */
async function countRest(db: Db): Promise<Rest> {
  const { rows } = await sql<Rest>`
    select (select count(*)::int from calls where is_open) as calls,
      (select count(*)::int from uploads where version_number is null and refusal is null) as uploads,
      (select extract(epoch from now() - max(made_at))::float8 from backups) as backup,
      (select count(*)::int from schema_migrations) as migrations,
      (select count(*)::int from instances where ended_at is null and seen_at > now() - interval '10 seconds') as instances,
      (select jsonb_build_object('error', error, 'since', started_at) from task_runs where task = ${SCANNER}) as scanner`.execute(
    db,
  )
  return rows[0] as Rest
}

/** What `/metrics` asks of the database: statements that are few and indexed, however large the deployment. */
export async function findFigures(db: Db): Promise<Figures> {
  const tasks = await listTasks(db)
  const outbox = await countOutbox(db)
  const waiting = await countWaiting(db)
  const filesDamaged = await countDamaged(db)
  const stops = await listMailStops(db)
  const { calls, uploads, backup, migrations, instances, scanner } = await countRest(db)
  return {
    tasks,
    outbox,
    stops,
    callsOpen: calls,
    uploadsOpen: uploads,
    filesWaiting: waiting.count,
    filesDamaged,
    scanner: scanner && { error: scanner.error, since: new Date(scanner.since) },
    backupSeconds: backup,
    migrations,
    instances,
  }
}
