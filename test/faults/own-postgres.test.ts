import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { freePort } from '../support/server.ts'

let dataDir: string
let instance: Instance
const cluster = () => join(dataDir, 'postgres', 'cluster')
const postmaster = async () => Number((await readFile(join(cluster(), 'postmaster.pid'), 'utf8')).split('\n')[0])

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hoithao-own-postgres-'))
  const port = await freePort()
  // As `npm start` runs it: nothing says where a database is.
  instance = await startInstance(port, { DATA_DIR: dataDir, DEMO: 'off', BASE_URL: `http://127.0.0.1:${port}` })
})
afterAll(async () => {
  // It takes its Postgres along.
  instance?.kill('SIGTERM')
  await instance?.ended
  await rm(dataDir, { recursive: true, force: true })
})

/** Asks the database, and a page that is never kept. */
async function answers(): Promise<boolean> {
  const asked = ['/readyz', `/?n=${Math.random()}`].map((path) => fetch(instance.origin + path).catch(() => undefined))
  return (await Promise.all(asked)).every((answer) => answer?.ok)
}

it('a Postgres of ours that is killed is started again under the running service, which answers again by itself', {
  timeout: 180_000,
}, async () => {
  expect(await answers()).toBe(true)
  const took: number[] = []
  for (let round = 0; round < 3; round++) {
    const pid = await postmaster()
    process.kill(pid, 'SIGKILL')
    const since = performance.now()
    await expect
      .poll(async () => (await postmaster()) !== pid && (await answers()), { timeout: 60_000, interval: 20 })
      .toBe(true)
    took.push((performance.now() - since) / 1000)
    // Said a moment after it answers.
    await expect.poll(() => instance.output().match(/was started again/g), { timeout: 60_000 }).toHaveLength(round + 1)
  }
  console.info(`answered again after ${took.map((seconds) => seconds.toFixed(2)).join(', ')} s (to aim at: 5)`)
  expect(() => process.kill(instance.pid, 0)).not.toThrow()
})

it('one that cannot be started again is given up after ten tries, in one line, and the process ends', {
  timeout: 300_000,
}, async () => {
  const pid = await postmaster()
  await writeFile(join(cluster(), 'PG_VERSION'), '9.6\n')
  const log = join(dataDir, 'postgres', 'server.log')
  const tries = async () => (await readFile(log, 'utf8')).match(/incompatible with server/g)?.length ?? 0
  const before = instance.output().length
  process.kill(pid, 'SIGKILL')
  const since = performance.now()
  expect(await instance.ended).toBe(1)
  console.info(`given up after ${((performance.now() - since) / 1000).toFixed(1)} s`)
  expect(await tries()).toBe(10)
  const said = instance
    .output()
    .slice(before)
    .split('\n')
    .filter((line) => line && !line.startsWith('{'))
  expect(said).toEqual([
    expect.stringMatching(/^Postgres had ended and could not be started again: .*incompatible.*\(more in /),
  ])
  expect(await findEmbeddedPostgres(join(dataDir, 'postgres'))).toBeUndefined()
})
