import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { cancelQueued } from '../../mail/commands.ts'
import type { SeminarChange } from '../../seminars/commands.ts'
import type { SeminarRow } from '../../seminars/queries.ts'
import { changeMail } from '../emails/changes.ts'
import { type Batch, isMailable, openBatch } from '../emails/invitation.ts'
import { getEventDetails } from '../queries/event.ts'
import { type Change, changeFor, isTold, nextSequence } from '../rules.ts'
import type { AnswerState, CallReason } from '../schema.ts'
import { announce, nobody, sumTold, type Told } from './announce.ts'
import { dropUntold } from './calls.ts'
import { givePlaces } from './places.ts'
import { recipientColumns } from './recipients.ts'
import { noticeTo, storeTold } from './send.ts'
import { storeSequences } from './substitutes.ts'

const CHUNK = 500

/**
 * What follows a change of a seminar, in its transaction: places that opened go to the waiting line, invitees are told.
 * @returns how many by a letter, and how many are to be telephoned
 */
export async function followChange(trx: Trx, ctx: Context, change: SeminarChange, tell = true): Promise<Told> {
  const { before, after, placesOpened } = change
  const placed = placesOpened ? await givePlaces(trx, ctx, after.organization_id, after.id) : nobody
  const told = tell ? await notifySeminarChanged(trx, ctx, before, after) : nobody
  if (after.state === 'cancelled') await dropUntold(trx, after.organization_id, { seminarId: after.id })
  return sumTold(placed, told)
}

/**
 * Tells invitees, and substitutes who are coming, what an edit of their seminar changed: REQUEST for another time or place,
 * CANCEL for a cancellation. A postponed event has no date, so it leaves calendars by CANCEL too; with a date again the same UID
 * comes back by REQUEST with a higher SEQUENCE (RFC 5546 sections 3.2.2, 3.2.5). Call it after the edit, in its transaction.
 * Who cannot be written to is to be telephoned.
 */
export async function notifySeminarChanged(
  trx: Trx,
  ctx: Context,
  before: SeminarRow,
  after: SeminarRow,
): Promise<Told> {
  const change = changeFor(factsOf(before), factsOf(after))
  if (!change) return nobody
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
  let told = nobody
  for (let last = ''; ; ) {
    const rows = await listInvitees(trx, after, last)
    if (!rows.length) return told
    last = rows.at(-1)?.id ?? ''
    told = sumTold(told, await tell(trx, batch, change, before, rows))
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
        .on('u.state', '=', 'approved'),
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
): Promise<Told> {
  const { event } = batch.details
  const old = { ...event, starts_local: before.starts_local, ends_local: before.ends_local, timezone: before.timezone }
  const reason = REASONS[change.kind]
  const notices = rows.flatMap((row) => {
    const answer = row.answer as AnswerState | null
    const sequence = sequenceFor(change, before, event.sequence, row.calendar_sequence)
    const to = { email: row.email ?? '', sequence, partstat: partstatOf(change, answer) }
    const letter = isMailable(row.email) ? changeMail(batch, change, old, row, to) : null
    const concerns = isTold(change, answer) && (letter !== null || isSpoken(change) || answer === 'online')
    const own = concerns ? [{ ...noticeTo(row), reason, sequence, letter }] : []
    return [...own, ...noticeToSubstitute(batch, change, before, old, row)]
  })
  const { went, ...told } = await announce(trx, batch.ctx, event.organization_id, event.id, notices)
  await storeTold(
    trx,
    event.organization_id,
    went.filter(({ substitutionId }) => substitutionId === null),
  )
  await storeSequences(trx, event.organization_id, went)
  return told
}

const REASONS: Record<Change['kind'], CallReason> = {
  update: 'change',
  rescheduled: 'change',
  postponement: 'postponement',
  cancellation: 'cancellation',
}

/** Another online address alone is no matter for a call, but to those who take part online. */
const isSpoken = (change: Change) => change.kind !== 'update' || change.time || change.venue

/** A substitute who was invited by a letter is written to; one who was told by telephone, again so; others know of nothing. */
function noticeToSubstitute(
  batch: Batch,
  change: Change,
  before: SeminarRow,
  old: Batch['details']['event'],
  row: Awaited<ReturnType<typeof listInvitees>>[number],
) {
  if (row.sub_id === null || !(isMailable(row.sub_email) || isSpoken(change))) return []
  const sequence = sequenceFor(change, before, batch.details.event.sequence, row.sub_sequence)
  const substitute = { name: row.sub_name as string, position: row.sub_position as string }
  const to = { email: row.sub_email ?? '', sequence, partstat: 'NEEDS-ACTION' as const, substitute }
  const writes = isMailable(row.sub_email) && row.sub_sequence !== null
  const letter = writes ? changeMail(batch, change, old, row, to) : null
  return [{ invitationId: row.id, substitutionId: row.sub_id, reason: REASONS[change.kind], sequence, letter }]
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
