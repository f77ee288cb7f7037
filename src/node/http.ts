import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { boundConnections, type ConnectionLimits, watchBodies } from './connections.ts'
import { takeRest } from './linger.ts'
import { paced } from './pace.ts'

/** How long an open request may still take once the server is told to stop. */
const DRAIN_MS = 10_000
/** And, at the least, those that arrived in the last moment, once no more are accepted. */
const LAST_MS = 2_000

/**
 * Listens, with time-outs that end slow or idle connections: headers within 10 s, 60 s without a byte. A long upload is
 * fine as long as bytes come, 4 KB a minute at the least (bodies that are read whole: `http/read-body.ts`). `stop` takes requests for `graceMs` more, until a balancer has seen /readyz, each on a connection that
 * ends with its answer; then open ones have 10 s to end.
 * @throws Error in one line where the port is taken
 */
export async function listen(options: {
  fetch: (request: Request, env: unknown) => Response | Promise<Response>
  host: string
  port: number
  /** Without it connections are not counted. */
  connections?: ConnectionLimits
}): Promise<{ port: number; stop(graceMs?: number): Promise<void> }> {
  let server!: Server
  let stopping = false
  const open = new Set<ServerResponse>()
  const port = await new Promise<number>((resolve, reject) => {
    server = serve(
      {
        fetch: (request, env) => {
          const outgoing = env.outgoing as ServerResponse
          if (stopping) outgoing.shouldKeepAlive = false
          const answer = options.fetch(request, env)
          // What is answered at once is on its way already; to follow it would cost more than the answer.
          if (answer instanceof Promise) {
            open.add(outgoing)
            outgoing.once('close', () => open.delete(outgoing))
            return answer.then((response) => heard(response, env.incoming as IncomingMessage))
          }
          return answer
        },
        createServer: ((given: object, listener: RequestListener) =>
          createServer(given, paced(listener))) as typeof createServer,
        hostname: options.host,
        port: options.port,
        serverOptions: {
          headersTimeout: 10_000,
          requestTimeout: 0,
          connectionsCheckingInterval: 2_000,
          keepAliveTimeout: 10_000,
        },
      },
      (info) => resolve(info.port),
    ) as Server
    server.once('error', (error: NodeJS.ErrnoException) => reject(inWords(error, options)))
  })
  server.setTimeout(60_000)
  if (options.connections) boundConnections(server, options.connections)
  const unwatch = watchBodies(server)
  return {
    port,
    async stop(graceMs = 0) {
      stopping = true
      for (const response of open) response.shouldKeepAlive = false
      await sleep(graceMs)
      // As long as requests are open the door stays so too: a balancer must be told, not turned away.
      const end = Date.now() + DRAIN_MS
      while (open.size && Date.now() < end) await sleep(20)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), Math.max(LAST_MS, end - Date.now()))
      await closed
      clearTimeout(timer)
      unwatch()
    },
  }
}

/** A refusal of what is still being sent waits until it can be read; not where it is one of a body that comes too slowly. */
async function heard(response: Response, incoming: IncomingMessage): Promise<Response> {
  const { method } = incoming
  if (response.status >= 400 && method !== 'GET' && method !== 'HEAD' && response.headers.get('connection') !== 'close')
    await takeRest(incoming)
  return response
}

/** Why the port is not ours, with the variable to look at. */
function inWords(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  const { code = '' } = error
  if (code === 'EADDRINUSE') return new Error(`PORT ${port} is in use; set PORT to another`)
  if (code === 'EACCES') return new Error(`PORT ${port} may not be opened by this user; set PORT to another`)
  if (!['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EINVAL'].includes(code)) return error
  return new Error(`HOST ${host} is no address of this machine (${code})`)
}
