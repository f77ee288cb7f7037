import cluster, { type Worker } from 'node:cluster'
import { createServer } from 'node:http'
import { findFigures } from '../features/deployment/queries/figures.ts'
import {
  createProcessMetrics,
  databaseText,
  type GivenFigures,
  type ProcessMetrics,
  type ProcessSources,
  togetherText,
} from '../platform/metrics.ts'
import type { Services } from '../services.ts'
import { version } from '../version.ts'

/** Who scrapes more often gets the same text again. */
const KEEP_MS = 5_000
/** How long one of several processes waits for the first one's answer. */
const ASK_MS = 8_000
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Asked by one of several processes, and answered by the first one. */
interface Question {
  hoithao: 'metrics'
  id: number
  text?: string
}
const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && (message as Question).hoithao === 'metrics'

/** How long the first one waits for the figures of each of the others: one that hangs gives none. */
const GIVE_MS = 2_000

/** Asked by the first one, and answered by each of the others. */
interface Demand {
  hoithao: 'figures'
  id: number
  figures?: GivenFigures
}
const isDemand = (message: unknown): message is Demand =>
  typeof message === 'object' && message !== null && (message as Demand).hoithao === 'figures'

/** Where this process stands: alone, the first of several, or one of those. */
export type Standing = 'alone' | 'first' | 'one'

/** What is counted here, and the text for `/metrics`: of the database, and of this process, or of all of this instance together. */
export function createMetrics(
  services: Pick<Services, 'db'>,
  sources: ProcessSources,
  standing: Standing,
): { meter: ProcessMetrics; text: () => Promise<string> } {
  const meter = createProcessMetrics(sources)
  if (standing === 'one') {
    giveFigures(meter)
    return { meter, text: askFirst() }
  }
  const processes = standing === 'first' ? askOthers() : () => meter.registry.metrics()
  const text = kept(async () => `${await databaseText(() => findFigures(services.db), version)}\n${await processes()}`)
  if (standing === 'first') answerOthers(text)
  return { meter, text }
}

/** Made at most every five seconds, once however many ask. */
export function kept(make: () => Promise<string>): () => Promise<string> {
  let last: { until: number; text: Promise<string> } | undefined
  return () => {
    const now = performance.now()
    if (last && now < last.until) return last.text
    const text = make()
    const mine = { until: now + KEEP_MS, text }
    last = mine
    // What failed is not kept.
    text.catch(() => {
      if (last === mine) last = undefined
    })
    return text
  }
}

/** In one of several processes: gives its figures when the first one asks. */
function giveFigures({ registry }: ProcessMetrics): void {
  process.on('message', (message: unknown) => {
    if (!isDemand(message)) return
    void registry.getMetricsAsJSON().then(
      (figures) => process.connected && process.send?.({ ...message, figures } satisfies Demand),
      () => undefined,
    )
  })
}

/** In the first of several: the figures of all that give them in time. */
function askOthers(): () => Promise<string> {
  let asked = 0
  const figuresOf = (worker: Worker, id: number) =>
    new Promise<GivenFigures | undefined>((resolve) => {
      const end = (figures?: GivenFigures) => {
        clearTimeout(timer)
        worker.off('message', hear)
        resolve(figures)
      }
      const hear = (message: unknown) => isDemand(message) && message.id === id && end(message.figures)
      const timer = setTimeout(end, GIVE_MS)
      worker.on('message', hear)
      worker.send({ hoithao: 'figures', id } satisfies Demand, (error) => error && end())
    })
  return async () => {
    const id = asked++
    const others = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected())
    const given = await Promise.all(others.map((worker) => figuresOf(worker as Worker, id)))
    const figures = given.filter((one) => one !== undefined)
    return togetherText(figures, given.length - figures.length)
  }
}

function answerOthers(text: () => Promise<string>): void {
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isQuestion(message)) return
    void text().then(
      (answer) => worker.isConnected() && worker.send({ ...message, text: answer }),
      () => undefined,
    )
  })
}

function askFirst(): () => Promise<string> {
  let asked = 0
  const waiting = new Map<number, (text: string) => void>()
  process.on('message', (message: unknown) => {
    if (isQuestion(message) && message.text !== undefined) waiting.get(message.id)?.(message.text)
  })
  return () =>
    new Promise((resolve, reject) => {
      const id = asked++
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new Error('the first process did not give the figures in time'))
      }, ASK_MS)
      waiting.set(id, (text) => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(text)
      })
      process.send?.({ hoithao: 'metrics', id } satisfies Question)
    })
}

/** Gives the figures on a port of its own: without a token, so it is for an address that only the scraper reaches. @throws Error in one line */
export async function listenForMetrics(
  { host, port }: { host: string; port: number },
  text: () => Promise<string>,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('only /metrics is here\n')
      return
    }
    text().then(
      (body) => response.writeHead(200, { 'Content-Type': CONTENT_TYPE }).end(request.method === 'HEAD' ? '' : body),
      (error: Error) => response.writeHead(503, { 'Content-Type': 'text/plain' }).end(`${error.message}\n`),
    )
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`METRICS_LISTEN ${host}:${port} cannot be opened (${error.code})`)),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
