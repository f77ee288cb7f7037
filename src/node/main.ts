import { join } from 'node:path'
import { createApp } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'
import { loadAssets } from '../platform/assets.ts'
import { projectFolder } from '../platform/project.ts'
import { setAssets } from '../web/assets.ts'
import { logKept } from '../web/public/kept.ts'
import { openDatabase } from './database.ts'
import { greet, prepare } from './greeting.ts'
import { listen } from './http.ts'
import { createServices } from './services.ts'
import { startTimer } from './timer.ts'

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
    const database = await openDatabase(config, (line) => console.log(line))
    closers.push(database.close)
    const services = { ...(await createServices(config, database)), stopping: told.signal }
    closers.push(() => services.mailer.close())
    closers.push(() => services.inspector.close())
    closers.push(async () => logKept(services))
    await prepare(services)
    const assets = await loadAssets(join(projectFolder(), 'dist'))
    setAssets(assets.names)
    const app = createApp(services)
    const server = await listen({
      fetch: (request, env) => assets.respond(request) ?? app.fetch(request, env as object),
      host: config.host,
      port: config.port,
    })
    const stopTimer = startTimer(services)
    closers.push((graceMs) => Promise.all([server.stop(graceMs), stopTimer()]))
    await greet(services, (line) => console.log(line))
  } catch (error) {
    console.error(
      error instanceof ConfigError
        ? `configuration: ${error.message}`
        : `hoithao did not start: ${(error as Error).message}`,
    )
    await stop()
    process.exit(1)
  }
}
