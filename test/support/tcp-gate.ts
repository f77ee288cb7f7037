import { connect, createServer, type Socket } from 'node:net'

export interface TcpGate {
  port: number
  /** Cuts every connection and lets none through, as where the server behind is being restarted. */
  shut(): void
  /** Falls silent: nothing is forwarded and nothing reset, on what stands and on what comes. */
  hush(): void
  /** Lets new connections through; those that were held go on with what was said meanwhile, if asked for, else they stay silent for ever. */
  open(held?: 'go on' | 'stay silent'): void
  /** How many connections stand. */
  standing(): number
  close(): Promise<void>
}

/** A way on loopback to a server on loopback that a test can cut. */
export async function startGate(target: number): Promise<TcpGate> {
  const pairs = new Set<[Socket, Socket]>()
  let isOpen = true
  let hushed = false
  /** What was said while nothing is forwarded: read all the same, so that who leaves is seen to leave. */
  const said = new Map<Socket, Buffer[]>()
  const hold = (pair: [Socket, Socket]) => {
    for (const socket of pair) {
      const chunks: Buffer[] = []
      said.set(socket, chunks)
      socket
        .unpipe()
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .resume()
    }
  }
  const join = ([near, far]: [Socket, Socket]) => {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.removeAllListeners('data')
      for (const chunk of said.get(from) ?? []) to.write(chunk)
      said.delete(from)
    }
    near.pipe(far).pipe(near)
  }
  const server = createServer((near) => {
    if (!isOpen) return near.resetAndDestroy()
    const far = connect(target, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    if (hushed) hold(pair)
    else join(pair)
    for (const side of pair) {
      side.on('error', () => undefined)
      side.on('close', () => {
        // Who is silent does not say either that the server has hung up.
        if (hushed && side === far) return
        pairs.delete(pair)
        said.delete(side)
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
    hush() {
      hushed = true
      for (const pair of pairs) hold(pair)
    },
    open(held = 'stay silent') {
      isOpen = true
      if (hushed && held === 'go on') for (const pair of pairs) join(pair)
      hushed = false
    },
    standing: () => pairs.size,
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
