import { sql } from 'kysely'
import type { Trx } from '../../db/transaction.ts'

/** A run that has not ended after this long was killed; another may begin. */
const GIVEN_UP_AFTER = '10 minutes'

/**
 * Notes that a worker is at a task that several may do at once. Written at most every `seconds`, so that a run a second costs
 * no write a second.
 */
export async function noteRun(trx: Trx, task: string, worker: string, seconds: number): Promise<void> {
  await sql`
    insert into task_runs (task, worker, started_at, finished_at) values (${task}, ${worker}, now(), now())
    on conflict (task) do update set worker = excluded.worker, started_at = now(), finished_at = now(), error = null
    where task_runs.started_at < now() - make_interval(secs => ${seconds}) or task_runs.error is not null`.execute(trx)
}

/**
 * Takes a task that only one worker may do at a time, when `everySeconds` have gone by since it last began, by the database's
 * clock. @returns whether it is ours to run now
 */
export async function claimTask(trx: Trx, task: string, worker: string, everySeconds: number): Promise<boolean> {
  const { rows } = await sql`
    insert into task_runs (task, worker, started_at) values (${task}, ${worker}, now())
    on conflict (task) do update set worker = excluded.worker, started_at = now(), finished_at = null
    where task_runs.started_at <= now() - make_interval(secs => ${everySeconds})
      and (task_runs.finished_at is not null or task_runs.started_at < now() - ${GIVEN_UP_AFTER}::interval)
    returning task`.execute(trx)
  return rows.length > 0
}

/** Notes how a run ended; `error` is shown to who operates the service. */
export async function finishTask(trx: Trx, task: string, worker: string, error: string | null): Promise<void> {
  await sql`update task_runs set finished_at = now(), error = ${error?.slice(0, 500) ?? null} where task = ${task} and worker = ${worker}`.execute(
    trx,
  )
}
