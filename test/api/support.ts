import { expect } from 'vitest'
import type { z } from 'zod'
import { api } from '../../src/api/api.ts'
import { problemSchema } from '../../src/api/schemas.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import type { ApiScope } from '../../src/features/accounts/schema.ts'
import { systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createOrganization } from '../support/factories.ts'

export interface Caller {
  organizationId: string
  keyId: string
  key: string
  /** Calls the API with the key; an object is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  body: any
}

/** An organisation of its own with a key. */
export async function createCaller(
  t: TestApp,
  options: { scopes?: ApiScope[]; expiresAt?: Date | null; organizationId?: string } = {},
): Promise<Caller> {
  const organizationId = options.organizationId ?? (await createOrganization(t.services.db)).id
  const { id, key } = await transaction(t.services.db, (trx) =>
    createApiKey(trx, systemContext(), {
      organizationId,
      name: 'kiểm thử',
      scopes: options.scopes ?? ['read', 'write'],
      expiresAt: options.expiresAt ?? null,
    }),
  )
  return {
    organizationId,
    keyId: id,
    key,
    call: (method, path, body, headers = {}) =>
      callApi(t, method, path, body, { authorization: `Bearer ${key}`, ...headers }),
  }
}

/** Calls the API; a string is sent as it is, bytes as a file, anything else as JSON. */
export async function callApi(
  t: TestApp,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isFile = body instanceof Uint8Array
  const type = isFile ? 'application/octet-stream' : 'application/json'
  const sent = isFile ? new Uint8Array(body) : typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await t.app.request(`${testOrigin}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body: sent }),
  })
  const parsed = { status: answer.status, headers: answer.headers, body: await bodyOf(answer) }
  expectDescribed(method, path, parsed)
  return parsed
}

export async function bodyOf(answer: Response): Promise<unknown> {
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (!bytes.byteLength) return undefined
  return answer.headers.get('content-type')?.includes('json') ? JSON.parse(new TextDecoder().decode(bytes)) : bytes
}

type Described = {
  method: string
  path: string
  responses: Record<string, { content?: Record<string, { schema: z.ZodType }> }>
}
const described = api.openAPIRegistry.definitions.flatMap((d) =>
  d.type === 'route' ? [d.route as unknown as Described] : [],
)

/** Every answer of every test is one that the description names, and holds what it says and nothing else. */
export function expectDescribed(method: string, path: string, { status, headers, body }: Answer): void {
  const bare = path.replace(/\?.*/, '')
  const route = described.find(
    (r) => r.method === method.toLowerCase() && new RegExp(`^${r.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  const response = route?.responses[status]
  if (status >= 400 && (!response || response.content)) problemSchema.parse(body)
  if (!route) return
  expect(response, `${method} ${path} answered ${status}, which is not described`).toBeDefined()
  const type = (headers.get('content-type') ?? '').replace(/;.*/, '')
  const schema = response?.content?.[type]?.schema
  expect(Boolean(schema), `${method} ${path} ${status}: ${type}`).toBe(body !== undefined)
  if (schema) expect(schema.parse(body)).toEqual(body)
}

export const newSeminar = {
  kind: 'hoi_thao',
  subtype: 'chuyên đề',
  theme: 'Nâng cao chất lượng sinh hoạt chi bộ',
  host: 'Ban Thường vụ Thành ủy',
  venue: 'Hội trường Trung tâm Chính trị',
  startsLocal: '2030-12-15T14:00:00',
  endsLocal: '2030-12-15T17:00:00',
  capacity: 40,
}
