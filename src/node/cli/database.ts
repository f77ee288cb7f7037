import { readConfig } from '../../config.ts'
import { migrate } from '../../db/migrate.ts'
import { loadDemo } from '../../demo/load.ts'
import { readMigrations } from '../../platform/project.ts'
import { findDatabaseUrl } from '../database.ts'
import { readDemoData } from '../demo-data.ts'
import { createServices } from '../services.ts'
import type { Options, Say } from './options.ts'
import { cliContext, withDatabase } from './work.ts'

/** `migrate`: applies what is missing, for a deployment that does not let its servers do it. */
export async function migrateDatabase(_options: Options, say: Say): Promise<void> {
  const applied = await withDatabase(async ({ sql }) => migrate(sql, await readMigrations()))
  say(applied.length ? applied.join('\n') : 'nothing to apply')
}

/** `demo`: loads the two demo organisations into an empty database. */
export async function loadDemoData(_options: Options, say: Say): Promise<void> {
  const loaded = await withDatabase(async (connection, config) => {
    const migrations = await readMigrations()
    await migrate(connection.sql, migrations)
    const services = await createServices(config, { connection, migrations: migrations.length })
    return loadDemo(services, cliContext(config, services.config.linkKey), await readDemoData())
  })
  if (!loaded) throw new Error('the database has organisations already; the demo goes into an empty one')
  say('the demo is loaded')
}

/** `database-url`: the address alone, for pg_dump and psql beside a running server. */
export async function printDatabaseUrl(_options: Options, say: Say): Promise<void> {
  say(await findDatabaseUrl(readConfig(process.env)))
}
