import type { Context } from '../context.ts'
import type { Trx } from '../db/transaction.ts'
import { notifySeminarChanged } from '../features/invitations/commands/notify.ts'
import { givePlaces } from '../features/invitations/commands/places.ts'
import type { SeminarChange } from '../features/seminars/commands.ts'

/** After a seminar changed: places that opened go to the first in line, and those invited are told what is new. */
export async function announce(trx: Trx, ctx: Context, { before, after, placesOpened }: SeminarChange): Promise<void> {
  if (placesOpened) await givePlaces(trx, ctx, after.organization_id, after.id)
  await notifySeminarChanged(trx, ctx, before, after)
}
