import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { markStore } from '../../src/features/identity/commands.ts'
import { findDeploymentId, findStoreId } from '../../src/features/identity/queries.ts'
import { MARK } from '../../src/features/identity/schema.ts'
import { createR2Store, type R2Bucket } from '../../src/platform/r2.ts'
import worker from '../../src/worker.ts'
import { countMigrations, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { workerOrigin, workerSecrets } from '../support/worker.ts'

// The Worker's own entry, with workerd's bucket. One isolate, from the first request on.
let dir: string
let proxy: Awaited<ReturnType<typeof getPlatformProxy<{ FILES: R2Bucket }>>>
let database: TestDatabase
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-worker-identity-'))
  const configPath = join(dir, 'wrangler.toml')
  writeFileSync(
    configPath,
    'name = "t"\ncompatibility_date = "2026-09-01"\n[[r2_buckets]]\nbinding = "FILES"\nbucket_name = "test"\n',
  )
  proxy = await getPlatformProxy<{ FILES: R2Bucket }>({ configPath, persist: false })
  database = await createTestDatabase()
})
afterAll(async () => {
  await proxy?.dispose()
  await database.drop()
  rmSync(dir, { recursive: true, force: true })
})

it('answers 503 in words until database, bucket and LINK_KEY belong together, and does no task', async () => {
  const complained: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line) => void complained.push(line))
  const files = createR2Store(proxy.env.FILES)
  const waited: Promise<unknown>[] = []
  const ctx = { waitUntil: (work: Promise<unknown>) => void waited.push(work) }
  const build = { names: {}, migrations: countMigrations() }
  const env = {
    HYPERDRIVE: { connectionString: database.url },
    ASSETS: { fetch: async () => Response.json(build) },
    FILES: proxy.env.FILES,
    BASE_URL: workerOrigin,
    LOG_LEVEL: 'error',
    ...workerSecrets,
  }
  const ask = async (changed: object = {}) => {
    const answer = await worker.fetch(new Request(`${workerOrigin}/readyz`), { ...env, ...changed }, ctx)
    return `${answer.status} ${await answer.text()}`
  }

  await markStore(files, crypto.randomUUID())
  expect(await ask()).toBe(
    '503 hoithao is not configured: the bucket FILES holds the files of another deployment than this database: look at DATABASE_URL and at where files are kept; if they belong together, run the command adopt --files\n',
  )
  expect(complained.at(-1)).toMatch(/^configuration: the bucket FILES holds/)
  await expect(worker.scheduled({}, env, ctx)).rejects.toThrow('holds the files of another deployment')
  expect(await database.db.selectFrom('task_runs').selectAll().execute()).toEqual([])
  expect(await ask({ LINK_KEY: 'm'.repeat(40) })).toContain('LINK_KEY is another')

  await files.delete(MARK)
  expect(await ask()).toMatch(/^200 /)
  expect(await findStoreId(files)).toBe(await findDeploymentId(database.db))
  // Looked at once: what comes later costs a request nothing.
  await files.delete(MARK)
  expect(await ask()).toMatch(/^200 /)
  await worker.scheduled({}, env, ctx)
  await Promise.all(waited)
  vi.restoreAllMocks()
})
