import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../app.ts'
import { ConfigError, needsDataDir, readConfig } from '../config.ts'
import { loadAssets } from '../platform/assets.ts'
import { assertWritable } from '../platform/folder.ts'
import { projectFolder } from '../platform/project.ts'
import { createWatch } from '../platform/query-watch.ts'
import type { Services } from '../services.ts'
import { setAssets } from '../web/assets.ts'
import { forgetKept, logKept } from '../web/public/kept.ts'
import { openDatabase } from './database.ts'
import { greet, prepare } from './greeting.ts'
import { listen } from './http.ts'
import { assertOwnFiles } from './identity.ts'
import { isOneOfSeveral, joinProcesses, startProcesses } from './processes.ts'
import { createServices } from './services.ts'
import { startTimer } from './timer.ts'
import { watched } from './watching.ts'

/** What was thrown, in one line; an error of several attempts has no words of its own. */
function inOneLine(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: Error[] }
  return (message || errors?.[0]?.message || code || String(error)).split('\n')[0] as string
}

/** Starts the service on Node: database → services → HTTP → tasks; SIGTERM and Ctrl-C stop them the other way round. */
export async function main(): Promise<void> {
  const closers: ((graceMs: number) => Promise<unknown>)[] = []
  const told = new AbortController()
  let stopping: Promise<void> | undefined
  const stop = (graceMs = 0) => {
    told.abort()
    stopping ??= (async () => {
      for (const close of closers.reverse()) await close(graceMs).catch((error) => console.error(String(error)))
    })()
    return stopping
  }
  let drainMs = 0
  // Who presses Ctrl-C has no balancer that must be told first.
  process.on('SIGINT', () => void stop().then(() => process.exit(0)))
  process.on('SIGTERM', () => void stop(drainMs).then(() => process.exit(0)))

  try {
    const config = readConfig(process.env)
    drainMs = config.drainSeconds * 1000
    if (needsDataDir(config)) await assertWritable(config.dataDir, 'DATA_DIR')
    const queries = createWatch()
    const database = await openDatabase(config, (line) => console.log(line), queries.watch)
    closers.push(database.close)
    const changed = isOneOfSeveral()
      ? joinProcesses({
          tasks: () => beginTasks(),
          changed: () => forgetKept(services),
          alone: () => void stop().then(() => process.exit(0)),
        })
      : undefined
    const count = config.processes === 'auto' ? availableParallelism() : config.processes
    const standing = isOneOfSeveral() ? 'one' : count > 1 ? 'first' : 'alone'
    const made: Services = {
      ...(await createServices(config, database)),
      stopping: told.signal,
      ...(changed ? { changed } : {}),
    }
    const { services, close } = await watched(made, database, queries, standing)
    closers.push(close)
    closers.push(() => services.mailer.close())
    closers.push(() => services.inspector.close())
    closers.push(async () => logKept(services))
    await assertOwnFiles(services)
    if (!isOneOfSeveral()) await prepare(services, database.url)
    if (standing === 'first') {
      const processes = startProcesses(
        count,
        {
          DATABASE_URL: database.url,
          DEMO: config.demo ? 'on' : 'off',
          DATABASE_CONNECTIONS: String(Math.max(2, Math.floor(config.databaseConnections / count))),
        },
        (line) => services.log.error('processes', { line }),
      )
      closers.push(() => processes.stop('SIGTERM'))
      await processes.ready
      await greet(services, (line) => console.log(line))
      return
    }
    const assets = await loadAssets(join(projectFolder(), 'dist'))
    setAssets(assets.names)
    const app = createApp(services)
    const server = await listen({
      fetch: (request, env) => assets.respond(request) ?? app.fetch(request, env as object),
      host: config.host,
      port: config.port,
    })
    let stopTimer = async () => {}
    const beginTasks = () => {
      stopTimer = startTimer(services)
    }
    closers.push((graceMs) => Promise.all([server.stop(graceMs), stopTimer()]))
    if (isOneOfSeveral()) return
    beginTasks()
    await greet(services, (line) => console.log(line))
  } catch (error) {
    console.error(
      error instanceof ConfigError ? `configuration: ${error.message}` : `hoithao did not start: ${inOneLine(error)}`,
    )
    await stop()
    process.exit(1)
  }
}
