import { inOneStatement, transaction } from './db/transaction.ts'
import { assertKeyInUse } from './features/identity/commands.ts'
import {
  type ClaimedMessage,
  type Ended,
  release,
  releaseAbandoned,
  settle,
  settleSent,
} from './features/mail/commands/deliver.ts'
import { type Stopped, stopWithoutWay } from './features/mail/commands/line.ts'
import { toOutgoing } from './features/mail/queries.ts'
import { senderScope } from './features/mail/rules/refusals.ts'
import type { SendResult } from './features/mail/schema.ts'
import { noteFailure, noteRun } from './features/tasks/commands.ts'
import { type Claimed, claimsAhead, writesBehind } from './outbox-line.ts'
import type { Services } from './services.ts'
import { withinLimit } from './watchdog.ts'

/**
 * How the outbox is worked: `lease` and `attempt` are the longest a claim and one send may last, in seconds. `concurrency` is twice the
 * mailer's connections; `unwritten`, how many more may have gone and not be written down yet. So many in all a killed process leaves
 * in doubt at most.
 */
export interface DeliveryLimits {
  concurrency: number
  unwritten: number
  batch: number
  perRun: number
  lease: number
  attempt: number
}
const limits: DeliveryLimits = { concurrency: 10, unwritten: 10, batch: 50, perRun: 500, lease: 240, attempt: 100 }

export interface DeliveryOptions {
  /** Unique to this process: claims are made in its name. */
  worker: string
  /** No new work is begun once it is aborted; what is under way ends first. */
  signal?: AbortSignal
  delivery?: Partial<DeliveryLimits>
  /** How long a run begins letters, in seconds. */
  runSeconds?: number
}

/**
 * One run of the outbox under a watchdog: after `runSeconds` no more letters are begun, and a run that still does not end is
 * given up. When a run fails, what it still held is due again. @returns how many messages were tried
 */
export async function runOutbox(services: Services, options: DeliveryOptions): Promise<number> {
  const { db, config } = services
  const { worker, runSeconds = 25 } = options
  const { attempt } = { ...limits, ...options.delivery }
  const begins = AbortSignal.timeout(runSeconds * 1000)
  try {
    const attempted = await withinLimit('outbox', runSeconds + attempt + 30, options.signal, async (signal) => {
      await assertKeyInUse(db, config.linkKey as string)
      return deliverOutbox(services, { ...options, signal: AbortSignal.any([signal, begins]) })
    })
    await inOneStatement(db, (trx) => noteRun(trx, 'outbox', worker, 15))
    return attempted
  } catch (error) {
    await transaction(db, async (trx) => {
      await noteFailure(trx, 'outbox', worker, String(error))
      await releaseAbandoned(trx, worker)
    }).catch(() => undefined)
    throw error
  }
}

/** Sends what is due, a bounded number a run. Without a way to send nothing is tried. @returns how many were tried */
async function deliverOutbox(services: Services, options: DeliveryOptions): Promise<number> {
  const { db, mailer } = services
  const { concurrency, unwritten, batch, perRun, lease, attempt } = { ...limits, ...options.delivery }
  if (mailer.kind === 'none') {
    await transaction(db, stopWithoutWay)
    return 0
  }
  const writeDown = resultsWriter(services)
  const writing = writesBehind(unwritten)
  let attempted = 0
  for (let tried = -1; tried !== 0 && attempted < perRun && !options.signal?.aborted; attempted += tried) {
    // Not fewer than a batch ends a run: what waited behind one of these may go now.
    const line = claimsAhead(services, options, { batch, limit: perRun - attempted, lease })
    // By its last batch: what is claimed after a stop is its probe, or goes on.
    const stopped = new Map<string, number>()
    const stands = ({ message, number }: Claimed) =>
      number <= Math.max(stopped.get('server') ?? 0, stopped.get(senderScope(message.from_address)) ?? 0)
    const lane = async () => {
      for (let claimed = await line.next(); claimed; claimed = await line.next()) {
        // An attempt that could outlive its lease would let another worker send the same message.
        const late = (performance.now() - claimed.since) / 1000 > lease - attempt
        const { message } = claimed
        if (late || stands(claimed) || options.signal?.aborted) await giveBack(services, message)
        else {
          const result = await attemptOf(services, message)
          const written = writeDown({ message, result })
          if (result.outcome === 'sent') await writing.add(written)
          else {
            const stop = await written
            if (stop) stopped.set(stop.scope, line.batches())
          }
        }
      }
    }
    // Every lane ends before the run does, also when the database fails one of them.
    const ended = await Promise.allSettled(Array.from({ length: concurrency }, lane))
    ended.push(...(await writing.all()))
    const failed = ended.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
    tried = line.claimed()
  }
  return attempted
}

function giveBack({ db }: Services, message: ClaimedMessage): Promise<void> {
  return transaction(db, (trx) => release(trx, message))
}

/** Sends one message, outside any transaction. */
async function attemptOf({ mailer, config, log }: Services, message: ClaimedMessage): Promise<SendResult> {
  try {
    const ctx = { origin: config.baseUrl, linkKey: config.linkKey as string }
    return await mailer.send(await toOutgoing(ctx, message, message.claimed_at))
  } catch (error) {
    log.error('mail', { message: message.id, error: String(error) })
    return { outcome: 'temporary', reply: String((error as Error).message) }
  }
}

/**
 * Writes down how attempts ended. What was sent while another write was under way goes in the next, in one statement; each sender
 * waits for its own, so that a killed process leaves no more in doubt than it has senders.
 */
function resultsWriter(services: Services) {
  const { db, log } = services
  let waiting: Ended[] = []
  let writing: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const writeSent = (ended: Ended): Promise<void> => {
    waiting.push(ended)
    next ??= writing
      .catch(() => undefined)
      .then(() => {
        const batch = waiting
        waiting = []
        next = undefined
        writing = insistently(() => inOneStatement(db, (trx) => settleSent(trx, batch))).then((opened) => {
          if (opened) log.info('mail goes on')
        })
        return writing
      })
    return next
  }
  return async (ended: Ended): Promise<Stopped | undefined> => {
    const { message, result } = ended
    if (result.outcome === 'sent') return void (await writeSent(ended))
    const stopped = await insistently(() => transaction(db, (trx) => settle(trx, message, result)))
    if (!stopped) log.warn('mail', { message: message.id, outcome: result.outcome, reply: result.reply })
    if (stopped?.warn) log.warn('mail stopped', { scope: stopped.scope, reply: stopped.reply })
    return stopped
  }
}

/** Pauses in seconds. A mail that went out and is not written down would go again, so a restarting Postgres is waited for. */
const PAUSES = [0.2, 1, 2, 4, 8]

async function insistently<T>(write: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await write()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause * 1000))
    }
  }
  return write()
}
