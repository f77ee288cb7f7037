import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../app.ts'
import { ConfigError, needsDataDir, readConfig } from '../config.ts'
import { loadAssets } from '../platform/assets.ts'
import { embeddedPostgresExists } from '../platform/embedded-postgres.ts'
import { assertWritable } from '../platform/folder.ts'
import { projectFolder } from '../platform/project.ts'
import { createWatch } from '../platform/query-watch.ts'
import type { Services } from '../services.ts'
import { setAssets } from '../web/assets.ts'
import { forgetKept, logKept } from '../web/public/kept.ts'
import { type Closer, closeAll } from './closers.ts'
import { databaseFolder, openDatabase } from './database.ts'
import { openFiles } from './files.ts'
import { greet, prepare } from './greeting.ts'
import { listen } from './http.ts'
import { assertNobodysFiles } from './identity.ts'
import { identifyInstance } from './instance.ts'
import { isOneOfSeveral, joinProcesses, startProcesses } from './processes.ts'
import { startPulse } from './pulse.ts'
import { createServices } from './services.ts'
import { startTimer } from './timer.ts'
import { watched } from './watching.ts'

/** What was thrown, in one line; an error of several attempts has no words of its own. */
function inOneLine(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: Error[] }
  return (message || errors?.[0]?.message || code || String(error)).split('\n')[0] as string
}

/**
 * Starts the service on Node: database → services → HTTP → tasks; SIGTERM and Ctrl-C stop them the other way round, each in a time of
 * its own: 28 s in all and DRAIN_SECONDS, whatever hangs.
 */
export async function main(): Promise<void> {
  const steps: Closer[][] = []
  const told = new AbortController()
  let services: Services | undefined
  let stopping: Promise<number> | undefined
  const stop = (graceMs = 0) => {
    told.abort()
    stopping ??= closeAll(steps, graceMs).then((unfinished) => {
      if (unfinished.length) services?.log.error('stop', { unfinished })
      return unfinished.length ? 1 : 0
    })
    return stopping
  }
  const fail = async (line: string) => {
    console.error(line)
    await stop()
    process.exit(1)
  }
  let drainMs = 0
  // Who presses Ctrl-C has no balancer that must be told first.
  process.on('SIGINT', () => void stop().then((code) => process.exit(code)))
  process.on('SIGTERM', () => void stop(drainMs).then((code) => process.exit(code)))

  try {
    const config = readConfig(process.env)
    drainMs = config.drainSeconds * 1000
    if (needsDataDir(config)) await assertWritable(config.dataDir, 'DATA_DIR')
    if (!config.databaseUrl && !(await embeddedPostgresExists(databaseFolder(config))))
      await assertNobodysFiles(config, await openFiles(config))
    const queries = createWatch()
    const count = config.processes === 'auto' ? availableParallelism() : config.processes
    const standing = isOneOfSeveral() ? 'one' : count > 1 ? 'first' : 'alone'
    // The first of several asks for figures alone.
    const own = standing === 'first' ? { ...config, databaseConnections: 2 } : config
    const database = await openDatabase(own, (line) => console.log(line), fail, queries.watch)
    steps.push([{ name: 'embedded Postgres', seconds: 7, close: database.stopEmbedded }])
    steps.push([{ name: 'database connections', seconds: 3, close: database.close }])
    const made = await createServices(config, database, true)
    const identity = await identifyInstance()
    const pulse = await startPulse({
      ...made,
      identity,
      connection: database.connectPulse(),
      renew: database.connection.renew,
    })
    const changed = isOneOfSeveral()
      ? joinProcesses({
          tasks: () => beginTasks(),
          changed: () => forgetKept(given),
          alone: () => void stop().then((code) => process.exit(code)),
        })
      : undefined
    const whole: Services = {
      ...made,
      instance: identity.id,
      vitals: pulse,
      stopping: told.signal,
      ...(changed ? { changed } : {}),
    }
    const { services: given, close } = await watched(whole, database, queries, standing)
    services = given
    steps.push([
      { name: 'figures and traces', seconds: 2, close },
      { name: 'mail connections', seconds: 2, close: () => given.mailer.close() },
      { name: 'inspections', seconds: 2, close: () => given.inspector.close() },
      { name: 'sign of life', seconds: 2, close: pulse.stop },
      { name: 'log', seconds: 1, close: async () => logKept(given) },
    ])
    if (!isOneOfSeveral()) await prepare(given, database.url)
    if (standing === 'first') {
      const processes = startProcesses(
        count,
        {
          DATABASE_URL: database.url,
          DEMO: config.demo ? 'on' : 'off',
          DATABASE_CONNECTIONS: String(Math.max(2, Math.floor((config.databaseConnections - 2) / count))),
        },
        (line) => given.log.error('processes', { line }),
      )
      // Each of them ends by the same clock.
      steps.push([{ name: 'processes', seconds: 18, close: () => processes.stop('SIGTERM') }])
      await processes.ready
      await greet(given, (line) => console.log(line))
      return
    }
    const assets = await loadAssets(join(projectFolder(), 'dist'))
    setAssets(assets.names)
    const app = createApp(given)
    const server = await listen({
      fetch: (request, env) => assets.respond(request) ?? app.fetch(request, env as object),
      host: config.host,
      port: config.port,
      connections: {
        perAddress: config.connectionsPerAddress,
        trusted: config.trustProxy,
        refused: (address) => given.log.warn('connections', { address, limit: config.connectionsPerAddress }),
      },
    })
    let stopTimer = async () => {}
    const beginTasks = () => {
      stopTimer = startTimer(given, { worker: identity.id, alive: pulse.alive })
    }
    steps.push([
      { name: 'open requests', seconds: 12, close: server.stop },
      { name: 'letters or tasks under way', seconds: 12, close: () => stopTimer() },
    ])
    if (isOneOfSeveral()) return
    beginTasks()
    await greet(given, (line) => console.log(line))
  } catch (error) {
    await fail(
      error instanceof ConfigError ? `configuration: ${error.message}` : `hoithao did not start: ${inOneLine(error)}`,
    )
  }
}
