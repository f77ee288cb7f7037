import { createRoute } from '@hono/zod-openapi'
import { copySeminar } from '../features/seminars/commands/copy.ts'
import { editSeminar } from '../features/seminars/commands.ts'
import { findPlaces } from '../features/seminars/queries/places.ts'
import { listSeminarTopics } from '../features/seminars/queries/topics.ts'
import { seminarInput } from '../features/seminars/schema.ts'
import { change } from './change.ts'
import { parseBody } from './invalid.ts'
import { createRouter } from './router.ts'
import { body, changeHeaders, idParam, json, problems } from './schemas.ts'
import { formOf, seminarPatchSchema, seminarSchema } from './seminar-body.ts'
import { seminarReply } from './seminars.ts'

/** What is to be otherwise in a copy; nothing is asked for. */
const copySchema = seminarPatchSchema.meta({
  id: 'SeminarCopy',
  example: { startsLocal: '2027-12-14T14:00:00', endsLocal: '2027-12-14T17:00:00' },
})

const copyRoute = createRoute({
  operationId: 'copySeminar',
  method: 'post',
  path: '/seminars/{id}/copies',
  tags: ['seminars'],
  request: { params: idParam, headers: changeHeaders, body: body(copySchema) },
  responses: { 201: json(seminarSchema, 'Seminar'), ...problems(404, 409) },
})

/**
 * Copies of a seminar. They are a collection of their own: with `copyOf` in the body of POST /seminars every field would be
 * needed or not by another one, which no schema of ours could say at the field that is refused.
 */
export const seminarCopies = createRouter().openapi(copyRoute, async (c) => {
  const { id } = c.req.valid('param')
  const differences = c.req.valid('json')
  const { organizationId } = c.var.key
  const reply = await change(c, async (trx, ctx) => {
    const copy = await copySeminar(trx, ctx, organizationId, id)
    if (Object.keys(differences).length) {
      const places = await findPlaces(trx, organizationId, [copy.id])
      const topics = await listSeminarTopics(trx, organizationId, copy.id)
      const stands = formOf(copy, places.get(copy.id)?.capacity ?? null, topics)
      const input = parseBody(seminarInput, { ...stands, ...differences })
      await editSeminar(trx, ctx, organizationId, copy.id, copy.version, input)
    }
    return seminarReply(trx, ctx, organizationId, copy.id, 201)
  })
  return c.json(reply.body, reply.status)
})
