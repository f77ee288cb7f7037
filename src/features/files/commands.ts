import type { Trx } from '../../db/transaction.ts'
import { type DocumentKind, documentTypes } from './content.ts'
import { type InspectStores, inspectStored } from './inspect.ts'
import { displayName } from './rules.ts'

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

/** Writes the row of a stored document; `waits` for a scanner before anybody opens it. @returns its id */
export async function addFile(trx: Trx, organizationId: string, file: StoredDocument, waits: boolean): Promise<string> {
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
      scan: waits ? 'waiting' : 'none',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}
