import { createRoute, type z } from '@hono/zod-openapi'
import { DomainError } from '../errors.ts'
import { answerInvitation } from '../features/invitations/commands/answer.ts'
import { decideSubstitution } from '../features/invitations/commands/consent.ts'
import { lockInvitation } from '../features/invitations/commands/lock.ts'
import { findSubstitution, listAnswers } from '../features/invitations/queries/one.ts'
import { decisionInput } from '../features/invitations/schema.ts'
import { change } from './change.ts'
import { answerSchema, decidedAnswerSchema, newAnswerSchema, pastAnswerSchema } from './invitation-body.ts'
import { readInvitation } from './invitations.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, idParam, json, optionalEditHeaders, pageOf, problems } from './schemas.ts'
import { toTold } from './told.ts'
import { etagOf, versionOf } from './version.ts'

const tags = ['answers']

const getRoute = createRoute({
  operationId: 'getAnswer',
  method: 'get',
  path: '/invitations/{id}/answer',
  tags,
  request: { params: idParam },
  responses: { 200: json(answerSchema, 'Answer'), ...problems(404) },
})

const putRoute = createRoute({
  operationId: 'putAnswer',
  method: 'put',
  path: '/invitations/{id}/answer',
  tags,
  request: { params: idParam, headers: optionalEditHeaders, body: body(newAnswerSchema) },
  responses: { 200: json(answerSchema, 'Answer'), ...problems(404, 409, 412) },
})

const historyRoute = createRoute({
  operationId: 'listAnswers',
  method: 'get',
  path: '/invitations/{id}/answers',
  tags,
  request: { params: idParam },
  responses: {
    200: {
      description: 'AnswerPage',
      content: { 'application/json': { schema: pageOf(pastAnswerSchema).meta({ id: 'AnswerPage' }) } },
    },
    ...problems(404),
  },
})

const consentRoute = createRoute({
  operationId: 'putConsent',
  method: 'put',
  path: '/invitations/{id}/consent',
  tags,
  request: {
    params: idParam,
    headers: changeHeaders,
    body: body(decisionInput.strict().meta({ id: 'Consent', example: { decision: 'agree' } })),
  },
  responses: { 200: json(decidedAnswerSchema, 'Answer'), ...problems(404, 409) },
})

/** Answers: what stands, what was said before, and the chair's word on a substitute. */
export const answers = createRouter()
  .openapi(getRoute, async (c) => {
    const invitation = await readInvitation(c.var.services.db, c.var.key.organizationId, c.req.valid('param').id)
    c.header('ETag', etagOf(invitation.version))
    return c.json(invitation.answer, 200)
  })
  .openapi(putRoute, async (c) => {
    const { id } = c.req.valid('param')
    const input = c.req.valid('json')
    const ifMatch = c.req.valid('header')['if-match']
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      const { version } = await lockInvitation(trx, organizationId, id)
      const wanted = ifMatch === undefined ? undefined : versionOf(ifMatch)
      if (wanted !== undefined && wanted !== version) throw new DomainError('stale_version')
      await answerInvitation(trx, ctx, { organizationId, invitationId: id, input, via: 'api' })
      const invitation = await readInvitation(trx, organizationId, id)
      return { status: 200 as const, body: invitation.answer, headers: { ETag: etagOf(invitation.version) } }
    })
    return c.json(reply.body, reply.status)
  })
  .openapi(historyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { db } = c.var.services
    await readInvitation(db, c.var.key.organizationId, id)
    const rows = await listAnswers(db, c.var.key.organizationId, id)
    const items = rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      via: row.via as z.output<typeof pastAnswerSchema>['via'],
      asked: row.asked as z.output<typeof pastAnswerSchema>['asked'],
      result: row.result as z.output<typeof pastAnswerSchema>['result'],
      reason: row.reason,
      note: row.note,
      by: row.actor_name,
    }))
    return c.json({ items, next: null, total: items.length }, 200)
  })
  .openapi(consentRoute, async (c) => {
    const { id } = c.req.valid('param')
    const input = c.req.valid('json')
    const { organizationId } = c.var.key
    const reply = await change(c, async (trx, ctx) => {
      await readInvitation(trx, organizationId, id)
      const open = await findSubstitution(trx, organizationId, id)
      if (!open) throw new DomainError('not_found')
      const which = { organizationId, invitationId: id, substitutionId: open.id }
      const told = await decideSubstitution(trx, ctx, { ...which, ...input })
      const invitation = await readInvitation(trx, organizationId, id)
      return {
        status: 200 as const,
        body: { ...invitation.answer, told: await toTold(c, trx, organizationId, told) },
        headers: { ETag: etagOf(invitation.version) },
      }
    })
    return c.json(reply.body, reply.status)
  })
