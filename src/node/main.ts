import { join } from 'node:path'
import { createApp } from '../app.ts'
import { ConfigError, readConfig } from '../config.ts'
import { loadAssets } from '../platform/assets.ts'
import { projectFolder } from '../platform/project.ts'
import type { Services } from '../services.ts'
import { setAssets } from '../web/assets.ts'
import { logKept } from '../web/public/kept.ts'
import { type Closer, closeAll } from './closers.ts'
import { openDatabase } from './database.ts'
import { greet, prepare } from './greeting.ts'
import { listen } from './http.ts'
import { identifyInstance } from './instance.ts'
import { startPulse } from './pulse.ts'
import { createServices } from './services.ts'
import { startTimer } from './timer.ts'

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
    const database = await openDatabase(config, (line) => console.log(line), fail)
    steps.push([{ name: 'embedded Postgres', seconds: 8, close: database.stopEmbedded }])
    steps.push([{ name: 'database connections', seconds: 4, close: database.close }])
    const made = await createServices(config, database)
    const identity = await identifyInstance()
    const pulse = await startPulse({ ...made, identity, connection: database.connectPulse() })
    const given = { ...made, instance: identity.id, vitals: pulse, stopping: told.signal }
    services = given
    steps.push([
      { name: 'mail connections', seconds: 2, close: () => given.mailer.close() },
      { name: 'sign of life', seconds: 2, close: pulse.stop },
      { name: 'log', seconds: 1, close: async () => logKept(given) },
    ])
    await prepare(given)
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
    const stopTimer = startTimer(given, { worker: identity.id, alive: pulse.alive })
    steps.push([
      { name: 'open requests', seconds: 14, close: server.stop },
      { name: 'letters or tasks under way', seconds: 14, close: stopTimer },
    ])
    await greet(given, (line) => console.log(line))
  } catch (error) {
    await fail(
      error instanceof ConfigError
        ? `configuration: ${error.message}`
        : `hoithao did not start: ${(error as Error).message}`,
    )
  }
}
