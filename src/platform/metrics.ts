import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Figures } from '../features/deployment/schema.ts'
import { stages } from '../features/mail/schema.ts'
import type { Meter } from '../services.ts'
import type { Pool } from './connection-pool.ts'

const PREFIX = 'hoithao_'

/** What is counted in a place of its own, since counting there must cost nothing, and read when it is asked for. */
export interface ProcessSources {
  pool: Pool['load']
  /** Answers of public pages from memory since the start. */
  kept(): { whole: number; unchanged: number }
}

export interface ProcessMetrics extends Meter {
  registry: Registry
}

/** Figures of this process. With several processes those of all are put together, each by its `aggregator` (a sum, where none is named). */
export function createProcessMetrics({ pool, kept }: ProcessSources): ProcessMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const requests = new Counter({
    name: `${PREFIX}requests_total`,
    help: 'Requests answered, by kind and class of status; kind kept: public pages from memory.',
    labelNames: ['kind', 'status'],
    registers,
    collect() {
      const now = kept()
      this.inc({ kind: 'kept', status: '2xx' }, now.whole - seen.whole)
      this.inc({ kind: 'kept', status: '3xx' }, now.unchanged - seen.unchanged)
      seen = now
    },
  })
  let seen = { whole: 0, unchanged: 0 }
  const seconds = new Histogram({
    name: `${PREFIX}request_seconds`,
    help: 'From the arrival of a request to its answer, by kind; without pages from memory and built assets.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const letters = new Counter({
    name: `${PREFIX}letters_total`,
    help: 'Attempts to send a letter, by outcome: sent, temporary (tried again), permanent (refused).',
    labelNames: ['outcome'],
    registers,
  })
  const runs = new Counter({
    name: `${PREFIX}task_runs_total`,
    help: 'Runs of a recurring task in this instance, by outcome: ok or failed.',
    labelNames: ['task', 'outcome'],
    registers,
  })
  const taskSeconds = new Counter({
    name: `${PREFIX}task_run_seconds_total`,
    help: 'Seconds that runs of a recurring task took in this instance.',
    labelNames: ['task'],
    registers,
  })
  new Gauge({
    name: `${PREFIX}pool_connections`,
    help: 'Connections to the database, by use: in_use, idle, limit; and waiting: who waits for one.',
    labelNames: ['use'],
    registers,
    collect() {
      const { inUse, idle, waiting, limit } = pool()
      this.set({ use: 'in_use' }, inUse)
      this.set({ use: 'idle' }, idle)
      this.set({ use: 'waiting' }, waiting)
      this.set({ use: 'limit' }, limit)
    },
  })
  // What never happened yet is 0, not absent: an increase can be seen from the first one on.
  for (const outcome of ['sent', 'temporary', 'permanent']) letters.inc({ outcome }, 0)
  return {
    registry,
    request(kind, status, took) {
      requests.inc({ kind, status: `${Math.floor(status / 100)}xx` })
      seconds.observe({ kind }, took)
    },
    letter: (outcome) => letters.inc({ outcome }),
    task(task, took, failed) {
      runs.inc({ task, outcome: failed ? 'failed' : 'ok' })
      taskSeconds.inc({ task }, took)
    },
  }
}

/** Figures that the database knows: the same from every instance. */
export async function databaseText(read: () => Promise<Figures>, version: string): Promise<string> {
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: PREFIX + name, help, labelNames, registers: [registry] })
  gauge('build_info', 'Always 1; the version as a label.', ['version']).set({ version }, 1)
  const up = gauge('database_up', 'Whether the database answered the questions for these figures.')
  const figures = await read().catch(() => undefined)
  up.set(figures ? 1 : 0)
  if (!figures) return registry.metrics()

  const { outbox } = figures
  const letters = gauge('outbox_letters', 'Letters of all organisations that wait or did not arrive, by state.', [
    'state',
  ])
  for (const state of ['queued', 'sending', 'bounced', 'failed'] as const) letters.set({ state }, outbox[state])
  gauge(
    'outbox_oldest_due_seconds',
    'For how long the letter that is due the longest has been due; 0 where none is.',
  ).set(outbox.oldestDueSeconds ?? 0)
  gauge('outbox_oldest_seconds', 'Age of the oldest letter that waits; 0 where none does.').set(
    outbox.oldestSeconds ?? 0,
  )

  const stops = gauge(
    'outbox_stops',
    'Where sending stands still, by how far letters came: none where no way to send is set up.',
    ['stage'],
  )
  for (const stage of stages) stops.set({ stage }, figures.stops.filter((stop) => stop.stage === stage).length)
  gauge('calls_open', 'People who must be told something by telephone.').set(figures.callsOpen)

  const age = gauge('task_age_seconds', 'Since a task last ended; while it runs, since it began.', ['task'])
  const length = gauge('task_length_seconds', 'How long the last run of a task took.', ['task'])
  const failed = gauge('task_failed', 'Whether the last run of a task failed.', ['task'])
  const running = gauge('task_running', 'Whether a task runs now.', ['task'])
  for (const one of figures.tasks) {
    const { task } = one
    age.set({ task }, one.ageSeconds)
    if (one.lengthSeconds !== null) length.set({ task }, one.lengthSeconds)
    failed.set({ task }, one.error === null ? 0 : 1)
    running.set({ task }, one.finishedAt === null ? 1 : 0)
  }

  gauge('uploads_open', 'Papers on their way: begun, not whole yet.').set(figures.uploadsOpen)
  gauge('files_waiting_scan', 'Papers that wait for the virus scanner.').set(figures.filesWaiting)
  const damaged = gauge('files_damaged', 'Stored files that are missing, of another size, or of other bytes.', [
    'damage',
  ])
  for (const [damage, count] of Object.entries(figures.filesDamaged)) damaged.set({ damage }, count)
  if (figures.backupSeconds !== null)
    gauge('backup_age_seconds', 'Since the last backup that the command backup made; absent where none is known.').set(
      figures.backupSeconds,
    )
  gauge('instances', 'Processes that gave a sign of life within ten seconds; none of Workers do.').set(
    figures.instances,
  )
  gauge('migrations', 'Migrations that the database has.').set(figures.migrations)
  return registry.metrics()
}

/** The figures of one process as they go to the first of several. */
export type GivenFigures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** The figures of several processes put together; `silent`: how many more there are, which gave none. */
export function togetherText(given: GivenFigures[], silent: number): Promise<string> {
  const together = AggregatorRegistry.aggregate(given)
  new Gauge({
    name: `${PREFIX}processes_silent`,
    help: 'Processes of this instance that did not give their figures in time: they begin, or hang.',
    registers: [together],
  }).set(silent)
  return together.metrics()
}
