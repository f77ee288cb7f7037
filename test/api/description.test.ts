import { afterAll, beforeAll, expect, it } from 'vitest'
import { api } from '../../src/api/api.ts'
import { describeApi } from '../../src/api/openapi.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test looks into the whole document
type Document = any

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

async function read(locale: 'vi' | 'en' = 'vi'): Promise<Document> {
  const answer = await t.app.request(`${testOrigin}${locale === 'en' ? '/en' : ''}/api/openapi.json`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  return answer.json()
}

const operations = (document: Document) =>
  Object.values(document.paths).flatMap((methods) => Object.values(methods as object)) as Document[]

it('describes every route of the API and no other, by OpenAPI 3.1, with the key it needs', async () => {
  const document = await read()
  expect(document.openapi).toBe('3.1.0')
  expect(document.servers).toEqual([{ url: `${testOrigin}/api/v1` }])
  expect([document.security, document.components.securitySchemes.key]).toMatchObject([
    [{ key: [] }],
    { type: 'http', scheme: 'bearer' },
  ])
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routed = api.routes
    .filter((route) => route.method !== 'ALL')
    .map((route) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
  expect(described.sort()).toEqual([...new Set(routed)].sort())
})

it('says in both languages what each operation, parameter and answer is', async () => {
  for (const document of [await read(), await read('en')]) {
    for (const operation of operations(document)) {
      expect(operation.summary, operation.operationId).toBeTruthy()
      for (const parameter of operation.parameters ?? [])
        expect(parameter.description, `${operation.operationId} ${parameter.name}`).toBeTruthy()
      for (const response of Object.values(operation.responses) as Document[])
        expect(response.description).toMatch(/ |^\p{Lu}/u)
    }
  }
  expect((await read()).info.title).not.toBe((await read('en')).info.title)
})

it('leaves each language as it was when the other is made', () => {
  const whole = (locale: 'vi' | 'en') => JSON.stringify(describeApi(locale, 'http://elsewhere.test'))
  const vietnamese = whole('vi')
  expect(whole('en')).not.toBe(vietnamese)
  expect(whole('vi')).toBe(vietnamese)
})

it('is in the language of its address alone, packed, and not sent again while it is the same', async () => {
  for (const path of ['/api/openapi.json', '/en/api/openapi.json', '/api/docs', '/en/api/docs']) {
    const ask = (headers: Record<string, string>) => t.app.request(testOrigin + path, { headers })
    const plain = await ask({})
    const packed = await ask({ 'accept-encoding': 'gzip', 'accept-language': path.startsWith('/en') ? 'vi' : 'en' })
    const text = await plain.text()
    expect([path, packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual([
      path,
      'gzip',
      'Accept-Encoding',
    ])
    const unpacked = (await packed.blob()).stream().pipeThrough(new DecompressionStream('gzip'))
    expect(await new Response(unpacked).text()).toBe(text)
    for (const answer of [plain, packed]) {
      const etag = answer.headers.get('etag') as string
      expect(etag).toMatch(/^"[^"]+"$/)
      const again = await ask({ 'if-none-match': etag })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
    }
    expect((await ask({ 'if-none-match': '"another"' })).status).toBe(200)
  }
})

it('has one answer: a query changes nothing of it', async () => {
  const [bare, asked] = await Promise.all(
    ['', '?from=mail'].map((query) => t.app.request(`${testOrigin}/en/api/docs${query}`)),
  )
  expect(asked?.headers.get('etag')).toBe(bare?.headers.get('etag'))
  expect(asked?.status).toBe(200)
})

it('says in both languages what each field is', () => {
  const silent = (schema: Document, name: string): string[] =>
    Object.entries(schema ?? {}).flatMap(([key, value]) => {
      if (key === 'example' || value === null || typeof value !== 'object') return []
      const here = key === 'properties' ? Object.entries(value as Document) : []
      const without = here.filter(([, field]: Document) => !field.description && !field.$ref).map(([field]) => field)
      return [...without.map((field) => `${name}.${field}`), ...silent(value, name)]
    })
  for (const locale of ['vi', 'en'] as const) {
    const { schemas } = (describeApi(locale, testOrigin) as Document).components
    expect(Object.entries(schemas).flatMap(([name, schema]) => silent(schema, name))).toEqual([])
  }
})

it('describes a wall time as what it is: without an offset', () => {
  const { startsLocal, startsAt } = (describeApi('en', testOrigin) as Document).components.schemas.Seminar.properties
  expect(startsLocal).toMatchObject({ type: ['string', 'null'], example: '2026-12-15T14:00:00' })
  expect(startsLocal.format).toBeUndefined()
  expect(new RegExp(startsLocal.pattern).test('2026-12-15T14:00:00')).toBe(true)
  expect(new RegExp(startsLocal.pattern).test('2026-12-15T14:00:00Z')).toBe(false)
  expect(startsAt.format).toBe('date-time')
})

it('asks for If-Match where an edit needs it, and offers Idempotency-Key on every change', async () => {
  const document = await read()
  for (const [path, methods] of Object.entries(document.paths) as [string, Document][]) {
    for (const [method, operation] of Object.entries(methods) as [string, Document][]) {
      const headers = (operation.parameters ?? []).filter((p: Document) => p.in === 'header')
      const names = headers.map((p: Document) => p.name)
      if (method === 'get' || method === 'options') expect([path, names]).toEqual([path, []])
      // The protocol of cut uploads has an offset in their place.
      else if (path.includes('/uploads/'))
        expect([path, names]).toEqual([path, expect.arrayContaining(['Tus-Resumable'])])
      else expect([path, names]).toEqual([path, expect.arrayContaining(['Idempotency-Key'])])
      if (method === 'patch' && !path.includes('/uploads/'))
        expect(headers.find((p: Document) => p.name === 'If-Match')?.required).toBe(true)
    }
  }
})

it('has examples that its own schemas take', () => {
  const document = describeApi('en', testOrigin) as Document
  const bodies = new Map<string, Document>(
    api.openAPIRegistry.definitions.flatMap((d) =>
      d.type === 'route'
        ? [[d.route.operationId ?? '', (d.route.request?.body?.content as Document)?.['application/json']?.schema]]
        : [],
    ),
  )
  for (const { operationId, requestBody } of operations(document)) {
    if (!requestBody?.content['application/json']) continue
    const schema = document.components.schemas[requestBody.content['application/json'].schema.$ref.split('/').pop()]
    expect(schema.example, operationId).toBeDefined()
    expect([operationId, bodies.get(operationId).safeParse(schema.example).error]).toEqual([operationId, undefined])
  }
})

it('is shown on a page of its own, in both languages, which fetches nothing from elsewhere', async () => {
  for (const [path, word] of [
    ['/api/docs', 'Danh sách hội thảo'],
    ['/en/api/docs', 'List seminars'],
  ] as const) {
    const answer = await t.app.request(testOrigin + path)
    const html = await answer.text()
    expect([path, answer.status]).toEqual([path, 200])
    expect(html).toContain(word)
    expect(html).toContain('id="stale_version"')
    for (const { operationId } of operations(await read())) expect(html).toContain(`id="${operationId}"`)
    expect(html).not.toMatch(/(src|href)="https?:\/\/(?!hoithao\.test)/)
  }
})
