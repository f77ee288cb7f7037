import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { hashIfToken, type LinkRow, linkColumns, toFoundLink } from '../../links/queries.ts'
import type { FoundLink } from '../../links/schema.ts'
import { type ClosedForAnswers, closedForAnswers, type SeminarState } from '../../seminars/rules.ts'
import { type EventDetails, getEventDetails } from './event.ts'
import { findPlaceInLine, findSubstitution, type InvitationRow, type SubstitutionRow } from './one.ts'

/** Everything a delegate's page shows. */
export interface DelegateView {
  invitation: InvitationRow
  details: EventDetails
  substitution: SubstitutionRow | undefined
  /** Where they stand in the waiting line now: 1 is next. */
  lineNo: number | null
  /** Why answers are no longer taken, or null. */
  closed: ClosedForAnswers | 'invitation_withdrawn' | null
}

/** An invitation with the link that leads to it. */
export interface LinkedInvitation {
  link: FoundLink
  invitation: InvitationRow
}

/**
 * The invitation of a token, with its link, in one statement. A link that was ended is followed only to an invitation that was
 * withdrawn, to say so.
 * @throws DomainError link_invalid: there is none, it was replaced by a newer link, or never sent
 */
export async function getLinkedInvitation(db: Db, token: string): Promise<LinkedInvitation> {
  const hash = hashIfToken(token)
  const { rows } = hash
    ? await sql<LinkRow & InvitationRow>`
        select ${linkColumns}, i.* from links l
        join invitations i on i.organization_id = l.organization_id and i.generation = l.generation
          and i.id = case l.purpose when 'invitation' then l.target_id::uuid end
        where l.token_hash = ${hash}`.execute(db)
    : { rows: [] }
  const row = rows[0]
  if (!row || row.status === 'draft' || (row.link_revoked && row.status !== 'withdrawn'))
    throw new DomainError('link_invalid')
  return { link: toFoundLink(row), invitation: row }
}

/** The delegate's page at this time, for display: a command decides by the database's clock. */
export async function getDelegateView(db: Db, invitation: InvitationRow, now: Date): Promise<DelegateView> {
  const { organization_id: organizationId, id } = invitation
  const [details, substitution, lineNo] = await Promise.all([
    getEventDetails(db, organizationId, invitation.seminar_id),
    findSubstitution(db, organizationId, id),
    findPlaceInLine(db, invitation),
  ])
  const { state, starts_at: startsAt, answer_deadline_at: deadline } = details.event
  const closed = closedForAnswers({ seminarState: state as SeminarState, startsAt, deadline }, now)
  return {
    invitation,
    details,
    substitution,
    lineNo,
    closed: invitation.status === 'withdrawn' ? 'invitation_withdrawn' : closed,
  }
}
