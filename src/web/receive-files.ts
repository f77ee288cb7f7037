import type { Context as HonoContext } from 'hono'
import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import type { AppEnv } from '../env.ts'
import { DomainError } from '../errors.ts'
import { type StoredDocument, storeDocument } from '../features/files/commands.ts'
import { submitVersion } from '../features/presentations/commands/versions.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { refuseFile } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import { scanSoon } from '../http/scan-soon.ts'
import { cleanLine } from '../text/fold.ts'
import { type Part, readMultipart } from './multipart.ts'

export interface Received {
  accepted: { name: string; number: number }[]
  refused: { name: string; error: DomainError }[]
}

/** What a form has besides its file: markers and a few fields. */
const FORM_ROOM = 1024 * 1024
const MAX_FILES = 20
/** After these nothing more of the form can be taken. */
const ENDS = new Set(['bad_request', 'storage_full', 'too_large'])

/**
 * Takes the files of a multipart form, one after another, each streamed to the store, looked at, and kept as a version.
 * One that is refused does not stop the others; a cut connection or a full disk ends it, and what came before stays.
 * @throws DomainError media_type, too_large or bad_request when the body as a whole is refused
 */
export async function receiveFiles(
  c: HonoContext<AppEnv>,
  ctx: Context,
  target: { organizationId: string; id: string },
  sentBy: 'speaker' | 'organizer',
): Promise<Received> {
  const { config, db } = c.var.services
  const received: Received = { accepted: [], refused: [] }
  const limits = { maxBytes: config.uploadMaxBytes + FORM_ROOM, maxParts: MAX_FILES }
  const speech = await getSpeech(db, target.organizationId, target.id)
  const closed = refuseFile({ state: speech.state as PresentationState, versions: speech.latest_number ?? 0 })
  if (closed) throw new DomainError('conflict', { detail: closed })
  for await (const part of readMultipart(c.req.raw, limits)) {
    if (part.name !== 'file' || !part.filename) continue
    try {
      received.accepted.push(await receiveOne(c, ctx, target, part, sentBy))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const ended = ENDS.has(error.code) || error.detail === 'files_unavailable'
      if (ended && !received.accepted.length) throw error
      received.refused.push({ name: cleanLine(part.filename).slice(0, 150), error })
      if (ended) break
    }
  }
  if (!received.accepted.length && !received.refused.length)
    throw new DomainError('invalid', { detail: 'file_missing' })
  return received
}

async function receiveOne(
  c: HonoContext<AppEnv>,
  ctx: Context,
  target: { organizationId: string; id: string },
  part: Part,
  sentBy: 'speaker' | 'organizer',
) {
  const { config, db } = c.var.services
  const stored = await storeDocument(c.var.services, {
    organizationId: target.organizationId,
    filename: part.filename,
    fallbackName: 'tham-luan',
    body: part.body,
    maxBytes: config.uploadMaxBytes,
  })
  const number = await keep(c, stored, () => transaction(db, (trx) => submitVersion(trx, ctx, target, stored, sentBy)))
  scanSoon(c.var.services, ctx, target)
  return { name: stored.name, number }
}

/** Bytes without a row help nobody: they go when the row could not be written. */
async function keep<T>(c: HonoContext<AppEnv>, stored: StoredDocument, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    await c.var.services.files.delete(stored.key)
    throw error
  }
}
