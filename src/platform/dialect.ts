import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Line, Pool } from './connection-pool.ts'

const CHANGES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Kysely over a pool of ours. A commit that Postgres turned into a rollback is an error, not a success. */
export function createDialect(pool: Pool): Dialect {
  const lines = new WeakMap<DatabaseConnection, Line>()
  const broken = new WeakSet<DatabaseConnection>()
  const run = (connection: DatabaseConnection, text: string) => connection.executeQuery(CompiledQuery.raw(text))
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      async init() {},
      async acquireConnection() {
        const line = await pool.acquire()
        const connection = connectionOf(line)
        lines.set(connection, line)
        return connection
      },
      async beginTransaction(connection, { isolationLevel, accessMode }) {
        const level = isolationLevel ? ` isolation level ${isolationLevel}` : ''
        await run(connection, `begin${level}${accessMode ? ` ${accessMode}` : ''}`)
      },
      async commitTransaction(connection) {
        const line = lines.get(connection) as Line
        const { command } = await line.query('commit', [])
        if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: one of its statements had failed')
      },
      async rollbackTransaction(connection) {
        // Where the connection is gone the server has rolled back; the error that led here says more.
        await run(connection, 'rollback').catch(() => broken.add(connection))
      },
      async releaseConnection(connection) {
        lines.get(connection)?.release(broken.has(connection))
      },
      destroy: () => pool.end(),
    }),
  }
}

function connectionOf(line: Line): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const result = await line.query(sql, [...parameters])
      const rows = Array.from(result) as unknown as R[]
      return CHANGES.has(result.command) ? { rows, numAffectedRows: BigInt(result.count) } : { rows }
    },
    // biome-ignore lint/correctness/useYield: no query of ours is streamed
    async *streamQuery() {
      throw new Error('queries are not streamed')
    },
  }
}
