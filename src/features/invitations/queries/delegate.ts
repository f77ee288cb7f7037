import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import type { FoundLink } from '../../links/schema.ts'
import { type ClosedForAnswers, closedForAnswers, type SeminarState } from '../../seminars/rules.ts'
import { type EventDetails, getEventDetails } from './event.ts'
import { findInvitation, findPlaceInLine, findSubstitution, type InvitationRow, type SubstitutionRow } from './one.ts'

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

/**
 * The invitation of a personal link. A link that was ended is followed only to an invitation that was withdrawn, to say so.
 * @throws DomainError link_invalid: replaced by a newer link, or never sent
 */
export async function getLinkedInvitation(db: Db, link: FoundLink): Promise<InvitationRow> {
  const invitation =
    link.organizationId === null ? undefined : await findInvitation(db, link.organizationId, link.targetId)
  if (!invitation || invitation.generation !== link.generation || invitation.status === 'draft')
    throw new DomainError('link_invalid')
  if (link.revoked && invitation.status !== 'withdrawn') throw new DomainError('link_invalid')
  return invitation
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
