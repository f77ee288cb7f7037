import { connect, createServer, type Socket } from 'node:net'

export interface TcpGate {
  port: number
  /** Cuts every connection and lets none through, as where the server behind is being restarted. */
  shut(): void
  open(): void
  /** How many connections stand. */
  standing(): number
  close(): Promise<void>
}

/** A way on loopback to a server on loopback that a test can cut. */
export async function startGate(target: number): Promise<TcpGate> {
  const pairs = new Set<[Socket, Socket]>()
  let isOpen = true
  const server = createServer((near) => {
    if (!isOpen) return near.resetAndDestroy()
    const far = connect(target, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    near.pipe(far).pipe(near)
    for (const side of pair) {
      side.on('error', () => undefined)
      side.on('close', () => {
        pairs.delete(pair)
        for (const socket of pair) socket.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    shut() {
      isOpen = false
      cut()
    },
    open() {
      isOpen = true
    },
    standing: () => pairs.size,
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
