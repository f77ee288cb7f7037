import { curlLine } from '../../text/curl.ts'
import { type Operation, type Parameter, resolve, type Schema } from './description.ts'

/** A request in its parts, before it is one address: values by the names of their parameters, in order. */
export interface Draft {
  path: Record<string, string>
  query: [name: string, value: string][]
  headers: [name: string, value: string][]
  /** JSON, as it is typed. */
  body?: string
  /** The name of the file that is sent. */
  file?: string
}

/** The type of the bytes that an operation takes, where it takes a file. */
export function fileType({ operation }: Operation): string | undefined {
  const [type] = Object.keys(operation.requestBody?.content ?? {})
  return type === 'application/json' ? undefined : type
}

const headerSamples: Record<string, string> = {
  'Tus-Resumable': '1.0.0',
  'Upload-Metadata': `filename ${btoa('tham-luan.pdf')}`,
  'Upload-Offset': '0',
}

/** What a parameter may hold to begin with; undefined where it is better left out. */
export function sampleValue({ name, in: place, required, schema }: Parameter): string | undefined {
  if (place === 'query') return undefined
  if (place === 'header') return headerSamples[name] ?? (name === 'If-Match' && required ? '*' : undefined)
  if (schema?.format === 'uuid') return String(schema.example ?? '019b20b4-7c00-7000-8000-000000000001')
  return String(schema?.example ?? schema?.enum?.[0] ?? schema?.minimum ?? name)
}

/** The example of the JSON that an operation takes, on lines of its own. */
export function sampleBody({ operation }: Operation, schemas: Record<string, Schema>): string | undefined {
  const schema = operation.requestBody?.content?.['application/json']?.schema
  const example = schema && (resolve(schema, schemas).example ?? schema.example)
  return example === undefined ? undefined : JSON.stringify(example, null, 2)
}

/** A request as it may be sent: made of the examples of the description. */
export function sampleDraft(one: Operation, schemas: Record<string, Schema>): Draft {
  const draft: Draft = { path: {}, query: [], headers: [] }
  for (const parameter of one.operation.parameters ?? []) {
    const value = sampleValue(parameter)
    if (value === undefined) continue
    if (parameter.in === 'path') draft.path[parameter.name] = value
    else draft.headers.push([parameter.name, value])
  }
  draft.body = sampleBody(one, schemas)
  if (fileType(one) && one.operation.requestBody?.required) {
    draft.file = one.path.includes('/photos') ? 'anh.jpg' : 'tham-luan.pdf'
    if (one.operation.parameters?.some(({ name }) => name === 'name')) draft.query.push(['name', draft.file])
  }
  return draft
}

/** Path and query of a request, encoded. A value that is not given leaves its name in its place. */
export function addressOf({ path }: Operation, draft: Draft): string {
  const query = new URLSearchParams(draft.query)
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(draft.path[name] ?? name))
  return query.size ? `${filled}?${query}` : filled
}

/** The header that says what the body is. */
export function contentType(one: Operation, draft: Draft): [string, string][] {
  if (draft.body !== undefined) return [['Content-Type', 'application/json']]
  return draft.file === undefined ? [] : [['Content-Type', fileType(one) as string]]
}

/** The request as a command line; the length of an upload that is not given is counted where it runs. */
export function curlOf(one: Operation, draft: Draft, server: string): string {
  const measured = one.operation.parameters?.some(({ name }) => name === 'Upload-Length')
  const given = draft.headers.some(([name]) => name === 'Upload-Length')
  return curlLine({
    method: one.method,
    url: server + addressOf(one, draft),
    headers: [...draft.headers, ...contentType(one, draft)],
    body: draft.body,
    file: draft.file,
    lengthOf: measured && !given ? { header: 'Upload-Length', file: draft.file ?? 'tham-luan.pdf' } : undefined,
  })
}
