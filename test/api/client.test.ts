import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { systemContext } from '../support/app.ts'
import { createOrganization } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

it('plans a seminar and invites over HTTP by the typed client', async () => {
  const { id: organizationId } = await createOrganization(server.services.db)
  const { key } = await transaction(server.services.db, (trx) =>
    createApiKey(trx, systemContext(), {
      organizationId,
      name: 'kiểm thử',
      scopes: ['read', 'write'],
      expiresAt: null,
    }),
  )
  const client = createClient(server.origin, key)
  const made = await client.seminars.$post({
    header: {},
    json: { kind: 'hoi_thao', theme: 'Nâng cao chất lượng sinh hoạt chi bộ', host: 'Ban Thường vụ Thành ủy' },
  })
  if (made.status !== 201) throw new Error(`it answered ${made.status}`)
  const seminar = await made.json()
  expect(seminar).toMatchObject({ state: 'draft', theme: 'Nâng cao chất lượng sinh hoạt chi bộ' })
  const listed = await client.seminars[':id'].invitations.$get({ param: { id: seminar.id }, query: {} })
  if (!listed.ok) throw new Error(`it answered ${listed.status}`)
  expect(await listed.json()).toMatchObject({ total: 0, items: [] })
})
