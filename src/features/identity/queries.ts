import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { hexOf } from '../../text/hex.ts'
import { collect } from '../files/bytes.ts'
import { isKey, isReserved } from '../files/rules.ts'
import type { FileStore } from '../files/schema.ts'
import type { Purpose } from '../links/schema.ts'
import { hashToken, linkToken, signText } from '../links/token.ts'
import { MARK, type Stranger } from './schema.ts'

/** What tells link keys apart without telling the key: 128 bits of HMAC over a fixed text, hexadecimal. */
export async function fingerprintOf(linkKey: string): Promise<string> {
  return hexOf(await signText(linkKey, 'hoithao|fingerprint of LINK_KEY')).slice(0, 32)
}

/**
 * The answer to a number that somebody made up (hexadecimal): only who has the key can give it, and it tells nothing of the key. Shows
 * that an address leads to this deployment.
 */
export function proofOf(linkKey: string, nonce: string): string {
  return hexOf(signText(linkKey, `hoithao|answer to ${nonce}`)).slice(0, 32)
}

/** Which deployment this database is; undefined before the first start. */
export async function findDeploymentId(db: Db): Promise<string | undefined> {
  return (await db.selectFrom('deployment').select('id').executeTakeFirst())?.id
}

/** The fingerprint of the key in use; undefined before the first start. */
export async function findFingerprint(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('link_keys').select('fingerprint').where('replaced_at', 'is', null).executeTakeFirst()
  return row?.fingerprint
}

/** Whether links of this database were made with some key already. */
export async function hasLinkKey(db: Db): Promise<boolean> {
  if (await findFingerprint(db)) return true
  return (await db.selectFrom('links').select('ref').limit(1).executeTakeFirst()) !== undefined
}

/** Whether the newest link was made with this key; true where there is none. For a database that holds no fingerprint yet. */
async function madeNewestLink(db: Db, linkKey: string): Promise<boolean> {
  const link = await db
    .selectFrom('links')
    .select(['purpose', 'target_id', 'generation', 'token_hash'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!link) return true
  const token = await linkToken(linkKey, link.purpose as Purpose, link.target_id, link.generation)
  return hexOf(await hashToken(token)) === hexOf(link.token_hash)
}

/** Whether links of this database are made with another key: by its fingerprint, or its newest link. Takes nothing. */
export async function judgeLinkKey(db: Db, linkKey: string): Promise<Stranger | undefined> {
  const known = await findFingerprint(db)
  const own = known === undefined ? await madeNewestLink(db, linkKey) : known === (await fingerprintOf(linkKey))
  return own ? undefined : { kind: 'key' }
}

/** Whose a store is; undefined where it bears no mark. */
export async function findStoreId(files: FileStore): Promise<string | undefined> {
  const mark = await files.get(MARK)
  return mark && new TextDecoder().decode(await collect(mark.body, 1000)).trim()
}

/** Whether a store has no file of anybody's. */
export async function isStoreEmpty(files: FileStore): Promise<boolean> {
  for await (const { key } of files.list('')) if (isKey(key) && !isReserved(key)) return false
  return true
}

/** Looks for some of the files that the database names. @returns how many it looked for, and found */
export async function lookForFiles(db: Db, files: FileStore): Promise<{ looked: number; found: number }> {
  const rows = await db.selectFrom('files').select('storage_key').orderBy(sql`random()`).limit(20).execute()
  const heads = await Promise.all(rows.map((row) => files.head(row.storage_key)))
  return { looked: rows.length, found: heads.filter(Boolean).length }
}
