import { join } from 'node:path'
import type { Config } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres.ts'
import { type Connection, connectPostgres } from '../platform/postgres.ts'
import { readMigrations } from '../platform/project.ts'

/** The embedded server's folder under DATA_DIR. */
export const databaseFolder = (config: Config) => join(config.dataDir, 'postgres')

/**
 * The database of the configuration: DATABASE_URL, or the embedded Postgres, which is started (or taken over).
 * Migrations are applied. @returns how to close what was opened
 */
export async function openDatabase(config: Config, say: (line: string) => void) {
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres({ dataDir: databaseFolder(config), log: say })
  const connection = connectPostgres(config.databaseUrl ?? (embedded?.url as string), { max: 20 })
  const migrations = await readMigrations()
  try {
    await migrate(connection.sql, migrations)
  } catch (error) {
    await connection.close()
    await embedded?.stop()
    throw error
  }
  return {
    connection,
    migrations: migrations.length,
    async close() {
      await connection.close()
      await embedded?.stop()
    },
  }
}

/** The address of the database that the server of this configuration uses, password and all. @throws Error in one line */
export async function findDatabaseUrl(config: Config): Promise<string> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(databaseFolder(config)))?.url
  if (!url) throw new Error('no database is running: start the server (npm start) or set DATABASE_URL')
  return url
}

/** For commands beside a running server: the same database, nothing started. @throws Error in one line */
export async function joinDatabase(config: Config): Promise<Connection> {
  return connectPostgres(await findDatabaseUrl(config), { max: 2 })
}
