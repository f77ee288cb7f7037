import type { Db } from '../../../db/transaction.ts'
import { findKnownKeys } from '../queries.ts'
import { isKey, isReserved, quarantineKey, tooManyUnknown } from '../rules.ts'
import type { FileStore } from '../schema.ts'
import { giveBack, removeExpired } from './quarantine.ts'

/** An upload and its row lie seconds apart; a day is far beyond any. */
const ORPHAN_AFTER_MS = 24 * 3600_000
const DAY_MS = 24 * 3600_000
const BATCH = 500

/** What tidying did with one file: told to the log, a line each. */
export interface TidyNote {
  did: 'put aside' | 'given back' | 'removed'
  key: string
  /** In bytes; undefined where the store could not say. */
  size: number | undefined
  /** Days since it was stored, or since it was put aside. */
  days: number
}
export type Note = (file: TidyNote) => void

/**
 * Puts stored bytes aside that no row speaks of: their process was killed between the two. What lay aside for 30 days is
 * removed; what a row speaks of after all is given back.
 * @param options `all`: however many they are, for an operator who looked
 * @throws Error in one line where so many are unknown that the database or the store must be the wrong one: nothing is moved
 */
export async function tidyFiles(
  db: Db,
  files: FileStore,
  now: Date,
  note: Note,
  options: { all?: boolean } = {},
): Promise<void> {
  const { looked, unknown } = await findUnknown(db, files, now)
  if (!options.all && tooManyUnknown(unknown.length, looked))
    throw new Error(
      `no file was put aside: this database does not know ${unknown.length} of ${looked} stored files; look at DATABASE_URL and at where files are kept; if it is right so, run the command quarantine fill`,
    )
  for (let i = 0; i < unknown.length; i += BATCH) {
    const some = unknown.slice(i, i + BATCH)
    // A row may have come while the rest was looked at.
    const known = await findKnownKeys(
      db,
      some.map(({ key }) => key),
    )
    for (const { key, modifiedAt } of some) {
      const found = known.has(key) ? undefined : await files.head(key)
      if (!found) continue
      await files.move(key, quarantineKey(key, now))
      note({ did: 'put aside', key, size: found.size, days: Math.floor((+now - +modifiedAt) / DAY_MS) })
    }
  }
  await giveBack(db, files, now, note)
  await removeExpired(files, now, note)
}

interface Stored {
  key: string
  modifiedAt: Date
}

async function findUnknown(db: Db, files: FileStore, now: Date): Promise<{ looked: number; unknown: Stored[] }> {
  const unknown: Stored[] = []
  let looked = 0
  let batch: Stored[] = []
  const sweep = async () => {
    const known = await findKnownKeys(
      db,
      batch.map(({ key }) => key),
    )
    looked += batch.length
    unknown.push(...batch.filter(({ key }) => !known.has(key)))
    batch = []
  }
  for await (const file of files.list('')) {
    if (!isKey(file.key) || isReserved(file.key) || +now - +file.modifiedAt < ORPHAN_AFTER_MS) continue
    batch.push(file)
    if (batch.length === BATCH) await sweep()
  }
  await sweep()
  return { looked, unknown }
}
