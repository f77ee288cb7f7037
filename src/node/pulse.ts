import { transaction } from '../db/transaction.ts'
import type { FileStore } from '../features/files/schema.ts'
import { beat, endInstance } from '../features/tasks/commands.ts'
import { BEAT_MS, type InstanceIdentity, LOST_MS } from '../features/tasks/schema.ts'
import type { Connection } from '../platform/postgres.ts'
import type { Ailment, Log, Vitals } from '../services.ts'
import { withinLimit } from '../watchdog.ts'

/** How often a byte is written to the file store and removed, and how long that may take. */
const FILES_EVERY_MS = 60_000
const FILES_LIMIT_SECONDS = 10
/** An ailment that a request has met stands at /readyz for so long after. */
const NOTICED_MS = 60_000

export interface Pulse extends Vitals {
  /** Aborted when no sign of life has come through for six seconds: others take this process for gone soon. A new one after that. */
  alive(): AbortSignal
  stop(): Promise<void>
}

interface PulseOptions {
  identity: InstanceIdentity
  /** Of its own: it must come through when all of the pool is in use. */
  connection: Connection
  files: FileStore
  log: Log
}

/**
 * Gives signs of life in the database, and looks whether it takes writes and whether the file store does.
 * @returns after the first one has come through: from then on claims in the name of this process end with it
 */
export async function startPulse({ identity, connection, files, log }: PulseOptions): Promise<Pulse> {
  const noticed = new Map<Ailment, number>()
  let ofDatabase: Ailment | undefined
  let ofFiles: Ailment | undefined
  let alive = new AbortController()
  let last = performance.now()
  let stopped = false

  const once = async () => {
    ofDatabase = await transaction(connection.db, (trx) => beat(trx, identity)).then(() => undefined, databaseAilment)
    if (ofDatabase === undefined) {
      last = performance.now()
      if (alive.signal.aborted) log.warn('pulse', { text: 'signs of life come through again' })
      if (alive.signal.aborted) alive = new AbortController()
    }
  }
  // A timer of its own: the beat that hangs is the one that matters.
  const watch = setInterval(() => {
    if (alive.signal.aborted || performance.now() - last < LOST_MS) return
    log.warn('pulse', { text: 'no sign of life comes through to the database; no letter is begun until one does' })
    alive.abort()
  }, 500)
  watch.unref()
  const timers = new Set<NodeJS.Timeout>()
  const repeat = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    await work()
    if (stopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void repeat(everyMs, work)
    }, everyMs).unref()
    timers.add(timer)
  }
  await repeat(BEAT_MS, once)
  void repeat(FILES_EVERY_MS, async () => {
    ofFiles = await probe(files)
  })

  return {
    alive: () => alive.signal,
    notice: (ailment) => void noticed.set(ailment, performance.now()),
    ailments() {
      const now = performance.now()
      const recent = [...noticed].filter(([, at]) => now - at < NOTICED_MS).map(([ailment]) => ailment)
      return [...new Set([...recent, ofDatabase, ofFiles].filter((one) => one !== undefined))].sort()
    },
    async stop() {
      stopped = true
      clearInterval(watch)
      for (const timer of timers) clearTimeout(timer)
      await transaction(connection.db, (trx) => endInstance(trx, identity.id)).catch(() => undefined)
      await connection.close()
    },
  }
}

function databaseAilment(error: { code?: string }): Ailment {
  if (error.code === '25006') return 'database_read_only'
  return error.code === '53100' ? 'database_full' : 'database'
}

/** Writes a byte and removes it. @returns what is wrong with the store */
async function probe(files: FileStore): Promise<Ailment | undefined> {
  const key = `probe/${crypto.randomUUID()}`
  try {
    await withinLimit('file store', FILES_LIMIT_SECONDS, undefined, async () => {
      await files.put(key, new Blob(['.']).stream(), { maxBytes: 1 })
      await files.delete(key)
    })
    return undefined
  } catch (error) {
    return (error as { code?: string }).code === 'storage_full' ? 'files_full' : 'files_unavailable'
  }
}
