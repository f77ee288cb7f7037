import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { changeRequest, requestSpeech } from '../features/presentations/commands/request.ts'
import { countListed, listSpeeches } from '../features/presentations/queries/board.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { waits } from '../features/presentations/rules.ts'
import { presentationStates, requestInput } from '../features/presentations/schema.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { change } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  editHeaders,
  id,
  idParam,
  json,
  page,
  pageQuery,
  problems,
} from './schemas.ts'
import {
  newSpeechSchema,
  type SpeechBody,
  speechEditSchema,
  speechPatchSchema,
  speechSchema,
  toSpeech,
} from './speech-body.ts'
import { etagOf, made, standing, versionOf } from './version.ts'

const tags = ['speeches']
const ofSeminar = z.object({ seminarId: id })

const listRoute = createRoute({
  operationId: 'listSpeeches',
  method: 'get',
  path: '/seminars/{seminarId}/speeches',
  tags,
  request: {
    params: ofSeminar,
    query: z.object({
      ...pageQuery,
      state: z.enum(presentationStates, { error: 'invalid' }).optional(),
      waitingFor: z.enum(waits, { error: 'invalid' }).optional(),
      overdue: z.enum(['true', 'false'], { error: 'invalid' }).optional(),
    }),
  },
  responses: { 200: page(speechSchema, 'SpeechPage'), ...problems(404) },
})

const requestRoute = createRoute({
  operationId: 'createSpeech',
  method: 'post',
  path: '/seminars/{seminarId}/speeches',
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(newSpeechSchema) },
  responses: { 201: json(speechSchema, 'Speech'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getSpeech',
  method: 'get',
  path: '/speeches/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(speechSchema, 'Speech'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editSpeech',
  method: 'patch',
  path: '/speeches/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(speechPatchSchema) },
  responses: { 200: json(speechSchema, 'Speech'), ...problems(404, 409, 412, 428) },
})

/** Speeches: ask for one, list, read, change what is asked for. */
export const speeches = createRouter()
  .openapi(listRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { limit, cursor, state, waitingFor, overdue } = c.req.valid('query')
    checkCursor(cursor, 2)
    const { db, clock } = c.var.services
    const { organizationId } = c.var.key
    await getSeminar(db, organizationId, seminarId)
    const filter = { state, wait: waitingFor, late: overdue && overdue === 'true' }
    const [found, total] = await Promise.all([
      listSpeeches(db, organizationId, seminarId, { ...filter, cursor }, limit),
      countListed(db, organizationId, seminarId, filter),
    ])
    const now = clock()
    return c.json({ items: found.items.map((row) => toSpeech(row, now)), next: found.next ?? null, total }, 200)
  })
  .openapi(requestRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const input = parseBody(requestInput, c.req.valid('json'))
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const speechId = await requestSpeech(trx, ctx, organizationId, seminarId, input)
      return made(await readSpeech(trx, organizationId, speechId, ctx.now), `${ctx.origin}/api/v1/speeches/${speechId}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { db, clock } = c.var.services
    const speech = await readSpeech(db, c.var.key.organizationId, c.req.valid('param').id, clock())
    c.header('ETag', etagOf(speech.version))
    return c.json(speech, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id: speechId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const { topic, topicEn, minutes, delivery, deadlineLocal, position, email } = await readSpeech(
        trx,
        organizationId,
        speechId,
        ctx.now,
      )
      const stands = { topic, topicEn, minutes, delivery, deadlineLocal, position, email }
      const input = parseBody(speechEditSchema, { ...stands, ...patch })
      await changeRequest(trx, ctx, { organizationId, id: speechId, ...(version ? { version } : {}) }, input)
      return standing(await readSpeech(trx, organizationId, speechId, ctx.now))
    })
    return c.json(reply.body, reply.status)
  })

/** A speech of the organisation, as the API gives it. @throws DomainError not_found */
export async function readSpeech(db: Db, organizationId: string, speechId: string, now: Date): Promise<SpeechBody> {
  return toSpeech(await getSpeech(db, organizationId, speechId), now)
}
