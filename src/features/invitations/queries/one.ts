import { type Selectable, sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import type { Invitations, Substitutions } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import type { Telling } from '../schema.ts'
import { toldAt } from './letters.ts'
import { telling } from './list.ts'

export type InvitationRow = Selectable<Invitations> & { telling: Telling | null; told_at: Date | null }
export type SubstitutionRow = Selectable<Substitutions>

/** One invitation of an organisation, or undefined. */
export function findInvitation(db: Db, organizationId: string, id: string): Promise<InvitationRow | undefined> {
  return db
    .selectFrom('invitations as i')
    .selectAll('i')
    .select(telling.as('telling'))
    .select(toldAt.as('told_at'))
    .where('i.organization_id', '=', organizationId)
    .where('i.id', '=', id)
    .executeTakeFirst()
}

/** One invitation of a seminar. @throws DomainError not_found */
export async function getInvitation(
  db: Db,
  organizationId: string,
  seminarId: string,
  id: string,
): Promise<InvitationRow> {
  const row = await findInvitation(db, organizationId, id)
  if (!row || row.seminar_id !== seminarId) throw new DomainError('not_found')
  return row
}

/** The substitution that stands last: open, or refused. A withdrawn one is history. */
export function findSubstitution(
  db: Db,
  organizationId: string,
  invitationId: string,
): Promise<SubstitutionRow | undefined> {
  return db
    .selectFrom('substitutions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .where('state', '<>', 'withdrawn')
    .orderBy('id', 'desc')
    .executeTakeFirst()
}

/** Where somebody stands in the waiting line now: 1 is next. */
export async function findPlaceInLine(
  db: Db,
  invitation: Pick<InvitationRow, 'organization_id' | 'seminar_id' | 'waiting_no'>,
): Promise<number | null> {
  if (invitation.waiting_no === null) return null
  const row = await db
    .selectFrom('invitations')
    .select(sql<number>`count(*)::int`.as('n'))
    .where('organization_id', '=', invitation.organization_id)
    .where('seminar_id', '=', invitation.seminar_id)
    .where('answer', '=', 'waitlisted')
    .where('status', '=', 'sent')
    .where('waiting_no', '<=', invitation.waiting_no)
    .executeTakeFirstOrThrow()
  return row.n
}

/** Every answer an invitee gave, the latest first. */
export function listAnswers(db: Db, organizationId: string, invitationId: string) {
  return db
    .selectFrom('answers')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
}

/** The mails of an invitation, the latest first. */
export function listInvitationMail(db: Db, organizationId: string, invitationId: string) {
  return db
    .selectFrom('messages')
    .select(['id', 'kind', 'to_address', 'subject', 'state', 'last_reply', 'created_at', 'sent_at'])
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .orderBy('id', 'desc')
    .limit(50)
    .execute()
}

/** Substitutions that wait for the chair's word, the oldest first. */
export function listPendingSubstitutions(db: Db, organizationId: string, seminarId: string) {
  return db
    .selectFrom('substitutions as u')
    .innerJoin('invitations as i', (j) =>
      j.onRef('i.organization_id', '=', 'u.organization_id').onRef('i.id', '=', 'u.invitation_id'),
    )
    .select(['u.id', 'u.name', 'u.position', 'u.email', 'u.created_at'])
    .select(['i.id as invitation_id', 'i.name as invitee', 'i.positions', 'i.positions_en', 'i.note'])
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
    .where('i.status', '=', 'sent')
    .where('u.state', '=', 'pending')
    .orderBy('u.id')
    .limit(200)
    .execute()
}
export type PendingSubstitution = Awaited<ReturnType<typeof listPendingSubstitutions>>[number]

/** Drafts without an address that mail can use: they get a letter, or their link by hand. At most 200, and how many there are. */
export async function listDraftsWithoutAddress(db: Db, organizationId: string, seminarId: string) {
  const rows = await db
    .selectFrom('invitations as i')
    .select([
      'i.id',
      'i.name',
      'i.positions',
      'i.positions_en',
      'i.phone',
      'i.email',
      sql<number>`count(*) over ()::int`.as('total'),
    ])
    .where('i.organization_id', '=', organizationId)
    .where('i.seminar_id', '=', seminarId)
    .where('i.status', '=', 'draft')
    .where((eb) =>
      eb.or([
        eb('i.email', 'is', null),
        eb.exists(
          eb
            .selectFrom('dead_addresses as d')
            .select('d.since')
            .whereRef('d.organization_id', '=', 'i.organization_id')
            .where('d.address', '=', sql<string>`lower(i.email)`),
        ),
      ]),
    )
    .orderBy('i.given')
    .orderBy('i.family')
    .orderBy('i.middle')
    .orderBy('i.id')
    .limit(200)
    .execute()
  return { rows, total: rows[0]?.total ?? 0 }
}

/** The first drafts by name, to look at before sending. */
export function listDrafts(db: Db, organizationId: string, seminarId: string, limit = 50) {
  return db
    .selectFrom('invitations')
    .select(['id', 'name', 'email', 'positions', 'positions_en'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('status', '=', 'draft')
    .orderBy('given')
    .orderBy('family')
    .orderBy('middle')
    .orderBy('id')
    .limit(limit)
    .execute()
}
