import { sql } from 'kysely'
import { cursorInt, decodeCursor, type Page, toPage } from '../../../db/cursor.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { CallFilter, CallOutcome, CallReason } from '../schema.ts'

/** A call with whom it is for, and what is needed to say it. */
export interface CallRow {
  organization_id: string
  id: string
  seminar_id: string
  invitation_id: string
  reasons: CallReason[]
  asked_at: Date
  created_at: Date
  is_open: boolean
  /** Open, and it is time for it: the list of calls has it. */
  is_due: boolean
  outcome: CallOutcome | null
  note: string | null
  tries: number
  recorded_at: Date | null
  recorded_by: string | null
  version: number
  /** The invitee; the substitute, where it is they who are told. */
  name: string
  gender: string | null
  positions: string[]
  positions_en: string[]
  locale: string
  email: string | null
  /** The invitee's number, in the invitation or the directory: also for a substitute, who leaves none. */
  phone: string | null
  invitee: string
  invitee_gender: string | null
  status: string
  answer: string | null
  substitution_id: string | null
  substitution_state: string | null
  /** The chair's last word on the invitee's substitute. */
  consent: { name: string; state: string; note: string | null } | null
  theme: string
  theme_en: string | null
  timezone: string
  seminar_state: string
  /** Whether no number and no letter leads to them. */
  unreachable: boolean
  /** For the cursor: the seminar's start as text. */
  starts: string
  asked: string
}

/**
 * An open call that it is time for: not of an invitation to a seminar that has no date for now, nor once it is over. Of
 * `calls c` and `seminars s`.
 */
export const isDue = sql<boolean>`(c.is_open and (s.ends_at is null or s.ends_at > now())
  and not (s.state = 'postponed' and c.reasons = array['invitation']))`

const columns = sql`c.organization_id, c.id, c.seminar_id, c.invitation_id, c.reasons, c.asked_at, c.created_at, c.is_open, c.outcome,
  c.note, c.tries, c.recorded_at, c.recorded_by, c.version, c.substitution_id, u.state as substitution_state,
  coalesce(u.name, i.name) as name, case when u.id is null then i.gender end as gender,
  case when u.id is null then i.positions else array[u.position] end as positions,
  case when u.id is null then i.positions_en else '{}'::text[] end as positions_en,
  case when u.id is null then i.email else u.email end as email,
  i.locale, coalesce(i.phone, h.phone) as phone, i.name as invitee, i.gender as invitee_gender, i.status, i.answer,
  (select jsonb_build_object('name', d.name, 'state', d.state, 'note', d.decision_note) from substitutions d
    where d.organization_id = i.organization_id and d.invitation_id = i.id and d.state in ('approved', 'declined')
    order by d.id desc limit 1) as consent,
  s.theme, s.theme_en, s.timezone, s.state as seminar_state, coalesce(i.phone, h.phone) is null as unreachable, ${isDue} as is_due,
  coalesce(s.starts_at, 'infinity')::text as starts, c.asked_at::text as asked`

const joined = sql`calls c
  join invitations i on i.organization_id = c.organization_id and i.id = c.invitation_id
  join seminars s on s.organization_id = c.organization_id and s.id = c.seminar_id
  left join people h on h.organization_id = i.organization_id and h.id = i.person_id
  left join substitutions u on u.organization_id = c.organization_id and u.id = c.substitution_id`

export type CallScope = Pick<CallFilter, 'state'> & { seminarId?: string | undefined }

function narrowed(organizationId: string, { state, seminarId }: CallScope) {
  return sql`c.organization_id = ${organizationId} and ${seminarId === undefined ? sql`true` : sql`c.seminar_id = ${seminarId}`}
    and ${state === 'open' ? isDue : sql`not c.is_open and c.outcome <> 'moot'`}`
}

/** Calls to make, or made, by seminar, those with a number first, the oldest first. */
export async function listCalls(
  db: Db,
  organizationId: string,
  filter: CallScope & Pick<CallFilter, 'cursor'>,
  limit = 50,
): Promise<Page<CallRow>> {
  const { rows } = await sql<CallRow>`
    select ${columns} from ${joined} where ${narrowed(organizationId, filter)} and ${after(filter.cursor)}
    order by coalesce(s.starts_at, 'infinity'), c.seminar_id, coalesce(i.phone, h.phone) is null, c.asked_at, c.id
    limit ${limit + 1}`.execute(db)
  return toPage(rows, limit, (row) => [row.starts, row.seminar_id, row.unreachable ? 1 : 0, row.asked, row.id])
}

function after(cursor: string | undefined) {
  if (cursor === undefined) return sql`true`
  const [starts, seminar, unreachable, asked, id] = decodeCursor(cursor, 5)
  return sql`(coalesce(s.starts_at, 'infinity'), c.seminar_id, (coalesce(i.phone, h.phone) is null)::int, c.asked_at, c.id)
    > (${starts}::timestamptz, ${seminar}::uuid, ${cursorInt(unreachable)}::int, ${asked}::timestamptz, ${id}::uuid)`
}

export async function countCalls(db: Db, organizationId: string, scope: CallScope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${joined} where ${narrowed(organizationId, scope)}`.execute(db)
  return rows[0]?.n ?? 0
}

/** One call of the organisation. @throws DomainError not_found */
export async function getCall(db: Db, organizationId: string, id: string): Promise<CallRow> {
  const { rows } = await sql<CallRow>`
    select ${columns} from ${joined} where c.organization_id = ${organizationId} and c.id = ${id}`.execute(db)
  if (!rows[0]) throw new DomainError('not_found')
  return rows[0]
}

/** The calls of one invitation that were or are to be made, the latest first. */
export async function listCallsOf(db: Db, organizationId: string, invitationId: string): Promise<CallRow[]> {
  const { rows } = await sql<CallRow>`
    select ${columns} from ${joined} where c.organization_id = ${organizationId} and c.invitation_id = ${invitationId}
      and coalesce(c.outcome, '') <> 'moot' order by c.id desc limit 50`.execute(db)
  return rows
}
