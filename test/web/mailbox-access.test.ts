import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import { ensureSetupLink } from '../../src/features/accounts/commands/set-up.ts'
import { warnings } from '../../src/node/greeting.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, formRequest, systemContext, type TestApp } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { newMessage, queueMessages } from '../support/mail.ts'

let t: TestApp
let message: string
let people: Record<'owner' | 'organizer' | 'stranger', string>
beforeAll(async () => {
  t = await createTestApp()
  const demo = await createOrganization(t.services.db, { demo: true })
  const real = await createOrganization(t.services.db)
  const cookieOf = async (id: string, role?: 'organizer') => (await createMember(t.services, id, role)).cookie
  people = {
    owner: await cookieOf(demo.id),
    organizer: await cookieOf(demo.id, 'organizer'),
    stranger: await cookieOf(real.id),
  }
  await queueMessages(t.services.db, newMessage(demo.id))
  t.services.mailer = createMailbox(t.services.db)
  await runDueTasks(t.services, { worker: 'w', tasks: [] })
  const [row] = await t.database.sql<{ id: string }[]>`select id from mailbox_messages`
  message = row?.id as string
})
afterAll(() => t.close())

const paths = () => ['', `/${message}`, `/${message}/html`, `/${message}/source`].map((rest) => `/dev/mailbox${rest}`)

/** What each address of the mailbox answers, at a deployment of these settings, asked for by this host. */
async function statuses(
  config: { host: string; baseUrl: string },
  at = config.baseUrl,
  headers: Record<string, string> = {},
) {
  const app = createApp({ ...t.services, config: { ...t.services.config, ...config } })
  const answers = await Promise.all(paths().map((path) => app.request(at + path, { headers })))
  return [...new Set(answers.map((answer) => answer.status))]
}

const here = { host: '127.0.0.1', baseUrl: 'http://localhost:3000' }

it('is open to whoever sits at the machine', async () => {
  for (const baseUrl of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])
    expect([baseUrl, await statuses({ ...here, baseUrl })]).toEqual([baseUrl, [200]])
})

it.each([
  ['it listens to other machines', { ...here, host: '0.0.0.0' }, undefined],
  ['it listens to other machines by IPv6', { ...here, host: '::' }, undefined],
  ['its address is another', { ...here, baseUrl: 'https://demo.example' }, undefined],
  ['its address only looks like this machine', { ...here, baseUrl: 'http://demo.localhost:3000' }, undefined],
  ['it was asked for by a name that only leads here', here, 'http://evil.example:3000'],
])('asks for an owner of the demo where %s', async (_, config, at) => {
  expect(await statuses(config, at)).toEqual([401])
  expect(await statuses(config, at, { cookie: people.stranger })).toEqual([403])
  expect(await statuses(config, at, { cookie: people.organizer })).toEqual([403])
  expect(await statuses(config, at, { cookie: people.owner })).toEqual([200])
})

it.each([
  ['X-Forwarded-For', '203.0.113.7'],
  ['X-Forwarded-Host', 'demo.example'],
  ['X-Forwarded-Proto', 'https'],
  ['Forwarded', 'for=203.0.113.7'],
  ['Via', '1.1 proxy'],
  ['X-Real-IP', '203.0.113.7'],
  ['X-Client-IP', '203.0.113.7'],
  ['True-Client-IP', '203.0.113.7'],
  ['CF-Connecting-IP', '203.0.113.7'],
  ['CF-Ray', '8a1'],
])('asks for an owner where a proxy on this machine passes others on, by its %s', async (name, value) => {
  expect(await statuses(here, undefined, { [name]: value })).toEqual([401])
})

it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '', 'a b', 'localhost@evil.example'])(
  'asks for an owner where the Host header is another name than its address: “%s”',
  async (host) => {
    expect(await statuses(here, undefined, { host })).toEqual([401])
  },
)

it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST'])(
  'is open where the Host header is a name of this machine: %s',
  async (host) => {
    expect(await statuses(here, undefined, { host })).toEqual([200])
  },
)

it('says in both languages who may read it and how, and opens by the one-time link', async () => {
  const app = createApp({ ...t.services, config: { ...t.services.config, ...here, host: '0.0.0.0' } })
  const html = async (path: string) => await (await app.request(here.baseUrl + path)).text()
  expect(await html('/dev/mailbox')).toContain('đề nghị mở đường dẫn dùng một lần được in ra lúc khởi động')
  expect(await html('/en/dev/mailbox')).toContain('open the one-time link that was printed at the start')
  const link = await transaction(t.services.db, (trx) => ensureSetupLink(trx, systemContext(), { demo: true }))
  const request = formRequest({})
  const taken = await app.request(here.baseUrl + new URL(link as string).pathname, {
    ...request,
    headers: { ...(request.headers as object), origin: here.baseUrl },
  })
  const cookie = taken.headers.getSetCookie().map((set) => set.split(';')[0])[0] as string
  expect((await app.request(`${here.baseUrl}/dev/mailbox`, { headers: { cookie } })).status).toBe(200)
})

it('and the start says so, and where else forms would not be taken', () => {
  const demo = { ...here, demo: true }
  expect(warnings(demo)).toEqual([])
  expect(warnings({ ...demo, host: '0.0.0.0' })).toEqual([
    expect.stringMatching(/^HOST is 0\.0\.0\.0, but BASE_URL is http:\/\/localhost:3000: .*Set BASE_URL/),
    expect.stringContaining('the mailbox asks for its owner'),
  ])
  expect(warnings({ host: '127.0.0.1', baseUrl: 'https://hoithao.example', demo: false })).toEqual([])
  expect(warnings({ host: '127.0.0.1', baseUrl: 'http://hoithao.example', demo: false })).toEqual([
    expect.stringContaining('use https'),
  ])
})
