import { createRoute } from '@hono/zod-openapi'
import { getKeyOwner } from '../features/accounts/queries/keys.ts'
import { sendTestLetter } from '../features/mail/commands/test-letter.ts'
import { updateOrganization } from '../features/organizations/commands.ts'
import { getOrganization } from '../features/organizations/queries.ts'
import { organizationSchema } from '../features/organizations/schema.ts'
import { change } from './change.ts'
import { formOfRow, inColumns } from './columns.ts'
import { parseBody } from './invalid.ts'
import { keyContext } from './key.ts'
import { testedSchema } from './message-body.ts'
import { organizationBody, organizationPatchSchema, toOrganization } from './organization-body.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, editHeaders, json, plain, problems } from './schemas.ts'
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

const testRoute = createRoute({
  operationId: 'sendTestLetter',
  method: 'post',
  path: '/organization/test-letters',
  tags,
  request: { headers: changeHeaders },
  responses: { 200: plain(testedSchema, 'TestLetter'), ...problems(409) },
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
  .openapi(testRoute, async (c) => {
    const { organizationId, id } = c.var.key
    const { db } = c.var.services
    const [row, to] = await Promise.all([getOrganization(db, organizationId), getKeyOwner(db, organizationId, id)])
    return c.json(await sendTestLetter(c.var.services, keyContext(c), row, to), 200)
  })
