import { createRoute, z } from '@hono/zod-openapi'
import { invalid } from '../errors.ts'
import { countFeeds, type FeedRow, getFeed, getFeedOf, listFeeds } from '../features/directory/queries/feeds.ts'
import { hasPerson } from '../features/directory/queries/people.ts'
import { renewFeed } from '../features/links/commands.ts'
import { linkUrl } from '../features/links/queries.ts'
import { change } from './change.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, checkCursor, id, instant, page, pageQuery, plain, problems } from './schemas.ts'

const tags = ['feeds']

/** The name of a link, which tells nothing of its token. */
const feedId = z
  .string()
  .regex(/^[A-Za-z0-9]{12}$/)
  .meta({ example: 'q7Zt3mVxR2pK' })
const params = z.object({ id: feedId })

const feedFields = z.object({ id: feedId, personId: id, personName: z.string(), createdAt: instant })
const feedSchema = feedFields.meta({ id: 'Feed' })
const createdFeedSchema = feedFields.extend({ url: z.url() }).meta({ id: 'CreatedFeed' })
const newFeedSchema = z
  .strictObject({ personId: z.uuid({ error: 'required' }) })
  .meta({ id: 'NewFeed', example: { personId: '019b20b4-7c00-7000-8000-000000000001' } })

const listRoute = createRoute({
  operationId: 'listFeeds',
  method: 'get',
  path: '/feeds',
  tags,
  request: { query: z.object({ ...pageQuery, personId: z.uuid({ error: 'invalid' }).optional() }) },
  responses: { 200: page(feedSchema, 'FeedPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createFeed',
  method: 'post',
  path: '/feeds',
  tags,
  request: { headers: changeHeaders, body: body(newFeedSchema) },
  responses: { 201: plain(createdFeedSchema, 'CreatedFeed'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getFeed',
  method: 'get',
  path: '/feeds/{id}',
  tags,
  request: { params },
  responses: { 200: plain(feedSchema, 'Feed'), ...problems(404) },
})

const revokeRoute = createRoute({
  operationId: 'revokeFeed',
  method: 'delete',
  path: '/feeds/{id}',
  tags,
  request: { params, headers: changeHeaders },
  responses: { 204: { description: 'Revoked' }, ...problems(404, 409) },
})

/**
 * Private calendars of the people of the directory, each at a secret address. A member's own calendar spans organisations:
 * it is theirs, and no key of one organisation reaches it.
 */
export const feeds = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, personId, cursor } = c.req.valid('query')
    checkCursor(cursor, 2, feedId)
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listFeeds(db, organizationId, { person: personId, cursor }, limit),
      countFeeds(db, organizationId, personId),
    ])
    return c.json({ items: found.items.map(toFeed), next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const { personId } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      if (!(await hasPerson(trx, organizationId, personId)))
        throw invalid({ field: 'personId', code: 'unknown_person' })
      await renewFeed(trx, ctx, organizationId, { purpose: 'person-feed', organizationId, id: personId }, true)
      const row = await getFeedOf(trx, organizationId, personId)
      const { generation, locale } = row
      const url = await linkUrl(ctx, { purpose: 'person-feed', targetId: personId, generation, locale })
      return {
        status: 201 as const,
        body: { ...toFeed(row), url: `${url}.ics` },
        headers: { Location: `${ctx.origin}/api/v1/feeds/${row.ref}` },
      }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const row = await getFeed(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    return c.json(toFeed(row), 200)
  })
  .openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      const { person_id: person } = await getFeed(trx, organizationId, id)
      await renewFeed(trx, ctx, organizationId, { purpose: 'person-feed', organizationId, id: person }, false)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

function toFeed(row: FeedRow): z.output<typeof feedSchema> {
  return {
    id: row.ref,
    personId: row.person_id,
    personName: row.person_name,
    createdAt: row.created_at.toISOString(),
  }
}
