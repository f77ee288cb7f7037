import type { Actor, Context } from '../../../context.ts'
import { transaction } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { type StoredDocument, storeDocument } from '../../files/commands.ts'
import type { InspectStores } from '../../files/inspect.ts'
import type { FileStore } from '../../files/schema.ts'
import { listParts, type UploadRow } from '../queries/uploads.ts'
import { appendPart, discardUpload, keepUpload, refuseUpload, removeExpired } from './uploads.ts'

/** What receiving needs. Bytes move between transactions, never inside one. */
export type Stores = InspectStores

/**
 * Stores a piece of an upload and adds it. A body that is cut counts as far as it came.
 * @returns the upload after it, or undefined where the upload stands elsewhere by now
 * @throws DomainError too_large (longer than what is missing), storage_full, conflict
 */
export async function receivePart(
  { db, files }: Stores,
  upload: UploadRow,
  body: ReadableStream<Uint8Array>,
): Promise<UploadRow | undefined> {
  const starts = upload.received
  const key = `${upload.organization_id}/upload/${upload.id}/${crypto.randomUUID()}`
  const { size, sha256 } = await files.put(key, whatCame(body), { maxBytes: upload.size - starts })
  let after: UploadRow | undefined
  try {
    if (size > 0) after = await transaction(db, (trx) => appendPart(trx, upload, { key, starts, size, sha256 }))
  } catch (error) {
    // Any other error leaves open whether it was committed: then `tidyFiles` decides, a day later.
    if (error instanceof DomainError) await files.delete(key)
    throw error
  }
  if (!after) await files.delete(key)
  return size > 0 ? after : upload
}

/** The same bytes; a connection that breaks is an end like another. */
function whatCame(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await reader.read().catch(() => undefined)
        if (next?.value) controller.enqueue(next.value)
        else controller.close()
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Refusals that stay, however often it is tried again. A full store is none. */
const FINAL = new Set(['invalid', 'media_type', 'unsafe_file', 'conflict', 'too_large'])

/**
 * Puts the parts of a whole upload together, looks at what it is, and keeps it as a version or notes why not. Safe to be
 * done twice, also at once. Call `claimFinish` before, so that it rarely is.
 * @throws DomainError storage_full; not_found (discarded meanwhile)
 */
export async function finishUpload(stores: Stores, ctx: Context, upload: UploadRow): Promise<void> {
  const { db, files } = stores
  const by: Context = { ...ctx, actor: upload.actor as unknown as Actor }
  const parts = await listParts(db, upload)
  let stored: StoredDocument | undefined
  try {
    stored = await storeDocument(stores, {
      organizationId: upload.organization_id,
      filename: upload.name,
      fallbackName: 'tham-luan',
      body: joined(
        files,
        parts.map((part) => part.storage_key),
      ),
      maxBytes: upload.size,
    })
    const document = stored
    if (document.size !== upload.size) throw new Error(`upload ${upload.id}: ${document.size} bytes of ${upload.size}`)
    const { ours } = await transaction(db, (trx) => keepUpload(trx, by, upload, document))
    if (!ours) await files.delete(document.key)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (stored) await files.delete(stored.key)
    if (!FINAL.has(error.code)) throw error
    await transaction(db, (trx) => refuseUpload(trx, upload, error.detail ?? error.code))
  }
  for (const part of parts) await files.delete(part.storage_key)
}

/** Stored files as one stream, each opened when its turn comes. */
function joined(files: FileStore, keys: string[]): ReadableStream<Uint8Array> {
  const left = [...keys]
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return new ReadableStream(
    {
      async pull(controller) {
        for (;;) {
          if (!reader) {
            const key = left.shift()
            if (key === undefined) return controller.close()
            const found = await files.get(key)
            if (!found) throw new DomainError('conflict', { detail: 'upload_part_gone' })
            reader = found.body.getReader()
          }
          const { value } = await reader.read()
          if (value) return controller.enqueue(value)
          reader = undefined
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Removes an upload and what came of it. */
export async function dropUpload({ db, files }: Stores, upload: UploadRow): Promise<void> {
  for (const key of await transaction(db, (trx) => discardUpload(trx, upload))) await files.delete(key)
}

/** Removes every upload whose seven days are over, and what came of it. @returns how many */
export async function dropExpired({ db, files }: Stores): Promise<number> {
  for (let total = 0; ; ) {
    const { removed, keys } = await transaction(db, removeExpired)
    for (const key of keys) await files.delete(key)
    total += removed
    if (removed === 0) return total
  }
}
