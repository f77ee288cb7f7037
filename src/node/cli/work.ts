import { type Config, readConfig } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { Db } from '../../db/transaction.ts'
import { findOrganizationBySlug } from '../../features/organizations/queries.ts'
import type { Connection } from '../../platform/postgres.ts'
import { joinDatabase } from '../database.ts'

/** Works on the database of the configuration, also beside a running server, and closes what it opened. */
export async function withDatabase<T>(work: (connection: Connection, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env)
  const connection = await joinDatabase(config)
  try {
    return await work(connection, config)
  } finally {
    await connection.close()
  }
}

/** A command's own context; `linkKey` only where it signs links. */
export function cliContext(config: Config, linkKey = ''): Context {
  return {
    actor: { kind: 'system', id: 'cli', name: 'cli' },
    now: new Date(),
    origin: config.baseUrl,
    locale: 'vi',
    linkKey,
    mail: { from: config.mailFrom, inbound: false },
    scans: config.clamd !== undefined,
  }
}

/** @throws Error in one line where no organisation has the slug */
export async function getOrganization(db: Db, slug: string) {
  const found = await findOrganizationBySlug(db, slug)
  if (!found) throw new Error(`there is no organisation “${slug}”`)
  return found
}
