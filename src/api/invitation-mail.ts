import { createRoute } from '@hono/zod-openapi'
import { DomainError } from '../errors.ts'
import { resendInvitations, sendInvitations } from '../features/invitations/commands/send.ts'
import { findInvitation } from '../features/invitations/queries/one.ts'
import { change } from './change.ts'
import { toldSchema } from './invitation-body.ts'
import { createRouter } from './router.ts'
import { changeHeaders, idParam, plain, problems } from './schemas.ts'
import { toTold } from './told.ts'

const sendRoute = createRoute({
  operationId: 'createInvitationMailing',
  method: 'post',
  path: '/invitations/{id}/mailings',
  tags: ['invitations'],
  request: { params: idParam, headers: changeHeaders },
  responses: { 201: plain(toldSchema, 'Told'), ...problems(404, 409) },
})

/** The letter of one invitation: a draft is sent, one that was sent goes out once more. */
export const invitationMail = createRouter().openapi(sendRoute, async (c) => {
  const { id } = c.req.valid('param')
  const { organizationId } = c.var.key
  const reply = await change(c, async (trx, ctx) => {
    const invitation = await findInvitation(trx, organizationId, id)
    if (!invitation) throw new DomainError('not_found')
    if (invitation.status === 'withdrawn') throw new DomainError('closed', { detail: 'invitation_withdrawn' })
    const { seminar_id: seminarId } = invitation
    if (invitation.status === 'draft') {
      const sent = await sendInvitations(trx, ctx, organizationId, seminarId, { ids: [id] })
      return { status: 201 as const, body: await toTold(c, trx, organizationId, sent) }
    }
    const again = await resendInvitations(trx, ctx, organizationId, seminarId, [id])
    return { status: 201 as const, body: await toTold(c, trx, organizationId, again) }
  })
  return c.json(reply.body, reply.status)
})
