import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { createUnit, updateUnit } from '../features/directory/commands.ts'
import { countUnits, getUnit, listUnits } from '../features/directory/queries/units.ts'
import { unitSchema } from '../features/directory/schema.ts'
import { change } from './change.ts'
import { formOfRow, inColumns } from './columns.ts'
import { newUnitSchema, toUnit, type UnitBody, unitBody, unitPatchSchema } from './directory-body.ts'
import { parseBody } from './invalid.ts'
import { todayOf } from './key.ts'
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
  searchQuery,
} from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'

const tags = ['units']
const word = searchQuery.unwrap().max(120, 'too_long').default('')

const listRoute = createRoute({
  operationId: 'listUnits',
  method: 'get',
  path: '/units',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      q: searchQuery,
      parentId: z.union([z.literal('none'), z.uuid()], { error: 'invalid' }).optional(),
      block: word,
      type: word,
      kind: word,
      validOn: day.optional(),
      sort: z.enum(['rank', 'name'], { error: 'invalid' }).default('rank'),
    }),
  },
  responses: { 200: page(unitBody, 'UnitPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createUnit',
  method: 'post',
  path: '/units',
  tags,
  request: { headers: changeHeaders, body: body(newUnitSchema) },
  responses: { 201: json(unitBody, 'Unit'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getUnit',
  method: 'get',
  path: '/units/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(unitBody, 'Unit'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editUnit',
  method: 'patch',
  path: '/units/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(unitPatchSchema) },
  responses: { 200: json(unitBody, 'Unit'), ...problems(404, 409, 412, 428) },
})

/** Units: a tree in order of precedence, each with the days from and to which it holds. */
export const units = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, parentId, validOn, ...query } = c.req.valid('query')
    // In order of precedence the cursor is the place in the tree itself.
    checkCursor(query.cursor, query.sort === 'name' ? 2 : 1, query.sort === 'name' ? z.uuid() : z.string())
    const filter = { ...query, parent: parentId, valid: validOn ? ('today' as const) : ('all' as const) }
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const on = validOn ?? todayOf(c)
    const [found, total] = await Promise.all([
      listUnits(db, organizationId, filter, on, limit),
      countUnits(db, organizationId, filter, on),
    ])
    return c.json({ items: found.items.map(toUnit), next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const id = await createUnit(trx, ctx, organizationId, parseBody(unitSchema, inColumns(input)))
      return made(await readUnit(trx, organizationId, id), `${ctx.origin}/api/v1/units/${id}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const unit = await readUnit(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    c.header('ETag', etagOf(unit.version))
    return c.json(unit, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const row = await getUnit(trx, organizationId, id)
      const input = parseBody(unitSchema, { ...formOfRow(unitSchema.shape, row), ...inColumns(patch) })
      await updateUnit(trx, ctx, organizationId, id, version ?? row.version, input)
      return standing(await readUnit(trx, organizationId, id))
    })
    return c.json(reply.body, reply.status)
  })

async function readUnit(db: Db, organizationId: string, id: string): Promise<UnitBody> {
  return toUnit(await getUnit(db, organizationId, id))
}
