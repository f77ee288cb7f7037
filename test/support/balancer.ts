import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  origin: string
  /** How many requests each server was given. */
  given: Map<number, number>
  /** Requests that no server answered, with why. */
  lost: string[]
  /** The servers that get requests now. */
  inUse(): number[]
  close(): Promise<void>
}

/**
 * A balancer as simple as they come: takes turns between the servers on these ports whose `/readyz` answers 200, asks them every
 * `checkMs`, keeps connections to them, says who asked (X-Forwarded-For), and never sends a request twice.
 */
export async function startBalancer(ports: number[], { port = 0, checkMs = 50 } = {}): Promise<Balancer> {
  const agents = new Map(ports.map((p) => [p, new Agent({ keepAlive: true })]))
  const given = new Map(ports.map((p) => [p, 0]))
  const ready = new Set<number>()
  const lost: string[] = []
  let turn = 0

  const check = async (p: number) => {
    const signal = AbortSignal.timeout(2000)
    const answer = await fetch(`http://127.0.0.1:${p}/readyz`, { signal, keepalive: false }).catch(() => undefined)
    if (answer?.status === 200) ready.add(p)
    else ready.delete(p)
    await answer?.body?.cancel().catch(() => undefined)
  }
  let closed = false
  const watch = async (p: number) => {
    while (!closed) {
      await check(p)
      await new Promise((resolve) => setTimeout(resolve, checkMs))
    }
  }
  const watching = ports.map(watch)

  const server = createServer((incoming, outgoing) => {
    const able = ports.filter((p) => ready.has(p))
    const target = able[turn++ % Math.max(1, able.length)]
    const lose = (why: string) => {
      lost.push(`${incoming.method} ${incoming.url} → ${target}: ${why}`)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(502).end()
    }
    if (target === undefined) return lose('no server is ready')
    given.set(target, (given.get(target) ?? 0) + 1)
    const onward = request({
      host: '127.0.0.1',
      port: target,
      agent: agents.get(target),
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress },
    })
    onward.on('response', (answer) => {
      // Of one hop alone (RFC 9110 section 7.6.1): this side keeps connections open for a time of its own.
      const { connection, 'keep-alive': keepAlive, ...headers } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, headers)
      answer.pipe(outgoing)
      answer.on('error', (error) => lose(error.message))
    })
    onward.on('error', (error) => lose(error.message))
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given,
    lost,
    inUse: () => [...ready],
    async close() {
      closed = true
      await Promise.all(watching)
      for (const agent of agents.values()) agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
