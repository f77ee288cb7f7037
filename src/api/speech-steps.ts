import { createRoute, type z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Trx } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import {
  approveSpeech,
  placeOnAgenda,
  putDownSpeech,
  releaseSpeech,
  reopenSpeech,
  returnSpeech,
  takeUpSpeech,
} from '../features/presentations/commands/decide.ts'
import { lockSpeech, type Target } from '../features/presentations/commands/lock.ts'
import { withdrawRequest } from '../features/presentations/commands/request.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { type Step, stateAfter } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import { change } from './change.ts'
import { createRouter } from './router.ts'
import { body, editHeaders, idParam, json, problems } from './schemas.ts'
import { placementSchema, releaseSchema, speechSchema, speechStateSchema } from './speech-body.ts'
import { readSpeech } from './speeches.ts'
import { standing, versionOf } from './version.ts'

const tags = ['speeches']

const stateRoute = createRoute({
  operationId: 'setSpeechState',
  method: 'put',
  path: '/speeches/{id}/state',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(speechStateSchema) },
  responses: { 200: json(speechSchema, 'Speech'), ...problems(404, 409, 412, 428) },
})

const placeRoute = createRoute({
  operationId: 'setSpeechAgendaItem',
  method: 'put',
  path: '/speeches/{id}/agenda-item',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(placementSchema) },
  responses: { 200: json(speechSchema, 'Speech'), ...problems(404, 409, 412, 428) },
})

const releaseRoute = createRoute({
  operationId: 'setSpeechRelease',
  method: 'put',
  path: '/speeches/{id}/release',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(releaseSchema) },
  responses: { 200: json(speechSchema, 'Speech'), ...problems(404, 409, 412, 428) },
})

/** What is decided of a speech: its state, its place on the agenda, whether everyone may read it. */
export const speechSteps = createRouter()
  .openapi(stateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const target = targetOf(c.var.key.organizationId, id, c.req.valid('header')['if-match'])
    const wanted = c.req.valid('json')
    const reply = await change(c, async (trx, ctx) => {
      await bringTo(trx, ctx, target, wanted)
      return standing(await readSpeech(trx, target.organizationId, id, ctx.now))
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(placeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const target = targetOf(c.var.key.organizationId, id, c.req.valid('header')['if-match'])
    const input = c.req.valid('json')
    const reply = await change(c, async (trx, ctx) => {
      await placeOnAgenda(trx, ctx, target, input)
      return standing(await readSpeech(trx, target.organizationId, id, ctx.now))
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(releaseRoute, async (c) => {
    const { id } = c.req.valid('param')
    const target = targetOf(c.var.key.organizationId, id, c.req.valid('header')['if-match'])
    const { released } = c.req.valid('json')
    const reply = await change(c, async (trx, ctx) => {
      await releaseSpeech(trx, ctx, target, released)
      return standing(await readSpeech(trx, target.organizationId, id, ctx.now))
    })
    return c.json(reply.body, reply.status)
  })

/** The speech a change is for, on the version of If-Match. */
export function targetOf(organizationId: string, id: string, ifMatch: string): Target {
  const version = versionOf(ifMatch)
  return { organizationId, id, ...(version === undefined ? {} : { version }) }
}

const commands = {
  take_up: takeUpSpeech,
  put_down: putDownSpeech,
  approve: approveSpeech,
  reopen: reopenSpeech,
  withdraw: withdrawRequest,
}

/** Takes the one step that leads to the wanted state from where the speech stands. @throws DomainError conflict: none does */
async function bringTo(trx: Trx, ctx: Context, target: Target, wanted: z.output<typeof speechStateSchema>) {
  await lockSpeech(trx, target)
  if (wanted.state === 'returned') return returnSpeech(trx, ctx, target, wanted)
  const { state, latest_number } = await getSpeech(trx, target.organizationId, target.id)
  const steps = Object.keys(commands) as (keyof typeof commands)[]
  const leads = (step: Step) => stateAfter(step, state as PresentationState, latest_number ?? 0) === wanted.state
  const step = steps.find(leads)
  if (!step) throw new DomainError('conflict', { detail: 'speech_state_not_next' })
  return commands[step](trx, ctx, target)
}
