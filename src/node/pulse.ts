import { transaction } from '../db/transaction.ts'
import type { FileStore } from '../features/files/schema.ts'
import { beat, endInstance } from '../features/tasks/commands.ts'
import { BEAT_MS, type InstanceIdentity, LOST_MS } from '../features/tasks/schema.ts'
import type { Connection } from '../platform/postgres.ts'
import type { Ailment, Log, Vitals } from '../services.ts'
import { withinLimit } from '../watchdog.ts'

/** How often a byte is written to the file store and removed, how often while that fails, and how long it may take. */
const FILES_EVERY_MS = 20_000
const FILES_AGAIN_MS = 2_000
const FILES_LIMIT_SECONDS = 10
/** An ailment that a request has met stands at /readyz for so long after; for longer where the next look meets it too. */
const NOTICED_MS = 5_000

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
  /** Told when a database that was read-only takes writes again: sessions of before may not know. */
  renew?: () => void
}

/**
 * Gives signs of life in the database, and looks whether it takes writes and whether the file store does.
 * @returns after the first one has come through: from then on claims in the name of this process end with it
 */
export async function startPulse({ identity, connection, files, log, renew }: PulseOptions): Promise<Pulse> {
  const noticed = new Map<Ailment, number>()
  let ofDatabase: Ailment | undefined
  let alive = new AbortController()
  let last = performance.now()
  let stopped = false

  const once = async () => {
    const before = ofDatabase
    ofDatabase = await transaction(connection.db, (trx) => beat(trx, identity)).then(() => undefined, databaseAilment)
    if (before === 'database_read_only' && ofDatabase === undefined) renew?.()
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
  const ofStore = watchStore(files, log)

  return {
    alive: () => alive.signal,
    notice(ailment) {
      noticed.set(ailment, performance.now())
      if (ailment.startsWith('files')) ofStore.soon()
    },
    ailments() {
      const now = performance.now()
      const recent = [...noticed].filter(([, at]) => now - at < NOTICED_MS).map(([ailment]) => ailment)
      return [...new Set([...recent, ofDatabase, ofStore.ailment()].filter((one) => one !== undefined))].sort()
    },
    async stop() {
      stopped = true
      clearInterval(watch)
      ofStore.stop()
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

/** Looks at the file store again and again, more often while it ails; one that hangs is not asked anew until it let go. */
function watchStore(files: FileStore, log: Log) {
  let found: Ailment | undefined
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const look = () => {
    clearTimeout(timer)
    if (looking || stopped) return
    const probing = probe(files)
    looking = withinLimit('file store', FILES_LIMIT_SECONDS, undefined, () => probing).then(
      () => note(undefined),
      (error: Error & { code?: string }) =>
        note(error.code === 'storage_full' ? 'files_full' : 'files_unavailable', error),
    )
    void Promise.allSettled([looking, probing]).then(() => {
      looking = undefined
      if (!stopped) timer = setTimeout(look, found ? FILES_AGAIN_MS : FILES_EVERY_MS).unref()
    })
  }
  const note = (ailment: Ailment | undefined, error?: Error) => {
    if (ailment !== found) {
      if (ailment) log.error('file store', { ailment, error: String(error?.cause ?? error) })
      else log.warn('file store', { text: 'takes files again' })
    }
    found = ailment
  }
  look()
  return {
    ailment: () => found,
    soon: look,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Looks whose the store is, writes a byte and removes it. @throws what is wrong with it */
async function probe(files: FileStore): Promise<void> {
  const key = `probe/${crypto.randomUUID()}`
  await files.look?.()
  await files.put(key, new Blob(['.']).stream(), { maxBytes: 1 })
  await files.delete(key)
}
