import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { DomainError, invalid } from '../errors.ts'
import { addChair, editChair, orderChairs, removeChair } from '../features/seminars/commands/chairs.ts'
import { listChairs } from '../features/seminars/queries/detail.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { type ChairBody, chairPatchSchema, chairSchema, newChairSchema, toChair } from './chair-body.ts'
import { change } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, id, json, page, pageQuery, plain, problems } from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'
import { orderSchema, pageOfWhole } from './whole-list.ts'

const tags = ['chairs']
const ofSeminar = z.object({ seminarId: id })
const ofChair = z.object({ seminarId: id, chairId: id })
const path = '/seminars/{seminarId}/chairs'

const listRoute = createRoute({
  operationId: 'listChairs',
  method: 'get',
  path,
  tags,
  request: { params: ofSeminar, query: z.object({ ...pageQuery, role: chairSchema.shape.role.optional() }) },
  responses: { 200: page(chairSchema, 'ChairPage'), ...problems(404) },
})

const addRoute = createRoute({
  operationId: 'createChair',
  method: 'post',
  path,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(newChairSchema) },
  responses: { 201: json(chairSchema, 'Chair'), ...problems(404, 409) },
})

const orderRoute = createRoute({
  operationId: 'setChairOrder',
  method: 'put',
  path: `${path}/order`,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(orderSchema) },
  responses: { 200: plain(orderSchema, 'Order'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getChair',
  method: 'get',
  path: `${path}/{chairId}`,
  tags,
  request: { params: ofChair },
  responses: { 200: json(chairSchema, 'Chair'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editChair',
  method: 'patch',
  path: `${path}/{chairId}`,
  tags,
  request: { params: ofChair, headers: editHeaders, body: body(chairPatchSchema) },
  responses: { 200: json(chairSchema, 'Chair'), ...problems(404, 409, 412, 428) },
})

const removeRoute = createRoute({
  operationId: 'deleteChair',
  method: 'delete',
  path: `${path}/{chairId}`,
  tags,
  request: { params: ofChair, headers: editHeaders },
  responses: { 204: { description: 'Deleted' }, ...problems(404, 409, 412, 428) },
})

/** Who chairs a seminar, in order, and superiors who attend and direct. */
export const chairs = createRouter()
  .openapi(listRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { role, ...range } = c.req.valid('query')
    const all = await readChairs(c.var.services.db, c.var.key.organizationId, seminarId)
    return c.json(pageOfWhole(role ? all.filter((one) => one.role === role) : all, range), 200)
  })
  .openapi(addRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const chairId = await addChair(trx, ctx, organizationId, seminarId, input)
      const chair = await readChair(trx, organizationId, seminarId, chairId)
      checkPerson(input.personId, chair)
      return made(chair, `${ctx.origin}/api/v1/seminars/${seminarId}/chairs/${chairId}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(orderRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { ids } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await orderChairs(trx, ctx, organizationId, seminarId, ids)
      const all = await readChairs(trx, organizationId, seminarId)
      return { status: 200 as const, body: { ids: all.map((one) => one.id) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { seminarId, chairId } = c.req.valid('param')
    const chair = await readChair(c.var.services.db, c.var.key.organizationId, seminarId, chairId)
    c.header('ETag', etagOf(chair.version))
    return c.json(chair, 200)
  })
  .openapi(editRoute, async (c) => {
    const { seminarId, chairId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const now = await readChair(trx, organizationId, seminarId, chairId)
      const { id: _id, seminarId: _seminarId, version: _version, ...fields } = now
      const input = parseBody(newChairSchema, { ...fields, ...patch })
      await editChair(trx, ctx, organizationId, seminarId, chairId, version ?? now.version, input)
      const chair = await readChair(trx, organizationId, seminarId, chairId)
      checkPerson(input.personId, chair)
      return standing(chair)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(removeRoute, async (c) => {
    const { seminarId, chairId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      await removeChair(trx, ctx, organizationId, seminarId, chairId, version)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

async function readChairs(db: Db, organizationId: string, seminarId: string): Promise<ChairBody[]> {
  await getSeminar(db, organizationId, seminarId)
  return (await listChairs(db, organizationId, seminarId)).map(toChair)
}

async function readChair(db: Db, organizationId: string, seminarId: string, chairId: string): Promise<ChairBody> {
  const chair = (await readChairs(db, organizationId, seminarId)).find((one) => one.id === chairId)
  if (!chair) throw new DomainError('not_found')
  return chair
}

/** A form keeps whoever left the directory by name alone; here an id that is no person of the organisation is a mistake. */
function checkPerson(asked: string | null, { personId }: ChairBody): void {
  if (asked !== personId) throw invalid({ field: 'personId', code: 'invalid' })
}
