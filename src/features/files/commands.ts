import type { Trx } from '../../db/transaction.ts'
import { type DocumentKind, documentTypes } from './content.ts'
import { type InspectStores, inspectStored } from './inspect.ts'
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

/** A document on its way in, and how it is called. */
export interface SentDocument {
  organizationId: string
  /** Within the organisation, whose it is (`Turn`): its seminar, its speech. */
  lanes?: string[]
  filename: string | undefined
  fallbackName: string
  body: ReadableStream<Uint8Array>
  maxBytes: number
}

/** A document that arrived whole, and that nobody has looked at yet. */
export interface StoredBytes extends Omit<SentDocument, 'body' | 'maxBytes'> {
  key: string
  size: number
  sha256: Uint8Array
}

/** Streams a document into the store. @throws DomainError too_large, storage_full */
export async function storeBytes(files: FileStore, sent: SentDocument): Promise<StoredBytes> {
  const { body, maxBytes, ...named } = sent
  const key = `${sent.organizationId}/presentation/${crypto.randomUUID()}`
  return { ...named, key, ...(await files.put(key, body, { maxBytes })) }
}

/** Looks at what a document is; its bytes stay, whatever it finds. @throws DomainError a refusal (`refusal.ts`), unavailable */
export async function lookAt(stores: InspectStores, stored: StoredBytes): Promise<StoredDocument> {
  const { key, size, sha256, filename, fallbackName } = stored
  const kind = await inspectStored(stores, 'check', { ...stored, name: filename ?? '' })
  return { key, kind, name: displayName(filename, kind, fallbackName), mediaType: documentTypes[kind], size, sha256 }
}

/**
 * Streams a document into the store and looks at what it is. Not in a transaction: the row follows (`addFile`), and
 * whoever writes none calls `files.delete`. What is refused is gone again.
 * @throws DomainError too_large, storage_full, unavailable, or a refusal (`refusal.ts`)
 */
export async function storeDocument(stores: InspectStores, sent: SentDocument): Promise<StoredDocument> {
  const stored = await storeBytes(stores.files, sent)
  try {
    return await lookAt(stores, stored)
  } catch (error) {
    await stores.files.delete(stored.key)
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
