import { join } from 'node:path'
import { createApp } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'
import { loadAssets } from '../platform/assets.ts'
import { projectFolder } from '../platform/project.ts'
import { setAssets } from '../web/assets.ts'
import { openDatabase } from './database.ts'
import { greet, prepare } from './greeting.ts'
import { listen } from './http.ts'
import { createServices } from './services.ts'
import { startTimer } from './timer.ts'

/** Starts the service on Node: database → services → HTTP → tasks; SIGTERM and Ctrl-C stop them the other way round. */
export async function main(): Promise<void> {
  const closers: (() => Promise<void>)[] = []
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= (async () => {
      for (const close of closers.reverse()) await close().catch((error) => console.error(String(error)))
    })()
    return stopping
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().then(() => process.exit(0)))

  try {
    const config = readConfig(process.env)
    const database = await openDatabase(config, (line) => console.log(line))
    closers.push(database.close)
    const services = await createServices(config, database)
    closers.push(() => services.mailer.close())
    await prepare(services)
    const assets = await loadAssets(join(projectFolder(), 'dist'))
    setAssets(assets.names)
    const app = createApp(services)
    const server = await listen({
      fetch: (request, env) => assets.respond(request) ?? app.fetch(request, env as object),
      host: config.host,
      port: config.port,
    })
    closers.push(server.stop)
    closers.push(startTimer(services))
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
