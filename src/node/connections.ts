import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { isInRanges, limitAddress } from '../http/client-address.ts'

/** Not counted: programs of this machine, and what stands before us here. */
const LOOPBACK = ['127.0.0.0/8', '::1']
/** A body that is streamed brings at least so many bytes in so long; a line that is slow, but not silent, does. */
const WINDOW_MS = 60_000
const LEAST_BYTES = 4096

export interface ConnectionLimits {
  /** Connections that one address (IPv6: one /64) may hold open at once. */
  perAddress: number
  /** Proxies: their connections are everybody's. */
  trusted: readonly string[]
  /** Told of an address that was refused, once a minute at most. */
  refused(address: string): void
  /** Whether programs of this machine are not counted. */
  loopbackFree?: boolean
}

/** Refuses connections beyond what one address may hold, before a byte of them is read. */
export function boundConnections(server: Server, limits: ConnectionLimits): void {
  const { perAddress, trusted, refused, loopbackFree = true } = limits
  const free = loopbackFree ? [...LOOPBACK, ...trusted] : trusted
  const open = new Map<string, number>()
  const told = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const peer = socket.remoteAddress
    if (peer === undefined || isInRanges(peer, free)) return
    const address = limitAddress(peer)
    const count = (open.get(address) ?? 0) + 1
    if (count > perAddress) {
      socket.destroy()
      const now = performance.now()
      if (now - (told.get(address) ?? Number.NEGATIVE_INFINITY) < 60_000) return
      if (told.size > 1000) told.clear()
      told.set(address, now)
      return refused(address)
    }
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left) open.set(address, left)
      else open.delete(address)
    })
  })
}

/** Bodies that are on their way: one that trickles is cut, since it only holds a connection. @returns how to stop watching */
export function watchBodies(server: Server, { windowMs = WINDOW_MS, leastBytes = LEAST_BYTES } = {}): () => void {
  const coming = new Map<Socket, { from: number; since: number }>()
  server.on('request', (incoming) => {
    const { method, socket } = incoming
    if (method === 'GET' || method === 'HEAD') return
    coming.set(socket, { from: socket.bytesRead, since: performance.now() })
    incoming.once('close', () => coming.delete(socket))
  })
  const sweep = () => {
    const now = performance.now()
    for (const [socket, { from, since }] of coming) {
      if (now - since < windowMs) continue
      if (socket.bytesRead - from < leastBytes) socket.destroy()
      coming.set(socket, { from: socket.bytesRead, since: now })
    }
  }
  const timer = setInterval(sweep, windowMs / 6)
  timer.unref()
  return () => clearInterval(timer)
}
