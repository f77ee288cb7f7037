import type { Mailer } from '../features/mail/schema.ts'
import { type createWatch, watchSlowQueries } from '../platform/query-watch.ts'
import type { Follow, Meter, Services } from '../services.ts'
import { version } from '../version.ts'
import { keptTotals } from '../web/public/kept.ts'
import type { openDatabase } from './database.ts'
import { createMetrics, listenForMetrics, type Standing } from './metrics.ts'

/** Services that are watched: counted, followed where traces are asked for, slow statements logged. */
export interface Watched {
  services: Services
  close(): Promise<unknown>
}

/**
 * Puts around services what tells an operator how they do. The libraries of traces are loaded only where a standard variable asks
 * for them. @throws Error in one line where METRICS_LISTEN cannot be opened
 */
export async function watched(
  given: Services,
  database: Awaited<ReturnType<typeof openDatabase>>,
  queries: ReturnType<typeof createWatch>,
  standing: Standing,
): Promise<Watched> {
  const { config, log } = given
  queries.add(watchSlowQueries(log, { fromMs: config.slowQueryMs }))
  const traces = config.traces ? (await import('../platform/traces.ts')).createTraces(process.env, version) : undefined
  if (traces) queries.add(traces.watch)
  const { meter, text } = createMetrics(
    given,
    { pool: database.connection.load, kept: () => keptTotals(services) },
    standing,
  )
  const services: Services = {
    ...given,
    mailer: watchMailer(given.mailer, meter, traces?.follow),
    meter,
    ...(traces ? { follow: traces.follow } : {}),
    ...(config.metricsToken ? { metrics: text } : {}),
  }
  // One of several has no port of its own: the first one gives the figures of all.
  const listening =
    config.metricsListen && standing !== 'one' ? await listenForMetrics(config.metricsListen, text) : undefined
  return { services, close: () => Promise.all([listening?.close(), traces?.close()]) }
}

/** Counts how each attempt to send ended. */
function watchMailer(mailer: Mailer, meter: Meter, follow: Follow | undefined): Mailer {
  const send: Mailer['send'] = async (...letter) => {
    const result = await mailer.send(...letter)
    meter.letter(result.outcome)
    return result
  }
  if (!follow) return { ...mailer, send }
  return {
    ...mailer,
    send: (...letter) =>
      follow('client', 'send letter', async (span) => {
        const result = await send(...letter)
        span.set({ 'hoithao.outcome': result.outcome })
        return result
      }),
  }
}
