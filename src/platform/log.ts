import type { Config } from '../config.ts'
import type { Log } from '../services.ts'

const levels = { debug: 10, info: 20, warn: 30, error: 40 }

/** One JSON line an event on standard error, so that standard output keeps what a person reads. */
export function createLog(level: Config['logLevel'], write: (line: string) => void): Log {
  const at = (name: keyof typeof levels) =>
    levels[name] < levels[level]
      ? () => {}
      : (event: string, fields: Record<string, unknown> = {}) =>
          write(JSON.stringify({ at: new Date().toISOString(), level: name, event, ...fields }))
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const FLUSH_MS = 50
const FLUSH_CHARS = 32 * 1024

/** Gathers lines for at most 50 ms or 32 KB: a write of its own for each request costs more than a kept page. */
export function gather(write: (text: string) => void): { line(text: string): void; flush(): void } {
  let waiting = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting) write(waiting)
    waiting = ''
  }
  return {
    flush,
    line(text) {
      waiting += `${text}\n`
      if (waiting.length > FLUSH_CHARS) flush()
      else timer ??= setTimeout(flush, FLUSH_MS).unref()
    },
  }
}
