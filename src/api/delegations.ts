import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import {
  addDelegation,
  editDelegation,
  orderDelegations,
  removeDelegation,
} from '../features/seminars/commands/delegations.ts'
import { listDelegations } from '../features/seminars/queries/detail.ts'
import { countDelegationSeats, countSeats, selectorDay } from '../features/seminars/queries/seats.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { change } from './change.ts'
import {
  type DelegationBody,
  delegationPageSchema,
  delegationPatchSchema,
  delegationSchema,
  newDelegationSchema,
  selectionSchema,
  selectorQuery,
  toDelegation,
} from './delegation-body.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, id, json, pageQuery, plain, problems } from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'
import { orderSchema, pageOfWhole } from './whole-list.ts'

const tags = ['delegations']
const ofSeminar = z.object({ seminarId: id })
const ofDelegation = z.object({ seminarId: id, delegationId: id })
const path = '/seminars/{seminarId}/delegations'

const listRoute = createRoute({
  operationId: 'listDelegations',
  method: 'get',
  path,
  tags,
  request: { params: ofSeminar, query: z.object(pageQuery) },
  responses: { 200: plain(delegationPageSchema, 'DelegationPage'), ...problems(404) },
})

const addRoute = createRoute({
  operationId: 'createDelegation',
  method: 'post',
  path,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(newDelegationSchema) },
  responses: { 201: json(delegationSchema, 'Delegation'), ...problems(404, 409) },
})

const orderRoute = createRoute({
  operationId: 'setDelegationOrder',
  method: 'put',
  path: `${path}/order`,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(orderSchema) },
  responses: { 200: plain(orderSchema, 'Order'), ...problems(404, 409) },
})

const selectionRoute = createRoute({
  operationId: 'getSelection',
  method: 'get',
  path: '/seminars/{seminarId}/selection',
  tags,
  request: { params: ofSeminar, query: selectorQuery },
  responses: { 200: plain(selectionSchema, 'Selection'), ...problems(404) },
})

const getRoute = createRoute({
  operationId: 'getDelegation',
  method: 'get',
  path: `${path}/{delegationId}`,
  tags,
  request: { params: ofDelegation },
  responses: { 200: json(delegationSchema, 'Delegation'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editDelegation',
  method: 'patch',
  path: `${path}/{delegationId}`,
  tags,
  request: { params: ofDelegation, headers: editHeaders, body: body(delegationPatchSchema) },
  responses: { 200: json(delegationSchema, 'Delegation'), ...problems(404, 409, 412, 428) },
})

const removeRoute = createRoute({
  operationId: 'deleteDelegation',
  method: 'delete',
  path: `${path}/{delegationId}`,
  tags,
  request: { params: ofDelegation, headers: editHeaders },
  responses: { 204: { description: 'Deleted' }, ...problems(404, 409, 412, 428) },
})

/** The groups that take part in a seminar, as they are printed, and whom their selectors mean. */
export const delegations = createRouter()
  .openapi(listRoute, async (c) => {
    const { db, clock } = c.var.services
    const all = await readDelegations(db, c.var.key.organizationId, c.req.valid('param').seminarId, clock())
    return c.json({ ...pageOfWhole(all.items, c.req.valid('query')), selected: all.selected }, 200)
  })
  .openapi(addRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const delegationId = await addDelegation(trx, ctx, organizationId, seminarId, input)
      const delegation = await readDelegation(trx, organizationId, seminarId, delegationId, ctx.now)
      return made(delegation, `${ctx.origin}/api/v1/seminars/${seminarId}/delegations/${delegationId}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(orderRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { ids } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await orderDelegations(trx, ctx, organizationId, seminarId, ids)
      const all = await listDelegations(trx, organizationId, seminarId)
      return { status: 200 as const, body: { ids: all.map((one) => one.id) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(selectionRoute, async (c) => {
    const { db, clock } = c.var.services
    const seminar = await getSeminar(db, c.var.key.organizationId, c.req.valid('param').seminarId)
    const day = selectorDay(seminar, clock())
    const count = await countSeats(db, c.var.key.organizationId, c.req.valid('query'), day)
    return c.json({ ...count, day }, 200)
  })
  .openapi(getRoute, async (c) => {
    const { seminarId, delegationId } = c.req.valid('param')
    const { db, clock } = c.var.services
    const delegation = await readDelegation(db, c.var.key.organizationId, seminarId, delegationId, clock())
    c.header('ETag', etagOf(delegation.version))
    return c.json(delegation, 200)
  })
  .openapi(editRoute, async (c) => {
    const { seminarId, delegationId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const now = await readDelegation(trx, organizationId, seminarId, delegationId, ctx.now)
      const { text, textEn, separator, selector } = now
      const input = parseBody(newDelegationSchema, { text, textEn, separator, selector, ...patch })
      await editDelegation(trx, ctx, organizationId, seminarId, delegationId, version ?? now.version, input)
      return standing(await readDelegation(trx, organizationId, seminarId, delegationId, ctx.now))
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(removeRoute, async (c) => {
    const { seminarId, delegationId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      await removeDelegation(trx, ctx, organizationId, seminarId, delegationId, version)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

async function readDelegations(db: Db, organizationId: string, seminarId: string, now: Date) {
  const seminar = await getSeminar(db, organizationId, seminarId)
  const rows = await listDelegations(db, organizationId, seminarId)
  const { byId, seats, people } = await countDelegationSeats(db, seminar, rows, now)
  return { items: rows.map((row) => toDelegation(row, byId.get(row.id))), selected: { seats, people } }
}

async function readDelegation(
  db: Db,
  organizationId: string,
  seminarId: string,
  id: string,
  now: Date,
): Promise<DelegationBody> {
  const seminar = await getSeminar(db, organizationId, seminarId)
  const row = (await listDelegations(db, organizationId, seminarId)).find((one) => one.id === id)
  if (!row) throw new DomainError('not_found')
  const { byId } = await countDelegationSeats(db, seminar, [row], now)
  return toDelegation(row, byId.get(id))
}
