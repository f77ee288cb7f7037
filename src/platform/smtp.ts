import { createTransport } from 'nodemailer'
import type { Mailer, OutgoingMail, SendResult, Stage } from '../features/mail/schema.ts'
import { composeMail } from './mime.ts'

export interface SmtpLimits {
  /** Seconds. */
  connection: number
  greeting: number
  /** Without a byte. */
  socket: number
  /** One message, everything included: a server may trickle its answers. */
  message: number
  maxConnections: number
}
const defaults: SmtpLimits = { connection: 10, greeting: 10, socket: 30, message: 90, maxConnections: 5 }

/**
 * Sends through the server of SMTP_URL (`smtp://user:password@host:587`, `smtps://…`) over a few connections that are kept.
 * Every reply, failure and silence comes back as a SendResult.
 */
export function createSmtpMailer(url: string, given: Partial<SmtpLimits> = {}): Mailer {
  const limits = { ...defaults, ...given }
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: limits.maxConnections,
    maxMessages: 100,
    // The outbox retries; a message that fails here goes back to it.
    maxRequeues: 1,
    idleTimeout: 20_000,
    connectionTimeout: limits.connection * 1000,
    greetingTimeout: limits.greeting * 1000,
    socketTimeout: limits.socket * 1000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    kind: 'smtp',
    async send(mail: OutgoingMail, seconds = limits.message): Promise<SendResult> {
      try {
        const sent = await transport.sendMail({
          // Set apart from the headers, so that none of them is ever read as an address.
          envelope: { from: mail.from.address, to: [mail.to.address] },
          raw: (await composeMail(mail)) as never,
          signal: AbortSignal.timeout(seconds * 1000),
        })
        return { outcome: 'sent', reply: sent.response }
      } catch (error) {
        return toResult(error as SmtpError)
      }
    },
    async close() {
      transport.close()
    },
  }
}

interface SmtpError extends Error {
  code?: string
  originalCode?: string
  timeoutType?: string
  command?: string
  response?: string
  responseCode?: number
}

const STAGES: Record<string, Stage> = { 'MAIL FROM': 'sender', 'RCPT TO': 'recipient', DATA: 'message' }
const BEFORE_LOGIN = new Set(['EDNS', 'ETLS', 'EPROTOCOL', 'EREQUIRETLS'])
const OF_LOGIN = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2'])
/** 421, 530, 534, 535, 538: the server ends, or wants another log-in (RFC 5321 section 3.8, RFC 4954 section 6): it may take the letter later. */
const NOT_OF_THE_LETTER = new Set([421, 530, 534, 535, 538])
/** A conversation that was under way, and was cut. */
const CUT = new Set(['SOCKET_TIMEOUT', 'ECONNRESET', 'EPIPE'])

function toResult(error: SmtpError): SendResult {
  const { responseCode = 0 } = error
  const stage = stageOf(error)
  const spoken =
    (stage === 'sender' || stage === 'recipient' || stage === 'message') && !NOT_OF_THE_LETTER.has(responseCode)
  const reply = (error.response || `${error.code ? `${error.code}: ` : ''}${error.message}`).replace(/\s+/g, ' ').trim()
  return { outcome: responseCode >= 500 && spoken ? 'permanent' : 'temporary', reply, stage }
}

/** How far it came. A connection that fails tells it by its code, a refusal by the command. */
function stageOf({ code = '', originalCode, timeoutType, command = '', responseCode }: SmtpError): Stage {
  const stage = STAGES[command]
  if (stage) return stage
  if (OF_LOGIN.has(code) || command.startsWith('AUTH')) return 'login'
  if (BEFORE_LOGIN.has(code) || ['EHLO', 'HELO', 'STARTTLS'].includes(command) || responseCode) return 'connection'
  if (code === 'ESOCKET' || code === 'ETIMEDOUT')
    return CUT.has(timeoutType ?? originalCode ?? '') ? 'message' : 'connection'
  return 'message'
}
