import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { findNativeFolder } from './embedded-postgres/binaries.ts'
import {
  clusterExists,
  createCluster,
  giveCluster,
  isAlive,
  type Place,
  placeIn,
  prepareFolder,
} from './embedded-postgres/cluster.ts'
import { takeOwnership } from './embedded-postgres/ownership.ts'
import { chooseRunner, type RunAs, type Runner } from './embedded-postgres/runner.ts'
import { findServer, launchServer, type Server, stopServer, urlOf } from './embedded-postgres/server.ts'
import { supervise } from './embedded-postgres/supervise.ts'

export interface EmbeddedPostgres {
  /** A superuser's address of the application's database. */
  url: string
  /** True when the server was already running: left by a process that was killed. */
  adopted: boolean
  /** Stops the server, also an adopted one; may be called again. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  /** The folder that holds the database, its password and its log. */
  dataDir: string
  log: (line: string) => void
  database?: string
  /** How root runs Postgres; by default the first way that works. */
  runAs?: RunAs
  /** A server that dies is started again, on its port; where that does not succeed, this is told why, in one line. Without it, none is. */
  lost?: (line: string) => void
}

const settings = { timezone: 'UTC', log_timezone: 'UTC', shared_buffers: '128MB', jit: 'off', log_checkpoints: 'off' }
const serverSettings = { ...settings, max_connections: 200 }

/**
 * Starts the real Postgres that comes by npm, on 127.0.0.1 and a free port, or takes over one that a killed process
 * left running. The files are made at the first start.
 * @throws Error in one line: another living hoithao has this folder; the folder cannot be written; Postgres failed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, lost, database = 'hoithao' } = options
  const place = placeIn(resolve(options.dataDir))
  await prepareFolder(place)
  const runner = await chooseRunner(await findNativeFolder(), options.runAs)
  let adopted = true
  let server = await findServer(place, 60_000)
  if (!server) {
    adopted = false
    server = await createAndLaunch(place, runner, log)
  }
  const ownership = await takeOwnership(urlOf(server, 'postgres'), place.folder)
  const watched = lost && supervise({ place, runner, server, settings: serverSettings, log, lost })
  // The lock goes last, so that no new start adopts a server that is about to end.
  const stop = async (): Promise<void> => {
    const now = (await watched?.end()) ?? server
    await stopServer(place, runner, now).finally(() => ownership.release())
  }
  let stopping: Promise<void> | undefined
  try {
    if (adopted) log(`Postgres was left running (pid ${server.pid}); taken over`)
    await createDatabase(server, database)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: urlOf(server, database), adopted, stop: () => (stopping ??= stop()) }
}

/**
 * The address of the embedded server that runs in this folder, for a command beside the application; undefined when
 * none runs. Takes nothing over.
 * @throws Error in one line when a server runs there but does not answer.
 */
export async function findEmbeddedPostgres(
  dataDir: string,
  database = 'hoithao',
): Promise<{ url: string } | undefined> {
  const place = placeIn(resolve(dataDir))
  if (!(await clusterExists(place))) return undefined
  const server = await findServer(place, 10_000)
  return server && { url: urlOf(server, database) }
}

/** Whether an embedded server was ever made in this folder. */
export const embeddedPostgresExists = (dataDir: string): Promise<boolean> => clusterExists(placeIn(resolve(dataDir)))

/**
 * A server for tests: in a folder for temporary files, which goes when it stops; without the writes that make data
 * survive a power cut. Servers whose process was killed are removed at the next call.
 */
export async function startTemporaryPostgres(): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const runner = await chooseRunner(await findNativeFolder())
  await removeLeftServers(runner)
  const place = placeIn(await mkdtemp(join(tmpdir(), `hoithao-test-${process.pid}-`)))
  await createCluster(place, runner, { sync: false })
  const unsafe = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const server = await launchServer(place, runner, { ...settings, ...unsafe, max_connections: 300 })
  if ('reason' in server) throw new Error(`Postgres did not start: ${server.reason} (more in ${place.logFile})`)
  const stop = async (): Promise<void> => {
    await stopServer(place, runner, server, 5_000)
    await rm(place.folder, { recursive: true, force: true })
  }
  let stopping: Promise<void> | undefined
  return { url: urlOf(server, 'postgres'), pid: server.pid, stop: () => (stopping ??= stop()) }
}

async function createAndLaunch(place: Place, runner: Runner, log: (line: string) => void): Promise<Server> {
  let reason = ''
  for (let attempt = 0; attempt < 3; attempt++) {
    if (!(await clusterExists(place))) {
      log('Creating the database (first start)')
      await createCluster(place, runner, { sync: true })
    }
    await giveCluster(place, runner)
    const server = await launchServer(place, runner, serverSettings)
    if (!('reason' in server)) return server
    reason = server.reason
    // Another start may have been faster by a moment, or something else has taken the port.
    const other = await findServer(place, 60_000)
    if (other) return other
  }
  throw new Error(`Postgres did not start: ${reason} (more in ${place.logFile})`)
}

async function createDatabase(server: Server, database: string): Promise<void> {
  const sql = postgres(urlOf(server, 'postgres'), { max: 1, fetch_types: false, onnotice: () => undefined })
  try {
    const [found] = await sql`select 1 from pg_database where datname = ${database}`
    if (!found) await sql`create database ${sql(database)} template template0 encoding 'UTF8'`
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function removeLeftServers(runner: Runner): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^hoithao-test-(\d+)-/.exec(name)?.[1]
    if (!owner || isAlive(Number(owner))) continue
    const place = placeIn(join(tmpdir(), name))
    const server = await findServer(place, 5_000).catch(() => undefined)
    if (server) await stopServer(place, runner, server, 5_000)
    await rm(place.folder, { recursive: true, force: true }).catch(() => undefined)
  }
}
