import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { THEN_COMMIT } from '../db/then-commit.ts'
import type { Line, Pool } from './connection-pool.ts'

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** A connection that is lent, with the `begin` that travels before its next statement, and the `commit` that went with its last. */
interface Lent extends DatabaseConnection {
  line: Line
  beginning: Promise<unknown> | undefined
  committing: Promise<{ command: string }> | undefined
}

/** Kysely over a pool of ours. A commit that Postgres turned into a rollback is an error, not a success. */
export function createDialect(pool: Pool): Dialect {
  const broken = new WeakSet<DatabaseConnection>()
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      async init() {},
      acquireConnection: async () => connectionOf(await pool.acquire()),
      async beginTransaction(connection, { isolationLevel, accessMode }) {
        const level = isolationLevel ? ` isolation level ${isolationLevel}` : ''
        const lent = connection as Lent
        // Not waited for: it goes with the first statement, which saves a round trip. A failure comes up there.
        lent.beginning = lent.line.query(`begin${level}${accessMode ? ` ${accessMode}` : ''}`, [])
        lent.beginning.catch(() => undefined)
      },
      async commitTransaction(connection) {
        const { line, committing } = connection as Lent
        const { command } = await (committing ?? line.query('commit', []))
        if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: one of its statements had failed')
      },
      async rollbackTransaction(connection) {
        // Where the connection is gone the server has rolled back; the error that led here says more.
        await connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => broken.add(connection))
      },
      async releaseConnection(connection) {
        ;(connection as Lent).line.release(broken.has(connection))
      },
      destroy: () => pool.end(),
    }),
  }
}

function connectionOf(line: Line): Lent {
  return {
    line,
    beginning: undefined,
    committing: undefined,
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const answer = line.query(sql, [...parameters])
      if (sql.endsWith(THEN_COMMIT)) {
        this.committing = line.query('commit', [])
        this.committing.catch(() => undefined)
      }
      if (this.beginning) {
        answer.catch(() => undefined)
        await this.beginning
        this.beginning = undefined
      }
      const result = await answer
      const rows = Array.from(result) as unknown as R[]
      return CHANGES.has(result.command) ? { rows, numAffectedRows: BigInt(result.count) } : { rows }
    },
    // biome-ignore lint/correctness/useYield: no query of ours is streamed
    async *streamQuery() {
      throw new Error('queries are not streamed')
    },
  }
}
