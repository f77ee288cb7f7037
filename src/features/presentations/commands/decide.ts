import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError, invalid } from '../../../errors.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { speechMail } from '../emails.ts'
import { getSpeech } from '../queries.ts'
import { changeSpeech, lockForStep, type Target } from './lock.ts'

/**
 * An organizer takes a received paper up to edit it, or takes it over from another: who it is and since when stands on the
 * board.
 */
export async function takeUpSpeech(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech, state, current } = await lockForStep(trx, target, 'take_up')
  const { number } = current
  const change = { state, editor_id: ctx.actor.id, editor_name: ctx.actor.name, editing_version: number }
  const details = speech.state === 'editing' ? { from: speech.editor_name, number } : { number }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.taken_up', details })
}

/** The editor lays the paper down: it waits to be taken up again. */
export async function putDownSpeech(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'put_down')
  const change = { state, editor_id: null, editor_name: null, editing_version: null }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.put_down' })
}

/** Approves the newest version for the proceedings; the speaker is told. @throws DomainError conflict, also until it is scanned */
export async function approveSpeech(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech, state, current } = await lockForStep(trx, target, 'approve')
  if (current.scan === 'waiting') throw new DomainError('conflict', { detail: 'speech_scanning' })
  const change = { state, comment: null, editing_version: null, decided_at: dbNow }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.approved' })
  await tell(trx, ctx, target, 'speech_approved')
}

/** Gives the paper back with a comment; the speaker is told and sends a new version. */
export async function returnSpeech(trx: Trx, ctx: Context, target: Target, input: { comment: string }): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'return')
  const change = { state, comment: input.comment, editing_version: null, decided_at: dbNow }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.returned' })
  await tell(trx, ctx, target, 'speech_returned')
}

/** Takes a decision back: an approved paper can be changed again, a request that was declined or withdrawn stands again. */
export async function reopenSpeech(trx: Trx, ctx: Context, target: Target): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'reopen')
  const change = {
    state,
    decided_at: null,
    released_at: null,
    decline_reason: null,
    editor_id: null,
    editor_name: null,
    editing_version: null,
  }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.reopened' })
}

/** Puts the speech under an item of its seminar's agenda, or takes it off. @throws DomainError invalid */
export async function placeOnAgenda(
  trx: Trx,
  ctx: Context,
  target: Target,
  input: { agendaItemId: string | null },
): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'change')
  if (input.agendaItemId) {
    const item = await trx
      .selectFrom('agenda_items')
      .select('id')
      .where('organization_id', '=', speech.organization_id)
      .where('seminar_id', '=', speech.seminar_id)
      .where('id', '=', input.agendaItemId)
      .executeTakeFirst()
    if (!item) throw invalid({ field: 'agendaItemId', code: 'invalid' })
  }
  await changeSpeech(trx, ctx, speech, { agenda_item_id: input.agendaItemId }, { action: 'presentation.placed' })
}

/** Shows an approved speech on the seminar's public page, or takes it off. @throws DomainError conflict until it is approved */
export async function releaseSpeech(trx: Trx, ctx: Context, target: Target, released: boolean): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'change')
  if (released && speech.state !== 'approved') throw new DomainError('conflict', { detail: 'speech_not_release' })
  const action = released ? 'presentation.released' : 'presentation.unreleased'
  await changeSpeech(trx, ctx, speech, { released_at: released ? dbNow : null }, { action })
}

async function tell(
  trx: Trx,
  ctx: Context,
  target: Target,
  kind: 'speech_approved' | 'speech_returned',
): Promise<void> {
  const mail = await speechMail(trx, ctx, await getSpeech(trx, target.organizationId, target.id), kind)
  if (mail) await enqueueMessages(trx, ctx, [mail])
}
