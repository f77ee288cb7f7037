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
