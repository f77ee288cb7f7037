import { sql } from 'kysely'
import type { Db } from '../../db/transaction.ts'
import { countFiles } from '../files/queries/checks.ts'
import { fileNeeds } from '../files/queries/needs.ts'
import { invitationNeeds } from '../invitations/queries/needs.ts'
import { mailNeeds } from '../mail/queries/needs.ts'
import { speechNeeds } from '../presentations/queries/needs.ts'
import { listAgendaNeeds, seminarNeeds } from '../seminars/queries/needs.ts'
import { type Need, type NeedKind, needKinds } from './schema.ts'

/**
 * Each feature's part: a select of `kind, seminar_id, count, names, at, afterwards`, in this order. `seminar_id` is null for what
 * concerns the organisation as a whole; `afterwards` says that it still waits for 30 days after the seminar was held.
 */
const parts = [fileNeeds, invitationNeeds, mailNeeds, speechNeeds, seminarNeeds]

/** At most so many are listed, and counted. */
const MOST = 500

/** The union of all parts, of seminars that still matter: what `from` a list and a count are made of, open for one more condition. */
function standing(organizationId: string) {
  const union = sql.join(
    parts.map((part) => part(organizationId)),
    sql` union all `,
  )
  return sql`(${union}) as n (kind, seminar_id, count, names, at, afterwards)
    left join seminars s on s.organization_id = ${organizationId} and s.id = n.seminar_id
    where (n.seminar_id is null or s.state in ('draft', 'scheduled', 'postponed')
        or s.state = 'cancelled' and n.kind in ('calls_open', 'calls_unreachable')
        or n.afterwards and s.state = 'held' and s.ends_at > now() - interval '30 days')`
}

interface Row {
  kind: NeedKind
  seminar_id: string | null
  theme: string
  theme_en: string | null
  timezone: string
  count: number
  names: string[] | null
  at: Date | null
}

/**
 * What waits for an organizer, most pressing first, over all seminars or in one (and then nothing of the organisation as a whole).
 * The database's clock decides what is late. `filesAway`: the file store is not there, as the process knows of itself.
 */
export async function listNeeds(
  db: Db,
  organizationId: string,
  seminarId?: string,
  filesAway = false,
): Promise<Need[]> {
  const { rows } = await sql<Row>`
    select n.kind, n.seminar_id, s.theme, s.theme_en, s.timezone, n.count, n.names, n.at from ${standing(organizationId)}
      and ${seminarId ? sql`n.seminar_id = ${seminarId}` : sql`true`}
    order by s.starts_at nulls last, s.id limit ${MOST}`.execute(db)
  const needs = rows.map(toNeed)
  needs.push(...(await listAgendaNeeds(db, organizationId, seminarId)))
  if (filesAway && !seminarId)
    needs.push({
      kind: 'files_unavailable',
      seminar: null,
      count: await countFiles(db, organizationId),
      names: [],
      at: null,
    })
  const rank = (need: Need) => needKinds.indexOf(need.kind)
  return needs.sort((a, b) => rank(a) - rank(b))
}

/** How many things wait for an organizer over all seminars: as many as `listNeeds` lists. Asked for with every page of the console. */
export async function countNeeds(db: Db, organizationId: string, filesAway = false): Promise<number> {
  const [{ rows }, agendas] = await Promise.all([
    sql<{ n: number }>`select count(*)::int as n from ${standing(organizationId)}`.execute(db),
    listAgendaNeeds(db, organizationId, undefined),
  ])
  return Math.min(MOST, rows[0]?.n ?? 0) + agendas.length + (filesAway ? 1 : 0)
}

function toNeed(row: Row): Need {
  const { kind, count, names, at } = row
  const seminar =
    row.seminar_id === null
      ? null
      : { id: row.seminar_id, theme: row.theme, themeEn: row.theme_en, timezone: row.timezone }
  return { kind, seminar, count, names: names ?? [], at }
}
