import { sql } from 'kysely'
import type { Trx } from '../../db/transaction.ts'
import { type InstanceIdentity, SCANNER } from './schema.ts'

/** A run that has not ended after this long was killed; another may begin. Sooner where its instance is known to be gone. */
const GIVEN_UP_AFTER = '10 minutes'

/**
 * Notes that a worker did a task that several may do at once to its end. Written at most every `seconds`, so that a run a second costs
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
      and (task_runs.finished_at is not null or task_runs.started_at < now() - ${GIVEN_UP_AFTER}::interval
        or is_gone(task_runs.worker))
    returning task`.execute(trx)
  return rows.length > 0
}

/** Notes that a run of a task that several may do at once failed; when one last came to its end stays. */
export async function noteFailure(trx: Trx, task: string, worker: string, error: string): Promise<void> {
  await sql`
    insert into task_runs (task, worker, started_at, error) values (${task}, ${worker}, now(), ${error.slice(0, 500)})
    on conflict (task) do update set worker = excluded.worker, error = excluded.error`.execute(trx)
}

/** Notes how a run ended; `error` is shown to who operates the service. */
export async function finishTask(trx: Trx, task: string, worker: string, error: string | null): Promise<void> {
  await sql`update task_runs set finished_at = now(), error = ${error?.slice(0, 500) ?? null} where task = ${task} and worker = ${worker}`.execute(
    trx,
  )
}

/** Notes how the virus scanner answered: `null` well, else why not; undefined where none is set. Nothing is written while that stays so. */
export async function noteScanner(trx: Trx, worker: string, silent: string | null | undefined): Promise<void> {
  if (silent === undefined) return void (await sql`delete from task_runs where task = ${SCANNER}`.execute(trx))
  await sql`
    insert into task_runs as r (task, worker, started_at, finished_at, error)
    values (${SCANNER}, ${worker}, now(), now(), ${silent?.slice(0, 500) ?? null})
    on conflict (task) do update set worker = excluded.worker, error = excluded.error, finished_at = now(),
      started_at = case when (r.error is null) = (excluded.error is null) then r.started_at else now() end
    where r.error is distinct from excluded.error`.execute(trx)
}

/** A sign of life; the first one makes the instance known. */
export async function beat(trx: Trx, { id, kind, host, pid, version }: InstanceIdentity): Promise<void> {
  await sql`
    insert into instances (id, kind, host, pid, version) values (${id}, ${kind}, ${host}, ${pid}, ${version})
    on conflict (id) do update set seen_at = now()`.execute(trx)
}

/** The instance ends in order: what it still holds is free at once. */
export async function endInstance(trx: Trx, id: string): Promise<void> {
  await sql`update instances set ended_at = now() where id = ${id}`.execute(trx)
}

/** Forgets instances that have given no sign for a week. */
export async function forgetInstances(trx: Trx): Promise<void> {
  await sql`delete from instances where seen_at < now() - interval '7 days'`.execute(trx)
}
