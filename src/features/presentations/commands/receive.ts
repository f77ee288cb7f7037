import type { Actor, Context } from '../../../context.ts'
import { type Db, transaction } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import {
  lookAt,
  type SentDocument,
  type StoredBytes,
  type StoredDocument,
  storeBytes,
  storeDocument,
} from '../../files/commands.ts'
import { type InspectStores, whileWaited } from '../../files/inspect.ts'
import { findKnownKeys } from '../../files/queries.ts'
import type { FileStore } from '../../files/schema.ts'
import { isOver, listParts, type UploadRow } from '../queries/uploads.ts'
import { getSpeech } from '../queries.ts'
import { FALLBACK_NAME } from '../rules/uploads.ts'
import {
  appendPart,
  discardUpload,
  keepUpload,
  postponeFinish,
  refuseUpload,
  removeExpired,
  renewClaim,
} from './uploads.ts'

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
 * Puts the parts of a whole upload together, looks at what it is, and keeps it as a version or notes why not. Where it cannot be
 * looked at now it waits for the task. Safe to be done twice, also at once. Call `claimFinish` before, so that it rarely is.
 * @throws DomainError storage_full; not_found (discarded meanwhile)
 */
export async function finishUpload(stores: Stores, ctx: Context, upload: UploadRow): Promise<void> {
  const { db, files } = stores
  const parts = (await listParts(db, upload)).map((part) => part.storage_key)
  const { seminar_id } = await getSpeech(db, upload.organization_id, upload.presentation_id)
  const storing = storeDocument(stores, {
    organizationId: upload.organization_id,
    lanes: [seminar_id, upload.presentation_id],
    filename: upload.name,
    fallbackName: FALLBACK_NAME,
    body: joined(files, parts),
    maxBytes: upload.size,
  })
  const looking = storing.then((document) => {
    if (document.size !== upload.size) throw new Error(`upload ${upload.id}: ${document.size} bytes of ${upload.size}`)
    return document
  })
  await settle(stores, ctx, upload, parts, looking)
}

/** A document that came in one piece: looked at, with no row yet; or all there, while the look goes on. */
export type ReceivedDocument = { document: StoredDocument } | { bytes: StoredBytes; looking: Promise<StoredDocument> }

/**
 * Stores a document and looks at it for as long as its sender can wait. What is refused is gone again; one that is not looked at by
 * then has arrived all the same: the caller calls `parkUpload`, and `finishLate` after the answer.
 * @throws DomainError too_large, storage_full, or a refusal (`refusal.ts`)
 */
export async function receiveDocument(stores: Stores, sent: SentDocument): Promise<ReceivedDocument> {
  const bytes = await storeBytes(stores.files, sent)
  const looking = lookAt(stores, bytes)
  const ended = await whileWaited(stores, looking).catch(async (error: unknown) => {
    if (isForLater(error)) return undefined
    await stores.files.delete(bytes.key)
    throw error
  })
  return ended ? { document: ended.value } : { bytes, looking }
}

/** Ends an upload that was parked: what the look at its one part finds, which is kept as it lies. */
export function finishLate(
  stores: Stores,
  ctx: Context,
  upload: UploadRow,
  { bytes, looking }: { bytes: StoredBytes; looking: Promise<StoredDocument> },
): Promise<void> {
  return settle(stores, ctx, upload, [bytes.key], looking)
}

/** Keeps an upload by what was found, or notes why not. */
async function settle(
  { db, files, log }: Stores,
  ctx: Context,
  upload: UploadRow,
  parts: string[],
  looking: Promise<StoredDocument>,
): Promise<void> {
  const by: Context = { ...ctx, actor: upload.actor as unknown as Actor }
  let stored: StoredDocument | undefined
  try {
    const document = await renewing(db, upload, looking)
    stored = document
    const { ours } = await transaction(db, (trx) => keepUpload(trx, by, upload, document))
    if (!ours) await files.delete(document.key)
  } catch (error) {
    if (!stored && isForLater(error)) {
      log?.warn('inspection', { upload: upload.id, waits: String((error as DomainError).cause ?? error) })
      return transaction(db, (trx) => postponeFinish(trx, upload))
    }
    // Another was faster, and took the bytes away that were being looked at.
    if (!stored && (await isOver(db, upload))) return
    if (!(error instanceof DomainError)) throw error
    if (stored) await files.delete(stored.key)
    if (!FINAL.has(error.code)) throw error
    await transaction(db, (trx) => refuseUpload(trx, upload, error.detail ?? error.code))
  }
  // The one part of a parked upload may have become the file.
  const known = await findKnownKeys(db, parts)
  for (const key of parts) if (!known.has(key)) await files.delete(key)
}

/** Too many wait to be looked at, or the store hangs: that says nothing of the document. */
function isForLater(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'unavailable'
}

const RENEW_MS = 30_000

/** The same work, with the claim on its upload kept up as long as it lasts: it may wait for its turn. */
async function renewing<T>(db: Db, upload: UploadRow, work: Promise<T>): Promise<T> {
  const renew = () => void transaction(db, (trx) => renewClaim(trx, upload)).catch(() => undefined)
  const timer = setInterval(renew, RENEW_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
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
