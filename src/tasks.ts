import type { Context } from './context.ts'
import { transaction } from './db/transaction.ts'
import { type DeliveryOptions, runOutbox } from './delivery.ts'
import { removePastHits } from './features/accounts/commands/rate-limits.ts'
import { type CheckLimits, checkFiles } from './features/files/commands/checks.ts'
import { tidyFiles } from './features/files/commands/tidy.ts'
import { countWaiting } from './features/files/queries/scans.ts'
import type { Scanner } from './features/files/schema.ts'
import { forgetReplies } from './features/idempotency/commands.ts'
import { givePlaces } from './features/invitations/commands/places.ts'
import { settleCalls } from './features/invitations/commands/settle-calls.ts'
import { listSeminarsToFill } from './features/invitations/queries/places.ts'
import { releaseAbandoned } from './features/mail/commands/deliver.ts'
import { dropExpired, finishUpload } from './features/presentations/commands/receive.ts'
import { remindWhenDue } from './features/presentations/commands/remind.ts'
import { scanFiles } from './features/presentations/commands/scan.ts'
import { claimFinish } from './features/presentations/commands/uploads.ts'
import { listDueReminders } from './features/presentations/queries/reminders.ts'
import { listUploadsToFinish, type UploadRow } from './features/presentations/queries/uploads.ts'
import { storeHtml } from './features/summaries/commands/store-html.ts'
import { listWithoutHtml } from './features/summaries/queries/without-html.ts'
import { claimTask, finishTask, forgetInstances, noteScanner } from './features/tasks/commands.ts'
import type { Services } from './services.ts'
import { withinLimit } from './watchdog.ts'

/** Work that comes round by the clock; one instance does it at a time. */
export interface RecurringTask {
  name: string
  everySeconds: number
  /** After this long a run is given up; five minutes by default. */
  limitSeconds?: number
  /** Begins nothing more once the signal is aborted: the run was given up, or the process stops. */
  run(services: Services, ctx: Context, signal: AbortSignal): Promise<void>
}

/** What one run compares: 64 MB or more where the store is large, for at most 20 s. */
const CHECKS: CheckLimits = { everySeconds: 600, leastBytes: 64 * 1024 * 1024, seconds: 20, files: 5000 }

/** Every recurring task by name. */
export const recurring: RecurringTask[] = [
  { name: 'fill_places', everySeconds: 60, run: fillPlaces },
  { name: 'settle_calls', everySeconds: 30, run: ({ db }, ctx) => transaction(db, (trx) => settleCalls(trx, ctx)) },
  { name: 'remind_speakers', everySeconds: 600, run: remindSpeakers },
  { name: 'finish_uploads', everySeconds: 30, run: finishUploads },
  { name: 'drop_uploads', everySeconds: 3600, run: async (services) => void (await dropExpired(services)) },
  { name: 'remove_past_hits', everySeconds: 3600, run: ({ db }) => removePastHits(db) },
  {
    name: 'tidy_files',
    everySeconds: 6 * 3600,
    run: ({ db, files, clock, log }) => tidyFiles(db, files, clock(), (file) => log.warn('tidy', { ...file })),
  },
  { name: 'scan_files', everySeconds: 30, run: scanWaiting },
  {
    name: 'check_files',
    everySeconds: CHECKS.everySeconds,
    run: async (services) => void (await checkFiles(services, CHECKS)),
  },
  {
    name: 'release_abandoned',
    everySeconds: 5,
    run: ({ db }) => transaction(db, (trx) => releaseAbandoned(trx, null)),
  },
  { name: 'forget_instances', everySeconds: 3600, run: ({ db }) => transaction(db, forgetInstances) },
  { name: 'store_html', everySeconds: 60, run: storeMissingHtml },
  { name: 'forget_replies', everySeconds: 3600, run: async ({ db }) => void (await transaction(db, forgetReplies)) },
]

/** Places that came free while the first in line was being answered for, or by a raised capacity. */
async function fillPlaces({ db }: Services, ctx: Context, signal: AbortSignal): Promise<void> {
  for (const { organization_id, seminar_id } of await listSeminarsToFill(db)) {
    if (signal.aborted) return
    await transaction(db, (trx) => givePlaces(trx, ctx, organization_id, seminar_id))
  }
}

/** Speakers whose paper is due in three days, or was yesterday. One that cannot be written to does not hold the others up. */
async function remindSpeakers({ db }: Services, ctx: Context, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = []
  for (const due of await listDueReminders(db)) {
    if (signal.aborted) break
    await transaction(db, (trx) => remindWhenDue(trx, ctx, due)).catch((error: unknown) => failures.push(error))
  }
  if (failures.length) throw failures[0]
}

/**
 * Files that came whole, and whose process ended before it had put them together, or could not look at them. All at once, so that
 * each comes to its turn; one that fails does not stop the others.
 */
async function finishUploads(services: Services, ctx: Context, signal: AbortSignal): Promise<void> {
  const { db, log } = services
  const finish = async (upload: UploadRow) => {
    if (signal.aborted || !(await transaction(db, (trx) => claimFinish(trx, upload)))) return
    await finishUpload(services, ctx, upload)
  }
  const all = (await listUploadsToFinish(db)).map((upload) =>
    finish(upload).catch((error) => log.error('upload', { upload: upload.id, error: String(error) })),
  )
  await Promise.all(all)
}

/** What waits for the virus scanner, which is asked whether it is there where nothing waits. Where it is silent, the log says so once an hour. */
async function scanWaiting(services: Services, ctx: Context): Promise<void> {
  const { db, scanner, log } = services
  const { scanned, unreachable } = await scanFiles(services, ctx)
  const silent = scanner && (unreachable ?? (scanned ? null : await whySilent(scanner)))
  await transaction(db, (trx) => noteScanner(trx, ctx.actor.id, silent))
  const { count, since } = await countWaiting(db)
  const error = scanner ? silent : count ? 'CLAMD_URL is not set' : null
  if (!error || !(await transaction(db, (trx) => claimTask(trx, 'scan_warning', ctx.actor.id, 3600)))) return
  await transaction(db, (trx) => finishTask(trx, 'scan_warning', ctx.actor.id, null))
  log.warn('scanner', { waiting: count, since, error })
}

function whySilent(scanner: Scanner): Promise<string | null> {
  return scanner.ping().then(
    () => null,
    (error: Error) => String((error.cause as Error | undefined)?.message ?? error.message),
  )
}

/** The HTML of texts that an older build wrote, a bounded number a run; readers of the others wait for none of it. */
async function storeMissingHtml({ db }: Services): Promise<void> {
  for (const text of await listWithoutHtml(db, 50)) await transaction(db, (trx) => storeHtml(trx, text))
}

export interface TaskOptions extends DeliveryOptions {
  tasks?: RecurringTask[]
}

/**
 * Does what is due, then returns: messages of the outbox, a bounded number a run, then recurring tasks. Safe on any
 * number of instances. A failing task is logged and noted; it does not keep the others from running.
 * @returns how many messages were tried
 */
export async function runDueTasks(services: Services, options: TaskOptions): Promise<{ attempted: number }> {
  const attempted = await runOutbox(services, options)
  for (const task of options.tasks ?? recurring) {
    if (options.signal?.aborted) break
    if (await claimRecurring(services, options, task)) await runRecurring(services, options, task)
  }
  return { attempted }
}

/**
 * Begins the recurring tasks that are due, each beside the others, so that one that hangs holds up none. `running` names what this
 * process is at: no task is begun that still runs.
 */
export async function beginRecurring(
  services: Services,
  options: TaskOptions,
  running: Map<string, Promise<void>>,
): Promise<void> {
  for (const task of options.tasks ?? recurring) {
    if (options.signal?.aborted) return
    if (running.has(task.name) || !(await claimRecurring(services, options, task))) continue
    const run = runRecurring(services, options, task)
      .catch((error) => services.log.error('task', { task: task.name, error: String(error) }))
      .finally(() => running.delete(task.name))
    running.set(task.name, run)
  }
}

function claimRecurring({ db }: Services, { worker }: TaskOptions, task: RecurringTask): Promise<boolean> {
  return transaction(db, (trx) => claimTask(trx, task.name, worker, task.everySeconds))
}

/** Runs a task that was claimed, under its watchdog, and notes how it ended. */
async function runRecurring(services: Services, { worker, signal }: TaskOptions, task: RecurringTask): Promise<void> {
  const { db, config, clock, log } = services
  const ctx: Context = {
    actor: { kind: 'system', id: task.name, name: task.name },
    now: clock(),
    origin: config.baseUrl,
    locale: 'vi',
    linkKey: config.linkKey as string,
    mail: { from: config.mailFrom, inbound: false },
    scans: services.scanner !== undefined,
  }
  const { limitSeconds = 300 } = task
  const since = performance.now()
  const run = () => withinLimit(task.name, limitSeconds, signal, (told) => task.run(services, ctx, told))
  const failure = await (services.follow ? services.follow('internal', `task ${task.name}`, run) : run()).then(
    () => null,
    (error: unknown) => error,
  )
  services.meter?.task(task.name, (performance.now() - since) / 1000, failure !== null)
  if (failure !== null) log.error('task', { task: task.name, error: String(failure) })
  await transaction(db, (trx) => finishTask(trx, task.name, worker, failure === null ? null : String(failure)))
}
