import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeApi } from '../../src/api/openapi.ts'
import { allows } from '../../src/features/accounts/rules.ts'
import type { ApiScope } from '../../src/features/accounts/schema.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createCaller } from './support.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

interface Operation {
  security: { key: [ApiScope] }[]
}
const operations = Object.entries(describeApi('en', testOrigin).paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, { security }]) => ({
    method: method.toUpperCase(),
    path,
    needed: security[0]?.key[0] as ApiScope,
  })),
)

it('is named for every operation: owners’ matters need admin, reading read, changes and personal links write', () => {
  expect(operations.length).toBeGreaterThan(40)
  for (const { method, path, needed } of operations) {
    const owners = /^\/(members|member-invitations|keys)/.test(path) || (path === '/organization' && method !== 'GET')
    const reads = ['GET', 'HEAD'].includes(method) && !path.endsWith('/link')
    expect([method, path, needed]).toEqual([method, path, owners ? 'admin' : reads ? 'read' : 'write'])
  }
})

it.each([[['read']], [['write']], [['admin']], [['read', 'admin']]] as [ApiScope[]][])(
  'opens what it names and nothing else: %j',
  async (scopes) => {
    const caller = await createCaller(t, { scopes })
    for (const { method, path, needed } of operations) {
      const address = path.replace(/\{\w+\}/g, crypto.randomUUID())
      const { status, body } = await caller.call(method, address, method === 'GET' ? undefined : '{}')
      const refused = status === 403 && body.code === 'key_scope'
      expect([method, path, refused]).toEqual([method, path, !allows(scopes, needed)])
    }
  },
)
