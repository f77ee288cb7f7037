import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { createTraces } from '../../src/platform/traces.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'

interface Received {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: Record<string, unknown> }[]
  status: { code?: number }
}

let t: TestApp
let receiver: Server
let spans: Received[] = []
let resources: string[] = []
let bodies = ''
beforeAll(async () => {
  t = await createTestApp()
  // A collector: takes OTLP/HTTP as JSON.
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
      bodies += text
      if (request.url !== '/v1/traces') return response.writeHead(404).end()
      for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
        resources.push(JSON.stringify(resource))
        for (const { spans: some } of scopeSpans) spans.push(...some)
      }
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  receiver.close()
  await t.close()
})
afterEach(() => {
  vi.unstubAllEnvs()
  spans = []
  resources = []
  bodies = ''
})

it('sends a request and its statements as one trace: the pattern of the route, the operation, never a token or a parameter', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`)
  vi.stubEnv('OTEL_SERVICE_NAME', 'hoithao-thu')
  const traces = createTraces(process.env, '1.2.3')
  const connection = connectPostgres(t.database.url, { watch: traces.watch })
  const services = { ...t.services, db: connection.db, follow: traces.follow }
  const app = createApp(services)
  const token = 'TokenThatNobodySees123'
  await app.fetch(new Request(`${testOrigin}/i/${token}?x=HiddenToo`))
  await runDueTasks(services, {
    worker: 'test',
    tasks: [
      {
        name: 'count',
        everySeconds: 1,
        run: async ({ db }) => void (await db.selectFrom('seminars').select('id').execute()),
      },
    ],
  })
  await traces.close()
  await connection.close()

  const request = spans.find(({ name }) => name === 'GET /i/:token') as Received
  expect(request).toBeDefined()
  expect(request.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 404 } })
  const statements = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId)
  expect(statements.length).toBeGreaterThan(0)
  for (const { traceId, name, attributes } of statements) {
    expect(traceId).toBe(request.traceId)
    expect(name).toMatch(/^(select|insert|with|begin|commit|update)( [a-z_]+)?$/)
    expect(attributes).toContainEqual({ key: 'db.system.name', value: { stringValue: 'postgresql' } })
  }
  const task = spans.find(({ name }) => name === 'task count') as Received
  expect(spans.some(({ name, parentSpanId }) => name === 'select seminars' && parentSpanId === task.spanId)).toBe(true)
  expect(bodies).not.toMatch(/TokenThatNobody|HiddenToo/)
  expect(resources[0]).toContain('hoithao-thu')
})

it('marks what failed', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`)
  const traces = createTraces(process.env, '1.2.3')
  await traces.follow('internal', 'ill', async () => Promise.reject(new Error('no'))).catch(() => undefined)
  await traces.close()
  expect(spans.find(({ name }) => name === 'ill')?.status.code).toBe(2)
})

it.each([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'x' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
  [{ OTEL_SDK_DISABLED: 'true', OTEL_TRACES_EXPORTER: 'otlp' }, false],
])('are asked for by the standard variables alone: %j', (env, wanted) => {
  expect(readConfig(env).traces).toBe(wanted)
})

it('refuse in one line what they cannot do', () => {
  expect(() => readConfig({ OTEL_TRACES_EXPORTER: 'zipkin' })).toThrow('OTEL_TRACES_EXPORTER is “zipkin”')
  expect(() => readConfig({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
    'http/json only',
  )
})

it('have their libraries loaded only then: one file imports them, and it is imported when it is needed', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
  const text = (name: string) => readFileSync(`src/${name}`, 'utf8')
  expect(files.filter((name) => text(name).includes("from '@opentelemetry/"))).toEqual(['platform/traces.ts'])
  expect(files.filter((name) => /from '[^']*\/traces\.ts'/.test(text(name)))).toEqual([])
  expect(files.filter((name) => /import\('[^']*\/traces\.ts'\)/.test(text(name)))).toEqual(['node/watching.ts'])
})
