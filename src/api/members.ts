import { createRoute, z } from '@hono/zod-openapi'
import { changeRole, disableMember, enableMember } from '../features/accounts/commands/members.ts'
import { countMembers, getMember, listMembersPage } from '../features/accounts/queries/members.ts'
import { change } from './change.ts'
import { accountId, memberRoleSchema, memberSchema, memberStateSchema, toMember } from './member-body.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, checkCursor, page, pageQuery, plain, problems } from './schemas.ts'

const tags = ['members']
const params = z.object({ id: accountId })

const listRoute = createRoute({
  operationId: 'listMembers',
  method: 'get',
  path: '/members',
  tags,
  request: {
    query: z.object({
      ...pageQuery,
      role: memberSchema.shape.role.optional(),
      state: memberSchema.shape.state.optional(),
      sort: z.enum(['role', 'name'], { error: 'invalid' }).default('role'),
    }),
  },
  responses: { 200: page(memberSchema, 'MemberPage'), ...problems() },
})

const getRoute = createRoute({
  operationId: 'getMember',
  method: 'get',
  path: '/members/{id}',
  tags,
  request: { params },
  responses: { 200: plain(memberSchema, 'Member'), ...problems(404) },
})

const roleRoute = createRoute({
  operationId: 'setMemberRole',
  method: 'put',
  path: '/members/{id}/role',
  tags,
  request: { params, headers: changeHeaders, body: body(memberRoleSchema) },
  responses: { 200: plain(memberSchema, 'Member'), ...problems(404, 409) },
})

const stateRoute = createRoute({
  operationId: 'setMemberState',
  method: 'put',
  path: '/members/{id}/state',
  tags,
  request: { params, headers: changeHeaders, body: body(memberStateSchema) },
  responses: { 200: plain(memberSchema, 'Member'), ...problems(404, 409) },
})

/** Who works for the organisation: their role, and whether they may come in. */
export const members = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, 3, accountId)
    const { db } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listMembersPage(db, organizationId, filter, limit),
      countMembers(db, organizationId, filter),
    ])
    return c.json({ items: found.items.map(toMember), next: found.next ?? null, total }, 200)
  })
  .openapi(getRoute, async (c) => {
    const row = await getMember(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    return c.json(toMember(row), 200)
  })
  .openapi(roleRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { role } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await changeRole(trx, ctx, organizationId, id, role)
      return { status: 200 as const, body: toMember(await getMember(trx, organizationId, id)) }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(stateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const command = c.req.valid('json').state === 'disabled' ? disableMember : enableMember
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await command(trx, ctx, organizationId, id)
      return { status: 200 as const, body: toMember(await getMember(trx, organizationId, id)) }
    })
    return c.json(reply.body, reply.status)
  })
