import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Db, Trx } from '../db/transaction.ts'
import { followChange } from '../features/invitations/commands/notify.ts'
import {
  cancelSeminar,
  createSeminar,
  editSeminar,
  holdSeminar,
  postponeSeminar,
  type SeminarChange,
  scheduleSeminar,
} from '../features/seminars/commands.ts'
import { countSeminars, listSeminars } from '../features/seminars/queries/list.ts'
import { findPlaces } from '../features/seminars/queries/places.ts'
import { listTopicsOf } from '../features/seminars/queries/topics.ts'
import { getWholeSeminar } from '../features/seminars/queries/whole.ts'
import { scheduleInput, seminarInput, seminarStatesShown } from '../features/seminars/schema.ts'
import { change, type Reply } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  editHeaders,
  idParam,
  json,
  pageOf,
  pageQuery,
  problems,
  searchQuery,
} from './schemas.ts'
import {
  changedSeminarSchema,
  formOf,
  newSeminarSchema,
  type SeminarBody,
  seminarPatchSchema,
  seminarSchema,
  stateSchema,
  toSeminar,
} from './seminar-body.ts'
import { toTold } from './told.ts'
import { etagOf, versionOf } from './version.ts'

const tags = ['seminars']

/** Delegates are told of a change unless somebody says no, as on the form. */
const notifyQuery = z.object({ notify: z.enum(['true', 'false'], { error: 'invalid' }).default('true') })

const listRoute = createRoute({
  operationId: 'listSeminars',
  method: 'get',
  path: '/seminars',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      state: z.enum(seminarStatesShown, { error: 'invalid' }).default('all'),
      year: z.coerce.number({ error: 'number' }).int('number').min(1900, 'number').max(2199, 'number').optional(),
      q: searchQuery,
      sort: z.enum(['date', 'date_asc', 'name'], { error: 'invalid' }).default('date'),
    }),
  },
  responses: {
    200: {
      description: 'SeminarPage',
      content: { 'application/json': { schema: pageOf(seminarSchema).meta({ id: 'SeminarPage' }) } },
    },
    ...problems(),
  },
})

const createRouteOf = createRoute({
  operationId: 'createSeminar',
  method: 'post',
  path: '/seminars',
  tags,
  request: { headers: changeHeaders, body: body(newSeminarSchema) },
  responses: { 201: json(seminarSchema, 'Seminar'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getSeminar',
  method: 'get',
  path: '/seminars/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(seminarSchema, 'Seminar'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editSeminar',
  method: 'patch',
  path: '/seminars/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, query: notifyQuery, body: body(seminarPatchSchema) },
  responses: { 200: json(changedSeminarSchema, 'Seminar'), ...problems(404, 409, 412, 428) },
})

const stateRoute = createRoute({
  operationId: 'setSeminarState',
  method: 'put',
  path: '/seminars/{id}/state',
  tags,
  request: { params: idParam, headers: editHeaders, query: notifyQuery, body: body(stateSchema) },
  responses: { 200: json(changedSeminarSchema, 'Seminar'), ...problems(404, 409, 412, 428) },
})

/** Seminars: list, plan, read, edit, and bring to another state. */
export const seminars = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, 2)
    const { db, config } = c.var.services
    const { organizationId } = c.var.key
    const [page, total] = await Promise.all([
      listSeminars(db, organizationId, filter, limit),
      countSeminars(db, organizationId, filter),
    ])
    const ids = page.items.map((row) => row.id)
    const [places, topics] = await Promise.all([
      findPlaces(db, organizationId, ids),
      listTopicsOf(db, organizationId, ids),
    ])
    const items = page.items.map((row) =>
      toSeminar(row, places.get(row.id) ?? nowhere, topics.get(row.id) ?? [], config.baseUrl),
    )
    return c.json({ items, next: page.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const row = await createSeminar(trx, ctx, organizationId, input)
      return seminarReply(trx, ctx, organizationId, row.id, 201)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { db, config } = c.get('services')
    const seminar = await readSeminar(db, config.baseUrl, c.get('key').organizationId, id)
    c.header('ETag', etagOf(seminar.version))
    return c.json(seminar, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    const patch = c.req.valid('json')
    const reply = await change(c, async (trx, ctx) => {
      const { seminar: row, places, topics } = await getWholeSeminar(trx, organizationId, id)
      const input = parseBody(seminarInput, { ...formOf(row, places.capacity, topics), ...patch })
      const done = await editSeminar(trx, ctx, organizationId, id, version ?? row.version, input)
      const told = await followChange(trx, ctx, done, c.req.valid('query').notify === 'true')
      const { body: seminar, ...reply } = await seminarReply(trx, ctx, organizationId, id, 200)
      return { ...reply, body: { ...seminar, told: await toTold(c, trx, organizationId, told) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(stateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const { organizationId } = c.var.key
    const wanted = c.req.valid('json')
    const reply = await change(c, async (trx, ctx) => {
      const done = await bringTo(trx, ctx, organizationId, id, wanted, version)
      const told = await followChange(trx, ctx, done, c.req.valid('query').notify === 'true')
      const { body: seminar, ...reply } = await seminarReply(trx, ctx, organizationId, id, 200)
      return { ...reply, body: { ...seminar, told: await toTold(c, trx, organizationId, told) } }
    })
    return c.json(reply.body, reply.status)
  })

const nowhere = { capacity: null, taken: 0 }

async function readSeminar(db: Db, origin: string, organizationId: string, id: string): Promise<SeminarBody> {
  const { seminar, places, topics } = await getWholeSeminar(db, organizationId, id)
  return toSeminar(seminar, places, topics, origin)
}

/** The answer that a seminar was changed or made. */
export async function seminarReply<S extends number>(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  status: S,
): Promise<Reply<SeminarBody, S>> {
  const seminar = await readSeminar(trx, ctx.origin, organizationId, id)
  const headers: Record<string, string> = { ETag: etagOf(seminar.version) }
  if (status === 201) headers.Location = `${ctx.origin}/api/v1/seminars/${id}`
  return { status, body: seminar, headers }
}

type Wanted = z.output<typeof stateSchema>

async function bringTo(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  wanted: Wanted,
  version: number | undefined,
): Promise<SeminarChange> {
  if (wanted.state === 'held') return holdSeminar(trx, ctx, organizationId, id, version)
  if (wanted.state === 'postponed') return postponeSeminar(trx, ctx, organizationId, id, wanted.note, version)
  if (wanted.state === 'cancelled') return cancelSeminar(trx, ctx, organizationId, id, wanted.note, version)
  const { state: _state, ...times } = wanted
  const given = Object.values(times).some((value) => value !== undefined)
  return scheduleSeminar(trx, ctx, organizationId, id, given ? parseBody(scheduleInput, times) : null, version)
}
