import type { Damage } from '../files/schema.ts'
import type { MailStop } from '../mail/schema.ts'

/** A program, by its version and its build. */
export interface Program {
  version: string
  /** When it was built, and from which commit; empty where that is not known. */
  build: string
  /** How many migrations it has. */
  migrations: number
}

/** A process that serves or works, as it gave signs of life. */
export interface InstanceState {
  id: string
  host: string
  version: string
  startedAt: Date
  seenAt: Date
}

/** What an owner of the deployment, or its operator, sees. */
export interface Status extends Figures {
  at: Date
  program: Program
  database: { version: string; bytes: number; readOnly: boolean; outboxLate: boolean }
  seen: InstanceState[]
  stores: {
    files: number
    bytes: number
    /** Put aside under `quarantine/`; counted up to a thousand. */
    setAside: number
    /** Undefined where it cannot be known: buckets. */
    space: { free: number; total: number } | undefined
    /** Whose mark it bears: this deployment's; none, or another's, where the disk or bucket is not the one it was. */
    mark: 'own' | 'none' | 'another'
    /** In words, where the store does not answer. */
    failure: string | undefined
  }
  /** Since when the LINK_KEY in use is known. */
  linkKeySince: Date | null
  lastBackup: { madeAt: Date; place: string; files: number; bytes: number } | null
}

/** What an operator has to look at: its code has a text, `deployment:trouble.<code>`. */
export interface Trouble {
  code:
    | 'migrations'
    | 'read_only'
    | 'outbox_late'
    | 'outbox_stop'
    | 'outbox_none'
    | 'task_failed'
    | 'versions'
    | 'files_damaged'
    | 'files_waiting'
    | 'scanner'
    | 'store'
    | 'store_none'
    | 'store_another'
    | 'disk'
    | 'backup_none'
    | 'backup_old'
  params: Record<string, string | number>
}

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
  /** Why the virus scanner does not answer, or null where it does, and since when; null where none is set. */
  scanner: { error: string | null; since: Date } | null
  /** Seconds since the last backup; null where none is known. */
  backupSeconds: number | null
  migrations: number
  /** Processes that gave a sign of life within ten seconds. */
  instances: number
}
