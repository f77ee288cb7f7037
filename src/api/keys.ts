import { createRoute, z } from '@hono/zod-openapi'
import { invalid } from '../errors.ts'
import { createApiKey, revokeApiKey } from '../features/accounts/commands/api-keys.ts'
import { type ApiKeyRow, countApiKeys, getApiKey, listApiKeysPage } from '../features/accounts/queries/keys.ts'
import { keyHolds } from '../features/accounts/rules.ts'
import { apiScopes } from '../features/accounts/schema.ts'
import { requiredLine } from '../text/fields.ts'
import { change } from './change.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  id,
  idParam,
  instant,
  moment,
  page,
  pageQuery,
  plain,
  problems,
} from './schemas.ts'

const tags = ['keys']
const scope = z.enum(apiScopes, { error: 'invalid' })

/** A key as it is listed: what it may do and when it was used, never the key. */
const keyFields = z.object({
  id,
  name: z.string(),
  hint: z.string(),
  scopes: z.array(scope),
  effectiveScopes: z.array(scope),
  state: z.enum(['active', 'expired', 'revoked']),
  createdBy: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
})
const keySchema = keyFields.meta({ id: 'Key' })
const createdKeySchema = keyFields.extend({ key: z.string().meta({ example: 'ht_mK0c…' }) }).meta({ id: 'CreatedKey' })

const newKeySchema = z
  .strictObject({
    name: requiredLine(120),
    scopes: z.array(scope, { error: 'required' }).min(1, 'required').max(apiScopes.length, 'too_many'),
    expiresAt: moment.nullable().default(null),
  })
  .meta({
    id: 'NewKey',
    example: { name: 'Cổng thông tin', scopes: ['read'], expiresAt: '2099-12-31T17:00:00Z' },
  })

const listRoute = createRoute({
  operationId: 'listKeys',
  method: 'get',
  path: '/keys',
  tags,
  request: {
    query: z.object({ ...pageQuery, state: z.enum(['active', 'ended', 'all'], { error: 'invalid' }).default('all') }),
  },
  responses: { 200: page(keySchema, 'KeyPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createKey',
  method: 'post',
  path: '/keys',
  tags,
  request: { headers: changeHeaders, body: body(newKeySchema) },
  responses: { 201: plain(createdKeySchema, 'CreatedKey'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getKey',
  method: 'get',
  path: '/keys/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: plain(keySchema, 'Key'), ...problems(404) },
})

const revokeRoute = createRoute({
  operationId: 'revokeKey',
  method: 'delete',
  path: '/keys/{id}',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 204: { description: 'Revoked' }, ...problems(404, 409) },
})

/** Keys of this API: made, told once, revoked. */
export const keys = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, 1)
    const { db, clock } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listApiKeysPage(db, organizationId, filter, limit),
      countApiKeys(db, organizationId, filter.state),
    ])
    return c.json({ items: found.items.map((row) => toKey(row, clock())), next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const { name, scopes, expiresAt } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const until = expiresAt === null ? null : new Date(expiresAt)
      if (until && until <= ctx.now) throw invalid({ field: 'expiresAt', code: 'past' })
      const made = await createApiKey(trx, ctx, {
        organizationId,
        name,
        scopes: [...new Set(scopes)],
        expiresAt: until,
      })
      const row = await getApiKey(trx, organizationId, made.id)
      return {
        status: 201 as const,
        body: { ...toKey(row, ctx.now), key: made.key },
        headers: { Location: `${ctx.origin}/api/v1/keys/${made.id}` },
      }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { db, clock } = c.var.services
    const row = await getApiKey(db, c.var.key.organizationId, c.req.valid('param').id)
    return c.json(toKey(row, clock()), 200)
  })
  .openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      await revokeApiKey(trx, ctx, organizationId, id)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

function toKey(row: ApiKeyRow, now: Date): z.output<typeof keySchema> {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    effectiveScopes: row.effective,
    state: row.revoked_at ? 'revoked' : keyHolds(row, now) ? 'active' : 'expired',
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
