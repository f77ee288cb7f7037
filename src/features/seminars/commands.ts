import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { dbNow } from '../../db/expressions.ts'
import type { Trx } from '../../db/transaction.ts'
import { DomainError, invalid } from '../../errors.ts'
import { readWall, writeWall } from '../../text/dates.ts'
import { recordAudit } from '../audit/commands.ts'
import { changedFields, columnsOf } from './commands/columns.ts'
import { claimSlug } from './commands/slug.ts'
import { setTopics } from './commands/topics.ts'
import { lockSeminar, type Patch, writeSeminar } from './commands/write.ts'
import type { SeminarRow } from './queries.ts'
import { refuseState, type SeminarState, slugFor } from './rules.ts'
import type { ScheduleInput, SeminarInput } from './schema.ts'

/** What an edit did: `change` says what calendars must be told, `placesOpened` that the waiting line may move up. */
export interface SeminarChange {
  before: SeminarRow
  after: SeminarRow
  change: 'sequence' | 'minor' | 'none'
  placesOpened: boolean
}

/** Creates a seminar as a draft, with its public address and its counter of places. */
export async function createSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  input: SeminarInput,
): Promise<SeminarRow> {
  const { id } = await sql<{ id: string }>`select new_id() as id`.execute(trx).then((r) => r.rows[0]!)
  const slug = await claimSlug(trx, organizationId, id, slugFor(input.theme, input.startsLocal, ctx.now))
  const row = await trx
    .insertInto('seminars')
    .values({
      ...columnsOf(input),
      organization_id: organizationId,
      id,
      slug,
      created_by: ctx.actor.kind === 'user' ? ctx.actor.id : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('seminar_places')
    .values({ organization_id: organizationId, seminar_id: id, capacity: input.capacity })
    .execute()
  await setTopics(trx, organizationId, id, input.topics)
  await audit(trx, ctx, 'seminar.created', row, { theme: row.theme })
  return row
}

/**
 * Writes the whole form of a seminar. Start, end, zone or venue changed: SEQUENCE + 1 and a new revision; other things that
 * calendars show: a new revision alone (RFC 5546 section 2.1.4). The shell gives places and sends updates.
 * @throws DomainError stale_version · invalid (capacity below what is taken; times of a postponed or cancelled seminar)
 */
export async function editSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  version: number,
  input: SeminarInput,
): Promise<SeminarChange> {
  const before = await lockSeminar(trx, organizationId, id, version)
  checkTimesOfState(before, input)
  const placesOpened = await setCapacity(trx, organizationId, id, input.capacity)
  const base = slugFor(input.theme, input.startsLocal, ctx.now)
  const renamed = base !== slugFor(before.theme, before.starts_local, ctx.now)
  const slug = renamed ? await claimSlug(trx, organizationId, id, base) : before.slug
  const filed = await setTopics(trx, organizationId, id, input.topics)
  const { after, change } = await writeSeminar(trx, before, { ...columnsOf(input), slug })
  const changed = [...changedFields(before, after), ...(filed ? ['topics'] : [])]
  await audit(trx, ctx, 'seminar.edited', after, { changed, ...timesOf(before, after) })
  return { before, after, change, placesOpened }
}

/**
 * A draft or postponed seminar gets its date for good. Without `input` the dates stand as written.
 * @throws DomainError stale_version · conflict (state_not_next) · invalid (no date)
 */
export async function scheduleSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  input: ScheduleInput | null,
  version?: number,
): Promise<SeminarChange> {
  const before = await lockSeminar(trx, organizationId, id, version)
  const times = input
    ? { starts_local: input.startsLocal, ends_local: input.endsLocal, answer_deadline_local: input.answerDeadlineLocal }
    : {}
  const startsAt = input ? (input.startsLocal === null ? null : ctx.now) : before.starts_at
  const refused = refuseState({ state: before.state as SeminarState, startsAt }, 'scheduled', ctx.now)
  if (refused === 'dates_required') throw invalid({ field: 'startsLocal', code: 'required' })
  if (refused) throw new DomainError('conflict', { detail: refused })
  const was = { postponed_starts_local: null, postponed_ends_local: null, postponed_at: null }
  return changeState(trx, ctx, before, 'scheduled', { ...times, ...was, postponed_note: null })
}

/** The seminar took place. @throws DomainError stale_version · conflict (state_not_next, not_begun) */
export async function holdSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  version?: number,
): Promise<SeminarChange> {
  const before = await lockSeminar(trx, organizationId, id, version)
  refuse(before, 'held', ctx.now)
  return changeState(trx, ctx, before, 'held', {})
}

/**
 * Takes the date away until a new one is set, and remembers it for subscribed calendars; the note is told to participants.
 * @throws DomainError stale_version · conflict
 */
export async function postponeSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  note: string | null,
  version?: number,
): Promise<SeminarChange> {
  const before = await lockSeminar(trx, organizationId, id, version)
  refuse(before, 'postponed', ctx.now)
  const open = { starts_local: null, ends_local: null, answer_deadline_local: null }
  const was = {
    postponed_starts_local: before.starts_local,
    postponed_ends_local: before.ends_local,
    postponed_at: dbNow,
  }
  return changeState(trx, ctx, before, 'postponed', { ...open, ...was, postponed_note: note })
}

/** Cancels for good; the date stays, calendars need it. @throws DomainError stale_version · conflict */
export async function cancelSeminar(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  id: string,
  note: string | null,
  version?: number,
): Promise<SeminarChange> {
  const before = await lockSeminar(trx, organizationId, id, version)
  refuse(before, 'cancelled', ctx.now)
  return changeState(trx, ctx, before, 'cancelled', { cancelled_at: dbNow, postponed_note: note })
}

function refuse(seminar: SeminarRow, to: SeminarState, now: Date): void {
  const refused = refuseState({ state: seminar.state as SeminarState, startsAt: seminar.starts_at }, to, now)
  if (refused) throw new DomainError('conflict', { detail: refused })
}

async function changeState(
  trx: Trx,
  ctx: Context,
  before: SeminarRow,
  to: SeminarState,
  patch: Patch,
): Promise<SeminarChange> {
  const { after, change } = await writeSeminar(trx, before, { ...patch, state: to })
  await audit(trx, ctx, `seminar.${to}`, after, timesOf(before, after))
  return { before, after, change, placesOpened: false }
}

// The times of a postponed seminar are set by scheduling it, of a scheduled one taken away by postponing it.
function checkTimesOfState(before: SeminarRow, input: SeminarInput): void {
  if ((before.state === 'scheduled' || before.state === 'held') && input.startsLocal === null) {
    throw invalid({ field: 'startsLocal', code: 'postpone_instead' })
  }
  const closed = before.state === 'postponed' || before.state === 'cancelled'
  if (closed && (!sameWall(before.starts_local, input.startsLocal) || !sameWall(before.ends_local, input.endsLocal))) {
    throw invalid({ field: 'startsLocal', code: 'dates_closed' })
  }
}

function sameWall(a: string | null, b: string | null): boolean {
  return (a && writeWall(readWall(a))) === (b && writeWall(readWall(b)))
}

/** Sets the number of places, never below what is taken. @returns whether places opened that a waiting line may take */
async function setCapacity(
  trx: Trx,
  organizationId: string,
  seminarId: string,
  capacity: number | null,
): Promise<boolean> {
  const places = await trx
    .selectFrom('seminar_places')
    .select(['capacity', 'taken'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (places.capacity === capacity) return false
  if (capacity !== null && capacity < places.taken) {
    throw invalid({ field: 'capacity', code: 'below_taken', params: { taken: places.taken } })
  }
  await trx
    .updateTable('seminar_places')
    .set({ capacity })
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .execute()
  return places.capacity !== null && (capacity === null || capacity > places.capacity)
}

function timesOf(before: SeminarRow, after: SeminarRow): Record<string, unknown> {
  const told = (row: SeminarRow) => ({ starts: row.starts_local, ends: row.ends_local, venue: row.venue })
  const [from, to] = [told(before), told(after)]
  return JSON.stringify(from) === JSON.stringify(to) ? {} : { from, to }
}

function audit(trx: Trx, ctx: Context, action: string, seminar: SeminarRow, details: Record<string, unknown>) {
  const subject = { subjectKind: 'seminar', subjectId: seminar.id, seminarId: seminar.id }
  return recordAudit(trx, ctx, { organizationId: seminar.organization_id, action, ...subject, details })
}
