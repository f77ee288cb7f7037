import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { boundConnections, watchBodies } from '../../src/node/connections.ts'
import { listen } from '../../src/node/http.ts'
import { createTestApp } from '../support/app.ts'
import { freePort } from '../support/server.ts'

const patience = { timeout: 30_000, interval: 20 }
const sockets: Socket[] = []
const servers: Server[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** A connection, and whether it still stands. */
function knock(port: number, host = '127.0.0.1') {
  const socket = connect(port, host)
  sockets.push(socket)
  const state = { socket, closed: false, text: '' }
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => (state.text += chunk))
  socket.on('close', () => {
    state.closed = true
  })
  return state
}

async function serve(prepare: (server: Server) => void): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume()
    incoming.on('end', () => outgoing.end('ok'))
  })
  servers.push(server)
  prepare(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

describe('connections of one address', () => {
  const limits = { perAddress: 3, trusted: [] as string[], loopbackFree: false }

  it('are refused beyond the limit, told once, and taken again when others have ended; another address has its own', async () => {
    const refused: string[] = []
    const port = await serve((server) => boundConnections(server, { ...limits, refused: (a) => void refused.push(a) }))
    const held = [knock(port), knock(port), knock(port)]
    await expect.poll(() => held.every(({ socket }) => !socket.connecting), patience).toBe(true)
    const more = [knock(port), knock(port)]
    await expect.poll(() => more.every((one) => one.closed), patience).toBe(true)
    expect(held.some((one) => one.closed)).toBe(false)
    expect(refused).toEqual(['127.0.0.1'])
    held[0]?.socket.destroy()
    await expect
      .poll(async () => {
        const again = knock(port)
        again.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        await expect.poll(() => again.closed, patience).toBe(true)
        return again.text
      }, patience)
      .toContain('200 OK')
  })

  it('are not counted for a trusted proxy, nor for this machine', async () => {
    for (const free of [{ trusted: ['127.0.0.0/8'] }, { loopbackFree: true }]) {
      const port = await serve((server) => boundConnections(server, { ...limits, ...free, refused() {} }))
      const held = Array.from({ length: 8 }, () => knock(port))
      for (const { socket } of held) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await expect.poll(() => held.every((one) => one.text.includes('200 OK')), patience).toBe(true)
    }
  })
})

describe('a body on its way', () => {
  it('that trickles is cut; one that is slow, but brings enough, goes through', async () => {
    let unwatch = () => {}
    const port = await serve((server) => {
      unwatch = watchBodies(server, { windowMs: 1_000, leastBytes: 100 })
    })
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n'
    const trickles = knock(port)
    const slow = knock(port)
    trickles.socket.write(head)
    slow.socket.write(head)
    for (let sent = 0; sent < 2000; sent += 100) {
      slow.socket.write('x'.repeat(100))
      if (!trickles.closed) trickles.socket.write('x')
      await sleep(100)
    }
    await expect.poll(() => trickles.closed, patience).toBe(true)
    await expect.poll(() => slow.text, patience).toContain('200 OK')
    expect(trickles.text).toBe('')
    unwatch()
  })

  it('of /sign-in that brings a byte now and then is answered 408 in words, and its connection closed', {
    timeout: 60_000,
  }, async () => {
    const t = await createTestApp()
    const port = await freePort()
    const server = await listen({ fetch: (r, env) => t.app.fetch(r, env as object), host: '127.0.0.1', port })
    const origin = t.services.config.baseUrl
    const one = knock(port)
    one.socket.write(
      `POST /sign-in HTTP/1.1\r\nHost: x\r\nOrigin: ${origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 200\r\n\r\ne`,
    )
    const drip = setInterval(() => !one.closed && one.socket.write('x'), 2_000)
    await expect.poll(() => one.closed, { timeout: 50_000, interval: 100 }).toBe(true)
    clearInterval(drip)
    expect(one.text).toMatch(/^HTTP\/1\.1 408 /)
    expect(one.text.toLowerCase()).toContain('connection: close')
    expect(one.text).toContain('Nội dung gửi lên quá chậm')
    await server.stop()
    await t.close()
  })

  it('of an API request, declared or chunked, is held to the same', async () => {
    const { limitBody, readJson } = await import('../../src/api/body.ts')
    const { readBody } = await import('../../src/http/read-body.ts')
    const app = new Hono().use(limitBody as never, readJson as never).post('/', async (c) => c.json(await c.req.json()))
    const stream = new Response('{"a":1}').body as ReadableStream
    const headers = { 'content-type': 'application/json' }
    const chunked = await app.request('/', { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit)
    expect(await chunked.json()).toEqual({ a: 1 })
    const never = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })
    const request = new Request('http://x', { method: 'POST', body: never, duplex: 'half' } as RequestInit)
    await expect(readBody(request, 100, { deadlineMs: 300 })).rejects.toMatchObject({ code: 'request_timeout' })
    const big = new Request('http://x', { method: 'POST', body: 'x'.repeat(200) })
    await expect(readBody(big, 100)).rejects.toMatchObject({ code: 'too_large' })
  })
})

describe('a refusal of a body that is still being sent', () => {
  const size = 8 * 1024 * 1024
  const piece = new Uint8Array(64 * 1024)

  /** Sends the head of an upload and all of its body, some of it each turn. */
  async function send(port: number): Promise<ReturnType<typeof knock>> {
    const one = knock(port)
    one.socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`)
    for (let sent = 0; sent < size && !one.closed; sent += piece.byteLength) {
      await new Promise<void>((resolve) => one.socket.write(piece, () => resolve()))
      await sleep(2)
    }
    return one
  }

  it.each([
    ['nothing', async () => undefined],
    ['its beginning', async (body: ReadableStreamDefaultReader) => void (await body.read())],
    [
      'its beginning, and the rest is given up',
      async (body: ReadableStreamDefaultReader) => {
        await body.read()
        await body.cancel('full')
      },
    ],
  ])('reaches who sends it, of which was read %s; the connection goes on', async (_, read) => {
    const server = await listen({
      host: '127.0.0.1',
      port: 0,
      fetch: async (request) => {
        if (request.method === 'GET') return new Response('well')
        await read((request.body as ReadableStream).getReader())
        return new Response('full', { status: 503, headers: { 'Retry-After': '60' } })
      },
    })
    const one = await send(server.port)
    await expect.poll(() => one.text, patience).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 60[\s\S]*full/i)
    one.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => one.text, patience).toContain('well')
    one.socket.destroy()
    await server.stop()
  })

  it('is told to who sends no more of it', async () => {
    const server = await listen({
      host: '127.0.0.1',
      port: 0,
      fetch: async () => new Response('no', { status: 404 }),
    })
    const one = knock(server.port)
    one.socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\nabc`)
    await expect.poll(() => one.text, patience).toMatch(/^HTTP\/1\.1 404 /)
    one.socket.destroy()
    await server.stop()
  })
})
