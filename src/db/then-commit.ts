import { sql } from 'kysely'

/** At the end of a statement: the dialect sends the commit along with it. */
export const THEN_COMMIT = '/* then commit */'

/**
 * Marks the last statement of a transaction: what it locks is not held for a round trip more. Nothing may follow it, and it must be right
 * whatever it answers: by then it is done. Where it fails, nothing is.
 */
export const thenCommit = sql.raw(THEN_COMMIT)
