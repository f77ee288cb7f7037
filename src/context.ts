export type Locale = 'vi' | 'en'
export type Role = 'owner' | 'organizer' | 'viewer'

/** Who asks. `link` is a person by a personal link, `mail` an inbound message, `system` a task. */
export type Actor =
  | { kind: 'user'; id: string; name: string; role: Role }
  | { kind: 'key'; id: string; name: string }
  | { kind: 'link'; id: string; name: string }
  | { kind: 'mail'; id: string; name: string }
  | { kind: 'system'; id: string; name: string }

/**
 * What a command knows of its caller. `origin` is the configured base URL without a trailing slash (never the Host
 * header); `linkKey` signs personal links; `now` is this instance's clock, for display: decisions that compete use the
 * database's clock.
 */
export interface Context {
  actor: Actor
  now: Date
  origin: string
  locale: Locale
  linkKey: string
  mail: { from: string; inbound: boolean }
  /** Whether a virus scanner is set: what comes in waits for it. */
  scans: boolean
}
