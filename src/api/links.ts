import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import type { Db } from '../db/transaction.ts'
import { DomainError } from '../errors.ts'
import { renewLink } from '../features/invitations/commands/send.ts'
import { findInvitation } from '../features/invitations/queries/one.ts'
import { linkUrl } from '../features/links/queries.ts'
import { replaceLink } from '../features/presentations/commands/request.ts'
import { getSpeech } from '../features/presentations/queries.ts'
import { mayTake } from '../features/presentations/rules.ts'
import type { PresentationState } from '../features/presentations/schema.ts'
import { change } from './change.ts'
import { keyContext } from './key.ts'
import { createRouter } from './router.ts'
import { changeHeaders, idParam, plain, problems } from './schemas.ts'

/** A personal link: whoever has it acts in its owner's name. */
const linkSchema = z.object({ url: z.url() }).meta({ id: 'Link' })
const newLinkSchema = z.object({ url: z.url(), mailed: z.boolean() }).meta({ id: 'NewLink' })

const invitationLinkRoute = createRoute({
  operationId: 'getInvitationLink',
  method: 'get',
  path: '/invitations/{id}/link',
  tags: ['invitations'],
  request: { params: idParam },
  responses: { 200: plain(linkSchema, 'Link'), ...problems(404) },
})

const newInvitationLinkRoute = createRoute({
  operationId: 'createInvitationLink',
  method: 'post',
  path: '/invitations/{id}/links',
  tags: ['invitations'],
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: plain(newLinkSchema, 'Link'), ...problems(404, 409) },
})

const speechLinkRoute = createRoute({
  operationId: 'getSpeechLink',
  method: 'get',
  path: '/speeches/{id}/link',
  tags: ['speeches'],
  request: { params: idParam },
  responses: { 200: plain(linkSchema, 'Link'), ...problems(404) },
})

const newSpeechLinkRoute = createRoute({
  operationId: 'createSpeechLink',
  method: 'post',
  path: '/speeches/{id}/links',
  tags: ['speeches'],
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: plain(newLinkSchema, 'Link'), ...problems(404, 409) },
})

/** Personal links of delegates and speakers: to pass one on by hand, or to end one that reached the wrong hands. */
export const links = createRouter()
  .openapi(invitationLinkRoute, async (c) => {
    const { id } = c.req.valid('param')
    const url = await invitationLink(c.var.services.db, keyContext(c), c.var.key.organizationId, id)
    return c.json({ url }, 200)
  })
  .openapi(newInvitationLinkRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const { mailed } = await renewLink(trx, ctx, organizationId, id)
      const url = await invitationLink(trx, ctx, organizationId, id)
      const headers = { Location: `${ctx.origin}/api/v1/invitations/${id}/link` }
      return { status: 201 as const, body: { url, mailed }, headers }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(speechLinkRoute, async (c) => {
    const { id } = c.req.valid('param')
    const url = await speechLink(c.var.services.db, keyContext(c), c.var.key.organizationId, id)
    return c.json({ url }, 200)
  })
  .openapi(newSpeechLinkRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await replaceLink(trx, ctx, { organizationId, id })
      const url = await speechLink(trx, ctx, organizationId, id)
      const headers = { Location: `${ctx.origin}/api/v1/speeches/${id}/link` }
      return { status: 201 as const, body: { url, mailed: false }, headers }
    })
    return c.json(reply.body, reply.status)
  })

/** The link of an invitation that was sent. @throws DomainError not_found: before that there is none, after withdrawal it has ended */
async function invitationLink(db: Db, ctx: Context, organizationId: string, id: string): Promise<string> {
  const row = await findInvitation(db, organizationId, id)
  if (row?.status !== 'sent') throw new DomainError('not_found')
  const { generation, locale } = row
  return linkUrl(ctx, { purpose: 'invitation', targetId: id, generation, locale })
}

/** The link of a speaker while they are asked. @throws DomainError not_found */
async function speechLink(db: Db, ctx: Context, organizationId: string, id: string): Promise<string> {
  const { state, generation, locale } = await getSpeech(db, organizationId, id)
  if (!mayTake('change', state as PresentationState)) throw new DomainError('not_found')
  return linkUrl(ctx, { purpose: 'presentation', targetId: id, generation, locale })
}
