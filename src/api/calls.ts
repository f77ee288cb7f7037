import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { recordCall } from '../features/invitations/commands/calls.ts'
import { countCalls, getCall, listCalls } from '../features/invitations/queries/calls.ts'
import { type EventDetails, getEventDetails } from '../features/invitations/queries/event.ts'
import { callStates } from '../features/invitations/schema.ts'
import { type CallBody, callOutcomeSchema, callSchema, toCall } from './call-body.ts'
import { change } from './change.ts'
import { createRouter } from './router.ts'
import { body, checkCursor, editHeaders, idParam, json, page, pageQuery, problems } from './schemas.ts'
import { etagOf, versionOf } from './version.ts'

const tags = ['calls']

const listRoute = createRoute({
  operationId: 'listCalls',
  method: 'get',
  path: '/calls',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      state: z.enum(callStates, { error: 'invalid' }).default('open'),
      seminarId: z.uuid({ error: 'invalid' }).optional(),
    }),
  },
  responses: { 200: page(callSchema, 'CallPage'), ...problems() },
})

const getRoute = createRoute({
  operationId: 'getCall',
  method: 'get',
  path: '/calls/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(callSchema, 'Call'), ...problems(404) },
})

const outcomeRoute = createRoute({
  operationId: 'setCallOutcome',
  method: 'put',
  path: '/calls/{id}/outcome',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(callOutcomeSchema) },
  responses: { 200: json(callSchema, 'Call'), ...problems(404, 409, 412, 428) },
})

/** Calls: whom no letter reaches, what to say, and how it went. An answer given on the telephone is put as any other. */
export const calls = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, 5)
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listCalls(db, organizationId, filter, limit),
      countCalls(db, organizationId, filter),
    ])
    const details = new Map<string, EventDetails>()
    for (const { seminar_id: id } of found.items)
      if (!details.has(id)) details.set(id, await getEventDetails(db, organizationId, id))
    const now = c.var.services.clock()
    const items = found.items.map((row) => toCall(row, details.get(row.seminar_id) as EventDetails, now))
    return c.json({ items, next: found.next ?? null, total }, 200)
  })
  .openapi(getRoute, async (c) => {
    const { db, clock } = c.var.services
    const call = await readCall(db, c.var.key.organizationId, c.req.valid('param').id, clock())
    c.header('ETag', etagOf(call.version))
    return c.json(call, 200)
  })
  .openapi(outcomeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await recordCall(trx, ctx, { organizationId, id, version, ...input })
      const call = await readCall(trx, organizationId, id, ctx.now)
      return { status: 200 as const, body: call, headers: { ETag: etagOf(call.version) } }
    })
    return c.json(reply.body, reply.status)
  })

async function readCall(db: Db, organizationId: string, id: string, now: Date): Promise<CallBody> {
  const row = await getCall(db, organizationId, id)
  return toCall(row, await getEventDetails(db, organizationId, row.seminar_id), now)
}
