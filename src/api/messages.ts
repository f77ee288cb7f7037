import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { retryMessage, sendAgain, sendBouncedAgain } from '../features/mail/commands/again.ts'
import { planAgain } from '../features/mail/queries/again.ts'
import { findMailStop } from '../features/mail/queries/line.ts'
import { countMessages, getMessage, listMessages } from '../features/mail/queries.ts'
import { messageKinds, messageStates } from '../features/mail/schema.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { change } from './change.ts'
import {
  bouncedAgainSchema,
  messageSchema,
  messageStateSchema,
  sentAgainSchema,
  toMessage,
  toWholeMessage,
  wholeMessageSchema,
} from './message-body.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, checkCursor, idParam, page, pageQuery, plain, problems, searchQuery } from './schemas.ts'

const tags = ['messages']
const optionalId = z.uuid({ error: 'invalid' }).optional()

const listRoute = createRoute({
  operationId: 'listMessages',
  method: 'get',
  path: '/messages',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      q: searchQuery,
      state: z.enum(messageStates, { error: 'invalid' }).optional(),
      kind: z.enum(messageKinds, { error: 'invalid' }).optional(),
      seminarId: optionalId,
      invitationId: optionalId,
      sort: z.enum(['newest'], { error: 'invalid' }).default('newest'),
    }),
  },
  responses: { 200: page(messageSchema, 'MessagePage'), ...problems() },
})

const getRoute = createRoute({
  operationId: 'getMessage',
  method: 'get',
  path: '/messages/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: plain(wholeMessageSchema, 'Message'), ...problems(404) },
})

const stateRoute = createRoute({
  operationId: 'setMessageState',
  method: 'put',
  path: '/messages/{id}/state',
  tags,
  request: { params: idParam, headers: changeHeaders, body: body(messageStateSchema) },
  responses: { 200: plain(messageSchema, 'Message'), ...problems(404, 409) },
})

const copyRoute = createRoute({
  operationId: 'createMessageCopy',
  method: 'post',
  path: '/messages/{id}/copies',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: plain(messageSchema, 'Message'), ...problems(404, 409) },
})

const againRoute = createRoute({
  operationId: 'sendBouncedAgain',
  method: 'post',
  path: '/messages/bounced/attempts',
  tags,
  request: { headers: changeHeaders, body: body(bouncedAgainSchema) },
  responses: { 200: plain(sentAgainSchema, 'SentAgain'), ...problems(404) },
})

/** The outbox: what was sent, what waits, what did not arrive and why. */
export const messages = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, seminarId, invitationId, ...query } = c.req.valid('query')
    checkCursor(query.cursor, 1)
    const filter = { ...query, seminar: seminarId, invitation: invitationId }
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total, stop] = await Promise.all([
      listMessages(db, organizationId, filter, limit),
      countMessages(db, organizationId, filter),
      findMailStop(db, organizationId),
    ])
    return c.json({ items: found.items.map((row) => toMessage(row, stop)), next: found.next ?? null, total }, 200)
  })
  .openapi(getRoute, async (c) => {
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const row = await getMessage(db, organizationId, c.req.valid('param').id)
    return c.json(toWholeMessage(row, await findMailStop(db, organizationId)), 200)
  })
  .openapi(stateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await retryMessage(trx, ctx, organizationId, id)
      return { status: 200 as const, body: await readMessage(trx, organizationId, id) }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(copyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const copy = await sendAgain(trx, ctx, organizationId, id)
      const headers = { Location: `${ctx.origin}/api/v1/messages/${copy}` }
      return { status: 201 as const, body: await readMessage(trx, organizationId, copy), headers }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(againRoute, async (c) => {
    const { seminarId, deadAddresses } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      if (seminarId) await getSeminar(trx, organizationId, seminarId)
      const { dead, replaced, link, over } = await planAgain(trx, organizationId, seminarId)
      const sent = await sendBouncedAgain(trx, ctx, organizationId, { seminarId, deadToo: deadAddresses })
      const left = { deadAddresses: deadAddresses ? 0 : dead, replaced, linkReplaced: link, over }
      return { status: 200 as const, body: { sent, ...left } }
    })
    return c.json(reply.body, reply.status)
  })

async function readMessage(db: Db, organizationId: string, id: string) {
  return toMessage(await getMessage(db, organizationId, id), await findMailStop(db, organizationId))
}
