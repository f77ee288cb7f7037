import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { DomainError, invalid } from '../errors.ts'
import { addAgendaItem, editAgendaItem, orderAgenda, removeAgendaItem } from '../features/seminars/commands/agenda.ts'
import { getAgenda } from '../features/seminars/queries/detail.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import {
  type AgendaItemBody,
  agendaItemPatchSchema,
  agendaItemSchema,
  agendaPageSchema,
  newAgendaItemSchema,
  toAgendaItem,
} from './agenda-item-body.ts'
import { change } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, id, json, pageQuery, plain, problems } from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'
import { orderSchema, pageOfWhole } from './whole-list.ts'

const tags = ['agenda']
const ofSeminar = z.object({ seminarId: id })
const ofItem = z.object({ seminarId: id, itemId: id })
const path = '/seminars/{seminarId}/agenda-items'

const listRoute = createRoute({
  operationId: 'listAgendaItems',
  method: 'get',
  path,
  tags,
  request: { params: ofSeminar, query: z.object(pageQuery) },
  responses: { 200: plain(agendaPageSchema, 'AgendaPage'), ...problems(404) },
})

const addRoute = createRoute({
  operationId: 'createAgendaItem',
  method: 'post',
  path,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(newAgendaItemSchema) },
  responses: { 201: json(agendaItemSchema, 'AgendaItem'), ...problems(404, 409) },
})

const orderRoute = createRoute({
  operationId: 'setAgendaOrder',
  method: 'put',
  path: `${path}/order`,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(orderSchema) },
  responses: { 200: plain(orderSchema, 'Order'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getAgendaItem',
  method: 'get',
  path: `${path}/{itemId}`,
  tags,
  request: { params: ofItem },
  responses: { 200: json(agendaItemSchema, 'AgendaItem'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editAgendaItem',
  method: 'patch',
  path: `${path}/{itemId}`,
  tags,
  request: { params: ofItem, headers: editHeaders, body: body(agendaItemPatchSchema) },
  responses: { 200: json(agendaItemSchema, 'AgendaItem'), ...problems(404, 409, 412, 428) },
})

const removeRoute = createRoute({
  operationId: 'deleteAgendaItem',
  method: 'delete',
  path: `${path}/{itemId}`,
  tags,
  request: { params: ofItem, headers: editHeaders },
  responses: { 204: { description: 'Deleted' }, ...problems(404, 409, 412, 428) },
})

/** A seminar's agenda: its items in order, with their speakers and computed times. */
export const agendaItems = createRouter()
  .openapi(listRoute, async (c) => {
    const { items, ...whole } = await readAgenda(
      c.var.services.db,
      c.var.key.organizationId,
      c.req.valid('param').seminarId,
    )
    return c.json({ ...pageOfWhole(items, c.req.valid('query')), ...whole }, 200)
  })
  .openapi(addRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const itemId = await addAgendaItem(trx, ctx, organizationId, seminarId, input)
      const item = await readItem(trx, organizationId, seminarId, itemId)
      checkPeople(input.speakers, item)
      return made(item, `${ctx.origin}/api/v1/seminars/${seminarId}/agenda-items/${itemId}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(orderRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { ids } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await orderAgenda(trx, ctx, organizationId, seminarId, ids)
      const { items } = await readAgenda(trx, organizationId, seminarId)
      return { status: 200 as const, body: { ids: items.map((one) => one.id) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { seminarId, itemId } = c.req.valid('param')
    const item = await readItem(c.var.services.db, c.var.key.organizationId, seminarId, itemId)
    c.header('ETag', etagOf(item.version))
    return c.json(item, 200)
  })
  .openapi(editRoute, async (c) => {
    const { seminarId, itemId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const now = await readItem(trx, organizationId, seminarId, itemId)
      const { kind, title, titleEn, minutes, fixedStart, speakers } = now
      const stands = { kind, title, titleEn, minutes, fixedStart, speakers }
      const input = parseBody(newAgendaItemSchema, { ...stands, ...patch })
      await editAgendaItem(trx, ctx, organizationId, seminarId, itemId, version ?? now.version, input)
      const item = await readItem(trx, organizationId, seminarId, itemId)
      checkPeople(input.speakers, item)
      return standing(item)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(removeRoute, async (c) => {
    const { seminarId, itemId } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      await removeAgendaItem(trx, ctx, organizationId, seminarId, itemId, version)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

async function readAgenda(db: Db, organizationId: string, seminarId: string) {
  const seminar = await getSeminar(db, organizationId, seminarId)
  const { items, overrunMinutes, gaps, clashes } = await getAgenda(db, seminar)
  return { items: items.map((row) => toAgendaItem(row, seminarId)), overrunMinutes, gaps, clashes }
}

async function readItem(db: Db, organizationId: string, seminarId: string, itemId: string): Promise<AgendaItemBody> {
  const item = (await readAgenda(db, organizationId, seminarId)).items.find((one) => one.id === itemId)
  if (!item) throw new DomainError('not_found')
  return item
}

/** A form keeps whoever left the directory by name alone; here an id that is no person of the organisation is a mistake. */
function checkPeople(asked: { personId: string | null }[], { speakers }: AgendaItemBody): void {
  const wrong = asked.findIndex((speaker, index) => speaker.personId !== speakers[index]?.personId)
  if (wrong >= 0) throw invalid({ field: `speakers.${wrong}.personId`, code: 'invalid' })
}
