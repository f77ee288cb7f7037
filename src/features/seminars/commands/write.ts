import { sql, type UpdateObject } from 'kysely'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import type { DB } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import { type SeminarRow, seminarTitle } from '../queries.ts'
import { type CalendarFacts, changedForCalendar, type SeminarState } from '../rules.ts'

/** Columns to write. */
export type Patch = UpdateObject<DB, 'seminars'>

/** Locks a seminar for an edit; answers and mails, which only refer to it, go on. @throws DomainError not_found · stale_version */
export async function lockSeminar(
  trx: Trx,
  organizationId: string,
  id: string,
  version: number | undefined,
): Promise<SeminarRow> {
  const row = await trx
    .selectFrom('seminars')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  if (version !== undefined && row.version !== version) throw new DomainError('stale_version')
  return row
}

/** Writes columns, then counts the change for calendars by comparing what was with what is. */
export async function writeSeminar(trx: Trx, before: SeminarRow, patch: Patch) {
  const key = trx
    .updateTable('seminars')
    .where('organization_id', '=', before.organization_id)
    .where('id', '=', before.id)
  const written = await key
    .set({ ...patch, updated_at: dbNow })
    .set('version', sql`version + 1`)
    .returningAll()
    .executeTakeFirstOrThrow()
  const change = changedForCalendar(calendarFacts(before), calendarFacts(written))
  if (change === 'none') return { after: written, change }
  const after = await key
    .set('revised_at', dbNow)
    .set('sequence', change === 'sequence' ? sql`sequence + 1` : sql`sequence`)
    .returningAll()
    .executeTakeFirstOrThrow()
  return { after, change }
}

function calendarFacts(row: SeminarRow): CalendarFacts {
  return {
    state: row.state as SeminarState,
    startsLocal: row.starts_local,
    endsLocal: row.ends_local,
    timezone: row.timezone,
    venue: row.venue,
    title: `${seminarTitle(row, 'vi')}\n${seminarTitle(row, 'en')}`,
    onlineUrl: row.online_url,
    introduction: [row.introduction, row.introduction_en, row.venue_en].join('\n'),
  }
}
