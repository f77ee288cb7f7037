import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { addFile, type StoredDocument } from '../../files/commands.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { speechMail } from '../emails.ts'
import { getSpeech } from '../queries.ts'
import { MAX_VERSIONS, stateAfterVersion } from '../rules.ts'
import type { PresentationState } from '../schema.ts'
import { changeSpeech, countVersions, lockForStep, type Target } from './lock.ts'

/**
 * Keeps a stored document as the next version. Two at once wait for each other and both stay. The speaker gets a receipt.
 * What the speaker sends while it is being edited makes it received again, to be taken up anew.
 * @returns the version's number
 * @throws DomainError not_found; conflict (the speech is approved, withdrawn or declined meanwhile)
 */
export async function submitVersion(
  trx: Trx,
  ctx: Context,
  target: Target,
  file: StoredDocument,
  sentBy: 'speaker' | 'organizer',
): Promise<number> {
  const { speech } = await lockForStep(trx, target, 'submit')
  const state = stateAfterVersion(speech.state as PresentationState, sentBy)
  const number = (await countVersions(trx, target)) + 1
  if (number > MAX_VERSIONS) throw new DomainError('conflict', { detail: 'speech_too_many_versions' })
  await trx
    .insertInto('presentation_versions')
    .values({
      organization_id: speech.organization_id,
      presentation_id: speech.id,
      number,
      file_id: await addFile(trx, speech.organization_id, file, ctx.scans),
      sent_by: sentBy,
      state_before: speech.state,
    })
    .execute()
  const interrupted = speech.state === 'editing' && state === 'received' ? { whileEditing: speech.editor_name } : {}
  const details = { number, file: file.name, size: file.size, ...interrupted }
  const change = { state, received_at: dbNow, ...(state === 'editing' ? { editing_version: number } : {}) }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.received', details })
  if (sentBy === 'speaker') {
    const mail = await speechMail(trx, ctx, await getSpeech(trx, speech.organization_id, speech.id), 'speech_received')
    if (mail) await enqueueMessages(trx, ctx, [mail])
  }
  return number
}
