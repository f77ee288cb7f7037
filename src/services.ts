import type { Kysely } from 'kysely'
import type { Config } from './config.ts'
import type { DB } from './db/types.ts'
import type { Auth } from './features/accounts/auth.ts'
import type { Inspector } from './features/files/inspector.ts'
import type { Digest, FileStore, Scanner } from './features/files/schema.ts'
import type { Mailer } from './features/mail/schema.ts'

/** Structured log: one JSON line an event, never a token. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  error(event: string, fields?: Record<string, unknown>): void
}

/** Turns an uploaded picture into clean variants; absent where the runtime cannot (Workers without Images). */
export interface Imager {
  /** Upright, without metadata, at most `width` px wide. */
  variants(bytes: Uint8Array): Promise<{ width: number; height: number; mediaType: string; bytes: Uint8Array }[]>
}

/** What stands on a social card, in one language. */
export interface Card {
  /** The organisation's hue. */
  hue: number
  organization: string
  /** Above the title: `Hội thảo chuyên đề`. */
  kicker: string
  title: string
  /** The day of the month, set large, and what stands beside it: month and year, weekday and hour. */
  day: string
  when: string[]
  /** `Đã hoãn`, `Đã hủy`: in the place of the day. */
  state: string
  place: string
  /** The service's name beside its mark. */
  product: string
}

/** Draws social cards, 1200 × 630; absent where the runtime cannot (Workers): a card drawn at build time then stands for all. */
export interface Cards {
  /** A PNG, from memory where it was drawn before. @throws DomainError unavailable, when too many wait */
  draw(card: Card): Promise<Uint8Array<ArrayBuffer>>
}

/** Whose requests: for counting. */
export type RequestKind = 'public' | 'delegate' | 'console' | 'api' | 'health' | 'kept'

/** Counts what this process does, for `/metrics`. */
export interface Meter {
  request(kind: RequestKind, status: number, seconds: number): void
  letter(outcome: 'sent' | 'temporary' | 'permanent'): void
  task(name: string, seconds: number, failed: boolean): void
}

/** What is said of a piece of work that is followed: numbers and names of ours, never a token or a parameter. */
export interface Span {
  name(text: string): void
  set(attributes: Record<string, string | number | boolean>): void
}

/** Follows a piece of work as a span of a trace; what it awaits is part of it. */
export type Follow = <T>(
  kind: 'server' | 'client' | 'internal',
  name: string,
  work: (span: Span) => Promise<T>,
) => Promise<T>

/** A part that is ill while the process runs: `database` (no sign of life comes through), its being read-only or full, the file store. */
export const ailments = ['database', 'database_read_only', 'database_full', 'files_unavailable', 'files_full'] as const
export type Ailment = (typeof ailments)[number]

/** What a process knows of its own parts. */
export interface Vitals {
  ailments(): Ailment[]
  /** A request has met this one. */
  notice(ailment: Ailment): void
}

/** Everything the application is given by its entry. */
export interface Services {
  db: Kysely<DB>
  auth: Auth
  mailer: Mailer
  files: FileStore
  /** Looks for viruses; absent where none is set. */
  scanner: Scanner | undefined
  digest: Digest
  /** Looks at documents that strangers send: in threads of their own on Node, in the request on Workers. */
  inspector: Inspector
  /** How long whoever sent a document waits for the look at it, in milliseconds; 20 s where it is absent. */
  patience?: number
  imager: Imager | undefined
  cards: Cards | undefined
  config: Config
  clock: () => Date
  /** How many migrations this build has. */
  migrations: number
  log: Log
  /** Absent where nothing is counted (Workers). */
  meter?: Meter
  /** Absent where no traces are asked for. */
  follow?: Follow
  /** What `/metrics` answers, in Prometheus' text format 0.0.4; absent where no METRICS_TOKEN is set. */
  metrics?: () => Promise<string>
  /** The name in which this process claims work, where it gives signs of life (not on Workers): its claims end with it. */
  instance?: string
  /** Ailments of this process's parts, as it knows them of itself. */
  vitals?: Vitals
  /** Aborted once the process was told to end: `/readyz` says so, while open requests end. */
  stopping?: AbortSignal
  /** Tells the other processes of this instance that what they keep may have changed. */
  changed?: () => void
  /** Runs after the answer is sent (waitUntil on Workers). */
  later: (work: Promise<unknown>) => void
}
