import { runOutbox } from '../delivery.ts'
import type { Services } from '../services.ts'
import { beginRecurring, type TaskOptions } from '../tasks.ts'

const EVERY_MS = 1_000

export interface TimerOptions extends Omit<TaskOptions, 'signal'> {
  /** Aborted while others may take this process for gone: no letter is begun then. */
  alive?: () => AbortSignal
  everyMs?: number
}

/**
 * Works the outbox once a second, one run at a time and again at once while letters wait; and beside it, so that neither holds
 * up the other, begins the recurring tasks that are due. @returns how to stop: what is under way ends first
 */
export function startTimer(services: Services, options: TimerOptions): () => Promise<void> {
  const { alive, everyMs = EVERY_MS, ...given } = options
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const failed = (error: unknown) => services.log.error('tasks', { error: String(error) })

  const letters = repeat(stopping.signal, everyMs, async () => {
    const signal = alive ? AbortSignal.any([stopping.signal, alive()]) : stopping.signal
    if (signal.aborted) return false
    return (await runOutbox(services, { ...given, signal })) > 0
  })
  const tasks = repeat(stopping.signal, everyMs, async () => {
    await beginRecurring(services, { ...given, signal: stopping.signal }, running)
    return false
  })

  async function repeat(signal: AbortSignal, pauseMs: number, work: () => Promise<boolean>): Promise<void> {
    while (!signal.aborted) {
      const again = await work().catch((error: unknown) => {
        failed(error)
        return false
      })
      if (!again) await pause(pauseMs, signal)
    }
  }
  return async () => {
    stopping.abort()
    await Promise.all([letters, tasks])
    await Promise.all(running.values())
  }
}

/** Ends early when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
