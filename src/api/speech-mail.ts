import { createRoute, z } from '@hono/zod-openapi'
import { remindLate, remindSpeaker } from '../features/presentations/commands/remind.ts'
import { resendRequest } from '../features/presentations/commands/request.ts'
import { listLate } from '../features/presentations/queries/reminders.ts'
import { change } from './change.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, id, idParam, json, plain, problems } from './schemas.ts'
import { speechSchema } from './speech-body.ts'
import { readSpeech } from './speeches.ts'
import { waitingOf } from './told.ts'
import { made } from './version.ts'

const tags = ['speeches']

/** Which late speakers are reminded: those named, or all. */
const remindersSchema = z
  .strictObject({ speechIds: z.array(id).min(1, 'required').max(1000, 'too_many').optional() })
  .meta({ id: 'Reminders', example: {} })
const remindedSchema = z.object({ mailed: z.int(), waiting: z.int() }).meta({ id: 'Reminded' })

const remindRoute = createRoute({
  operationId: 'createReminder',
  method: 'post',
  path: '/speeches/{id}/reminders',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: json(speechSchema, 'Speech'), ...problems(404, 409) },
})

const remindLateRoute = createRoute({
  operationId: 'createReminders',
  method: 'post',
  path: '/seminars/{seminarId}/reminders',
  tags,
  request: { params: z.object({ seminarId: id }), headers: changeHeaders, body: body(remindersSchema) },
  responses: { 200: plain(remindedSchema, 'Reminded'), ...problems(404, 409) },
})

const resendRoute = createRoute({
  operationId: 'createSpeechMailing',
  method: 'post',
  path: '/speeches/{id}/mailings',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: json(speechSchema, 'Speech'), ...problems(404, 409) },
})

/** Letters to speakers that are sent by hand: a reminder, reminders to all who are late, the request once more. */
export const speechMail = createRouter()
  .openapi(remindRoute, async (c) => {
    const { id: speechId } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await remindSpeaker(trx, ctx, { organizationId, id: speechId })
      return made(await readSpeech(trx, organizationId, speechId, ctx.now), `${ctx.origin}/api/v1/speeches/${speechId}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(remindLateRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { speechIds } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const chosen = speechIds ?? (await listLate(trx, organizationId, seminarId)).mailed.map((row) => row.id)
      const mailed = await remindLate(trx, ctx, organizationId, seminarId, chosen)
      return { status: 200 as const, body: { mailed, waiting: await waitingOf(c, trx, organizationId, mailed) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(resendRoute, async (c) => {
    const { id: speechId } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await resendRequest(trx, ctx, { organizationId, id: speechId })
      return made(await readSpeech(trx, organizationId, speechId, ctx.now), `${ctx.origin}/api/v1/speeches/${speechId}`)
    })
    return c.json(reply.body, reply.status)
  })
