import { Socket } from 'node:net'

/** What postgres tells a maker of sockets of where to go. */
interface Destination {
  host: string[]
  port: number[]
  path?: string | false
}

export interface Sockets {
  /** Opens the way to the next host in turn; as the driver wants it, before the connection stands. */
  open(to: Destination): Socket
  /** Closes what was opened last, whatever the other side says or does not say. */
  cut(): void
}

/**
 * Sockets of the database that can be closed for good: the driver ends one politely, and to a network that swallows everything such
 * an end is never over. With `silenceMs` a socket on which no byte came or went for so long is closed by itself.
 */
export function createSockets(silenceMs?: number): Sockets {
  let last: Socket | undefined
  let turn = 0
  return {
    open({ host, port, path }) {
      const socket = new Socket()
      last = socket
      const at = turn++ % host.length
      // The driver asks these for TLS and its errors.
      Object.assign(socket, { host: host[at], port: port[at] })
      if (silenceMs !== undefined) watch(socket, silenceMs)
      return path ? socket.connect(path) : socket.connect(port[at] as number, host[at] as string)
    },
    cut: () => void last?.destroy(),
  }
}

/** By counting, since the driver removes all listeners of a socket that it wraps for TLS. */
function watch(socket: Socket, silenceMs: number): void {
  let seen = -1
  let since = performance.now()
  const timer = setInterval(
    () => {
      const now = socket.bytesRead + socket.bytesWritten
      if (socket.destroyed) clearInterval(timer)
      else if (now !== seen) [seen, since] = [now, performance.now()]
      else if (performance.now() - since > silenceMs) socket.destroy()
    },
    Math.max(50, silenceMs / 10),
  )
  timer.unref()
}
