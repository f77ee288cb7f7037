import type { Db, Trx } from '../../db/transaction.ts'
import { type DocumentKind, documentTypes } from './content.ts'
import { type InspectStores, inspectStored } from './inspect.ts'
import { findKnownKeys } from './queries.ts'
import { displayName } from './rules.ts'
import type { FileStore } from './schema.ts'

/** A document whose bytes are stored and looked at, with no row yet. */
export interface StoredDocument {
  key: string
  kind: DocumentKind
  name: string
  mediaType: string
  size: number
  sha256: Uint8Array
}

/**
 * Streams a document into the store and looks at what it is. Not in a transaction: the row follows (`addFile`), and
 * whoever writes none calls `files.delete`. What is refused is gone again.
 * @throws DomainError too_large, storage_full, or a refusal (`refusal.ts`)
 */
export async function storeDocument(
  stores: InspectStores,
  upload: {
    organizationId: string
    filename: string | undefined
    fallbackName: string
    body: ReadableStream<Uint8Array>
    maxBytes: number
  },
): Promise<StoredDocument> {
  const { files } = stores
  const { organizationId } = upload
  const key = `${organizationId}/presentation/${crypto.randomUUID()}`
  const { size, sha256 } = await files.put(key, upload.body, { maxBytes: upload.maxBytes })
  try {
    const looked = { organizationId, key, size, sha256, name: upload.filename ?? '' }
    const kind = await inspectStored(stores, 'check', looked)
    const name = displayName(upload.filename, kind, upload.fallbackName)
    return { key, kind, name, mediaType: documentTypes[kind], size, sha256 }
  } catch (error) {
    await files.delete(key)
    throw error
  }
}

/** Writes the row of a stored document. @returns its id */
export async function addFile(trx: Trx, organizationId: string, file: StoredDocument): Promise<string> {
  const row = await trx
    .insertInto('files')
    .values({
      organization_id: organizationId,
      purpose: 'presentation',
      storage_key: file.key,
      name: file.name,
      media_type: file.mediaType,
      size: file.size,
      sha256: file.sha256 as never,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** An upload and its row lie seconds apart; a day is far beyond any. */
const ORPHAN_AFTER_MS = 24 * 3600_000
const BATCH = 500

/** Removes stored bytes that no row speaks of: their process was killed between the two. @returns how many */
export async function tidyFiles(db: Db, files: FileStore, now: Date): Promise<number> {
  let removed = 0
  let keys: string[] = []
  const sweep = async () => {
    const known = await findKnownKeys(db, keys)
    for (const key of keys.filter((k) => !known.has(k))) {
      await files.delete(key)
      removed++
    }
    keys = []
  }
  for await (const { key, modifiedAt } of files.list('')) {
    if (now.getTime() - modifiedAt.getTime() < ORPHAN_AFTER_MS) continue
    keys.push(key)
    if (keys.length === BATCH) await sweep()
  }
  if (keys.length) await sweep()
  return removed
}
