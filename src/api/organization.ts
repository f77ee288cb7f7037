import { createRoute } from '@hono/zod-openapi'
import { updateOrganization } from '../features/organizations/commands.ts'
import { getOrganization } from '../features/organizations/queries.ts'
import { organizationSchema } from '../features/organizations/schema.ts'
import { change } from './change.ts'
import { formOfRow, inColumns } from './columns.ts'
import { parseBody } from './invalid.ts'
import { organizationBody, organizationPatchSchema, toOrganization } from './organization-body.ts'
import { createRouter } from './router.ts'
import { body, editHeaders, json, problems } from './schemas.ts'
import { etagOf, standing, versionOf } from './version.ts'

const tags = ['organization']

const getRoute = createRoute({
  operationId: 'getOrganization',
  method: 'get',
  path: '/organization',
  tags,
  responses: { 200: json(organizationBody, 'Organization'), ...problems() },
})

const editRoute = createRoute({
  operationId: 'editOrganization',
  method: 'patch',
  path: '/organization',
  tags,
  request: { headers: editHeaders, body: body(organizationPatchSchema) },
  responses: { 200: json(organizationBody, 'Organization'), ...problems(409, 412, 428) },
})

/** The organisation a key belongs to: names, look, wording, mailbox. */
export const organization = createRouter()
  .openapi(getRoute, async (c) => {
    const { db, config } = c.var.services
    const row = await getOrganization(db, c.var.key.organizationId)
    c.header('ETag', etagOf(row.version))
    return c.json(toOrganization(row, config.baseUrl), 200)
  })
  .openapi(editRoute, async (c) => {
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const row = await getOrganization(trx, organizationId)
      const input = parseBody(organizationSchema, { ...formOfRow(organizationSchema.shape, row), ...inColumns(patch) })
      await updateOrganization(trx, ctx, organizationId, version ?? row.version, input)
      return standing(toOrganization(await getOrganization(trx, organizationId), ctx.origin))
    })
    return c.json(reply.body, reply.status)
  })
