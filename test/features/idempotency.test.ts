import { afterAll, beforeAll, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { claimKey, keepReply } from '../../src/features/idempotency/commands.ts'
import { beat } from '../../src/features/tasks/commands.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'

let t: TestDatabase
let organizationId: string
beforeAll(async () => {
  t = await createTestDatabase()
  organizationId = (await createOrganization(t.db)).id
})
afterAll(() => t.drop())

const identity = { id: 'mau:1:a', kind: 'node' as const, host: 'mau', pid: 1, version: '1' }

it('gives a key to the next as soon as the process that ran it is gone; had it only been silent, its work is undone', async () => {
  const request = { organizationId, actor: 'key:1', key: 'k', hash: new Uint8Array([1]), instance: identity.id }
  const claim = (instance: string) => transaction(t.db, (trx) => claimKey(trx, { ...request, instance }))
  await transaction(t.db, (trx) => beat(trx, identity))
  const first = await claim(identity.id)
  expect(first).toMatchObject({ state: 'run' })
  expect(await claim('other')).toEqual({ state: 'running' })
  await t.sql`update instances set seen_at = now() - interval '11 s'`
  expect(await claim('other')).toMatchObject({ state: 'run' })
  const late = transaction(t.db, (trx) =>
    keepReply(trx, request, (first as { claim: string }).claim, { status: 201, headers: {}, body: '' }),
  )
  await expect(late).rejects.toMatchObject({ code: 'conflict' })
})
