import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { documentTypes } from '../features/files/content.ts'
import { finishLate, receiveDocument } from '../features/presentations/commands/receive.ts'
import { parkUpload } from '../features/presentations/commands/uploads.ts'
import { submitVersion } from '../features/presentations/commands/versions.ts'
import type { UploadRow } from '../features/presentations/queries/uploads.ts'
import { getSpeech, getVersion, listVersions, type SpeechRow } from '../features/presentations/queries.ts'
import { FALLBACK_NAME, uploadState } from '../features/presentations/rules/uploads.ts'
import { refuseFile } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import { answerFile } from '../http/file-answer.ts'
import { scanSoon } from '../http/scan-soon.ts'
import { change } from './change.ts'
import { fileAnswer, fileBody, fileHeaders, fileProblems, nameQuery, sentName, streamOf } from './file-body.ts'
import { keyContext } from './key.ts'
import { asPage, createRouter } from './router.ts'
import { id, idParam, page, pageQuery, plain, problems } from './schemas.ts'
import { type SpeechVersionBody, speechVersionSchema, toVersion } from './speech-body.ts'
import { type UploadBody, uploadSchema } from './speech-uploads.ts'
import { pageOfWhole } from './whole-list.ts'

const tags = ['speeches']
const path = '/speeches/{id}/versions'
const numberParam = z.object({ id, number: z.coerce.number().int().min(1).max(1_000_000) })

const listRoute = createRoute({
  operationId: 'listSpeechVersions',
  method: 'get',
  path,
  tags,
  request: { params: idParam, query: z.object(pageQuery) },
  responses: { 200: page(speechVersionSchema, 'SpeechVersionPage'), ...problems(404) },
})

const sendRoute = createRoute({
  operationId: 'createSpeechVersion',
  method: 'post',
  path,
  tags,
  request: { params: idParam, headers: fileHeaders, query: nameQuery, body: fileBody },
  responses: {
    201: plain(speechVersionSchema, 'SpeechVersion'),
    202: plain(uploadSchema, 'UploadChecking'),
    ...fileProblems(),
  },
})

const getRoute = createRoute({
  operationId: 'getSpeechVersion',
  method: 'get',
  path: `${path}/{number}`,
  tags,
  request: { params: numberParam },
  responses: { 200: plain(speechVersionSchema, 'SpeechVersion'), ...problems(404) },
})

const fileTypes = Object.values(documentTypes)
const fileRoute = createRoute({
  operationId: 'getSpeechFile',
  method: 'get',
  path: `${path}/{number}/file`,
  tags,
  request: { params: numberParam },
  responses: {
    200: fileAnswer('File', fileTypes),
    206: fileAnswer('FileRange', fileTypes),
    304: { description: 'NotModified' },
    416: { description: 'RangeOutside' },
    ...problems(404, 409),
  },
})

/** The files of a speech, every version: streamed in, looked at, kept; streamed out. */
export const speechFiles = createRouter()
  .openapi(listRoute, async (c) => {
    const { id: speechId } = c.req.valid('param')
    const { db, config } = c.var.services
    await getSpeech(db, c.var.key.organizationId, speechId)
    const rows = await listVersions(db, c.var.key.organizationId, speechId)
    const all = rows.map((row) => toVersion(row, speechUrl(config.baseUrl, speechId)))
    return c.json(pageOfWhole(all, c.req.valid('query')), 200)
  })
  .openapi(sendRoute, async (c) => {
    const { id: speechId } = c.req.valid('param')
    const { organizationId } = c.var.key
    const { db, files, config } = c.var.services
    const { seminar_id } = await checkOpen(db, organizationId, speechId)
    const received = await receiveDocument(c.var.services, {
      organizationId,
      lanes: [seminar_id, speechId],
      filename: sentName(c.req.valid('query'), c.req.valid('header')),
      fallbackName: FALLBACK_NAME,
      body: streamOf(c.req.raw, config.uploadMaxBytes),
      maxBytes: config.uploadMaxBytes,
    })
    // Bytes that no row speaks of go again: the speech is closed meanwhile, or the same request was answered before.
    const stored = 'document' in received ? received.document : received.bytes
    const target = { organizationId, id: speechId }
    const owner = { organizationId, presentationId: speechId, sentBy: 'organizer' as const }
    let kept = false
    let parked: UploadRow | undefined
    try {
      const reply = await change<SpeechVersionBody | UploadBody, 201 | 202>(
        c,
        async (trx, ctx) => {
          if ('bytes' in received) {
            parked = await parkUpload(trx, ctx, owner, received.bytes)
            const { size } = parked
            const headers = { Location: `${speechUrl(ctx.origin, speechId)}/uploads/${parked.id}` }
            return { status: 202, body: { received: size, size, state: uploadState(parked) }, headers }
          }
          const number = await submitVersion(trx, ctx, target, received.document, 'organizer')
          const row = await getVersion(trx, organizationId, speechId, number)
          kept = true
          const headers = { Location: `${speechUrl(ctx.origin, speechId)}/versions/${number}` }
          return { status: 201, body: toVersion(row, speechUrl(ctx.origin, speechId)), headers }
        },
        stored.sha256,
      )
      const scan = () => scanSoon(c.var.services, keyContext(c), target)
      if (parked && 'bytes' in received)
        c.var.services.later(finishLate(c.var.services, keyContext(c), parked, received).then(scan))
      else if (kept) scan()
      else await files.delete(stored.key)
      return c.json(reply.body, reply.status) as never
    } catch (error) {
      await files.delete(stored.key)
      throw error
    }
  })
  .openapi(getRoute, async (c) => {
    const { id: speechId, number } = c.req.valid('param')
    const { db, config } = c.var.services
    const row = await getVersion(db, c.var.key.organizationId, speechId, number)
    return c.json(toVersion(row, speechUrl(config.baseUrl, speechId)), 200)
  })
  .openapi(fileRoute, async (c) => {
    const { id: speechId, number } = c.req.valid('param')
    const row = await getVersion(c.var.services.db, c.var.key.organizationId, speechId, number)
    return answerFile(asPage(c), row, 'download') as never
  })

function speechUrl(origin: string, speechId: string): string {
  return `${origin}/api/v1/speeches/${speechId}`
}

/** Asked before its bytes are read. @throws DomainError not_found · conflict: no file is taken now */
async function checkOpen(db: Db, organizationId: string, speechId: string): Promise<SpeechRow> {
  const speech = await getSpeech(db, organizationId, speechId)
  const closed = refuseFile({ state: speech.state as PresentationState, versions: speech.latest_number ?? 0 })
  if (closed) throw new DomainError('conflict', { detail: closed })
  return speech
}
