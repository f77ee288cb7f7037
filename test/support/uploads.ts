import type { Hono } from 'hono'
import type { AppEnv } from '../../src/env.ts'
import { testOrigin } from './app.ts'

const BYTES = 'application/offset+octet-stream'
type Body = Uint8Array | ReadableStream<Uint8Array>

/** Sends files in pieces by the protocol, as the page’s script does. `at` is the address of a speech’s uploads. */
export function sender(t: { app: Hono<AppEnv> }, at: string, cookie = '', own: Record<string, string> = {}) {
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: BodyInit) =>
    await t.app.request(new URL(path.startsWith('/') && path.startsWith(at) ? path : at + path, testOrigin).href, {
      method,
      headers: { origin: testOrigin, 'tus-resumable': '1.0.0', ...own, ...(cookie ? { cookie } : {}), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit)
  const create = (name: string, size: number, { key, body }: { key?: string; body?: Uint8Array } = {}) =>
    ask(
      'POST',
      '',
      {
        'upload-length': String(size),
        'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
        ...(key ? { 'idempotency-key': key } : {}),
        ...(body ? { 'content-type': BYTES } : {}),
      },
      body && new Uint8Array(body),
    )
  return {
    at,
    cookie,
    ask,
    create,
    /** Begins an upload. @returns its address */
    async open(name: string, size: number): Promise<string> {
      const answer = await create(name, size)
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      return answer.headers.get('location') as string
    },
    patch(url: string, offset: number | string, body: Body) {
      const sent = body instanceof Uint8Array ? new Uint8Array(body) : body
      const length: Record<string, string> =
        body instanceof Uint8Array ? { 'content-length': String(body.byteLength) } : {}
      return ask('PATCH', url, { 'content-type': BYTES, 'upload-offset': String(offset), ...length }, sent)
    },
    /** The speech’s page, as this sender sees it. */
    async page(): Promise<string> {
      const headers = cookie ? { cookie } : undefined
      return (await t.app.request(testOrigin + at.replace(/\/uploads$/, ''), { headers })).text()
    },
    async state(url: string) {
      return (await (await ask('GET', url)).json()) as {
        received: number
        size: number
        state: 'receiving' | 'checking' | 'kept' | 'refused'
        number?: number
        code?: string
        text?: string
        parts?: { size: number; sha256: string }[]
      }
    },
  }
}
export type Sender = ReturnType<typeof sender>

/** The first bytes of a file, then an error: a connection that breaks. */
export function beginning(bytes: Uint8Array, length: number, error: Error): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= length) return controller.error(error)
      const end = Math.min(at + 500, length)
      controller.enqueue(new Uint8Array(bytes.subarray(at, end)))
      at = end
    },
  })
}
