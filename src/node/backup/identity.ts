import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { markStore } from '../../features/identity/commands.ts'
import { findStoreId } from '../../features/identity/queries.ts'
import type { Manifest } from './manifest.ts'
import type { RestoreTarget } from './restore.ts'

/** Which deployment a database is, of whatever version: undefined where it has no identity yet. */
export async function findIdentity(sql: postgres.Sql): Promise<string | undefined> {
  const [table] = await sql`select to_regclass('public.deployment') is not null as there`
  if (!table?.there) return undefined
  const [row] = await sql<{ id: string }[]>`select id from deployment`
  return row?.id
}

/**
 * Who a restored database is: what its store bears, where that is the deployment that was backed up (its database was lost) or
 * the empty one that is filled now; else somebody new, so that a copy is never taken for its original.
 * @throws Error in one line where the store is a third one's
 */
export async function chooseIdentity({ sql, files }: RestoreTarget, manifest: Manifest): Promise<string> {
  const store = await findStoreId(files)
  if (store === undefined) return randomUUID()
  if (store === manifest.deployment || store === (await findIdentity(sql))) return store
  throw new Error(
    'the file store belongs to another deployment: give an empty DATA_DIR or bucket, or the one of the deployment that was backed up',
  )
}

/** The database first: a store without a mark is looked through at the next start, and taken where its files are there. */
export async function writeIdentity({ sql, files }: RestoreTarget, id: string): Promise<void> {
  await sql.begin(async (trx) => {
    await trx`delete from deployment`
    await trx`insert into deployment (id) values (${id})`
  })
  await markStore(files, id)
}
