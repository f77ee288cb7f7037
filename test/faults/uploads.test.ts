import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { listVersions } from '../../src/features/presentations/queries.ts'
import { listen } from '../../src/node/http.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createOrganization, createSeminar } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { freePort } from '../support/server.ts'
import { createSpeech } from '../support/speeches.ts'

const MB = 1024 * 1024
let t: TestApp
let dir: string
let port: number
let stop: () => Promise<void>
let seminar: Awaited<ReturnType<typeof createSeminar>>

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
  const config = { ...t.services.config, uploadMaxBytes: 200 * MB }
  const app = createApp({ ...t.services, config, log: { debug() {}, info() {}, warn() {}, error() {} } })
  port = await freePort()
  stop = (await listen({ fetch: (request, env) => app.fetch(request, env as object), host: '127.0.0.1', port })).stop
  const organization = await createOrganization(t.services.db)
  seminar = await createSeminar(t.services.db, organization.id)
})
afterAll(async () => {
  await stop()
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})

const head = '--XX\r\nContent-Disposition: form-data; name="file"; filename="bai.pdf"\r\n\r\n'
const tail = '\r\n--XX--\r\n'
const stored = () => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length

function memory(): number {
  const { external, heapUsed } = process.memoryUsage()
  return external + heapUsed
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Opens a request to upload `length` bytes; gives the socket and the answer's status when it comes. */
function begin(
  path: string,
  length: number,
  head = `POST ${path} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=XX`,
): { socket: Socket; status: Promise<number> } {
  const socket = connect(port, '127.0.0.1')
  const status = new Promise<number>((resolve, reject) => {
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
      const line = /^HTTP\/1\.1 (\d{3})/.exec(text)
      if (line) resolve(Number(line[1]))
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed')))
  })
  status.catch(() => undefined)
  socket.write(`${head}\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${testOrigin}\r\nContent-Length: ${length}\r\n\r\n`)
  return { socket, status }
}

async function write(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  if (!socket.write(bytes)) await new Promise((resolve) => socket.once('drain', resolve))
}

/** The whole of a PDF of about `mb` megabytes, written in small pieces. */
async function upload(path: string, mb: number): Promise<number> {
  const file = pdf({ padding: mb * MB })
  const { socket, status } = begin(path, head.length + file.byteLength + tail.length)
  await write(socket, head)
  for (let at = 0; at < file.byteLength; at += 65536) await write(socket, file.subarray(at, at + 65536))
  await write(socket, tail)
  const answered = await status
  socket.destroy()
  return answered
}

describe('an upload', () => {
  it('of 2 GB, as declared, is refused at once', async () => {
    const speech = await createSpeech(t, seminar)
    const started = performance.now()
    const { socket, status } = begin(`${speech.linkPath}/files`, 2 ** 31)
    expect(await status).toBe(413)
    expect(performance.now() - started).toBeLessThan(2000)
    socket.destroy()
    expect(stored()).toBe(0)
  })

  it('that is malformed is refused at once, before the rest comes', async () => {
    const speech = await createSpeech(t, seminar)
    const { socket, status } = begin(`${speech.linkPath}/files`, 40 * MB)
    await write(socket, 'not a part\r\n')
    expect(await status).toBe(400)
    socket.destroy()
    expect(stored()).toBe(0)
  })

  it('that is cut at 80 % leaves no file and no version; sent again, it is taken', async () => {
    const speech = await createSpeech(t, seminar)
    const { socket } = begin(`${speech.linkPath}/files`, 10 * MB)
    await write(socket, head)
    for (let sent = 0; sent < 8 * MB; sent += 65536) await write(socket, new Uint8Array(65536).fill(120))
    await expect.poll(() => readdirSync(join(dir, '.incoming')).length).toBe(1)
    socket.destroy()
    await expect.poll(() => readdirSync(join(dir, '.incoming')).length, { timeout: 5000 }).toBe(0)
    expect(stored()).toBe(0)
    expect(await listVersions(t.services.db, speech.organization_id, speech.id)).toEqual([])
    expect(await upload(`${speech.linkPath}/files`, 1)).toBe(303)
    expect(await listVersions(t.services.db, speech.organization_id, speech.id)).toHaveLength(1)
  })

  it('of 150 MB, where that much is allowed, is streamed: memory stays flat', async () => {
    const speech = await createSpeech(t, seminar)
    const [start, filler, end] = ['%PDF-1.7\n', new Uint8Array(65536).fill(120), pdf()]
    const pieces = (150 * MB) / filler.byteLength
    const length = head.length + start.length + pieces * filler.byteLength + end.byteLength + tail.length
    const { socket, status } = begin(`${speech.linkPath}/files`, length)
    collectGarbage()
    const before = memory()
    let peak = 0
    await write(socket, head + start)
    for (let i = 0; i < pieces; i++) {
      await write(socket, filler)
      if (i % 128 !== 127) continue
      // What is held, not what awaits collection: the latter depends on how busy the machine is.
      collectGarbage()
      peak = Math.max(peak, memory() - before)
    }
    await write(socket, end)
    await write(socket, tail)
    expect(await status).toBe(303)
    socket.destroy()
    expect(peak).toBeLessThan(40 * MB)
    const [version] = await listVersions(t.services.db, speech.organization_id, speech.id)
    expect(version?.size).toBe(start.length + pieces * filler.byteLength + end.byteLength)
  })
})

describe('an upload in pieces', () => {
  const tus = { origin: testOrigin, 'tus-resumable': '1.0.0' }
  const open = async (linkPath: string, size: number) => {
    const headers = { ...tus, 'upload-length': String(size), 'upload-metadata': `filename ${btoa('bai.pdf')}` }
    const answer = await fetch(`http://127.0.0.1:${port}${linkPath}/uploads`, { method: 'POST', headers })
    return answer.headers.get('location') as string
  }
  const offsetOf = async (url: string) =>
    Number(
      (await fetch(`http://127.0.0.1:${port}${url}`, { method: 'HEAD', headers: tus })).headers.get('upload-offset'),
    )
  const piece = (url: string, offset: number, length: number) =>
    begin(
      url,
      length,
      `PATCH ${url} HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: ${offset}\r\nContent-Type: application/offset+octet-stream`,
    )

  it.each(['destroy', 'resetAndDestroy'] as const)('keeps what came before a cut (%s)', async (how) => {
    const before = stored()
    const speech = await createSpeech(t, seminar)
    const bytes = pdf({ padding: 2 * MB })
    const url = await open(speech.linkPath, bytes.length)
    const { socket } = piece(url, 0, bytes.length)
    for (let at = 0; at < MB; at += 65536) await write(socket, bytes.subarray(at, at + 65536))
    await expect.poll(() => readdirSync(join(dir, '.incoming')).length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await offsetOf(url)).toBe(0)
    socket[how]()
    await expect.poll(() => offsetOf(url), { timeout: 5000 }).toBeGreaterThan(MB / 2)
    expect(await listVersions(t.services.db, speech.organization_id, speech.id)).toEqual([])
    const offset = await offsetOf(url)
    expect(offset).toBeLessThanOrEqual(MB)
    const rest = piece(url, offset, bytes.length - offset)
    await write(rest.socket, bytes.subarray(offset))
    expect(await rest.status).toBe(204)
    rest.socket.destroy()
    const [version] = await listVersions(t.services.db, speech.organization_id, speech.id)
    expect(Buffer.from(version!.sha256).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(stored()).toBe(before + 1)
  })

  it('that hangs is overtaken by its next attempt; nothing is kept twice', async () => {
    const speech = await createSpeech(t, seminar)
    const bytes = pdf({ padding: MB })
    const url = await open(speech.linkPath, bytes.length)
    const hanging = piece(url, 0, bytes.length)
    await write(hanging.socket, bytes.subarray(0, MB / 2))
    const next = piece(url, 0, bytes.length)
    await write(next.socket, bytes)
    expect(await next.status).toBe(204)
    await write(hanging.socket, bytes.subarray(MB / 2))
    expect(await hanging.status).toBe(409)
    for (const { socket } of [hanging, next]) socket.destroy()
    expect(await listVersions(t.services.db, speech.organization_id, speech.id)).toHaveLength(1)
  })

  it('of 64 MB is put together without being held in memory', async () => {
    const speech = await createSpeech(t, seminar)
    const [start, end, filler] = [new TextEncoder().encode('%PDF-1.7\n'), pdf(), new Uint8Array(65536).fill(120)]
    const size = start.byteLength + 64 * MB + end.byteLength
    const url = await open(speech.linkPath, size)
    collectGarbage()
    const before = memory()
    let [offset, peak] = [0, 0]
    for (const [bytes, count] of [
      [start, 1],
      ...Array.from({ length: 16 }, () => [filler, 64] as const),
      [end, 1],
    ] as const) {
      const { socket, status } = piece(url, offset, bytes.byteLength * count)
      for (let i = 0; i < count; i++) await write(socket, bytes)
      expect(await status).toBe(204)
      socket.destroy()
      offset += bytes.byteLength * count
      collectGarbage()
      peak = Math.max(peak, memory() - before)
    }
    expect(peak).toBeLessThan(40 * MB)
    expect((await listVersions(t.services.db, speech.organization_id, speech.id))[0]?.size).toBe(size)
  })
})
