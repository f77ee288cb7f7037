import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { changeSpeech, lockForStep, type Target } from './lock.ts'

/** The speaker takes the request on, and says who will read it where that is someone else. */
export async function acceptRequest(
  trx: Trx,
  ctx: Context,
  target: Target,
  input: { readerName: string | null },
): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'accept')
  const change = { state, reader_name: input.readerName, decline_reason: null }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.accepted' })
}

/** The speaker declines. They may come back on it. */
export async function declineRequest(
  trx: Trx,
  ctx: Context,
  target: Target,
  input: { reason: string | null },
): Promise<void> {
  const { speech, state } = await lockForStep(trx, target, 'decline')
  const change = { state, decline_reason: input.reason }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.declined', details: { reason: input.reason } })
}

/** Says who reads the speech, at any time until it is approved. */
export async function nameReader(
  trx: Trx,
  ctx: Context,
  target: Target,
  input: { readerName: string | null },
): Promise<void> {
  const { speech } = await lockForStep(trx, target, 'submit')
  await changeSpeech(trx, ctx, speech, { reader_name: input.readerName }, { action: 'presentation.reader_named' })
}
