import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { newMessage, queueMessages } from '../support/mail.ts'

let t: TestApp
let desk: () => Promise<string>
beforeAll(async () => {
  t = await createTestApp()
  const organization = await createOrganization(t.services.db)
  const { cookie } = await createMember(t.services, organization.id)
  await queueMessages(t.services.db, newMessage(organization.id))
  desk = async () => (await t.app.request(`${testOrigin}/console/${organization.slug}`, { headers: { cookie } })).text()
})
afterAll(() => t.close())

it('keeps calm while a message has just been queued', async () => {
  expect(await desk()).not.toContain('role="alert"')
})

it('says loudly that messages wait and nobody sends them', async () => {
  await t.services.db.updateTable('messages').set({ next_attempt_at: sql`now() - interval '10 minutes'` }).execute()
  expect(await desk()).toMatch(/role="alert"[^>]*>Có 1 thư đang chờ nhưng không có tiến trình nào gửi/)
})

it('is calm again once a worker runs', async () => {
  await t.services.db
    .insertInto('task_runs')
    .values({ task: 'outbox', worker: 'w', started_at: sql`now()` })
    .onConflict((c) => c.column('task').doUpdateSet({ started_at: sql`now()` }))
    .execute()
  expect(await desk()).not.toContain('role="alert"')
})
