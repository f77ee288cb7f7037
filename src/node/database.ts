import { join } from 'node:path'
import type { Config } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres.ts'
import { type Connection, connectPostgres } from '../platform/postgres.ts'
import { readMigrations } from '../platform/project.ts'
import type { Watch } from '../platform/query-watch.ts'

/** A request that gets no connection in this time is answered 503 (within 2 s, as the reader sees it). */
const WAIT_MS = 1_200
/** No statement of a request or a task runs longer. */
const STATEMENT_MS = 30_000
/** A sign of life comes through in this time, or is given up. */
const PULSE_MS = 3_000
/** A command may ask for more than a request does. */
const COMMAND_MS = 10 * 60_000

/** The embedded server's folder under DATA_DIR. */
export const databaseFolder = (config: Config) => join(config.dataDir, 'postgres')

/**
 * The database of the configuration: DATABASE_URL, or the embedded Postgres, which is started (or taken over).
 * Migrations are applied. `lost` is told in one line when the embedded one died and could not be started again.
 * @returns how to close what was opened
 */
export async function openDatabase(
  config: Config,
  say: (line: string) => void,
  lost: (line: string) => void,
  watch?: Watch,
) {
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres({ dataDir: databaseFolder(config), log: say, lost })
  const url = config.databaseUrl ?? (embedded?.url as string)
  const connection = connectPostgres(url, {
    max: config.databaseConnections,
    pooled: config.databasePooled,
    waitMs: WAIT_MS,
    statementMs: STATEMENT_MS,
    watch,
  })
  const migrations = await readMigrations()
  try {
    await migrate(connection.sql, migrations)
    const [row] = config.databasePooled ? await connection.sql`show statement_timeout` : []
    if (row?.statement_timeout === '0')
      say(
        'DATABASE_POOLER: statement_timeout is 0, so a query may run for ever; set it for the role or in connect_query',
      )
  } catch (error) {
    await connection.close()
    await embedded?.stop()
    throw config.databaseUrl && isRefusal(error) ? inWords(error) : error
  }
  return {
    connection,
    /** Where it is, password and all: the processes that this one starts use the same. */
    url: config.databaseUrl ?? (embedded?.url as string),
    migrations: migrations.length,
    /** A connection of its own for signs of life. */
    connectPulse: () =>
      connectPostgres(url, { max: 1, pooled: config.databasePooled, statementMs: PULSE_MS, queryMs: PULSE_MS + 500 }),
    close: () => connection.close(),
    stopEmbedded: async () => embedded?.stop(),
  }
}

/** Whether Postgres was not reached, or did not let us in: no such name or role, a wrong password, no room, still starting. */
const isRefusal = (error: unknown) =>
  /^(E[A-Z]+|CONNECT\w*|28...|3D...|53...|57P..|08...)$/.test((error as { code?: string }).code ?? '')

/** Names the variable to look at; an error of several attempts has no words of its own. */
function inWords(error: unknown): Error {
  const { message, errors } = error as { message: string; errors?: Error[] }
  return new Error(`DATABASE_URL: ${message || errors?.[0]?.message}`, { cause: error })
}

/** The address of the database that the server of this configuration uses, password and all. @throws Error in one line */
export async function findDatabaseUrl(config: Config): Promise<string> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(databaseFolder(config)))?.url
  if (!url) throw new Error('no database is running: start the server (npm start) or set DATABASE_URL')
  return url
}

/** For commands beside a running server: the same database, nothing started. @throws Error in one line */
export async function joinDatabase(config: Config): Promise<Connection> {
  return connectPostgres(await findDatabaseUrl(config), { max: 2, pooled: config.databasePooled, queryMs: COMMAND_MS })
}

/**
 * For work on the database as a whole, whether a server runs or not: DATABASE_URL, the embedded Postgres that runs, or else
 * one that is started for as long as the work lasts. No migration is applied.
 */
export async function withDatabaseOf<T>(
  config: Config,
  say: (line: string) => void,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const running = config.databaseUrl ?? (await findEmbeddedPostgres(databaseFolder(config)))?.url
  const started = running ? undefined : await startEmbeddedPostgres({ dataDir: databaseFolder(config), log: say })
  const connection = connectPostgres(running ?? (started?.url as string), {
    max: 2,
    pooled: config.databasePooled,
    queryMs: COMMAND_MS,
  })
  try {
    return await work(connection)
  } finally {
    await connection.close()
    await started?.stop()
  }
}
