import { createRoute, z } from '@hono/zod-openapi'
import { listNeeds } from '../features/needs/queries.ts'
import { needKinds } from '../features/needs/schema.ts'
import { createRouter } from './router.ts'
import { id, instant, page, problems } from './schemas.ts'

/** One thing that waits for an organizer, as the API gives it. */
const needSchema = z
  .object({
    kind: z.enum(needKinds),
    seminarId: id.nullable(),
    count: z.int(),
    names: z.array(z.string()),
    at: instant.nullable(),
  })
  .meta({ id: 'Need' })

const listRoute = createRoute({
  operationId: 'listNeeds',
  method: 'get',
  path: '/needs',
  tags: ['needs'],
  request: { query: z.object({ seminarId: z.uuid({ error: 'invalid' }).optional() }) },
  responses: { 200: page(needSchema, 'NeedPage'), ...problems() },
})

/** What waits for an organizer, most pressing first: the list of the console's first page, whole. */
export const needs = createRouter().openapi(listRoute, async (c) => {
  const { seminarId } = c.req.valid('query')
  const { db, vitals } = c.var.services
  const filesAway = vitals?.ailments().includes('files_unavailable')
  const found = await listNeeds(db, c.var.key.organizationId, seminarId, filesAway)
  const items = found.map(({ kind, seminar, count, names, at }) => ({
    kind,
    seminarId: seminar?.id ?? null,
    count,
    names,
    at: at?.toISOString() ?? null,
  }))
  return c.json({ items, next: null, total: items.length }, 200)
})
