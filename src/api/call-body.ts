import { z } from '@hono/zod-openapi'
import { callWords } from '../features/invitations/emails/call.ts'
import type { CallRow } from '../features/invitations/queries/calls.ts'
import type { EventDetails } from '../features/invitations/queries/event.ts'
import { callInput, callOutcomes, callReasons } from '../features/invitations/schema.ts'
import { id, instant } from './schemas.ts'

const line = z.string().nullable()

/** A call as the API gives it: whom to ring, why, what to say by how things stand now, and how it went. */
export const callSchema = z
  .object({
    id,
    seminarId: id,
    invitationId: id,
    name: z.string(),
    substitute: z.boolean(),
    phone: line,
    email: line,
    locale: z.enum(['vi', 'en']),
    reasons: z.array(z.enum(callReasons)),
    text: z.string(),
    open: z.boolean(),
    outcome: z.enum(callOutcomes).nullable(),
    note: line,
    tries: z.int(),
    recordedAt: instant.nullable(),
    recordedBy: line,
    version: z.int(),
    createdAt: instant,
  })
  .meta({ id: 'Call' })
export type CallBody = z.output<typeof callSchema>

/** How a call went. */
export const callOutcomeSchema = callInput
  .strict()
  .meta({ id: 'CallOutcome', example: { outcome: 'not_reached', note: 'Máy bận, gọi lại lúc 14 giờ.' } })

export function toCall(row: CallRow, details: EventDetails, now: Date): CallBody {
  return {
    id: row.id,
    seminarId: row.seminar_id,
    invitationId: row.invitation_id,
    name: row.name,
    substitute: row.substitution_id !== null,
    phone: row.phone,
    email: row.email,
    locale: row.locale as CallBody['locale'],
    reasons: row.reasons,
    text: callWords(details, row, { now }).join('\n'),
    open: row.is_open,
    outcome: row.outcome,
    note: row.note,
    tries: row.tries,
    recordedAt: row.recorded_at?.toISOString() ?? null,
    recordedBy: row.recorded_by,
    version: row.version,
    createdAt: row.created_at.toISOString(),
  }
}
