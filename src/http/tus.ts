import type { Context } from 'hono'
import type { Context as CommandContext } from '../context.ts'
import { transaction } from '../db/transaction.ts'
import type { AppEnv } from '../env.ts'
import { DomainError, type ErrorCode } from '../errors.ts'
import { whileWaited } from '../features/files/inspect.ts'
import { refusals } from '../features/files/refusal.ts'
import { dropUpload, finishUpload, receivePart } from '../features/presentations/commands/receive.ts'
import { claimFinish, openUpload } from '../features/presentations/commands/uploads.ts'
import { getUpload, listParts, type UploadOwner, type UploadRow } from '../features/presentations/queries/uploads.ts'
import type { SpeechRow } from '../features/presentations/queries.ts'
import { uploadState } from '../features/presentations/rules/uploads.ts'
import { refuseFile } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import type { Translate } from '../i18n.ts'
import { hexOf } from '../text/hex.ts'
import { refusalText } from './refusal-text.ts'
import { scanSoon } from './scan-soon.ts'
import { readMetadata, wholeNumber } from './tus-headers.ts'

/** Where uploads are made: of which speech, by which side, in whose name, at which address, told in which language. */
export interface UploadPlace {
  speech: SpeechRow
  sentBy: UploadOwner['sentBy']
  ctx: CommandContext
  base: string
  t: Translate
}
export type OpenPlace = (c: Context<AppEnv>) => Promise<Response | UploadPlace>
type Handler = (c: Context<AppEnv>) => Promise<Response>
type Answer = (c: Context<AppEnv>, place: UploadPlace) => Promise<Response>

const VERSION = '1.0.0'
const EXTENSIONS = 'creation,creation-with-upload,expiration,termination'
const BYTES = 'application/offset+octet-stream'

/**
 * Uploads that may be cut and gone on with: the tus protocol 1.0.0, core with creation, creation-with-upload, expiration
 * and termination (tus.io/protocols/resumable-upload). Beyond it: GET says as JSON where an upload stands, with the
 * SHA-256 of each part; `Upload-State` (`checking` from the last byte until it is kept or refused); `Idempotency-Key` at creation. `refuse` writes the answer to
 * what is refused: pages and the API have their own.
 */
export function tusHandlers(open: OpenPlace, refuse: (c: Context<AppEnv>, error: DomainError) => Response) {
  const at =
    (answer: Answer): Handler =>
    async (c) => {
      try {
        const place = await open(c)
        if (place instanceof Response) return place
        c.header('Tus-Resumable', VERSION)
        c.header('Cache-Control', 'no-store')
        const free = ['GET', 'OPTIONS'].includes(c.req.method) || answer === discard
        if (!free && c.req.header('tus-resumable') !== VERSION) return c.body(null, 412, { 'Tus-Version': VERSION })
        return await answer(c, place)
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        return refuse(c, error)
      }
    }
  return {
    describe: at(describe),
    create: at(create),
    tell: at(tell),
    receive: at(receive),
    terminate: at(terminate),
    overridden: at(overridden),
    discard: at(discard),
  }
}

async function describe(c: Context<AppEnv>): Promise<Response> {
  return c.body(null, 204, {
    'Tus-Version': VERSION,
    'Tus-Extension': EXTENSIONS,
    'Tus-Max-Size': String(c.var.services.config.uploadMaxBytes),
  })
}

async function create(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  const { db, config } = c.var.services
  const size = wholeNumber(c.req.header('upload-length'))
  if (size === undefined) throw new DomainError('bad_request', { detail: 'upload_length' })
  if (size > config.uploadMaxBytes) throw new DomainError('too_large', { params: { maxBytes: config.uploadMaxBytes } })
  const metadata = readMetadata(c.req.header('upload-metadata'))
  const upload = await transaction(db, (trx) =>
    openUpload(trx, place.ctx, ownerOf(place), {
      name: metadata.get('filename') ?? '',
      size,
      lastModified: wholeNumber(metadata.get('lastmodified')) ?? null,
      idempotencyKey: c.req.header('idempotency-key')?.slice(0, 100) || null,
    }),
  )
  c.header('Location', `${place.base}/uploads/${upload.id}`)
  const brings = upload.received === 0 && c.req.header('content-type')?.startsWith(BYTES)
  const now = brings ? ((await takeIn(c, place, upload)) ?? (await find(c, place, upload.id))) : upload
  return answer(c, now, 201)
}

async function tell(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  const upload = await find(c, place)
  stand(c, upload)
  c.header('Upload-Length', String(upload.size))
  if (c.req.method === 'HEAD') return c.body(null, 200)
  const { received, size, refusal: code } = upload
  const state = uploadState(upload)
  if (state === 'kept') return c.json({ received, size, state, number: upload.version_number })
  if (code !== null) return c.json({ received, size, state, code, text: refusalText(place.t, refusedAs(code)) })
  const parts = await listParts(c.var.services.db, upload)
  return c.json({ received, size, state, parts: parts.map((p) => ({ size: p.size, sha256: hexOf(p.sha256) })) })
}

async function receive(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  if (!c.req.header('content-type')?.startsWith(BYTES)) throw new DomainError('media_type')
  const offset = wholeNumber(c.req.header('upload-offset'))
  if (offset === undefined) throw new DomainError('bad_request', { detail: 'upload_offset' })
  const upload = await find(c, place)
  if (offset !== upload.received) return elsewhere(c, upload)
  if (offset < upload.size) {
    const after = await takeIn(c, place, upload)
    return after ? answer(c, after, 204) : elsewhere(c, await find(c, place))
  }
  // All of it is here already: this asks again for an answer that was lost.
  const ours = await transaction(c.var.services.db, (trx) => claimFinish(trx, upload))
  return answer(c, ours ? await finish(c, place, upload) : upload, 204)
}

/** Takes a body in, as far as it comes; with its last byte the file is finished. Undefined where another was faster. */
async function takeIn(c: Context<AppEnv>, place: UploadPlace, upload: UploadRow): Promise<UploadRow | undefined> {
  const { state, latest_number } = place.speech
  const closed = refuseFile({ state: state as PresentationState, versions: latest_number ?? 0 })
  if (closed) throw new DomainError('conflict', { detail: closed })
  const maxBytes = upload.size - upload.received
  if ((wholeNumber(c.req.header('content-length')) ?? 0) > maxBytes)
    throw new DomainError('too_large', { params: { maxBytes } })
  if (!c.req.raw.body) return upload
  const after = await receivePart(c.var.services, upload, c.req.raw.body)
  return after && after.received === after.size ? finish(c, place, after) : after
}

async function finish(c: Context<AppEnv>, place: UploadPlace, upload: UploadRow): Promise<UploadRow> {
  const { services } = c.var
  const speech = { organizationId: upload.organization_id, id: upload.presentation_id }
  const work = finishUpload(services, place.ctx, upload).then(() => scanSoon(services, place.ctx, speech))
  // Who sent it is told that it is here; the look goes on.
  if (!(await whileWaited(services, work))) services.later(work)
  return find(c, place, upload.id)
}

/** The answer after bytes came: where it stands and, at the end, what became of the file. */
function answer(c: Context<AppEnv>, upload: UploadRow, status: 201 | 204): Response {
  stand(c, upload)
  if (upload.refusal !== null) throw refusedAs(upload.refusal)
  return c.body(null, status)
}

function elsewhere(c: Context<AppEnv>, upload: UploadRow): never {
  stand(c, upload)
  throw new DomainError('conflict', { detail: 'upload_offset' })
}

async function terminate(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  await dropUpload(c.var.services, await find(c, place))
  return c.body(null, 204)
}

/** PATCH, DELETE and HEAD for those whose way lets only POST through (tus 1.0.0, X-HTTP-Method-Override). */
async function overridden(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  const method = c.req.header('x-http-method-override')?.toUpperCase()
  const act = { PATCH: receive, DELETE: terminate, HEAD: tell }[method ?? '']
  if (!act) throw new DomainError('bad_request')
  return act(c, place)
}

/** The page's own button, also without JavaScript. One that is gone already is gone. */
async function discard(c: Context<AppEnv>, place: UploadPlace): Promise<Response> {
  try {
    await dropUpload(c.var.services, await find(c, place))
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not_found') throw error
  }
  return c.redirect(place.base, 303)
}

function ownerOf({ speech, sentBy }: UploadPlace): UploadOwner {
  return { organizationId: speech.organization_id, presentationId: speech.id, sentBy }
}

function find(c: Context<AppEnv>, place: UploadPlace, id = c.req.param('upload') ?? ''): Promise<UploadRow> {
  return getUpload(c.var.services.db, ownerOf(place), id)
}

/** The headers that say where an upload stands. */
function stand(c: Context<AppEnv>, upload: UploadRow): void {
  c.header('Upload-Offset', String(upload.received))
  c.header('Upload-Expires', upload.expires_at.toUTCString())
  c.header('Upload-State', uploadState(upload))
}

/** A refusal that was noted, as the error it was. */
function refusedAs(refusal: string): DomainError {
  const code: ErrorCode | undefined = (refusals as Record<string, ErrorCode>)[refusal]
  return new DomainError(code ?? (refusal === 'too_large' ? 'too_large' : 'conflict'), { detail: refusal })
}
