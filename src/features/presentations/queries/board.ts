import { sql } from 'kysely'
import { decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { type SpeechRow, speeches } from '../queries.ts'
import { type Placement, statesOf, takesTime } from '../rules.ts'
import type { BoardFilter, PresentationState } from '../schema.ts'

export const BOARD_PAGE = 200

/** The speaker's turn, and the deadline is past. */
const isLate = sql<boolean>`(p.deadline_at < now() and p.state in (${sql.join(statesOf('speaker'))}))`

/** Narrowed to a state, a side that is waited for, the late ones; each with the others. */
export type SpeechFilter = Partial<BoardFilter> & { late?: boolean | undefined }

function matches({ state, wait, late }: SpeechFilter) {
  const all = [sql<boolean>`true`]
  if (state) all.push(sql`p.state = ${state}`)
  if (wait && wait !== 'late') all.push(sql`p.state in (${sql.join(statesOf(wait))})`)
  if (late || wait === 'late') all.push(isLate)
  if (late === false) all.push(sql`not coalesce(${isLate}, false)`)
  return sql<boolean>`(${sql.join(all, sql` and `)})`
}

/** A seminar's speeches by deadline, those without one last. */
export async function listSpeeches(
  db: Db,
  organizationId: string,
  seminarId: string,
  filter: SpeechFilter = {},
  limit = BOARD_PAGE,
): Promise<Page<SpeechRow>> {
  const due = sql<string>`coalesce(p.deadline_at, 'infinity')::text`
  let query = speeches(db, organizationId)
    .where('p.seminar_id', '=', seminarId)
    .select(due.as('due'))
    .orderBy(sql`coalesce(p.deadline_at, 'infinity')`)
    .orderBy('p.id')
    .where(matches(filter))
    .limit(limit + 1)
  if (filter.cursor) {
    const [at, id] = decodeCursor(filter.cursor, 2)
    query = query.where(sql<boolean>`(coalesce(p.deadline_at, 'infinity'), p.id) > (${at}::timestamptz, ${id}::uuid)`)
  }
  return toPage(await query.execute(), limit, (row) => [row.due, row.id])
}

/** How many speeches a list has on all its pages. */
export async function countListed(
  db: Db,
  organizationId: string,
  seminarId: string,
  filter: SpeechFilter,
): Promise<number> {
  const row = await db
    .selectFrom('presentations as p')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('p.organization_id', '=', organizationId)
    .where('p.seminar_id', '=', seminarId)
    .where(matches(filter))
    .executeTakeFirstOrThrow()
  return row.count
}

/** How many speeches stand in each state, how many wait for whom, and how many are late, by the database's clock. */
export async function countSpeeches(db: Db, organizationId: string, seminarId: string) {
  const rows = await db
    .selectFrom('presentations as p')
    .select('p.state')
    .select(sql<number>`count(*)::int`.as('count'))
    .select(sql<number>`(count(*) filter (where ${isLate}))::int`.as('late'))
    .where('p.organization_id', '=', organizationId)
    .where('p.seminar_id', '=', seminarId)
    .groupBy('p.state')
    .execute()
  const states = Object.fromEntries(rows.map((row) => [row.state, row.count])) as Partial<
    Record<PresentationState, number>
  >
  const of = (...names: PresentationState[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0)
  return {
    states,
    total: rows.reduce((sum, row) => sum + row.count, 0),
    waits: {
      speaker: of(...statesOf('speaker')),
      organizers: of(...statesOf('organizers')),
      late: rows.reduce((sum, row) => sum + row.late, 0),
    },
    /** Asked and not taken back; of these, papers that came in; of these, approved. */
    asked: rows.filter((row) => row.state !== 'withdrawn').reduce((sum, row) => sum + row.count, 0),
    received: of('received', 'editing', 'returned', 'approved'),
    approved: of('approved'),
  }
}
export type SpeechCounts = Awaited<ReturnType<typeof countSpeeches>>

/** Every speech of a seminar that takes time on its agenda, with where it stands there. */
export async function listPlacements(
  db: Db,
  organizationId: string,
  seminarId: string,
): Promise<(Placement & { id: string; topic: string; topic_en: string | null; name: string })[]> {
  const rows = await db
    .selectFrom('presentations')
    .select(['id', 'topic', 'topic_en', 'name', 'agenda_item_id as agendaItemId', 'minutes', 'delivery', 'state'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .orderBy('deadline_at')
    .orderBy('id')
    .limit(1000)
    .execute()
  return rows.filter(takesTime)
}
