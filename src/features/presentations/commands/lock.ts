import type { Selectable } from 'kysely'
import type { Context } from '../../../context.ts'
import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import type { Presentations } from '../../../db/types.ts'
import { DomainError } from '../../../errors.ts'
import { recordAudit } from '../../audit/commands.ts'
import type { ScanState } from '../../files/schema.ts'
import { type Step, stateAfter } from '../rules.ts'
import type { PresentationState } from '../schema.ts'

/** Which speech a command is for; `version`, where an organizer's form was opened on one. */
export interface Target {
  organizationId: string
  id: string
  seminarId?: string
  version?: number
}
export type Locked = Selectable<Presentations>

/** Locks a speech for a change. @throws DomainError not_found, stale_version */
export async function lockSpeech(trx: Trx, { organizationId, id, seminarId, version }: Target): Promise<Locked> {
  const row = await trx
    .selectFrom('presentations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row || (seminarId !== undefined && row.seminar_id !== seminarId)) throw new DomainError('not_found')
  if (version !== undefined && row.version !== version) throw new DomainError('stale_version')
  return row
}

/** Locks a speech and finds the state a step leads to. @throws DomainError not_found, stale_version, conflict */
export async function lockForStep(trx: Trx, target: Target, step: Step) {
  const speech = await lockSpeech(trx, target)
  const current = await currentVersion(trx, target)
  const state = stateAfter(step, speech.state as PresentationState, current.number)
  if (!state) throw new DomainError('conflict', { detail: `speech_not_${step}` })
  return { speech, state, current }
}

/** The newest version that is not locked away for a virus: 0 where there is none. */
export async function currentVersion(
  trx: Trx,
  { organizationId, id }: Target,
): Promise<{ number: number; scan: ScanState | null }> {
  const row = await trx
    .selectFrom('presentation_versions as v')
    .innerJoin('files as f', (join) =>
      join.onRef('f.organization_id', '=', 'v.organization_id').onRef('f.id', '=', 'v.file_id'),
    )
    .select(['v.number', 'f.scan'])
    .where('v.organization_id', '=', organizationId)
    .where('v.presentation_id', '=', id)
    .where('f.scan', '<>', 'found')
    .orderBy('v.number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { number: row?.number ?? 0, scan: (row?.scan as ScanState | undefined) ?? null }
}

/** The number of the last version, whatever became of it. */
export async function countVersions(trx: Trx, { organizationId, id }: Target): Promise<number> {
  const row = await trx
    .selectFrom('presentation_versions')
    .select((eb) => eb.fn.max('number').as('last'))
    .where('organization_id', '=', organizationId)
    .where('presentation_id', '=', id)
    .executeTakeFirst()
  return row?.last ?? 0
}

type Change = Partial<
  Omit<Locked, 'organization_id' | 'id' | 'version' | 'state_since' | 'received_at' | 'decided_at' | 'released_at'>
> & {
  received_at?: typeof dbNow | null
  decided_at?: typeof dbNow | null
  released_at?: typeof dbNow | null
}

/** Writes a change and what happened. Since when it stands so begins anew where the state or the editor is another. */
export async function changeSpeech(
  trx: Trx,
  ctx: Context,
  speech: Locked,
  change: Change,
  event: { action: string; details?: Record<string, unknown> },
): Promise<void> {
  const isOther = (key: 'state' | 'editor_id') => change[key] !== undefined && change[key] !== speech[key]
  await trx
    .updateTable('presentations')
    .set((eb) => ({
      ...(change as object),
      ...(isOther('state') || isOther('editor_id') ? { state_since: dbNow } : {}),
      version: eb('version', '+', 1),
      updated_at: dbNow,
    }))
    .where('organization_id', '=', speech.organization_id)
    .where('id', '=', speech.id)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId: speech.organization_id,
    action: event.action,
    subjectKind: 'presentation',
    subjectId: speech.id,
    seminarId: speech.seminar_id,
    details: { topic: speech.topic, name: speech.name, ...event.details },
  })
}
