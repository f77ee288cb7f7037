import { type Db, transaction } from '../db/transaction.ts'
import { keepInMailbox } from '../features/mail/commands.ts'
import type { Mailer } from '../features/mail/schema.ts'
import { composeMail } from './mime.ts'

/** Demo mode: nothing leaves. Messages are kept, byte for byte as a server would get them, and shown at /dev/mailbox. */
export function createMailbox(db: Db): Mailer {
  return {
    kind: 'mailbox',
    async send(mail) {
      const raw = await composeMail(mail)
      await transaction(db, (trx) =>
        keepInMailbox(trx, {
          messageId: mail.messageId,
          to: mail.to,
          from: mail.from.address,
          subject: mail.subject,
          raw,
        }),
      )
      return { outcome: 'sent', reply: '250 2.0.0 kept in the demo mailbox' }
    },
    async close() {},
  }
}
