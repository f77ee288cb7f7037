import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { cancelQueued, enqueueMessages } from '../../mail/commands.ts'
import type { NewMessage } from '../../mail/schema.ts'
import type { SeminarChange } from '../../seminars/commands.ts'
import type { SeminarRow } from '../../seminars/queries.ts'
import { changeMail } from '../emails/changes.ts'
import { type Batch, isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { type Change, changeFor, isTold, nextSequence } from '../rules.ts'
import type { AnswerState } from '../schema.ts'
import { givePlaces } from './places.ts'
import { recipientColumns } from './recipients.ts'
import { storeTold } from './send.ts'
import { storeSequences } from './substitutes.ts'

const CHUNK = 500

/** What follows a change of a seminar, in its transaction: places that opened go to the waiting line, invitees are told. */
export async function followChange(trx: Trx, ctx: Context, change: SeminarChange, tell = true): Promise<void> {
  const { before, after, placesOpened } = change
  if (placesOpened) await givePlaces(trx, ctx, after.organization_id, after.id)
  if (tell) await notifySeminarChanged(trx, ctx, before, after)
}

/**
 * Tells invitees, and substitutes who are coming, what an edit of their seminar changed: REQUEST for another time or place,
 * CANCEL for a cancellation. A postponed event has no date, so it leaves calendars by CANCEL too; with a date again the same UID
 * comes back by REQUEST with a higher SEQUENCE (RFC 5546 sections 3.2.2, 3.2.5). Call it after the edit, in its transaction.
 * @returns how many are told
 */
export async function notifySeminarChanged(
  trx: Trx,
  ctx: Context,
  before: SeminarRow,
  after: SeminarRow,
): Promise<number> {
  const change = changeFor(factsOf(before), factsOf(after))
  if (!change) return 0
  const details = await getEventDetails(trx, after.organization_id, after.id)
  // A cancellation still names the time it was for.
  const dates =
    details.event.starts_local === null ? { starts_local: before.starts_local, ends_local: before.ends_local } : {}
  const batch = openBatch({ ...details, event: { ...details.event, ...dates } }, ctx)
  await cancelQueued(trx, {
    organizationId: after.organization_id,
    seminarId: after.id,
    kinds: ['invitation', 'update'],
  })
  let told = 0
  for (let last = ''; ; ) {
    const rows = await listInvitees(trx, after, last)
    if (!rows.length) return told
    last = rows.at(-1)?.id ?? ''
    told += await tell(trx, batch, change, before, rows)
  }
}

function factsOf(seminar: SeminarRow) {
  return {
    state: seminar.state,
    startsLocal: seminar.starts_local,
    endsLocal: seminar.ends_local,
    timezone: seminar.timezone,
    venue: seminar.venue,
    onlineUrl: seminar.online_offered ? seminar.online_url : null,
  }
}

async function listInvitees(trx: Trx, seminar: SeminarRow, after: string) {
  let query = trx
    .selectFrom('invitations as i')
    .leftJoin('substitutions as u', (j) =>
      j
        .onRef('u.organization_id', '=', 'i.organization_id')
        .onRef('u.invitation_id', '=', 'i.id')
        .on('u.state', '=', 'approved')
        .on('u.calendar_sequence', 'is not', null),
    )
    .select([...recipientColumns, 'i.answer', 'i.calendar_sequence'])
    .select([
      'u.id as sub_id',
      'u.name as sub_name',
      'u.position as sub_position',
      'u.email as sub_email',
      'u.calendar_sequence as sub_sequence',
    ])
    .where('i.organization_id', '=', seminar.organization_id)
    .where('i.seminar_id', '=', seminar.id)
    .where('i.status', '=', 'sent')
  if (after) query = query.where('i.id', '>', after)
  return query.orderBy('i.id').limit(CHUNK).execute()
}

async function tell(
  trx: Trx,
  batch: Batch,
  change: Change,
  before: SeminarRow,
  rows: Awaited<ReturnType<typeof listInvitees>>,
): Promise<number> {
  const { event } = batch.details
  const old = { ...event, starts_local: before.starts_local, ends_local: before.ends_local, timezone: before.timezone }
  const messages: NewMessage[] = []
  const invitees: { id: string; sequence: number }[] = []
  const substitutes: { id: string; sequence: number }[] = []
  for (const row of rows) {
    const answer = row.answer as AnswerState | null
    if (isTold(change, answer) && isMailable(row.email)) {
      const sequence = sequenceFor(change, before, event.sequence, row.calendar_sequence)
      invitees.push({ id: row.id, sequence })
      messages.push(
        changeMail(batch, change, old, row, { email: row.email, sequence, partstat: partstatOf(change, answer) }),
      )
    }
    if (row.sub_id !== null && isMailable(row.sub_email)) {
      const sequence = sequenceFor(change, before, event.sequence, row.sub_sequence)
      substitutes.push({ id: row.sub_id, sequence })
      const substitute = { name: row.sub_name as string, position: row.sub_position as string }
      messages.push(
        changeMail(batch, change, old, row, { email: row.sub_email, sequence, partstat: 'NEEDS-ACTION', substitute }),
      )
    }
  }
  await enqueueMessages(trx, batch.ctx, messages)
  await storeTold(trx, event.organization_id, invitees)
  await storeSequences(trx, event.organization_id, substitutes)
  return messages.length
}

/** A minor edit (the online address) keeps the SEQUENCE an invitee has; all others are new revisions (calendar rules 12, 13). */
function sequenceFor(change: Change, before: SeminarRow, sequence: number, told: number | null): number {
  const minor = change.kind === 'update' && !change.time && !change.venue
  if (minor && before.sequence === sequence) return Math.max(sequence, told ?? 0)
  return nextSequence(sequence, told)
}

/** Another time asks anew; another place does not take an answer back. */
function partstatOf(change: Change, answer: AnswerState | null): 'NEEDS-ACTION' | 'ACCEPTED' | 'DECLINED' {
  if (change.time || change.kind === 'rescheduled' || answer === null) return 'NEEDS-ACTION'
  if (answer === 'accepted' || answer === 'online') return 'ACCEPTED'
  return answer === 'declined' ? 'DECLINED' : 'NEEDS-ACTION'
}
