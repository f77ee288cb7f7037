import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { enqueueMessages } from '../../mail/commands.ts'
import type { NewMessage } from '../../mail/schema.ts'
import { type CallAsk, requestCalls } from './calls.ts'

/** One thing to tell one person: by a letter where one can go. */
export interface Notice extends CallAsk {
  letter: NewMessage | null
}

/** How those concerned are told. */
export interface Told {
  /** Letters put in the outbox. */
  mailed: number
  /** People to be telephoned: they have no address, or a dead one. */
  toCall: number
}

export const nobody: Told = { mailed: 0, toCall: 0 }

export function sumTold(...parts: Told[]): Told {
  return {
    mailed: parts.reduce((sum, part) => sum + part.mailed, 0),
    toCall: parts.reduce((sum, part) => sum + part.toCall, 0),
  }
}

/**
 * Tells each by what they can be reached by: a letter in the outbox, else a call that waits for an organizer.
 * @returns the counts, and those whose letter will go
 */
export async function announce<N extends Notice>(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  seminarId: string,
  notices: N[],
): Promise<Told & { went: N[] }> {
  const letters = notices.flatMap(({ letter }) => (letter ? [letter] : []))
  const { queued, held } = letters.length ? await enqueueMessages(trx, ctx, letters) : { queued: 0, held: 0 }
  const dead = held ? await findHeld(trx, organizationId, letters) : new Set<string>()
  const goes = ({ letter }: N) => letter !== null && !dead.has(keyOf(letter))
  const went = notices.filter(goes)
  const toCall = await requestCalls(
    trx,
    organizationId,
    seminarId,
    notices.filter((notice) => !goes(notice)),
  )
  return { mailed: queued, toCall, went }
}

const keyOf = ({ invitationId, to }: NewMessage) => `${invitationId} ${to.address.toLowerCase()}`

/** Letters of this transaction that will not go: the outbox keeps them, and says why. */
async function findHeld(trx: Trx, organizationId: string, letters: NewMessage[]): Promise<Set<string>> {
  const ids = [...new Set(letters.flatMap(({ invitationId }) => (invitationId ? [invitationId] : [])))]
  const rows = await trx
    .selectFrom('messages')
    .select(['invitation_id', sql<string>`lower(to_address)`.as('address')])
    .where('organization_id', '=', organizationId)
    .where('invitation_id', 'in', ids)
    .where('created_at', '=', sql<Date>`now()`)
    .groupBy(['invitation_id', sql`lower(to_address)`])
    .having(sql<boolean>`bool_and(state not in ('queued', 'sending', 'sent'))`)
    .execute()
  return new Set(rows.map(({ invitation_id, address }) => `${invitation_id} ${address}`))
}
