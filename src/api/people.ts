import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../db/transaction.ts'
import { createPerson, updatePerson } from '../features/directory/commands.ts'
import { countPeople, getPerson, listPeople } from '../features/directory/queries/people.ts'
import { personSchema } from '../features/directory/schema.ts'
import { change } from './change.ts'
import { formOfRow, inColumns } from './columns.ts'
import { newPersonSchema, type PersonBody, personBody, personPatchSchema, toPerson } from './directory-body.ts'
import { parseBody } from './invalid.ts'
import { todayOf } from './key.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  editHeaders,
  idParam,
  json,
  page,
  pageQuery,
  problems,
  searchQuery,
} from './schemas.ts'
import { etagOf, made, standing, versionOf } from './version.ts'

const tags = ['people']

const listRoute = createRoute({
  operationId: 'listPeople',
  method: 'get',
  path: '/people',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      q: searchQuery,
      unitId: z.uuid({ error: 'invalid' }).optional(),
      address: z.enum(['any', 'with', 'without', 'dead'], { error: 'invalid' }).default('any'),
      sort: z.enum(['name'], { error: 'invalid' }).default('name'),
    }),
  },
  responses: { 200: page(personBody, 'PersonPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createPerson',
  method: 'post',
  path: '/people',
  tags,
  request: { headers: changeHeaders, body: body(newPersonSchema) },
  responses: { 201: json(personBody, 'Person'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getPerson',
  method: 'get',
  path: '/people/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(personBody, 'Person'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editPerson',
  method: 'patch',
  path: '/people/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(personPatchSchema) },
  responses: { 200: json(personBody, 'Person'), ...problems(404, 409, 412, 428) },
})

/** The people of the directory. What they hold is under `positions`. */
export const people = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, unitId, ...query } = c.req.valid('query')
    checkCursor(query.cursor, 4)
    const filter = { ...query, unit: unitId }
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listPeople(db, organizationId, filter, todayOf(c), limit),
      countPeople(db, organizationId, filter, todayOf(c)),
    ])
    return c.json({ items: found.items.map(toPerson), next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const id = await createPerson(trx, ctx, organizationId, parseBody(personSchema, inColumns(input)))
      return made(await readPerson(trx, organizationId, id), `${ctx.origin}/api/v1/people/${id}`)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const person = await readPerson(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    c.header('ETag', etagOf(person.version))
    return c.json(person, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const row = await getPerson(trx, organizationId, id)
      const input = parseBody(personSchema, { ...formOfRow(personSchema.shape, row), ...inColumns(patch) })
      await updatePerson(trx, ctx, organizationId, id, version ?? row.version, input)
      return standing(await readPerson(trx, organizationId, id))
    })
    return c.json(reply.body, reply.status)
  })

async function readPerson(db: Db, organizationId: string, id: string): Promise<PersonBody> {
  return toPerson(await getPerson(db, organizationId, id))
}
