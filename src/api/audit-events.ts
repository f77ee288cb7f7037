import { createRoute, z } from '@hono/zod-openapi'
import { type AuditRow, actorKinds, countAuditEvents, listAuditEvents } from '../features/audit/queries.ts'
import { createRouter } from './router.ts'
import { checkCursor, id, instant, moment, page, pageQuery, problems } from './schemas.ts'

const line = z.string().nullable()

/** What was done, by whom. `details` holds what the log keeps of such an action: names, never a secret. */
const eventSchema = z
  .object({
    id,
    at: instant,
    action: z.string().meta({ example: 'seminar.created' }),
    actor: z.object({ kind: z.enum(actorKinds), id: line, name: line }),
    subject: z.object({ kind: z.string(), id: id.nullable() }),
    seminarId: id.nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' })

const optionalId = z.uuid({ error: 'invalid' }).optional()
const plainWord = z.string().regex(/^[\w.:@-]{1,200}$/, { error: 'invalid' })

const listRoute = createRoute({
  operationId: 'listAuditEvents',
  method: 'get',
  path: '/audit-events',
  tags: ['audit'],
  request: {
    query: z.object({
      ...pageQuery,
      seminarId: optionalId,
      subjectId: optionalId,
      actorKind: z.enum(actorKinds, { error: 'invalid' }).optional(),
      actorId: plainWord.optional(),
      action: plainWord.optional(),
      from: moment.optional(),
      to: moment.optional(),
      sort: z.enum(['newest', 'oldest'], { error: 'invalid' }).default('newest'),
    }),
  },
  responses: { 200: page(eventSchema, 'AuditEventPage'), ...problems() },
})

/** The log. Nobody changes it: it is only read. */
export const auditEvents = createRouter().openapi(listRoute, async (c) => {
  const { limit, cursor, seminarId, subjectId, actorKind, actorId, action, from, to, sort } = c.req.valid('query')
  checkCursor(cursor, 1)
  const filter = {
    cursor,
    seminar: seminarId,
    subject: subjectId,
    actor: actorId ?? '',
    kind: actorKind ?? ('' as const),
    action,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    sort,
  }
  const { db } = c.var.services
  const { organizationId } = c.var.key
  const [found, total] = await Promise.all([
    listAuditEvents(db, organizationId, filter, limit),
    countAuditEvents(db, organizationId, filter),
  ])
  return c.json({ items: found.items.map(toEvent), next: found.next ?? null, total }, 200)
})

function toEvent(row: AuditRow): z.output<typeof eventSchema> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    actor: {
      kind: row.actor_kind as z.output<typeof eventSchema>['actor']['kind'],
      id: row.actor_id,
      name: row.actor_name,
    },
    subject: { kind: row.subject_kind, id: row.subject_id },
    seminarId: row.seminar_id,
    details: (row.details ?? {}) as Record<string, unknown>,
  }
}
