import type { Damage } from '../files/schema.ts'
import type { MailStop } from '../mail/schema.ts'

/** How a task stands, by its row. */
export interface TaskState {
  task: string
  worker: string
  startedAt: Date
  /** Null while it runs. */
  finishedAt: Date | null
  error: string | null
  /** Seconds since it last ended; while it runs, since it began. By the database's clock. */
  ageSeconds: number
  /** How long the last run took; null while it runs. */
  lengthSeconds: number | null
}

/** Figures of the whole deployment that cost few indexed statements: for `/metrics` and the status. */
export interface Figures {
  tasks: TaskState[]
  outbox: {
    queued: number
    sending: number
    bounced: number
    failed: number
    /** Seconds for which the letter that is due the longest has been due; null where none is. */
    oldestDueSeconds: number | null
    /** Seconds since the oldest letter that waits was written. */
    oldestSeconds: number | null
  }
  /** Where sending stands still. */
  stops: MailStop[]
  callsOpen: number
  uploadsOpen: number
  filesWaiting: number
  filesDamaged: Record<Damage, number>
  /** Seconds since the last backup; null where none is known. */
  backupSeconds: number | null
  migrations: number
  /** Processes that gave a sign of life within ten seconds. */
  instances: number
}
