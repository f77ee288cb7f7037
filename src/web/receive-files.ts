import type { Context as HonoContext } from 'hono'
import type { Context } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import type { AppEnv } from '../env.ts'
import { DomainError } from '../errors.ts'
import { finishLate, receiveDocument } from '../features/presentations/commands/receive.ts'
import { parkUpload } from '../features/presentations/commands/uploads.ts'
import { submitVersion } from '../features/presentations/commands/versions.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { FALLBACK_NAME } from '../features/presentations/rules/uploads.ts'
import { refuseFile } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import { scanSoon } from '../http/scan-soon.ts'
import { cleanLine } from '../text/fold.ts'
import { type Part, readMultipart } from './multipart.ts'

export interface Received {
  accepted: { name: string; number: number }[]
  /** All there, and looked at after the answer: the page lists them until then. */
  checking: { name: string }[]
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
  const received: Received = { accepted: [], checking: [], refused: [] }
  const limits = { maxBytes: config.uploadMaxBytes + FORM_ROOM, maxParts: MAX_FILES }
  const speech = await getSpeech(db, target.organizationId, target.id)
  const closed = refuseFile({ state: speech.state as PresentationState, versions: speech.latest_number ?? 0 })
  if (closed) throw new DomainError('conflict', { detail: closed })
  for await (const part of readMultipart(c.req.raw, limits)) {
    if (part.name !== 'file' || !part.filename) continue
    try {
      const one = await receiveOne(c, ctx, { ...target, seminarId: speech.seminar_id }, part, sentBy)
      if (one.number === undefined) received.checking.push({ name: one.name })
      else received.accepted.push(one)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const ended = ENDS.has(error.code) || error.detail === 'files_unavailable'
      if (ended && !received.accepted.length && !received.checking.length) throw error
      received.refused.push({ name: cleanLine(part.filename).slice(0, 150), error })
      if (ended) break
    }
  }
  if (!received.accepted.length && !received.checking.length && !received.refused.length)
    throw new DomainError('invalid', { detail: 'file_missing' })
  return received
}

async function receiveOne(
  c: HonoContext<AppEnv>,
  ctx: Context,
  target: { organizationId: string; seminarId: string; id: string },
  part: Part,
  sentBy: 'speaker' | 'organizer',
): Promise<{ name: string; number: number } | { name: string; number?: undefined }> {
  const { services } = c.var
  const { config, db } = services
  const { organizationId } = target
  const received = await receiveDocument(services, {
    organizationId,
    lanes: [target.seminarId, target.id],
    filename: part.filename,
    fallbackName: FALLBACK_NAME,
    body: part.body,
    maxBytes: config.uploadMaxBytes,
  })
  if ('bytes' in received) {
    const owner = { organizationId, presentationId: target.id, sentBy }
    const park = () => transaction(db, (trx) => parkUpload(trx, ctx, owner, received.bytes))
    const upload = await keep(c, received.bytes, park)
    services.later(finishLate(services, ctx, upload, received).then(() => scanSoon(services, ctx, target)))
    return { name: upload.name }
  }
  const { document } = received
  const submit = () => transaction(db, (trx) => submitVersion(trx, ctx, target, document, sentBy))
  const number = await keep(c, document, submit)
  scanSoon(services, ctx, target)
  return { name: document.name, number }
}

/** Bytes without a row help nobody: they go when the row could not be written. */
async function keep<T>(c: HonoContext<AppEnv>, stored: { key: string }, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    await c.var.services.files.delete(stored.key)
    throw error
  }
}
