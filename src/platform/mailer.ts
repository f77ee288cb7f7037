import type { Config } from '../config.ts'
import type { Db } from '../db/transaction.ts'
import type { Mailer } from '../features/mail/schema.ts'
import { createMailbox } from './mailbox.ts'
import { createSmtpMailer, type SmtpLimits } from './smtp.ts'

/** The way letters leave: the server of SMTP_URL; in demo mode the mailbox; otherwise none, and letters wait. */
export function createMailer(config: Config, db: Db, limits?: Partial<SmtpLimits>): Mailer {
  if (config.smtpUrl) return createSmtpMailer(config.smtpUrl, limits)
  return config.demo ? createMailbox(db) : noWay
}

const noWay: Mailer = {
  kind: 'none',
  send: async () => ({ outcome: 'temporary', reply: 'SMTP_URL is not set', stage: 'none' }),
  close: async () => {},
}
