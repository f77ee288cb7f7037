import { createTransport } from 'nodemailer'
import type { Mailer, OutgoingMail, SendResult } from '../features/mail/schema.ts'
import { toNodemailer } from './mime.ts'

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

/** Refusals of a recipient or of a message; others (greeting, log-in, TLS) are ours to mend, and the message waits. */
const OF_THE_MESSAGE = new Set(['EENVELOPE', 'EMESSAGE'])
/** 530, 534, 535, 538: the server wants another log-in (RFC 4954 section 6). */
const OF_THE_LOGIN = new Set([530, 534, 535, 538])

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
    async send(mail: OutgoingMail): Promise<SendResult> {
      try {
        const sent = await transport.sendMail({
          ...toNodemailer(mail),
          signal: AbortSignal.timeout(limits.message * 1000),
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
  response?: string
  responseCode?: number
}

function toResult(error: SmtpError): SendResult {
  const { responseCode = 0, code = '' } = error
  const permanent = responseCode >= 500 && OF_THE_MESSAGE.has(code) && !OF_THE_LOGIN.has(responseCode)
  const reply = (error.response || `${code ? `${code}: ` : ''}${error.message}`).replace(/\s+/g, ' ').trim()
  return { outcome: permanent ? 'permanent' : 'temporary', reply }
}
