import { sql } from 'kysely'
import type { Db, Trx } from '../../../db/transaction.ts'
import { REMIND_AGAIN_HOURS, statesOf } from '../rules.ts'
import { listSpeeches } from './board.ts'

/** Which of the two reminders that go by themselves: three days before the deadline, or a day after it. */
export type ReminderMoment = 'before' | 'after'
export interface DueReminder {
  organizationId: string
  id: string
}

// Not to those who heard of it within a day, by a request, a return or a reminder; nor later than a week after its moment.
const due = sql`
  p.state in (${sql.join(statesOf('speaker'))}) and p.email is not null and s.state in ('scheduled', 'held')
  and p.deadline_at > now() - interval '8 days' and p.deadline_at <= now() + interval '3 days'
  and p.state_since <= now() - interval '1 day'
  and (p.reminded_at is null or p.reminded_at <= now() - make_interval(hours => ${REMIND_AGAIN_HOURS}))
  and case when p.deadline_at > now() then p.reminded_before is distinct from p.deadline_at
    else p.deadline_at <= now() - interval '1 day' and p.reminded_after is distinct from p.deadline_at end`

const joined = sql`presentations p join seminars s on s.organization_id = p.organization_id and s.id = p.seminar_id`

/** Speeches of all organisations whose speaker is to be reminded now, by the database's clock; at most 500. */
export async function listDueReminders(db: Db): Promise<DueReminder[]> {
  const { rows } = await sql<DueReminder>`
    select p.organization_id as "organizationId", p.id from ${joined} where ${due} order by p.deadline_at, p.id limit 500`.execute(
    db,
  )
  return rows
}

/** Locks a speech if its reminder is still due, and says which; undefined where another instance was faster. */
export async function lockDueReminder(
  trx: Trx,
  { organizationId, id }: DueReminder,
): Promise<ReminderMoment | undefined> {
  const { rows } = await sql<{ moment: ReminderMoment }>`
    select case when p.deadline_at > now() then 'before' else 'after' end as moment from ${joined}
    where p.organization_id = ${organizationId} and p.id = ${id} and ${due} for update of p skip locked`.execute(trx)
  return rows[0]?.moment
}

/** The late ones of a seminar: those who would be mailed now, and those who would not, because they have no address or heard of it. */
export async function listLate(db: Db, organizationId: string, seminarId: string) {
  const { items } = await listSpeeches(db, organizationId, seminarId, { wait: 'late' })
  const isMailed = (row: (typeof items)[number]) => row.email !== null && !row.reminded_recently
  return { mailed: items.filter(isMailed), left: items.filter((row) => !isMailed(row)) }
}
