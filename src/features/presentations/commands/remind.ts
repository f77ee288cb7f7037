import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { getSeminar } from '../../seminars/queries.ts'
import { speechMail } from '../emails.ts'
import { type DueReminder, listLate, lockDueReminder, type ReminderMoment } from '../queries/reminders.ts'
import { getSpeech, type SpeechRow } from '../queries.ts'
import { isLate, refuseReminder } from '../rules.ts'
import type { PresentationState } from '../schema.ts'
import { lockSpeech, type Target } from './lock.ts'

/**
 * Reminds a speaker by hand, whatever the day; twice within twelve hours is refused.
 * @throws DomainError not_found; conflict (`speech_not_remind`: it is not the speaker's turn, or the seminar is cancelled;
 * `speech_no_address`; `speech_reminded`: just done)
 */
export async function remindSpeaker(trx: Trx, ctx: Context, target: Target): Promise<void> {
  await lockSpeech(trx, target)
  const speech = await getSpeech(trx, target.organizationId, target.id)
  const seminar = await getSeminar(trx, target.organizationId, speech.seminar_id)
  const refused = refuseReminder({
    state: speech.state as PresentationState,
    email: speech.email,
    seminarState: seminar.state,
    recent: speech.reminded_recently,
  })
  if (refused) throw new DomainError('conflict', { detail: refused })
  await remind(trx, ctx, speech)
}

/**
 * Reminds the late speakers of a seminar whom an organizer saw on the review page. Who sent a paper meanwhile, or was
 * reminded by somebody else, gets nothing.
 * @returns how many mails go out
 * @throws DomainError not_found; closed (the seminar is cancelled)
 */
export async function remindLate(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  seen: string[],
): Promise<number> {
  const seminar = await getSeminar(trx, organizationId, seminarId)
  if (seminar.state === 'cancelled') throw new DomainError('closed', { detail: 'seminar_cancelled' })
  const before = await listLate(trx, organizationId, seminarId)
  const chosen = before.mailed.filter((row) => seen.includes(row.id)).sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const { id } of chosen) await lockSpeech(trx, { organizationId, id })
  // Looked at once more under the locks: two organizers may press at the same moment.
  const { mailed } = await listLate(trx, organizationId, seminarId)
  let sent = 0
  for (const row of mailed.filter((one) => chosen.some((c) => c.id === one.id))) sent += await remind(trx, ctx, row)
  return sent
}

/** Sends the reminder that is due by the calendar, if it still is. @returns whether it was ours to send */
export async function remindWhenDue(trx: Trx, ctx: Context, due: DueReminder): Promise<boolean> {
  const moment = await lockDueReminder(trx, due)
  if (!moment) return false
  await remind(trx, ctx, await getSpeech(trx, due.organizationId, due.id), moment)
  return true
}

/** Puts the mail in the outbox and marks the speech; its version stays, so that no form opened on it grows stale. */
async function remind(trx: Trx, ctx: Context, speech: SpeechRow, moment?: ReminderMoment): Promise<number> {
  const late = isLate({ state: speech.state as PresentationState, deadlineAt: speech.deadline_at }, ctx.now)
  const isAfter = moment ? moment === 'after' : late
  const mail = await speechMail(trx, ctx, speech, isAfter ? 'speech_overdue' : 'speech_due')
  if (!mail) return 0
  const { queued } = await enqueueMessages(trx, ctx, [mail])
  await trx
    .updateTable('presentations')
    .set((eb) => ({
      reminded_at: dbNow,
      ...(moment ? { [moment === 'before' ? 'reminded_before' : 'reminded_after']: eb.ref('deadline_at') } : {}),
    }))
    .where('organization_id', '=', speech.organization_id)
    .where('id', '=', speech.id)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId: speech.organization_id,
    action: 'presentation.reminded',
    subjectKind: 'presentation',
    subjectId: speech.id,
    seminarId: speech.seminar_id,
    details: { topic: speech.topic, name: speech.name, ...(moment ? { moment } : {}) },
  })
  return queued
}
