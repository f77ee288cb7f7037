import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { invalid } from '../errors.ts'
import { addPosition, updatePosition } from '../features/directory/commands.ts'
import { hasPerson } from '../features/directory/queries/people.ts'
import { countPositions, getPosition, listPositions } from '../features/directory/queries/positions.ts'
import { positionSchema } from '../features/directory/schema.ts'
import { change } from './change.ts'
import { formOfRow, inColumns } from './columns.ts'
import {
  newPositionSchema,
  type PositionBody,
  positionBody,
  positionPatchSchema,
  toPosition,
} from './directory-body.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  day,
  editHeaders,
  idParam,
  json,
  page,
  pageQuery,
  problems,
} from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'

const tags = ['positions']
const optionalId = z.uuid({ error: 'invalid' }).optional()

const listRoute = createRoute({
  operationId: 'listPositions',
  method: 'get',
  path: '/positions',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      personId: optionalId,
      unitId: optionalId,
      validOn: day.optional(),
      sort: z.enum(['rank'], { error: 'invalid' }).default('rank'),
    }),
  },
  responses: { 200: page(positionBody, 'PositionPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createPosition',
  method: 'post',
  path: '/positions',
  tags,
  request: { headers: changeHeaders, body: body(newPositionSchema) },
  responses: { 201: json(positionBody, 'Position'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getPosition',
  method: 'get',
  path: '/positions/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(positionBody, 'Position'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editPosition',
  method: 'patch',
  path: '/positions/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(positionPatchSchema) },
  responses: { 200: json(positionBody, 'Position'), ...problems(404, 409, 412, 428) },
})

/** Positions: a title that a person holds at a unit, from a day and to a day. */
export const positions = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, personId, unitId, validOn, cursor } = c.req.valid('query')
    checkCursor(cursor, 3)
    const filter = { person: personId, unit: unitId, validOn, cursor }
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listPositions(db, organizationId, filter, limit),
      countPositions(db, organizationId, filter),
    ])
    return c.json({ items: found.items.map(toPosition), next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const { personId, ...input } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      if (!(await hasPerson(trx, organizationId, personId)))
        throw invalid({ field: 'personId', code: 'unknown_person' })
      const id = await addPosition(trx, ctx, organizationId, personId, parseBody(positionSchema, inColumns(input)))
      return made(await readPosition(trx, organizationId, id), `${ctx.origin}/api/v1/positions/${id}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const position = await readPosition(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    c.header('ETag', etagOf(position.version))
    return c.json(position, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const row = await getPosition(trx, organizationId, id)
      const now = { ...formOfRow(positionSchema.shape, row), unit_id: row.unit.id }
      const input = parseBody(positionSchema, { ...now, ...inColumns(patch) })
      await updatePosition(trx, ctx, organizationId, row.person.id, id, input, version ?? row.version)
      return standing(await readPosition(trx, organizationId, id))
    })
    return c.json(reply.body, reply.status)
  })

async function readPosition(db: Db, organizationId: string, id: string): Promise<PositionBody> {
  return toPosition(await getPosition(db, organizationId, id))
}
