import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { runOutbox } from '../../src/delivery.ts'
import type { Mailer } from '../../src/features/mail/schema.ts'
import { beat, claimTask, endInstance } from '../../src/features/tasks/commands.ts'
import { startTimer } from '../../src/node/timer.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import type { RecurringTask } from '../../src/tasks.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { newMessage, queueMessages, taskServices } from '../support/mail.ts'
import { startSmtp, type TestSmtp } from '../support/smtp.ts'

let t: TestDatabase
let smtp: TestSmtp
let mailer: Mailer
let organizationId: string
const patience = { timeout: 30_000, interval: 50 }
const never = () => new Promise<void>(() => {})

beforeAll(async () => {
  t = await createTestDatabase()
  organizationId = (await createOrganization(t.db)).id
  smtp = await startSmtp()
  mailer = createSmtpMailer(smtp.url)
})
beforeEach(async () => {
  await t.sql`delete from task_runs`
  await t.sql`delete from messages`
  smtp.received.length = 0
})
afterAll(async () => {
  await mailer.close()
  await smtp.close()
  await t.drop()
})

const errorOf = async (task: string) =>
  (await t.sql<{ error: string | null }[]>`select error from task_runs where task = ${task}`)[0]?.error ?? null

it('a task that hangs stops neither letters nor other tasks, is told, and is given up in words', async () => {
  const told = Promise.withResolvers<void>()
  let others = 0
  let hung = 0
  const tasks: RecurringTask[] = [
    {
      name: 'hangs',
      everySeconds: 1,
      limitSeconds: 3,
      run: (_services, _ctx, signal) => {
        hung++
        signal.addEventListener('abort', () => told.resolve())
        return never()
      },
    },
    { name: 'runs', everySeconds: 1, run: async () => void others++ },
  ]
  const logged: unknown[] = []
  const services = taskServices(t.db, mailer)
  services.log.error = (event, fields) => void logged.push([event, fields])
  const stop = startTimer(services, { worker: 'w', everyMs: 50, tasks })
  await expect.poll(() => hung, patience).toBe(1)
  await queueMessages(t.db, newMessage(organizationId))
  await expect.poll(() => [smtp.received.length, others > 1], patience).toEqual([1, true])
  await told.promise
  await expect.poll(() => errorOf('hangs'), patience).toBe('Error: hangs did not end within 3 s and was given up')
  expect(logged).toContainEqual(['task', { task: 'hangs', error: expect.stringContaining('given up') }])
  // It comes round again.
  await expect.poll(() => hung, patience).toBeGreaterThan(1)
  await stop()
})

it('a run of the outbox that hangs is given up, noted, and what it held is sent by the next', async () => {
  await queueMessages(t.db, newMessage(organizationId))
  const hanging: Mailer = { kind: 'smtp', send: () => never() as never, close: async () => {} }
  const run = runOutbox(taskServices(t.db, hanging), {
    worker: 'w',
    runSeconds: 1,
    delivery: { attempt: -29, lease: 240 },
  })
  await expect(run).rejects.toThrow('outbox did not end within 2 s and was given up')
  expect(await errorOf('outbox')).toContain('given up')
  expect((await t.sql`select state, finished_at from messages, task_runs`)[0]).toMatchObject({
    state: 'queued',
    finished_at: null,
  })
  await runOutbox(taskServices(t.db, mailer), { worker: 'w' })
  expect(smtp.received).toHaveLength(1)
  expect(await errorOf('outbox')).toBeNull()
  expect((await t.sql`select finished_at is not null as finished from task_runs`)[0]?.finished).toBe(true)
})

it('takes a task over at once from an instance that is known to be gone, and not from one that lives', async () => {
  const identity = { id: 'mau:1:a', kind: 'node' as const, host: 'mau', pid: 1, version: '1' }
  const claim = (worker: string) => transaction(t.db, (trx) => claimTask(trx, 'sweep', worker, 1))
  await transaction(t.db, (trx) => beat(trx, identity))
  expect(await claim(identity.id)).toBe(true)
  await t.sql`update task_runs set started_at = now() - interval '5 s'`
  expect(await claim('other')).toBe(false)
  await t.sql`update instances set seen_at = now() - interval '11 s'`
  expect(await claim('other')).toBe(true)
  await transaction(t.db, (trx) => beat(trx, identity))
  await t.sql`update task_runs set worker = ${identity.id}, started_at = now() - interval '5 s', finished_at = null`
  expect(await claim('other')).toBe(false)
  await transaction(t.db, (trx) => endInstance(trx, identity.id))
  expect(await claim('other')).toBe(true)
})
