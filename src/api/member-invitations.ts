import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Trx } from '../db/transaction.ts'
import {
  inviteMember,
  resendMemberInvitation,
  withdrawMemberInvitation,
} from '../features/accounts/commands/invitations.ts'
import {
  countMemberInvitations,
  getInvitedColleague,
  listMemberInvitationsPage,
} from '../features/accounts/queries/member-invitations.ts'
import { change } from './change.ts'
import { memberInvitationSchema, newMemberInvitationSchema, toMemberInvitation } from './member-body.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, checkCursor, idParam, page, pageQuery, plain, problems } from './schemas.ts'

const tags = ['members']

const listRoute = createRoute({
  operationId: 'listMemberInvitations',
  method: 'get',
  path: '/member-invitations',
  tags,
  request: {
    query: z.object({ ...pageQuery, state: z.enum(['open', 'expired'], { error: 'invalid' }).optional() }),
  },
  responses: { 200: page(memberInvitationSchema, 'MemberInvitationPage'), ...problems() },
})

const createRouteOf = createRoute({
  operationId: 'createMemberInvitation',
  method: 'post',
  path: '/member-invitations',
  tags,
  request: { headers: changeHeaders, body: body(newMemberInvitationSchema) },
  responses: { 201: plain(memberInvitationSchema, 'MemberInvitation'), ...problems(409) },
})

const getRoute = createRoute({
  operationId: 'getMemberInvitation',
  method: 'get',
  path: '/member-invitations/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: plain(memberInvitationSchema, 'MemberInvitation'), ...problems(404) },
})

const mailingRoute = createRoute({
  operationId: 'sendMemberInvitation',
  method: 'post',
  path: '/member-invitations/{id}/mailing',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 200: plain(memberInvitationSchema, 'MemberInvitation'), ...problems(404, 409) },
})

const withdrawRoute = createRoute({
  operationId: 'withdrawMemberInvitation',
  method: 'delete',
  path: '/member-invitations/{id}',
  tags,
  request: { params: idParam, headers: changeHeaders },
  responses: { 204: { description: 'Withdrawn' }, ...problems(404, 409) },
})

/** Colleagues invited by mail who have not come yet. */
export const memberInvitations = createRouter()
  .openapi(listRoute, async (c) => {
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, 1)
    const { db, clock } = c.var.services
    const { organizationId } = c.var.key
    const [found, total] = await Promise.all([
      listMemberInvitationsPage(db, organizationId, filter, limit),
      countMemberInvitations(db, organizationId, filter.state),
    ])
    const items = found.items.map((row) => toMemberInvitation(row, clock()))
    return c.json({ items, next: found.next ?? null, total }, 200)
  })
  .openapi(createRouteOf, async (c) => {
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const { id } = await inviteMember(trx, ctx, organizationId, input)
      const headers = { Location: `${ctx.origin}/api/v1/member-invitations/${id}` }
      return { status: 201 as const, body: await read(trx, ctx, organizationId, id), headers }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const { db, clock } = c.var.services
    const row = await getInvitedColleague(db, c.var.key.organizationId, c.req.valid('param').id)
    return c.json(toMemberInvitation(row, clock()), 200)
  })
  .openapi(mailingRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await resendMemberInvitation(trx, ctx, organizationId, id)
      return { status: 200 as const, body: await read(trx, ctx, organizationId, id) }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(withdrawRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    await change(c, async (trx, ctx) => {
      await withdrawMemberInvitation(trx, ctx, organizationId, id)
      return { status: 204 as const, body: undefined }
    })
    return c.body(null, 204)
  })

async function read(trx: Trx, ctx: Context, organizationId: string, id: string) {
  return toMemberInvitation(await getInvitedColleague(trx, organizationId, id), ctx.now)
}
