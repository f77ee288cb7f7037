import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import type { CheckedFile } from '../../files/queries/checks.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import { infectionMail } from '../emails.ts'
import { getSpeech } from '../queries.ts'
import { stateAfterInfection } from '../rules/scans.ts'
import { mayTake } from '../rules.ts'
import type { PresentationState } from '../schema.ts'
import { changeSpeech, currentVersion, type Locked, lockSpeech, type Target } from './lock.ts'

/**
 * Locks a version away in which a virus was found: nobody opens it any more, its bytes stay for who must look into it. The version
 * before it is the newest again, and the speech goes back to where it stood. The speaker is told how to go on, and the organizers at
 * what waits for them. Done twice, it is done once.
 */
export async function lockAway(trx: Trx, ctx: Context, file: CheckedFile, virus: string): Promise<void> {
  const version = await findVersion(trx, file)
  if (!version) return
  const target: Target = { organizationId: file.organization_id, id: version.presentation_id }
  const speech = await lockSpeech(trx, target)
  const { numUpdatedRows } = await trx
    .updateTable('files')
    .set({ scan: 'found', virus, scanned_at: dbNow, scan_tried_at: dbNow, scan_refusal: null })
    .where('organization_id', '=', file.organization_id)
    .where('id', '=', file.file_id)
    .where('scan', 'in', ['none', 'waiting'])
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return
  const left = (await currentVersion(trx, target)).number
  const isNewest = version.number > left
  const change = isNewest ? await changeAfter(trx, target, speech, left) : {}
  const details = { number: version.number, file: version.name, virus }
  await changeSpeech(trx, ctx, speech, change, { action: 'presentation.infected', details })
  const now = await getSpeech(trx, target.organizationId, target.id)
  if (version.sent_by !== 'speaker' || !mayTake('submit', now.state as PresentationState)) return
  const mail = await infectionMail(trx, ctx, now, { ...version, virus, isNewest })
  if (mail) await enqueueMessages(trx, ctx, [mail])
}

/** Where the speech stands now: as before the first of the versions after the one that stays. */
async function changeAfter(trx: Trx, target: Target, speech: Locked, left: number) {
  const first = await trx
    .selectFrom('presentation_versions')
    .select('state_before')
    .where('organization_id', '=', target.organizationId)
    .where('presentation_id', '=', target.id)
    .where('number', '>', left)
    .orderBy('number')
    .limit(1)
    .executeTakeFirstOrThrow()
  const before = first.state_before as PresentationState | null
  const state = stateAfterInfection(speech.state as PresentationState, before, left)
  if (state === null) return {}
  return {
    state,
    editing_version: state === 'editing' ? Math.min(speech.editing_version ?? left, left) : null,
    ...(state === 'accepted' ? { received_at: null } : {}),
    ...(speech.state === 'approved' ? { released_at: null, decided_at: null } : {}),
  }
}

async function findVersion(trx: Trx, file: CheckedFile) {
  return trx
    .selectFrom('presentation_versions as v')
    .innerJoin('files as f', (join) =>
      join.onRef('f.organization_id', '=', 'v.organization_id').onRef('f.id', '=', 'v.file_id'),
    )
    .select(['v.presentation_id', 'v.number', 'v.sent_by', 'v.created_at', 'f.name', 'f.size'])
    .where('v.organization_id', '=', file.organization_id)
    .where('v.file_id', '=', file.file_id)
    .executeTakeFirst()
}
