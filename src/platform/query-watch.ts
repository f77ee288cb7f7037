import type { Log } from '../services.ts'

/** Told of a statement's begin; what it returns, of its end. */
export type Watch = (text: string) => (failed?: unknown) => void

const A_MINUTE = 60_000
/** A text is cut here; our own longest has some 4,000 characters. */
const MAX_TEXT = 2000

export interface SlowQueries {
  /** Milliseconds. */
  fromMs: number
  /** Lines a minute; the others are counted in the first line of the next minute. */
  perMinute?: number
  now?: () => number
}

/** Logs a statement that took long: its text, in which parameters are numbers (`$1`), and how long. */
export function watchSlowQueries(
  log: Log,
  { fromMs, perMinute = 10, now = () => performance.now() }: SlowQueries,
): Watch {
  let minute = Number.NEGATIVE_INFINITY
  let lines = 0
  let unsaid = 0
  const say = (text: string, ms: number, failed: unknown) => {
    if (now() - minute >= A_MINUTE) {
      minute = now()
      lines = 0
    }
    if (lines >= perMinute) {
      unsaid++
      return
    }
    lines++
    log.warn('slow query', {
      ms: Math.round(ms),
      text: text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT),
      ...(failed === undefined ? {} : { failed: String((failed as { code?: string }).code ?? 'failed') }),
      ...(unsaid ? { unsaid } : {}),
    })
    unsaid = 0
  }
  return (text) => {
    const since = now()
    return (failed) => {
      const ms = now() - since
      if (ms >= fromMs) say(text, ms, failed)
    }
  }
}

/** A watch that is told later who watches: the database is open before there is a log. */
export function createWatch(): { watch: Watch; add(watch: Watch): void } {
  const watches: Watch[] = []
  return {
    add: (watch) => void watches.push(watch),
    watch(text) {
      const ends = watches.map((one) => one(text))
      return (failed) => {
        for (const end of ends) end(failed)
      }
    },
  }
}
