/** `fault`: do not go live with it. `warning`: it works, and something of it will be missed one day. */
export type Level = 'ok' | 'warning' | 'fault'

export interface Finding {
  /** What was looked at, e.g. `dns`, `tls`, `spf mau.example`. */
  check: string
  level: Level
  /** What was seen, in one line. */
  text: string
  /** What to do about it; none where all is well. */
  todo?: string
}

export const ok = (check: string, text: string): Finding => ({ check, level: 'ok', text })
export const warning = (check: string, text: string, todo: string): Finding => ({ check, level: 'warning', text, todo })
export const fault = (check: string, text: string, todo: string): Finding => ({ check, level: 'fault', text, todo })

/** What was thrown, in one line. */
export function reason(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: Error[] }
  return (message || errors?.[0]?.message || code || String(error)).replace(/\s+/g, ' ').trim().slice(0, 300)
}
