import type { Line } from './line.ts'

/** Seconds until the next attempt, by how many have failed since something came through. */
const WAITS = [1, 2, 5, 10, 20, 30]

/** Waits before the next attempt: less where the network is back, the page is looked at again, or the button is pressed. */
export function readyToRetry(failures: number, line: Line, signal: AbortSignal): Promise<void> {
  const seconds = WAITS[Math.min(failures, WAITS.length - 1)] as number
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      document.removeEventListener('visibilitychange', seen)
      signal.removeEventListener('abort', done)
      line.offer(undefined)
      resolve()
    }
    const seen = () => document.visibilityState === 'visible' && done()
    const timer = setTimeout(done, seconds * 1000)
    addEventListener('online', done)
    document.addEventListener('visibilitychange', seen)
    signal.addEventListener('abort', done)
    line.offer(done)
  })
}
