import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/db/migrate.ts'
import { isAlive } from '../../src/platform/embedded-postgres/cluster.ts'
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
  const removeTemporary = await ownTemporaryFolder()
  return async () => {
    if (server) await server.stop()
    else await dropTemplate(postgresUrl, templateDatabase)
    await removeTemporary()
  }
}

/**
 * The folder for temporary files of everything that this run starts, so that what a test leaves behind is seen, and goes also where the
 * run was killed: with the next one. SHARED_TMPDIR is the machine's, for what runs share (the unpacked browser).
 * @returns how to remove it, which throws where a test left a folder of ours in it
 */
async function ownTemporaryFolder(): Promise<() => Promise<void>> {
  const shared = tmpdir()
  for (const name of await readdir(shared)) {
    const pid = Number(/^hoithao-run-(\d+)-/.exec(name)?.[1])
    if (pid && !isAlive(pid)) await rm(join(shared, name), { recursive: true, force: true }).catch(() => undefined)
  }
  const folder = await mkdtemp(join(shared, `hoithao-run-${process.pid}-`))
  // Postgres of root runs as another user, who must get in.
  await chmod(folder, 0o755)
  const before = process.env.TMPDIR
  Object.assign(process.env, { TMPDIR: folder, SHARED_TMPDIR: shared })
  return async () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    // The copy of Postgres' programs is kept on purpose.
    const left = (await readdir(folder)).filter((name) => /^hoithao-(?!postgres-)/.test(name))
    await rm(folder, { recursive: true, force: true })
    if (left.length) throw new Error(`tests left folders behind that they made: ${left.join(', ')}`)
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
