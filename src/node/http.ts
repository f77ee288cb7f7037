import type { Server } from 'node:http'
import { serve } from '@hono/node-server'

/** How long an open request may still take once the server is told to stop. */
const DRAIN_MS = 10_000

/**
 * Listens, with time-outs that end slow or idle connections: headers within 10 s, 60 s without a byte. A long upload is
 * fine as long as bytes come.
 * @throws Error in one line where the port is taken
 */
export async function listen(options: {
  fetch: (request: Request, env: unknown) => Response | Promise<Response>
  host: string
  port: number
}): Promise<{ port: number; stop(): Promise<void> }> {
  let server!: Server
  const port = await new Promise<number>((resolve, reject) => {
    server = serve(
      {
        fetch: options.fetch as never,
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
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`PORT ${options.port} is in use; set PORT to another`) : error),
    )
  })
  server.setTimeout(60_000)
  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      await closed
      clearTimeout(timer)
    },
  }
}
