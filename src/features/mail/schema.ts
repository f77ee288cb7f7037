import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Locale } from '../../context.ts'
import type { MailboxMessages, Messages } from '../../db/types.ts'

export interface Address {
  name: string | null
  address: string
}

/** One message as it leaves: marks filled in, nothing left to decide. */
export interface OutgoingMail {
  /** With angle brackets; the same at every attempt. */
  messageId: string
  date: Date
  from: Address
  to: Address
  replyTo: Address | null
  subject: string
  text: string
  html: string
  /** The last part of the alternative (RFC 6047); its `method` parameter equals METHOD. */
  calendar: { method: 'REQUEST' | 'CANCEL' | 'REPLY'; content: string } | null
  headers: Record<string, string>
}

/** How far a conversation with a server came: `none` where there is no way to send, `sender` is MAIL FROM. */
export const stages = ['none', 'connection', 'login', 'sender', 'recipient', 'message'] as const
export type Stage = (typeof stages)[number]

/**
 * How a send ended: `permanent` is a 5xx of the conversation itself, `temporary` anything else. `reply` is the server's own words;
 * without `stage` the message was under way.
 */
export type SendResult = { outcome: 'sent' | 'temporary' | 'permanent'; reply: string; stage?: Stage }

/** Sends one message; never throws for what a mail server may say or fail to say. `none` has no way to send. */
export interface Mailer {
  kind: 'smtp' | 'mailbox' | 'none'
  /** `seconds` bounds one message, everything included. */
  send(mail: OutgoingMail, seconds?: number): Promise<SendResult>
  close(): Promise<void>
}

/** Where sending stands still, and since when. `none`: no way to send is set up; else the server's own words. */
export interface MailStop {
  scope: string
  stage: Stage
  reply: string
  since: Date
  nextProbeAt: Date
}

export const messageKinds = [
  'invitation',
  'update',
  'cancellation',
  'postponement',
  'withdrawal',
  'answer_received',
  'substitution_decided',
  'place_given',
  'speech_requested',
  'speech_due',
  'speech_overdue',
  'speech_received',
  'speech_returned',
  'speech_approved',
  'speech_infected',
  'colleague_invited',
  'password_reset',
] as const
export type MessageKind = (typeof messageKinds)[number]

export const messageStates = ['queued', 'sending', 'sent', 'bounced', 'failed', 'cancelled'] as const
export type MessageState = (typeof messageStates)[number]
export type MessageRow = Selectable<Messages>

/** A rendered message on its way into the outbox. Bodies hold link marks (`linkMark`), never tokens. */
export interface NewMessage {
  organizationId: string
  seminarId: string | null
  invitationId: string | null
  kind: MessageKind
  locale: Locale
  to: Address
  from: Address
  replyTo: Address | null
  subject: string
  text: string
  html: string
  calendar: { method: 'REQUEST' | 'CANCEL' | 'REPLY'; content: string } | null
  headers?: Record<string, string>
}

/** What a list of the outbox is narrowed by, in its address; anything else counts as not given. */
export const messageFilter = z.object({
  state: z.enum(messageStates).optional().catch(undefined),
  kind: z.enum(messageKinds).optional().catch(undefined),
  seminar: z.uuid().optional().catch(undefined),
  invitation: z.uuid().optional().catch(undefined),
  /** Words of a name, an address or a subject, without diacritics. */
  q: z.string().trim().max(200).default('').catch(''),
  cursor: z.string().max(300).optional().catch(undefined),
})
export type MessageFilter = z.output<typeof messageFilter>

/** What the demo's mailbox is narrowed by, in its address. */
export const mailboxFilter = z.object({
  to: z.string().trim().max(254).optional().catch(undefined),
  q: z.string().trim().max(200).default('').catch(''),
  cursor: z.string().max(300).optional().catch(undefined),
})
export type MailboxFilter = z.output<typeof mailboxFilter>
export type MailboxRow = Pick<Selectable<MailboxMessages>, 'id' | 'to_address' | 'to_name' | 'subject' | 'received_at'>
