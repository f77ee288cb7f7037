import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/db/migrate.ts'
import { startTemporaryPostgres } from '../../src/platform/embedded-postgres.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { readMigrations } from '../../src/platform/project.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the server that the whole run uses. */
    postgresUrl: string
    /** The migrated, empty database that every test's database is a copy of. */
    templateDatabase: string
  }
}

/**
 * Once a run: one Postgres (a temporary one, or the running one that TEST_POSTGRES_URL names with a superuser) and
 * in it the template of all test databases.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_POSTGRES_URL
  const server = given ? undefined : await startTemporaryPostgres()
  const postgresUrl = given ?? server!.url
  const templateDatabase = `test_template_${process.pid}_${Date.now()}`
  try {
    await createTemplate(postgresUrl, templateDatabase)
  } catch (error) {
    await server?.stop()
    throw error
  }
  project.provide('postgresUrl', postgresUrl)
  project.provide('templateDatabase', templateDatabase)
  return async () => {
    if (server) await server.stop()
    else await dropTemplate(postgresUrl, templateDatabase)
  }
}

async function createTemplate(postgresUrl: string, name: string): Promise<void> {
  const admin = connectPostgres(postgresUrl, { max: 1 })
  try {
    await admin.sql`create database ${admin.sql(name)} template template0 encoding 'UTF8'`
    const url = new URL(postgresUrl)
    url.pathname = `/${name}`
    const template = connectPostgres(url.href, { max: 2 })
    try {
      await migrate(template.sql, await readMigrations())
      // What lies on the disk is what the copies are made from.
      await template.sql`checkpoint`
    } catch (error) {
      await template.close()
      await admin.sql`drop database ${admin.sql(name)} with (force)`
      throw error
    }
    await template.close()
    await admin.sql`alter database ${admin.sql(name)} with is_template true allow_connections false`
  } finally {
    await admin.close()
  }
}

async function dropTemplate(postgresUrl: string, name: string): Promise<void> {
  const admin = connectPostgres(postgresUrl, { max: 1 })
  try {
    await admin.sql`alter database ${admin.sql(name)} with is_template false`
    await admin.sql`drop database ${admin.sql(name)} with (force)`
  } finally {
    await admin.close()
  }
}
