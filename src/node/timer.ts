import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Services } from '../services.ts'
import { runDueTasks } from '../tasks.ts'

const EVERY_MS = 1_000

/** Runs due tasks once a second, one run at a time, and again at once while letters wait. @returns how to stop: what is being sent ends first */
export function startTimer(services: Services): () => Promise<void> {
  const worker = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const tick = () => {
    running = runDueTasks(services, { worker, signal: stopping.signal })
      .catch((error) => {
        services.log.error('tasks', { error: String(error) })
        return { attempted: 0 }
      })
      .then(({ attempted }) => {
        if (!stopping.signal.aborted) timer = setTimeout(tick, attempted ? 0 : EVERY_MS)
      })
  }
  tick()
  return async () => {
    stopping.abort()
    clearTimeout(timer)
    await running
  }
}
