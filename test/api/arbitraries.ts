import fc from 'fast-check'
import { type Operation, resolved } from './stage.ts'

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema is looked into everywhere
type Schema = any

/** A text in one field of a body; `alone`: everything else of the body is known to be right. */
export interface Planted {
  field: string
  text: string
  alone: boolean
}

/** What is sent: everything as text or bytes, as it goes over the wire. */
export interface Sent {
  path: string
  query: string
  headers: Record<string, string>
  body: string | Uint8Array | undefined
  /** A text that was put into a field of the body, and where; whoever takes it must give it back. */
  planted: Planted | undefined
}

export const hostileTexts = [
  'Nguye\u0302\u0303n Va\u0306n A',
  'Trần\u200b Thị\u200d Thuỷ\ufeff',
  '\u202etxt.exe\u202c Lê',
  '\u0000',
  'a\u0000b',
  'dòng một\r\nBcc: ai@do.example',
  "'; drop table seminars; --",
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '=HYPERLINK("http://x.example")',
  'END:VEVENT\r\nBEGIN:VALARM',
  'a,b;c\\n"d"',
  '%00%0d%0a../../etc/passwd',
  '{{constructor.constructor("x")()}} ${7*7}',
  '\ud800 một nửa',
  '👩‍👩‍👧‍👦🇻🇳',
  '',
  ' ',
  'ở'.repeat(200),
  'x'.repeat(5000),
  '__proto__',
  'NaN',
]

const hostileValues: unknown[] = [
  ...hostileTexts,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  Array(2000).fill('x'),
  Array(50).fill({}),
  '2026-02-30T25:61:00',
  '0000-01-01T00:00:00',
  '9999-12-31T23:59:59',
  '2026-12-15T14:00:00Z',
  '292278994-08-17',
  '00000000-0000-0000-0000-000000000000',
]

/** Text for a query or an address, where a lone surrogate cannot be. */
const encodable = hostileTexts.map((text) => encodeURIComponent(text.toWellFormed()))
const rawQueryValues = [...encodable, '%', '%zz', '%c3%28', '%ff%fe', '1e3', '-1', '99999999999999999999', '1;2', '[]']

const tags = [
  '*',
  '"1"',
  '"2"',
  'W/"1"',
  '"99999999999"',
  '1',
  '',
  '"',
  '"1", "2"',
  '"-1"',
  '"1e3"',
  'é',
  'x'.repeat(300),
]

/** A value that a schema takes, or nearly: what patterns ask beyond their example is left to the routes. */
function fitting(given: Schema, ids: string[], depth = 0): fc.Arbitrary<unknown> {
  const schema = resolved(given) ?? {}
  const either = schema.anyOf ?? schema.oneOf
  if (either) return fc.oneof(...either.map((one: Schema) => fitting(one, ids, depth)))
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? 'object'].flat() as string[]
  return fc.oneof(...types.map((type) => typed(type, schema, ids, depth)))
}

function typed(type: string, schema: Schema, ids: string[], depth: number): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') {
    const min = Math.max(schema.minimum ?? 0, -1000)
    const max = Math.min(schema.maximum ?? 1000, 100_000)
    return fc.oneof(fc.integer({ min, max: Math.max(min, max) }), fc.constantFrom(min, Math.max(min, max)))
  }
  if (type === 'array') {
    if (!schema.items || depth > 4) return fc.constant([])
    const minLength = schema.minItems ?? 0
    return fc.array(fitting(schema.items, ids, depth + 1), { minLength, maxLength: Math.max(minLength, 3) })
  }
  if (type === 'string') return textOf(schema, ids)
  const required = new Set<string>(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}) as [string, Schema][]
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, fitting(field, ids, depth + 1)])), {
    requiredKeys: fields.map(([name]) => name).filter((name) => required.has(name)),
  }) as fc.Arbitrary<unknown>
}

const words = fc.constantFrom(
  'Nâng cao chất lượng sinh hoạt chi bộ',
  'Văn phòng Thành ủy',
  'Trần Thị Thuỷ',
  'Bí thư Chi bộ khu 4',
  'A workshop',
)

function textOf(schema: Schema, ids: string[]): fc.Arbitrary<unknown> {
  if (schema.format === 'uuid') return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ids) }, fc.uuid())
  if (schema.format === 'email') return fc.constantFrom('thuy.tran@mau.example', 'a@b.example', 'THUY@MAU.example')
  if (schema.format === 'uri')
    return fc.constantFrom('https://hop.example/1', 'http://localhost/x', 'javascript:alert(1)')
  if (schema.format === 'date') return fc.constantFrom('2026-12-15', '1999-01-01', '2024-02-29')
  if (schema.format === 'date-time') return fc.constantFrom('2099-12-15T14:00:00+07:00', '2026-12-15T07:00:00Z')
  if (schema.pattern || schema.example !== undefined)
    return fc.constantFrom(
      ...[schema.example, '2098-12-15T14:00:00', '2098-12-15T17:00:00'].filter((v) => v !== undefined),
    )
  const max = schema.maxLength ?? 300
  const boundaries = fc.constantFrom(
    'x'.repeat(max),
    'ệ'.repeat(max),
    'x'.repeat(max + 1),
    'x'.repeat(schema.minLength ?? 1),
  )
  return fc.oneof({ weight: 8, arbitrary: words }, { weight: 1, arbitrary: boundaries })
}

type Path = (string | number)[]

/** Every place in a value. */
function places(value: unknown, at: Path = []): Path[] {
  const inner = value !== null && typeof value === 'object' ? Object.entries(value) : []
  const here = Array.isArray(value) ? (key: string) => Number(key) : (key: string) => key
  return [...(at.length ? [at] : []), ...inner.flatMap(([key, one]) => places(one, [...at, here(key)]))]
}

function changed(value: unknown, [first, ...rest]: Path, to: (old: unknown) => unknown, remove = false): unknown {
  if (first === undefined) return to(value)
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? changed(one, rest, to, remove) : one))
  const object = { ...(value as Record<string, unknown>) }
  if (remove && !rest.length) delete object[first]
  else object[first] = changed(object[first], rest, to, remove)
  return object
}

type Body = { text: string | Uint8Array | undefined; planted?: Planted }

/** A body with one thing wrong with it. */
function nearly(value: unknown, alone: boolean): fc.Arbitrary<Body> {
  const all = places(value)
  const extra = fc.constantFrom('organizationId', 'id', '__proto__', 'constructor', 'ẩn', '').map((name) => ({
    text: JSON.stringify({ ...(value as object), [name]: 'x' }),
  }))
  if (!all.length) return extra
  const top = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const texts = top.filter(([, one]) => typeof one === 'string').map(([name]) => name)
  const planted = (texts.length ? texts : [undefined]).flatMap((field) =>
    field === undefined
      ? []
      : [
          fc.constantFrom(...hostileTexts).map((text) => ({
            text: JSON.stringify(changed(value, [field], () => text)),
            planted: { field, text, alone },
          })),
        ],
  )
  const place = fc.constantFrom(...all)
  return fc.oneof(
    extra,
    ...planted,
    fc.tuple(place, fc.constantFrom(...hostileValues)).map(([at, to]) => ({
      text: JSON.stringify(changed(value, at, () => to)),
    })),
    place.map((at) => ({ text: JSON.stringify(changed(value, at, (old) => old, true)) })),
  )
}

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
const brokenBodies: (string | Uint8Array | undefined)[] = [
  undefined,
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '1e999',
  '{"a":1,"a":2}',
  '{"__proto__":{"admin":true}}',
  deep,
  `{"theme":${deep}}`,
  'x'.repeat(70_000),
  new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  '\ufeff{}',
]

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/offset+octet-stream',
  'é/json',
  '',
]

function bodyOf(schema: Schema, ids: string[], example: unknown): fc.Arbitrary<Body> {
  const valid = fitting(schema, ids)
  const start = example === undefined ? valid : fc.oneof(valid, fc.constant(example))
  return fc.oneof(
    { weight: 4, arbitrary: start.map((value) => ({ text: JSON.stringify(value) })) },
    { weight: 6, arbitrary: start.chain((value) => nearly(value, value === example)) },
    { weight: 2, arbitrary: fc.constantFrom(...brokenBodies).map((text) => ({ text })) },
  )
}

/** What may stand in an operation's path: ids of its own kind, of other kinds, of another organisation, and none at all. */
function pathOf(operation: Operation, own: Record<string, string>, foreign: Record<string, string>, ids: string[]) {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  const odd = [...encodable.filter(Boolean), '%2e%2e', '%2F', '0', '-1', '1e9', 'null', '99999999999']
  const part = (name: string) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(own[name] as string) },
      { weight: 2, arbitrary: fc.constant(foreign[name] as string) },
      { weight: 2, arbitrary: fc.constantFrom(...ids) },
      { weight: 2, arbitrary: fc.constantFrom(...odd) },
    )
  return fc.tuple(...names.map(part)).map((values) => {
    const given = new Map(names.map((name, index) => [name, values[index] as string]))
    return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => given.get(name) as string)
  })
}

function queryOf(parameters: Schema[], ids: string[], cursors: string[]): fc.Arbitrary<string> {
  const known = parameters.filter((parameter) => parameter.in === 'query')
  const one = known.map(({ name, schema }) =>
    fc
      .oneof(
        { weight: 4, arbitrary: fitting(schema, ids).map((value) => encodeURIComponent(String(value).toWellFormed())) },
        { weight: 2, arbitrary: fc.constantFrom(...rawQueryValues) },
        ...(name === 'cursor' ? [{ weight: 8, arbitrary: fc.constantFrom(...cursors) }] : []),
      )
      .map((value) => `${name}=${value}`),
  )
  const unknown = fc.constantFrom('x=1', 'limit', '=&=', 'limit[]=1', '%00=1', 'sort=')
  return fc
    .array(one.length ? fc.oneof(...one, unknown) : unknown, { maxLength: 4 })
    .map((pairs) => (pairs.length ? `?${pairs.join('&')}` : ''))
}

function headersOf(parameters: Schema[], type: string | undefined): fc.Arbitrary<Record<string, string>> {
  const named = parameters.some((parameter) => parameter.name === 'If-Match')
  const maybe = (arbitrary: fc.Arbitrary<string>, freq: number) => fc.option(arbitrary, { freq, nil: undefined })
  return fc
    .record({
      'if-match': named ? fc.oneof(fc.constant('*'), maybe(fc.constantFrom(...tags), 4)) : fc.constant(undefined),
      'idempotency-key': maybe(fc.constantFrom('a', 'b', '', ' ', 'é', 'x'.repeat(300), '"q"'), 1),
      prefer: maybe(fc.constantFrom('return=minimal', 'return=', ',,;', 'return=representation'), 1),
      'accept-language': maybe(fc.constantFrom('en', 'vi', 'x'.repeat(500), '*'), 1),
      'content-type': type
        ? fc.oneof(
            { weight: 9, arbitrary: fc.constant(type) },
            { weight: 1, arbitrary: fc.constantFrom(...contentTypes) },
          )
        : maybe(fc.constantFrom(...contentTypes), 1),
    })
    .map((given) =>
      Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    )
}

/** Uploads that are cut and gone on with speak by headers. */
const uploadHeaders = fc.record(
  {
    'tus-resumable': fc.constantFrom('1.0.0', '0.9', ''),
    'upload-offset': fc.constantFrom('0', '5', '-1', '1e3', '99999999999999999999', 'x', ''),
    'upload-length': fc.constantFrom('0', '10', '5000', '-1', '99999999999999999999', 'x', ''),
    'upload-metadata': fc.constantFrom(
      'filename VGhhbS1sdWFuLnBkZg==',
      'filename',
      'filename %%%',
      ',,,',
      'filename AAAA,filename AAAA',
    ),
  },
  { requiredKeys: [] },
)

/** Requests of one operation: valid, nearly valid, hostile. */
export function requestsOf(
  operation: Operation,
  given: {
    own: Record<string, string>
    foreign: Record<string, string>
    ids: string[]
    cursors: string[]
    example: unknown
  },
): fc.Arbitrary<Sent> {
  const { described } = operation
  const parameters = described.parameters ?? []
  const schema = described.requestBody?.content?.['application/json']?.schema
  const files = described.requestBody && !schema
  const hasBody = !['GET', 'OPTIONS'].includes(operation.method)
  const body: fc.Arbitrary<Body> = schema
    ? bodyOf(schema, given.ids, given.example)
    : files
      ? fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ text: bytes }))
      : fc.constantFrom<Body>({ text: undefined }, ...(hasBody ? [{ text: '{}' }, { text: '{' }] : []))
  return fc
    .record({
      path: pathOf(operation, given.own, given.foreign, given.ids),
      query: queryOf(parameters, given.ids, given.cursors),
      headers: headersOf(
        parameters,
        schema ? 'application/json' : files ? Object.keys(described.requestBody.content)[0] : undefined,
      ),
      more: operation.path.includes('/uploads') ? uploadHeaders : fc.constant({}),
      body,
    })
    .map(({ path, query, headers, more, body: { text, planted } }) => ({
      path,
      query,
      headers: { ...headers, ...(more as Record<string, string>) },
      body: text,
      planted,
    }))
}
