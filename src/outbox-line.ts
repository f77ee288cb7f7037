import { transaction } from './db/transaction.ts'
import { type ClaimedMessage, claimDue } from './features/mail/commands/deliver.ts'
import type { Services } from './services.ts'

/** A claimed message, in which batch and since when, by this process's clock. */
export interface Claimed {
  message: ClaimedMessage
  number: number
  since: number
}

/** Hands out what is due, and claims the next batch while half of the last one is still to be sent. Ends where nothing is due, or it is asked to. */
export function claimsAhead(
  { db }: Services,
  { worker, signal }: { worker: string; signal?: AbortSignal },
  { batch, limit, lease }: { batch: number; limit: number; lease: number },
) {
  const waiting: Claimed[] = []
  let claimed = 0
  let batches = 0
  let ended = false
  let failure: unknown
  let claiming: Promise<void> | undefined
  const claim = async () => {
    const number = ++batches
    const since = performance.now()
    try {
      const messages = await transaction(db, (trx) => claimDue(trx, worker, Math.min(batch, limit - claimed), lease))
      claimed += messages.length
      ended = !messages.length || claimed >= limit
      for (const message of messages) waiting.push({ message, number, since })
    } catch (error) {
      ended = true
      failure = error
    }
    claiming = undefined
  }
  return {
    claimed: () => claimed,
    batches: () => batches,
    /** @throws what a claim failed with, once everything that was claimed before is handed out */
    async next(): Promise<Claimed | undefined> {
      for (;;) {
        if (!ended && !signal?.aborted && waiting.length <= batch / 2) claiming ??= claim()
        const first = waiting.shift()
        if (first) return first
        if (failure) throw failure
        if (!claiming) return undefined
        await claiming
      }
    },
  }
}

/** Writes that nobody waits for, but for room: at most so many, and all of them before a run ends. */
export function writesBehind(most: number) {
  const under = new Set<Promise<unknown>>()
  const failed: PromiseSettledResult<void>[] = []
  return {
    /** @throws what a write before failed with */
    async add(write: Promise<unknown>): Promise<void> {
      const one = write
        .catch((reason) => void failed.push({ status: 'rejected', reason }))
        .finally(() => under.delete(one))
      under.add(one)
      while (under.size > most) await Promise.race(under)
      if (failed[0]?.status === 'rejected') throw failed[0].reason
    },
    async all(): Promise<PromiseSettledResult<void>[]> {
      await Promise.all(under)
      return failed
    },
  }
}
