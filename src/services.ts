import type { Kysely } from 'kysely'
import type { Config } from './config.ts'
import type { DB } from './db/types.ts'
import type { Auth } from './features/accounts/auth.ts'
import type { FileStore } from './features/files/schema.ts'
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

/** Everything the application is given by its entry. */
export interface Services {
  db: Kysely<DB>
  auth: Auth
  mailer: Mailer
  files: FileStore
  imager: Imager | undefined
  config: Config
  clock: () => Date
  /** How many migrations this build has. */
  migrations: number
  log: Log
  /** Runs after the answer is sent (waitUntil on Workers). */
  later: (work: Promise<unknown>) => void
}
