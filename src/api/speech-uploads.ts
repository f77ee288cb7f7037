import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import type { DomainError } from '../errors.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { uploadStates } from '../features/presentations/rules/uploads.ts'
import { tusHandlers, type UploadPlace } from '../http/tus.ts'
import { translator } from '../i18n.ts'
import { problem as answerProblem, languageOf } from '../problem.ts'
import { fileProblems } from './file-body.ts'
import { keyContext } from './key.ts'
import { type ApiEnv, asPage, createRouter } from './router.ts'
import { changeHeaders, id, idParam, plain } from './schemas.ts'

const tags = ['speeches']
const path = '/speeches/{id}/uploads'
const ofUpload = z.object({ id, upload: id })
const idempotencyKey = changeHeaders.shape['idempotency-key']

const resumable = z.string().optional().meta({ example: '1.0.0' })
const bytes = { 'application/offset+octet-stream': { schema: z.any().meta({ format: 'binary' }) } }

/** Where an upload stands: what came of it, and at the end which version it is, or why it was refused. */
export const uploadSchema = z
  .object({
    received: z.int(),
    size: z.int(),
    state: z.enum(uploadStates),
    number: z.int().optional(),
    code: z.string().optional(),
    text: z.string().optional(),
    parts: z.array(z.object({ size: z.int(), sha256: z.string() })).optional(),
  })
  .meta({ id: 'Upload' })
export type UploadBody = z.output<typeof uploadSchema>

const refusals = { ...fileProblems(), 412: { description: 'TusVersion' } }

const describeRoute = createRoute({
  operationId: 'describeUploads',
  method: 'options',
  path,
  tags,
  request: { params: idParam },
  responses: { 204: { description: 'Tus' }, ...refusals },
})

const createUploadRoute = createRoute({
  operationId: 'createUpload',
  method: 'post',
  path,
  tags,
  request: {
    params: idParam,
    headers: z.object({
      'idempotency-key': idempotencyKey,
      'tus-resumable': resumable,
      'upload-length': z.string().optional(),
      'upload-metadata': z.string().optional(),
    }),
    body: { required: false, content: bytes },
  },
  responses: { 201: { description: 'UploadOpened' }, ...refusals },
})

const tellRoute = createRoute({
  operationId: 'getUpload',
  method: 'get',
  path: `${path}/{upload}`,
  tags,
  request: { params: ofUpload },
  responses: { 200: plain(uploadSchema, 'Upload'), ...refusals },
})

const receiveRoute = createRoute({
  operationId: 'appendToUpload',
  method: 'patch',
  path: `${path}/{upload}`,
  tags,
  request: {
    params: ofUpload,
    headers: z.object({ 'tus-resumable': resumable, 'upload-offset': z.string().optional() }),
    body: { required: true, content: bytes },
  },
  responses: { 204: { description: 'UploadReceived' }, ...refusals },
})

const terminateRoute = createRoute({
  operationId: 'deleteUpload',
  method: 'delete',
  path: `${path}/{upload}`,
  tags,
  request: { params: ofUpload, headers: z.object({ 'tus-resumable': resumable }) },
  responses: { 204: { description: 'Deleted' }, ...refusals },
})

const tus = tusHandlers(
  (c) => openPlace(c as unknown as Context<ApiEnv>),
  (c: Context<AppEnv>, error: DomainError) => answerProblem(c, error),
)

/** Uploads of a speech's files that may be cut and gone on with, by any client of tus 1.0.0. */
export const speechUploads = createRouter()
  .openapi(describeRoute, (c) => tus.describe(asPage(c)) as never)
  .openapi(createUploadRoute, (c) => tus.create(asPage(c)) as never)
  .openapi(tellRoute, (c) => tus.tell(asPage(c)) as never)
  .openapi(receiveRoute, (c) => tus.receive(asPage(c)) as never)
  .openapi(terminateRoute, (c) => tus.terminate(asPage(c)) as never)

async function openPlace(c: Context<ApiEnv>): Promise<UploadPlace> {
  const { db, config } = c.var.services
  const speech = await getSpeech(db, c.var.key.organizationId, c.req.param('id') ?? '')
  return {
    speech,
    sentBy: 'organizer',
    ctx: keyContext(c),
    base: `${config.baseUrl}/api/v1/speeches/${speech.id}`,
    t: translator(languageOf(asPage(c))),
  }
}
