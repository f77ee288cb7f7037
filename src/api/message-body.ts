import { z } from '@hono/zod-openapi'
import type { MessageListRow } from '../features/mail/queries.ts'
import { replaceMarks, withoutLinks } from '../features/mail/rules.ts'
import { type MailStop, type MessageRow, messageKinds, messageStates, stages } from '../features/mail/schema.ts'
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
  waitsFor: z.enum(['no_way_to_send', 'mail_server']).nullable(),
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

/** A message, and what it waits for where sending stands still. */
export function toMessage(row: MessageListRow, stop: MailStop | undefined): MessageBody {
  const waits = ['queued', 'sending'].includes(row.state)
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
    waitsFor: waits && stop ? (stop.stage === 'none' ? 'no_way_to_send' : 'mail_server') : null,
    attempts: row.attempts,
    nextAttemptAt: waits ? row.next_attempt_at.toISOString() : null,
    lastReply: row.last_reply,
    sentAt: row.sent_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }
}

export function toWholeMessage(row: MessageRow, stop: MailStop | undefined): WholeMessageBody {
  const head = toMessage(row, stop)
  const words = translator(head.locale)('mail:privateLink')
  return {
    ...head,
    text: replaceMarks(row.text, () => words),
    html: withoutLinks(row.html, words),
    calendar: row.calendar,
    calendarMethod: row.calendar_method as WholeMessageBody['calendarMethod'],
  }
}

/** Letters that did not arrive, to be sent again in one act. */
export const bouncedAgainSchema = z
  .strictObject({
    seminarId: z.uuid({ error: 'invalid' }).nullable().default(null),
    /** Also those to addresses that a server said do not exist. */
    deadAddresses: z.boolean({ error: 'invalid' }).default(false),
  })
  .meta({ id: 'BouncedAgain', example: { seminarId: null, deadAddresses: false } })

/** How many letters go out again, and how many are left for each reason. */
export const sentAgainSchema = z
  .object({ sent: z.int(), deadAddresses: z.int(), replaced: z.int(), linkReplaced: z.int(), over: z.int() })
  .meta({ id: 'SentAgain' })

/** What the server said to a test letter, and at which point of the conversation. */
export const testedSchema = z
  .object({ outcome: z.enum(['sent', 'refused', 'no_way']), to: z.string(), stage: z.enum(stages), reply: z.string() })
  .meta({ id: 'TestLetter' })
