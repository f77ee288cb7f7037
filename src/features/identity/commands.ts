import { type Db, type Trx, transaction } from '../../db/transaction.ts'
import type { FileStore } from '../files/schema.ts'
import {
  findDeploymentId,
  findFingerprint,
  findStoreId,
  fingerprintOf,
  isStoreEmpty,
  judgeLinkKey,
  lookForFiles,
} from './queries.ts'
import { judgeStore } from './rules.ts'
import { MARK, type Stranger } from './schema.ts'

/** The database's id, which is made once, whoever asks first. */
export async function ensureDeployment(trx: Trx): Promise<string> {
  const known = await findDeploymentId(trx)
  if (known) return known
  await trx
    .insertInto('deployment')
    .defaultValues()
    .onConflict((c) => c.doNothing())
    .execute()
  return (await findDeploymentId(trx)) as string
}

/** Writes into a store whose it is. */
export async function markStore(files: FileStore, id: string): Promise<void> {
  await files.put(MARK, new Blob([`${id}\n`]).stream(), { maxBytes: 1000 })
}

/**
 * Whether this store is this database's. What bears no mark yet gets it where the two fit. Several instances may ask at once.
 * @returns what is strange about it
 */
export async function recognizeStore(db: Db, files: FileStore): Promise<Stranger | undefined> {
  const databaseId = await transaction(db, ensureDeployment)
  const storeId = await findStoreId(files)
  if (storeId !== undefined) return judgeStore({ databaseId, storeId, empty: false, looked: 0, found: 0 })
  const sample = await lookForFiles(db, files)
  const stranger = judgeStore({ databaseId, storeId, empty: await isStoreEmpty(files), ...sample })
  if (stranger) return stranger
  await markStore(files, databaseId)
  // Two databases that meet one new store at once: one of them put its mark over the other's.
  return (await findStoreId(files)) === databaseId ? undefined : { kind: 'files_of_another' }
}

/**
 * Whether links are made with this key. A database without a fingerprint takes the key, where its newest link was made with it.
 * @returns what is strange about it
 */
export async function recognizeLinkKey(db: Db, linkKey: string): Promise<Stranger | undefined> {
  const stranger = await judgeLinkKey(db, linkKey)
  if (stranger) return stranger
  const fingerprint = await fingerprintOf(linkKey)
  const known = (await findFingerprint(db)) ?? (await transaction(db, (trx) => takeFirstKey(trx, fingerprint)))
  return known === fingerprint ? undefined : { kind: 'key' }
}

/** @returns the fingerprint in use: another's, where another instance was first */
async function takeFirstKey(trx: Trx, fingerprint: string): Promise<string | undefined> {
  await trx
    .insertInto('link_keys')
    .values({ fingerprint })
    .onConflict((c) => c.doNothing())
    .execute()
  return findFingerprint(trx)
}

/** From now on links are made with this key; which ones came before stays written. */
export async function replaceLinkKey(trx: Trx, linkKey: string): Promise<void> {
  const fingerprint = await fingerprintOf(linkKey)
  await trx
    .updateTable('link_keys')
    .set((eb) => ({ replaced_at: eb.fn<Date>('now') }))
    .where('replaced_at', 'is', null)
    .where('fingerprint', '<>', fingerprint)
    .execute()
  await trx
    .insertInto('link_keys')
    .values({ fingerprint })
    .onConflict((c) => c.column('fingerprint').doUpdateSet({ replaced_at: null }))
    .execute()
}

/**
 * For a process that goes on while the key is changed: letters that it sent would carry addresses that do not open.
 * @throws Error in one line
 */
export async function assertKeyInUse(db: Db, linkKey: string): Promise<void> {
  const known = await findFingerprint(db)
  if (known === undefined || known === (await fingerprintOf(linkKey))) return
  throw new Error('LINK_KEY was changed since this process began, so it sends nothing: restart it with the new one')
}
