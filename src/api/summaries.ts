import { createRoute, z } from '@hono/zod-openapi'
import type { Context, Locale } from '../context.ts'
import type { Db, Trx } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { getSeminar, type SeminarRow } from '../features/seminars/queries.ts'
import { createSummary, editSummary, refreshLead } from '../features/summaries/commands/editing.ts'
import { publishSummary, withdrawSummary } from '../features/summaries/commands/publishing.ts'
import { deleteStored } from '../features/summaries/commands/store-photo.ts'
import { draftOf, findSummary, getSummary, type Summary } from '../features/summaries/queries/editing.ts'
import { summaryInput } from '../features/summaries/schema.ts'
import { change } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, id, json, page, pageQuery, problems } from './schemas.ts'
import {
  formOf,
  newSummarySchema,
  type SummaryPatch,
  summaryPatchSchema,
  summarySchema,
  summaryStateSchema,
  toSummary,
} from './summary-body.ts'
import { etagOf, made, standing, versionOf } from './version.ts'
import { pageOfWhole } from './whole-list.ts'

const tags = ['summaries']
const ofSeminar = z.object({ seminarId: id })
export const ofSummary = z.object({ seminarId: id, locale: z.enum(['vi', 'en']) })
const path = '/seminars/{seminarId}/summaries'

const listRoute = createRoute({
  operationId: 'listSummaries',
  method: 'get',
  path,
  tags,
  request: { params: ofSeminar, query: z.object(pageQuery) },
  responses: { 200: page(summarySchema, 'SummaryPage'), ...problems(404) },
})

const addRoute = createRoute({
  operationId: 'createSummary',
  method: 'post',
  path,
  tags,
  request: { params: ofSeminar, headers: changeHeaders, body: body(newSummarySchema) },
  responses: { 201: json(summarySchema, 'Summary'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getSummary',
  method: 'get',
  path: `${path}/{locale}`,
  tags,
  request: { params: ofSummary },
  responses: { 200: json(summarySchema, 'Summary'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editSummary',
  method: 'patch',
  path: `${path}/{locale}`,
  tags,
  request: { params: ofSummary, headers: editHeaders, body: body(summaryPatchSchema) },
  responses: { 200: json(summarySchema, 'Summary'), ...problems(404, 409, 412, 428) },
})

const stateRoute = createRoute({
  operationId: 'setSummaryState',
  method: 'put',
  path: `${path}/{locale}/state`,
  tags,
  request: { params: ofSummary, headers: editHeaders, body: body(summaryStateSchema) },
  responses: { 200: json(summarySchema, 'Summary'), ...problems(404, 409, 412, 428) },
})

/** Summaries of a seminar, one a language: begin, read, edit, publish and correct, withdraw. */
export const summaries = createRouter()
  .openapi(listRoute, async (c) => {
    const { db, config } = c.var.services
    const seminar = await getSeminar(db, c.var.key.organizationId, c.req.valid('param').seminarId)
    const all = await Promise.all(
      (['vi', 'en'] as const).map((locale) => findSummary(db, seminar.organization_id, seminar.id, locale)),
    )
    const items = all.filter((one) => one !== undefined).map((one) => toSummary(one, seminar, config.baseUrl))
    return c.json(pageOfWhole(items, c.req.valid('query')), 200)
  })
  .openapi(addRoute, async (c) => {
    const { seminarId } = c.req.valid('param')
    const { locale, ...given } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const seminar = await getSeminar(trx, organizationId, seminarId)
      if (await findSummary(trx, organizationId, seminarId, locale))
        throw new DomainError('duplicate', { detail: 'summary_exists' })
      const begun = await createSummary(trx, ctx, seminar, locale)
      const row = Object.keys(given).length ? await write(trx, ctx, seminar, begun, given) : begun
      const location = `${ctx.origin}/api/v1/seminars/${seminarId}/summaries/${locale}`
      return made(toSummary(row, seminar, ctx.origin), location)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { seminarId, locale } = c.req.valid('param')
    const { db, config } = c.var.services
    const { seminar, summary } = await read(db, c.var.key.organizationId, seminarId, locale)
    c.header('ETag', etagOf(summary.version))
    return c.json(toSummary(summary, seminar, config.baseUrl), 200)
  })
  .openapi(editRoute, async (c) => {
    const { seminarId, locale } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const { seminar, summary } = await read(trx, organizationId, seminarId, locale)
      if (version !== undefined && version !== summary.version) throw new DomainError('stale_version')
      return standing(toSummary(await write(trx, ctx, seminar, summary, patch), seminar, ctx.origin))
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(stateRoute, async (c) => {
    const { seminarId, locale } = c.req.valid('param')
    const ifMatch = versionOf(c.req.valid('header')['if-match'])
    const wanted = c.req.valid('json')
    const { organizationId } = c.var.key
    let dropped: string[] = []
    const reply = await change(c, async (trx, ctx) => {
      const { seminar, summary } = await read(trx, organizationId, seminarId, locale)
      const version = ifMatch ?? summary.version
      if (wanted.state === 'withdrawn')
        return standing(toSummary(await withdrawSummary(trx, ctx, seminar, locale, version), seminar, ctx.origin))
      const published = await publishSummary(trx, ctx, seminar, locale, version, { note: wanted.note })
      dropped = published.dropped
      return standing(toSummary(published.summary, seminar, ctx.origin))
    })
    await deleteStored(c.var.services.files, dropped)
    return c.json(reply.body, reply.status)
  })

/** A summary with its seminar. @throws DomainError not_found */
export async function read(db: Db, organizationId: string, seminarId: string, locale: Locale) {
  const seminar = await getSeminar(db, organizationId, seminarId)
  return { seminar, summary: await getSummary(db, organizationId, seminarId, locale) }
}

/** Writes what is given over what stands; a lead of null is written anew from the data. */
async function write(
  trx: Trx,
  ctx: Context,
  seminar: SeminarRow,
  before: Summary,
  { lead, ...patch }: SummaryPatch,
): Promise<Summary> {
  const words = { ...patch, ...(lead ? { lead } : {}) }
  const onlyFresh = lead === null && Object.keys(words).length === 0
  const input = parseBody(summaryInput, formOf(draftOf(before), words))
  const after = onlyFresh ? before : await editSummary(trx, ctx, seminar, before.locale, before.version, input)
  return lead === null ? refreshLead(trx, ctx, seminar, before.locale, after.version) : after
}
