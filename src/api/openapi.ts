import type { Locale } from '../context.ts'
import { hasText, type Translate, translator } from '../i18n.ts'
import { api } from './api.ts'
import examples from './examples.json' with { type: 'json' }
import { neededScope } from './scope.ts'

type Json = { [key: string]: unknown }
export type Description = ReturnType<typeof api.getOpenAPI31Document>

/** In the order of the page. */
const tags = [
  'organization',
  'members',
  'keys',
  'units',
  'people',
  'positions',
  'seminars',
  'chairs',
  'delegations',
  'agenda',
  'invitations',
  'answers',
  'calls',
  'speeches',
  'summaries',
  'photos',
  'feeds',
  'messages',
  'needs',
  'audit',
]

const descriptions = new Map<string, Description>()

/**
 * The description of the API (OpenAPI 3.1), made of the schemas that validate; its words are in the reader's language, from
 * `locales/<locale>/api.json`: `op.<operationId>`, `field.<Thing>.<name>` or `field.<name>`, `param.<name>`, `answer.<code>`.
 */
export function describeApi(locale: Locale, origin: string): Description {
  const known = descriptions.get(`${locale} ${origin}`)
  if (known) return known
  const t = translator(locale)
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: t('api:title'), version: '1', description: t('api:about') },
    servers: [{ url: `${origin}/api/v1` }],
    security: [{ key: [] }],
    tags: tags.map((name) => ({ name, description: words(t, `api:tag.${name}`) })),
  })
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods as Json)) {
      describeOperation(operation as Json, t)
      // OpenAPI 3.1 section 4.8.30: for a bearer key these name the roles an operation needs.
      ;(operation as Json).security = [{ key: [neededScope(method, path)] }]
    }
  }
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    describeFields(schema, t, thingOf(name))
    addExample(name, schema as Json)
  }
  // The registered scheme is one object for both languages.
  const scheme = { ...document.components?.securitySchemes?.key, description: t('api:key') }
  document.components = {
    ...document.components,
    headers: headersOf(t) as never,
    securitySchemes: { key: scheme as never },
  }
  descriptions.set(`${locale} ${origin}`, document)
  return document
}

const headerNames: Record<string, string> = {
  'idempotency-key': 'Idempotency-Key',
  'if-match': 'If-Match',
  prefer: 'Prefer',
  'tus-resumable': 'Tus-Resumable',
  'upload-length': 'Upload-Length',
  'upload-metadata': 'Upload-Metadata',
  'upload-offset': 'Upload-Offset',
}

function describeOperation(operation: Json, t: Translate): void {
  const key = `api:op.${operation.operationId}`
  operation.summary = words(t, key)
  operation.description = words(t, `${key}.more`)
  for (const parameter of (operation.parameters ?? []) as Json[]) {
    parameter.description =
      words(t, `api:param.${operation.operationId}.${parameter.name}`) ?? words(t, `api:param.${parameter.name}`)
    parameter.name = headerNames[parameter.name as string] ?? parameter.name
  }
  for (const [status, response] of Object.entries(operation.responses as Record<string, Json>)) {
    const shared = ['RateLimit-Policy', 'RateLimit', ...(['429', '503'].includes(status) ? ['Retry-After'] : [])]
    const references = shared.map((name) => [name, { $ref: `#/components/headers/${name}` }])
    response.headers = { ...(response.headers as Json), ...Object.fromEntries(references) }
    const name = String(response.description)
    response.description = words(t, `api:answer.${name}`) ?? words(t, `errors:title.${name}`) ?? name
  }
  describeFields(operation.requestBody, t)
}

/** Gives an answer's schema its example, and a page of answers one with a single item. */
function addExample(name: string, schema: Json): void {
  const items = (schema.properties as Record<string, { items?: { $ref?: string } }> | undefined)?.items?.items
  const item = items?.$ref && exampleOf(items.$ref.split('/').pop() as string)
  const example = item ? { items: [item], next: null, total: 1, ...examplePage[name] } : exampleOf(name)
  if (example !== undefined) schema.example ??= example
}

/** What pages of some things tell besides. */
const examplePage: Record<string, Json> = {
  DelegationPage: { selected: { seats: 239, people: 238 } },
  AgendaPage: { overrunMinutes: 0, gaps: [], clashes: [] },
}

function exampleOf(name: string): unknown {
  return (examples as Record<string, unknown>)[name]
}

/** Headers that every answer may have, in one place. */
function headersOf(t: Translate): Json {
  const header = (name: string, example: string) => [
    name,
    { description: words(t, `api:header.${name}`), schema: { type: 'string', example } },
  ]
  return Object.fromEntries([
    header('RateLimit', '"default";r=599;t=60'),
    header('RateLimit-Policy', '"default";q=600;w=60'),
    header('Retry-After', '17'),
  ])
}

/** What a schema is about: `NewUnit`, `UnitPatch` and `Unit` have the same fields, with the same words. */
function thingOf(schema: string): string {
  return schema.replace(/^(New|Created|Whole)|Patch$/g, '')
}

/** Gives each property the words of its name, where there are any, through the whole schema. */
function describeFields(schema: unknown, t: Translate, owner = ''): void {
  if (schema === null || typeof schema !== 'object') return
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      for (const [name, field] of Object.entries(value as Json)) {
        const text = words(t, `api:field.${owner}.${name}`) ?? words(t, `api:field.${name}`)
        if (text !== undefined && field !== null && typeof field === 'object') (field as Json).description = text
      }
    }
    if (key !== 'example' && key !== 'headers') describeFields(value, t, owner)
  }
}

function words(t: Translate, key: string): string | undefined {
  return hasText(key) ? t(key) : undefined
}
