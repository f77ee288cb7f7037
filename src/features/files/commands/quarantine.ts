import type { Db } from '../../../db/transaction.ts'
import { findKnownKeys } from '../queries.ts'
import { readQuarantineKey } from '../rules.ts'
import type { FileStore } from '../schema.ts'
import type { Note } from './tidy.ts'

/** What is put aside is kept so long. */
export const KEPT_DAYS = 30
const DAY_MS = 24 * 3600_000
const BATCH = 500

/** A file that was put aside. */
export interface SetAside {
  /** The day, `2026-11-24`. */
  since: string
  /** The key it had. */
  key: string
  /** The key it has. */
  at: string
}

/** Everything that lies aside, oldest day first. */
export async function* listSetAside(files: FileStore): AsyncIterable<SetAside> {
  for await (const { key: at } of files.list('quarantine/')) {
    const read = readQuarantineKey(at)
    if (read) yield { ...read, at }
  }
}

/**
 * Puts files back whose key the database names after all, where none is there. @returns how many, and how many stay aside
 */
export async function giveBack(
  db: Db,
  files: FileStore,
  now: Date,
  note: Note,
): Promise<{ given: number; left: number }> {
  let given = 0
  let left = 0
  let batch: SetAside[] = []
  const sweep = async () => {
    const known = await findKnownKeys(
      db,
      batch.map(({ key }) => key),
    )
    for (const { key, at, since } of batch) {
      const found = known.has(key) && !(await files.head(key)) ? await files.head(at) : undefined
      if (!found) {
        left++
        continue
      }
      await files.move(at, key)
      note({ did: 'given back', key, size: found.size, days: daysSince(since, now) })
      given++
    }
    batch = []
  }
  // The whole list first: what is moved while a folder is read may be met again, or never.
  for (const file of await Array.fromAsync(listSetAside(files))) {
    batch.push(file)
    if (batch.length === BATCH) await sweep()
  }
  await sweep()
  return { given, left }
}

/** Removes what lay aside for longer than 30 days. */
export async function removeExpired(files: FileStore, now: Date, note: Note): Promise<void> {
  for (const { key, at, since } of await Array.fromAsync(listSetAside(files))) {
    const days = daysSince(since, now)
    if (days <= KEPT_DAYS) continue
    const size = (await files.head(at))?.size
    await files.delete(at)
    note({ did: 'removed', key, size, days })
  }
}

const daysSince = (day: string, now: Date) => Math.floor((+now - Date.parse(day)) / DAY_MS)
