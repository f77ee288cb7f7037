import type { Locale } from '../context.ts'
import { hasText, type Translate, translator } from '../i18n.ts'
import { api } from './api.ts'

type Json = { [key: string]: unknown }
export type Description = ReturnType<typeof api.getOpenAPI31Document>

const descriptions = new Map<string, Description>()

/**
 * The description of the API (OpenAPI 3.1), made of the schemas that validate; its words are in the reader's language, from
 * `locales/<locale>/api.json`: `op.<operationId>`, `field.<name>`, `param.<name>`, `answer.<code>`.
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
    tags: ['seminars', 'invitations', 'answers'].map((name) => ({ name, description: words(t, `api:tag.${name}`) })),
  })
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path as Json)) describeOperation(operation as Json, t)
  }
  for (const schema of Object.values(document.components?.schemas ?? {})) describeFields(schema, t)
  const scheme = document.components?.securitySchemes?.key as Json | undefined
  if (scheme) scheme.description = t('api:key')
  descriptions.set(`${locale} ${origin}`, document)
  return document
}

const headerNames: Record<string, string> = { 'idempotency-key': 'Idempotency-Key', 'if-match': 'If-Match' }

function describeOperation(operation: Json, t: Translate): void {
  const key = `api:op.${operation.operationId}`
  operation.summary = words(t, key)
  operation.description = words(t, `${key}.more`)
  for (const parameter of (operation.parameters ?? []) as Json[]) {
    parameter.description = words(t, `api:param.${parameter.name}`)
    parameter.name = headerNames[parameter.name as string] ?? parameter.name
  }
  for (const response of Object.values(operation.responses as Json) as Json[]) {
    const name = String(response.description)
    response.description = words(t, `api:answer.${name}`) ?? words(t, `errors:title.${name}`) ?? name
  }
  describeFields(operation.requestBody, t)
}

/** Gives each property the words of its name, where there are any, through the whole schema. */
function describeFields(schema: unknown, t: Translate): void {
  if (schema === null || typeof schema !== 'object') return
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') {
      for (const [name, field] of Object.entries(value as Json)) {
        const text = words(t, `api:field.${name}`)
        if (text !== undefined && field !== null && typeof field === 'object') (field as Json).description = text
      }
    }
    if (key !== 'example') describeFields(value, t)
  }
}

function words(t: Translate, key: string): string | undefined {
  return hasText(key) ? t(key) : undefined
}
