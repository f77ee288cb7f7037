import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { getCall } from '../queries/calls.ts'
import type { AnswerInput } from '../schema.ts'
import { type AnswerResult, answerInvitation, lockInvitation } from './answer.ts'
import { lockCall } from './calls.ts'

/**
 * Records what was answered on the telephone, which ends the call.
 * @throws DomainError not_found; stale_version where somebody else was first; conflict `call_ended`; as an answer does
 */
export async function answerCall(
  trx: Trx,
  ctx: Context,
  { organizationId, id, version, input }: { organizationId: string; id: string; version: number; input: AnswerInput },
): Promise<AnswerResult> {
  const { invitation_id: invitationId } = await getCall(trx, organizationId, id)
  // The invitation before the call, as every answer locks them.
  await lockInvitation(trx, organizationId, invitationId)
  const call = await lockCall(trx, organizationId, id)
  if (call.version !== version) throw new DomainError('stale_version')
  if (!call.is_open || call.substitution_id !== null) throw new DomainError('conflict', { detail: 'call_ended' })
  return answerInvitation(trx, ctx, { organizationId, invitationId, input, via: 'organizer' })
}
