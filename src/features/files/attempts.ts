import { sql } from 'kysely'
import type { Trx } from '../../db/transaction.ts'
import type { Act } from './inspector.ts'

/** Whose bytes, by their content: sent again, they are the same document. */
export interface Subject {
  organizationId: string
  sha256: Uint8Array
  act: Act
}

const MAX_ATTEMPTS = 2
/** Whoever began before that and has not ended is gone: a look has far less. */
const GONE = sql<Date>`now() - interval '1 minute'`

/**
 * Writes down that a look begins, before it does.
 * @returns the attempt's id, or undefined where two have not ended: the document is not to be looked at again
 */
export async function beginAttempt(trx: Trx, subject: Subject): Promise<string | undefined> {
  const { failed } = await of(trx, subject)
    .select(sql<number>`count(*)::int`.as('failed'))
    .where((eb) => eb.or([eb('stopped', 'is not', null), eb('started_at', '<', GONE)]))
    .executeTakeFirstOrThrow()
  if (failed >= MAX_ATTEMPTS) return undefined
  const row = await trx
    .insertInto('inspections')
    .values({ organization_id: subject.organizationId, sha256: subject.sha256 as never, act: subject.act })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

/** A look ended, whatever it found: with it those before it are forgotten. */
export async function endAttempts(trx: Trx, { organizationId, sha256, act }: Subject): Promise<void> {
  await trx
    .deleteFrom('inspections')
    .where('organization_id', '=', organizationId)
    .where('sha256', '=', sha256 as never)
    .where('act', '=', act)
    .execute()
}

/** A look was stopped. */
export async function stopAttempt(trx: Trx, subject: Subject, id: string, why: string): Promise<void> {
  await trx
    .updateTable('inspections')
    .set({ stopped: why })
    .where('organization_id', '=', subject.organizationId)
    .where('id', '=', id)
    .execute()
}

/** A look could not be had, for a reason that is not the document's (the store was away). */
export async function dropAttempt(trx: Trx, subject: Subject, id: string): Promise<void> {
  await trx
    .deleteFrom('inspections')
    .where('organization_id', '=', subject.organizationId)
    .where('id', '=', id)
    .execute()
}

function of(trx: Trx, { organizationId, sha256, act }: Subject) {
  return trx
    .selectFrom('inspections')
    .where('organization_id', '=', organizationId)
    .where('sha256', '=', sha256 as never)
    .where('act', '=', act)
}
