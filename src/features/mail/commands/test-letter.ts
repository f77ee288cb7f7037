import type { Context } from '../../../context.ts'
import { type Db, transaction } from '../../../db/transaction.ts'
import { recordAudit } from '../../audit/commands.ts'
import { testLetter } from '../emails.ts'
import { senderScope } from '../rules/refusals.ts'
import type { Address, Mailer, Stage } from '../schema.ts'
import { openLine } from './line.ts'

/** Seconds a test letter may take, everything included. */
const SECONDS = 20

/** What the server said to a test letter, at which point of the conversation. */
export interface Tested {
  outcome: 'sent' | 'refused' | 'no_way'
  to: string
  stage: Stage
  reply: string
}

/**
 * Sends a test letter at once, past the outbox, within 20 seconds. One that the server takes opens a line that stood still: the
 * letters that wait need not wait for the next probe. It is told in the log of the organisation.
 */
export async function sendTestLetter(
  { db, mailer }: { db: Db; mailer: Mailer },
  ctx: Context,
  organization: { id: string; name: string; email: string | null; accent_hue: number },
  to: Address,
): Promise<Tested> {
  const mail = testLetter({
    locale: ctx.locale,
    organization,
    mailFrom: ctx.mail.from,
    to,
    messageId: `<${crypto.randomUUID()}@${(organization.email ?? ctx.mail.from).split('@')[1]}>`,
    now: ctx.now,
  })
  const { outcome, reply, stage = 'message' } = await mailer.send(mail, SECONDS)
  const sent = outcome === 'sent'
  await transaction(db, async (trx) => {
    if (sent && mailer.kind === 'smtp') await openLine(trx, ['server', senderScope(mail.from.address)])
    await recordAudit(trx, ctx, {
      organizationId: organization.id,
      action: 'mail.tested',
      subjectKind: 'organization',
      subjectId: organization.id,
      details: { to: to.address, sent, reply: reply.slice(0, 300) },
    })
  })
  return { outcome: sent ? 'sent' : mailer.kind === 'none' ? 'no_way' : 'refused', to: to.address, stage, reply }
}
