import { readConfig } from '../../config.ts'
import type { Db } from '../../db/transaction.ts'
import { giveBack, KEPT_DAYS, listSetAside } from '../../features/files/commands/quarantine.ts'
import { type Note, tidyFiles } from '../../features/files/commands/tidy.ts'
import { sizeInWords } from '../../features/files/rules.ts'
import type { FileStore } from '../../features/files/schema.ts'
import { withDatabaseOf } from '../database.ts'
import { openFiles } from '../files.ts'
import { assertOwnFiles } from '../identity.ts'
import type { Options, Say } from './options.ts'

/** `quarantine list`: files that no row spoke of, since when they lie aside, and how large they are. */
export async function listQuarantine(_options: Options, say: Say): Promise<void> {
  const files = await openFiles(readConfig(process.env))
  let count = 0
  for await (const { since, key, at } of listSetAside(files)) {
    say(`${since}  ${inWords((await files.head(at))?.size).padStart(8)}  ${key}`)
    count++
  }
  say(`${count} files lie aside; each is removed ${KEPT_DAYS} days after its date`)
}

/** `quarantine restore`: puts back the files that this database names; the others stay, since they would be put aside again. */
export async function restoreQuarantine(_options: Options, say: Say): Promise<void> {
  const { given, left } = await withOwnFiles((db, files) => giveBack(db, files, new Date(), telling(say)))
  say(`${given} files are back; ${left} stay aside: this database names none of them, or has them`)
}

/** `quarantine fill`: puts aside every file that this database does not name, however many they are. */
export async function fillQuarantine(_options: Options, say: Say): Promise<void> {
  let aside = 0
  const tell = telling(say)
  const note: Note = (file) => {
    if (file.did === 'put aside') aside++
    tell(file)
  }
  await withOwnFiles((db, files) => tidyFiles(db, files, new Date(), note, { all: true }))
  say(`${aside} files were put aside; every other one is named by this database, or younger than a day`)
}

async function withOwnFiles<T>(work: (db: Db, files: FileStore) => Promise<T>): Promise<T> {
  const config = readConfig(process.env)
  const files = await openFiles(config)
  return withDatabaseOf(config, console.error, async ({ db }) => {
    await assertOwnFiles({ config, db, files })
    return work(db, files)
  })
}

const inWords = (size: number | undefined) => (size === undefined ? '?' : sizeInWords(size, 'en'))

function telling(say: Say): Note {
  return ({ did, key, size, days }) => say(`${did}: ${key} (${inWords(size)}, ${days} days)`)
}
