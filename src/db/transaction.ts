import type { Kysely, Transaction } from 'kysely'
import type { DB } from './types.ts'

export type Db = Kysely<DB>
export type Trx = Transaction<DB>

/** Runs a command that is one statement: Postgres makes that a transaction of its own, without the round trips of BEGIN and COMMIT. */
export function inOneStatement<T>(db: Db, command: (trx: Trx) => Promise<T>): Promise<T> {
  return command(db as Trx)
}

/** Serialization failure and deadlock: the transaction had no effect and may be run again (Postgres appendix A, class 40). */
const RETRYABLE = new Set(['40001', '40P01'])
/** Where Postgres refuses a prepared statement because a migration of a newer instance has changed its table. */
const CHANGED_TABLE = 'RevalidateCachedQuery'

/**
 * Runs a command in one transaction; the only place where shells open one. Runs it again, at most three times, when
 * Postgres ended it for a deadlock, or because a table changed under it.
 */
export async function transaction<T>(db: Db, command: (trx: Trx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(command)
    } catch (error) {
      const { code = '', routine } = error as { code?: string; routine?: string }
      if (attempt >= 3 || !(RETRYABLE.has(code) || routine === CHANGED_TABLE)) throw error
    }
  }
}
