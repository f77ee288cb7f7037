import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Db, Trx } from '../db/transaction.ts'
import { DomainError, invalid } from '../errors.ts'
import { inviteByHand, inviteDelegations, invitePeople } from '../features/invitations/commands/add.ts'
import { editInvitation, removeDrafts } from '../features/invitations/commands/edit.ts'
import { lockInvitation } from '../features/invitations/commands/lock.ts'
import { sendInvitations } from '../features/invitations/commands/send.ts'
import { withdrawInvitations } from '../features/invitations/commands/withdraw.ts'
import { findLetter } from '../features/invitations/queries/letters.ts'
import {
  countInvitations,
  listDelegationsWithCounts,
  listForeign,
  listInvitations,
} from '../features/invitations/queries/list.ts'
import { findInvitation } from '../features/invitations/queries/one.ts'
import { findSubstitutes } from '../features/invitations/queries/substitutions.ts'
import { answerFilters, callStates, sorts, statusFilters } from '../features/invitations/schema.ts'
import { getSeminar } from '../features/seminars/queries.ts'
import { change, type Reply } from './change.ts'
import { parseBody } from './invalid.ts'
import {
  addedSchema,
  type InvitationBody,
  invitationPatchSchema,
  invitationSchema,
  inviteesSchema,
  mailingSchema,
  type NewInvitation,
  newInvitationSchema,
  toInvitation,
  toldSchema,
} from './invitation-body.ts'
import { createRouter } from './router.ts'
import {
  body,
  changeHeaders,
  checkCursor,
  editHeaders,
  idParam,
  json,
  optionalEditHeaders,
  pageOf,
  pageQuery,
  plain,
  problems,
  searchQuery,
} from './schemas.ts'
import { toTold } from './told.ts'
import { etagOf, versionOf } from './version.ts'

const tags = ['invitations']

const listRoute = createRoute({
  operationId: 'listInvitations',
  method: 'get',
  path: '/seminars/{id}/invitations',
  tags,
  request: {
    params: idParam,
    query: z.object({
      ...pageQuery,
      q: searchQuery,
      status: z.enum(statusFilters, { error: 'invalid' }).optional(),
      answer: z.enum(answerFilters, { error: 'invalid' }).optional(),
      delegation: z.uuid({ error: 'invalid' }).optional(),
      address: z.enum(['with', 'without'], { error: 'invalid' }).optional(),
      call: z.enum(callStates, { error: 'invalid' }).optional(),
      sort: z.enum(sorts, { error: 'invalid' }).default('name'),
    }),
  },
  responses: {
    200: {
      description: 'InvitationPage',
      content: { 'application/json': { schema: pageOf(invitationSchema).meta({ id: 'InvitationPage' }) } },
    },
    ...problems(404),
  },
})

const addRoute = createRoute({
  operationId: 'createInvitation',
  method: 'post',
  path: '/seminars/{id}/invitations',
  tags,
  request: { params: idParam, headers: changeHeaders, body: body(newInvitationSchema) },
  responses: { 201: json(invitationSchema, 'Invitation'), ...problems(404, 409) },
})

const inviteesRoute = createRoute({
  operationId: 'addInvitees',
  method: 'post',
  path: '/seminars/{id}/invitees',
  tags,
  request: { params: idParam, headers: changeHeaders, body: body(inviteesSchema) },
  responses: { 200: json(addedSchema, 'Added'), ...problems(404, 409) },
})

const mailingRoute = createRoute({
  operationId: 'sendInvitations',
  method: 'post',
  path: '/seminars/{id}/mailing',
  tags,
  request: { params: idParam, headers: changeHeaders, body: body(mailingSchema) },
  responses: { 200: json(toldSchema, 'Told'), ...problems(404, 409) },
})

const getRoute = createRoute({
  operationId: 'getInvitation',
  method: 'get',
  path: '/invitations/{id}',
  tags,
  request: { params: idParam },
  responses: { 200: json(invitationSchema, 'Invitation'), ...problems(404) },
})

const editRoute = createRoute({
  operationId: 'editInvitation',
  method: 'patch',
  path: '/invitations/{id}',
  tags,
  request: { params: idParam, headers: editHeaders, body: body(invitationPatchSchema) },
  responses: { 200: json(invitationSchema, 'Invitation'), ...problems(404, 409, 412, 428) },
})

const withdrawRoute = createRoute({
  operationId: 'withdrawInvitation',
  method: 'delete',
  path: '/invitations/{id}',
  tags,
  request: { params: idParam, headers: optionalEditHeaders },
  responses: { 200: plain(toldSchema, 'Withdrawn'), ...problems(404, 412) },
})

/** Invitations: add, list, send, edit, take back. */
export const invitations = createRouter()
  .openapi(listRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { limit, ...filter } = c.req.valid('query')
    checkCursor(filter.cursor, filter.sort === 'answered' ? 2 : 4)
    const { db } = c.var.services
    const { organizationId } = c.var.key
    await getSeminar(db, organizationId, id)
    const [page, total] = await Promise.all([
      listInvitations(db, organizationId, id, filter, limit),
      countInvitations(db, organizationId, id, filter),
    ])
    const substitutes = await findSubstitutes(
      db,
      organizationId,
      page.items.map((row) => row.id),
    )
    const items = page.items.map((row) => toInvitation(row, substitutes.get(row.id)))
    return c.json({ items, next: page.next ?? null, total }, 200)
  })
  .openapi(addRoute, async (c) => {
    const { id } = c.req.valid('param')
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const made = await inviteByHand(trx, ctx, organizationId, id, toInput(input))
      return invitationReply(trx, ctx, organizationId, made, 201)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(inviteesRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { personIds, delegationIds, delegationId } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      if (delegationIds) {
        await getSeminar(trx, organizationId, id)
        const own = new Set((await listDelegationsWithCounts(trx, organizationId, id)).map((d) => d.id))
        const foreign = delegationIds.findIndex((one) => !own.has(one))
        if (foreign >= 0) throw invalid({ field: `delegationIds.${foreign}`, code: 'invalid' })
        return { status: 200 as const, body: await inviteDelegations(trx, ctx, organizationId, id, delegationIds) }
      }
      const people = [...new Set(personIds)]
      const added = await invitePeople(trx, ctx, organizationId, id, { personIds: people, delegationId })
      if (added.added + added.already !== people.length) throw invalid({ field: 'personIds', code: 'invalid' })
      return { status: 200 as const, body: added }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(mailingRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { invitationIds } = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await getSeminar(trx, organizationId, id)
      const foreign = await listForeign(trx, organizationId, id, invitationIds ?? [])
      if (foreign.length)
        throw invalid(...foreign.map((n) => ({ field: `invitationIds.${n}`, code: 'not_of_seminar' })))
      const sent = await sendInvitations(
        trx,
        ctx,
        organizationId,
        id,
        invitationIds ? { ids: [...new Set(invitationIds)] } : 'all',
      )
      return { status: 200 as const, body: await toTold(c, trx, organizationId, sent) }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(getRoute, async (c) => {
    const invitation = await readInvitation(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    c.header('ETag', etagOf(invitation.version))
    return c.json(invitation, 200)
  })
  .openapi(editRoute, async (c) => {
    const { id } = c.req.valid('param')
    const version = versionOf(c.req.valid('header')['if-match'])
    const patch = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const now = await readInvitation(trx, organizationId, id)
      const { name, gender, positions, positionsEn, email, phone, locale, delegationId } = now
      const input = parseBody(newInvitationSchema, {
        name,
        gender,
        positions,
        positionsEn,
        email,
        phone,
        locale,
        delegationId,
        ...patch,
      })
      await editInvitation(trx, ctx, organizationId, id, toInput(input), version ?? now.version)
      return invitationReply(trx, ctx, organizationId, id, 200)
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(withdrawRoute, async (c) => {
    const { id } = c.req.valid('param')
    const ifMatch = c.req.valid('header')['if-match']
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const invitation = await lockInvitation(trx, organizationId, id)
      const version = ifMatch === undefined ? undefined : versionOf(ifMatch)
      if (version !== undefined && version !== invitation.version) throw new DomainError('stale_version')
      await removeDrafts(trx, ctx, organizationId, invitation.seminar_id, [id])
      const told = await withdrawInvitations(trx, ctx, organizationId, invitation.seminar_id, [id])
      return { status: 200 as const, body: await toTold(c, trx, organizationId, told) }
    })
    return c.json(reply.body, reply.status)
  })

function toInput({ positionsEn, delegationId, ...input }: NewInvitation) {
  return { ...input, positions_en: positionsEn, delegation_id: delegationId }
}

/** An invitation of the organisation, as the API gives it. @throws DomainError not_found */
export async function readInvitation(db: Db, organizationId: string, id: string): Promise<InvitationBody> {
  const row = await findInvitation(db, organizationId, id)
  if (!row) throw new DomainError('not_found')
  const [substitutes, { letter }] = await Promise.all([
    findSubstitutes(db, organizationId, [id]),
    findLetter(db, organizationId, id),
  ])
  return toInvitation({ ...row, letter }, substitutes.get(id))
}

async function invitationReply<S extends number>(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  status: S,
): Promise<Reply<InvitationBody, S>> {
  const invitation = await readInvitation(trx, organizationId, id)
  const headers: Record<string, string> = { ETag: etagOf(invitation.version) }
  if (status === 201) headers.Location = `${ctx.origin}/api/v1/invitations/${id}`
  return { status, body: invitation, headers }
}
