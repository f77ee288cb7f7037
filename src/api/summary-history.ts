import { createRoute, z } from '@hono/zod-openapi'
import { DomainError } from '../errors.ts'
import { getDraft, listDrafts } from '../features/summaries/queries/drafts.ts'
import { listRevisions } from '../features/summaries/queries/editing.ts'
import { createRouter } from './router.ts'
import { page, pageQuery, plain, problems } from './schemas.ts'
import { ofSummary, read } from './summaries.ts'
import {
  earlierDraftSchema,
  revisionSchema,
  toEarlierDraft,
  toRevision,
  toWholeRevision,
  wholeDraftSchema,
  wholeRevisionSchema,
} from './summary-body.ts'
import { pageOfWhole } from './whole-list.ts'

const tags = ['summaries']
const path = '/seminars/{seminarId}/summaries/{locale}'

const revisionsRoute = createRoute({
  operationId: 'listSummaryRevisions',
  method: 'get',
  path: `${path}/revisions`,
  tags,
  request: { params: ofSummary, query: z.object(pageQuery) },
  responses: { 200: page(revisionSchema, 'SummaryRevisionPage'), ...problems(404) },
})

const revisionRoute = createRoute({
  operationId: 'getSummaryRevision',
  method: 'get',
  path: `${path}/revisions/{number}`,
  tags,
  request: { params: ofSummary.extend({ number: z.coerce.number().int().min(1).max(1_000_000) }) },
  responses: { 200: plain(wholeRevisionSchema, 'SummaryRevision'), ...problems(404) },
})

const draftsRoute = createRoute({
  operationId: 'listSummaryDrafts',
  method: 'get',
  path: `${path}/drafts`,
  tags,
  request: { params: ofSummary, query: z.object(pageQuery) },
  responses: { 200: page(earlierDraftSchema, 'EarlierDraftPage'), ...problems(404) },
})

const draftRoute = createRoute({
  operationId: 'getSummaryDraft',
  method: 'get',
  path: `${path}/drafts/{draftId}`,
  tags,
  request: { params: ofSummary.extend({ draftId: z.uuid() }) },
  responses: { 200: plain(wholeDraftSchema, 'EarlierDraft'), ...problems(404) },
})

/** What a summary was: every text that was published, and drafts as they were before they were overwritten. */
export const summaryHistory = createRouter()
  .openapi(revisionsRoute, async (c) => {
    const { seminarId, locale } = c.req.valid('param')
    const { db } = c.var.services
    const { summary } = await read(db, c.var.key.organizationId, seminarId, locale)
    const all = await listRevisions(db, summary.organization_id, summary.id)
    return c.json(pageOfWhole(all.map(toRevision), c.req.valid('query')), 200)
  })
  .openapi(revisionRoute, async (c) => {
    const { seminarId, locale, number } = c.req.valid('param')
    const { db } = c.var.services
    const { summary } = await read(db, c.var.key.organizationId, seminarId, locale)
    const row = (await listRevisions(db, summary.organization_id, summary.id)).find((one) => one.number === number)
    if (!row) throw new DomainError('not_found')
    return c.json(toWholeRevision(row), 200)
  })
  .openapi(draftsRoute, async (c) => {
    const { seminarId, locale } = c.req.valid('param')
    const { db } = c.var.services
    const { summary } = await read(db, c.var.key.organizationId, seminarId, locale)
    const all = await listDrafts(db, summary.organization_id, summary.id)
    return c.json(pageOfWhole(all.map(toEarlierDraft), c.req.valid('query')), 200)
  })
  .openapi(draftRoute, async (c) => {
    const { seminarId, locale, draftId } = c.req.valid('param')
    const { db } = c.var.services
    const { summary } = await read(db, c.var.key.organizationId, seminarId, locale)
    const row = await getDraft(db, summary.organization_id, summary.id, draftId)
    return c.json({ ...toEarlierDraft(row), text: row.content }, 200)
  })
