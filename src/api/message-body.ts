import { z } from '@hono/zod-openapi'
import type { MessageListRow } from '../features/mail/queries.ts'
import { replaceMarks, withoutLinks } from '../features/mail/rules.ts'
import { type MessageRow, messageKinds, messageStates } from '../features/mail/schema.ts'
import { translator } from '../i18n.ts'
import { id, instant } from './schemas.ts'

const line = z.string().nullable()
const address = z.object({ name: line, address: z.string() })

const messageFields = z.object({
  id,
  seminarId: id.nullable(),
  invitationId: id.nullable(),
  kind: z.enum(messageKinds),
  locale: z.enum(['vi', 'en']),
  to: address,
  from: address,
  replyTo: line,
  subject: z.string(),
  messageId: z.string(),
  state: z.enum(messageStates),
  attempts: z.int(),
  nextAttemptAt: instant.nullable(),
  lastReply: line,
  sentAt: instant.nullable(),
  createdAt: instant,
})

/** A message of the outbox. */
export const messageSchema = messageFields.meta({ id: 'Message' })
export type MessageBody = z.output<typeof messageSchema>

/** A message with what it says; personal links stand in it as words. */
export const wholeMessageSchema = messageFields
  .extend({
    text: z.string(),
    html: z.string(),
    calendar: line,
    calendarMethod: z.enum(['REQUEST', 'CANCEL', 'REPLY']).nullable(),
  })
  .meta({ id: 'WholeMessage' })
export type WholeMessageBody = z.output<typeof wholeMessageSchema>

/** The one state that is asked for: a message that waits or did not arrive goes out again, at once. */
export const messageStateSchema = z
  .strictObject({ state: z.literal('queued', { error: 'state' }) })
  .meta({ id: 'MessageState', example: { state: 'queued' } })

export function toMessage(row: MessageListRow): MessageBody {
  return {
    id: row.id,
    seminarId: row.seminar_id,
    invitationId: row.invitation_id,
    kind: row.kind as MessageBody['kind'],
    locale: row.locale as MessageBody['locale'],
    to: { name: row.to_name, address: row.to_address },
    from: { name: row.from_name, address: row.from_address },
    replyTo: row.reply_to,
    subject: row.subject,
    messageId: row.message_id,
    state: row.state as MessageBody['state'],
    attempts: row.attempts,
    nextAttemptAt: ['queued', 'sending'].includes(row.state) ? row.next_attempt_at.toISOString() : null,
    lastReply: row.last_reply,
    sentAt: row.sent_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

export function toWholeMessage(row: MessageRow): WholeMessageBody {
  const head = toMessage(row)
  const words = translator(head.locale)('mail:privateLink')
  return {
    ...head,
    text: replaceMarks(row.text, () => words),
    html: withoutLinks(row.html, words),
    calendar: row.calendar,
    calendarMethod: row.calendar_method as WholeMessageBody['calendarMethod'],
  }
}
