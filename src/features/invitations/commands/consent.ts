import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import { substitutionDecidedMail } from '../emails/answers.ts'
import { isMailable } from '../emails/invitation.ts'
import { getEvent } from '../queries/event.ts'
import { settleConsent } from '../rules.ts'
import type { DecisionInput } from '../schema.ts'
import { announce, nobody, sumTold, type Told } from './announce.ts'
import { lockInvitation } from './answer.ts'
import { noticeTo } from './send.ts'
import { inviteSubstitutes } from './substitutes.ts'

/**
 * Records the chair's word on a substitute (QĐ 45/2018/QĐ-TTg). The invitee is told; a substitute agreed to, who has a place,
 * gets an invitation of their own.
 * @returns how they are told
 * @throws DomainError not_found; conflict `substitution_decided` where it is no longer open
 */
export async function decideSubstitution(
  trx: Trx,
  ctx: Context,
  {
    organizationId,
    invitationId,
    substitutionId,
    decision,
    note,
  }: { organizationId: string; invitationId: string; substitutionId: string } & DecisionInput,
): Promise<Told> {
  const invitation = await lockInvitation(trx, organizationId, invitationId)
  const substitution = await trx
    .selectFrom('substitutions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('invitation_id', '=', invitationId)
    .where('id', '=', substitutionId)
    .executeTakeFirst()
  if (!substitution) throw new DomainError('not_found')
  const waiting = invitation.answer === 'substitute_pending' || invitation.answer === 'waitlisted'
  if (substitution.state !== 'pending' || invitation.status !== 'sent' || !waiting)
    throw new DomainError('conflict', { detail: 'substitution_decided' })
  const agreed = decision === 'agree'
  const settled = settleConsent(invitation.answer as 'substitute_pending' | 'waitlisted', agreed)
  await trx
    .updateTable('substitutions')
    .set({ state: settled.substitution, decided_at: sql<Date>`now()`, decided_by: ctx.actor.name, decision_note: note })
    .where('organization_id', '=', organizationId)
    .where('id', '=', substitutionId)
    .execute()
  await trx
    .updateTable('invitations')
    .set((eb) => ({ answer: settled.state, version: eb('version', '+', 1), updated_at: sql<Date>`now()` }))
    .where('organization_id', '=', organizationId)
    .where('id', '=', invitationId)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: agreed ? 'substitution.agreed' : 'substitution.refused',
    subjectKind: 'invitation',
    subjectId: invitationId,
    seminarId: invitation.seminar_id,
    details: { name: invitation.name, substitute: substitution.name },
  })
  const event = await getEvent(trx, organizationId, invitation.seminar_id)
  const said = { agreed, substitute: substitution.name, note }
  const letter = isMailable(invitation.email)
    ? substitutionDecidedMail(event, ctx, { ...invitation, email: invitation.email }, said)
    : null
  const { mailed, toCall } = await announce(trx, ctx, organizationId, event.id, [
    { ...noticeTo(invitation), reason: 'consent', letter },
  ])
  const invites = agreed && invitation.holds_place
  return sumTold(
    { mailed, toCall },
    invites ? await inviteSubstitutes(trx, ctx, organizationId, event.id, [invitationId]) : nobody,
  )
}
