import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/transaction.ts'
import { sendBouncedAgain } from '../../src/features/mail/commands/again.ts'
import { sendTestLetter } from '../../src/features/mail/commands/test-letter.ts'
import { findMailStop, listMailStops } from '../../src/features/mail/queries/line.ts'
import { findConsoleCounts, getOrganization } from '../../src/features/organizations/queries.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import type { Services } from '../../src/services.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { mailContext as ctx, newMessage, queueMessages, taskServices } from '../support/mail.ts'
import { type SmtpScript, startSmtp, type TestSmtp } from '../support/smtp.ts'

let t: TestDatabase
let org: { id: string }
let warnings: { event: string; fields: Record<string, unknown> | undefined }[]
const open: (() => unknown)[] = []

beforeAll(async () => {
  t = await createTestDatabase({ max: 20 })
})
afterAll(() => t.drop())
beforeEach(async () => {
  for (const table of ['messages', 'mail_stops', 'dead_addresses', 'task_runs'])
    await t.sql.unsafe(`delete from ${table}`)
  org = await createOrganization(t.db)
  warnings = []
})
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function smtp(script?: SmtpScript): Promise<TestSmtp> {
  const server = await startSmtp(script)
  open.push(() => server.close())
  return server
}
function services(url: string): Services {
  const mailer = createSmtpMailer(url, { connection: 2, greeting: 2, socket: 2, message: 5 })
  open.push(() => mailer.close())
  const log = {
    ...taskServices(t.db, mailer).log,
    warn: (event: string, fields?: Record<string, unknown>) => void warnings.push({ event, fields }),
  }
  return { ...taskServices(t.db, mailer), log }
}
const queue = (count: number, from = 'vanphong@mau.example', organizationId = org.id) =>
  queueMessages(
    t.db,
    ...Array.from({ length: count }, (_, i) =>
      newMessage(organizationId, {
        from: { name: null, address: from },
        to: { name: null, address: `p${i}@noi.example` },
      }),
    ),
  )
const states = async () =>
  Object.fromEntries(
    (await t.sql`select state, count(*)::int as n from messages group by state`).map((r) => [r.state, r.n]),
  )
const run = (s: Services) => runDueTasks(s, { worker: 'w', tasks: [] })
const probeNow = () => t.sql`update mail_stops set next_probe_at = now()`
/** The probe, then what it opened. */
const goOn = async (s: Services) => {
  await probeNow()
  await run(s)
  await run(s)
}

describe('a refusal of us', () => {
  it('of everybody’s relay stops the line with the server’s words, bounces nobody, and goes on by itself', async () => {
    let denied = true
    let asked = 0
    const server = await smtp({
      rcpt: () => {
        asked++
        return denied ? '554 5.7.1 relay access denied' : undefined
      },
    })
    await queue(40)
    const s = services(server.url)
    for (let i = 0; i < 5; i++) await run(s)
    expect(await states()).toEqual({ queued: 40 })
    expect(asked).toBeLessThanOrEqual(10)
    const rows = await t.sql`select attempts, last_reply from messages`
    expect(rows.every((r) => r.attempts === 0 && r.last_reply === null)).toBe(true)
    expect(await findMailStop(t.db, org.id)).toMatchObject({
      scope: 'server',
      stage: 'recipient',
      reply: expect.stringContaining('554 5.7.1 relay access denied'),
    })
    expect((await findConsoleCounts(t.db, org.id)).mailStop).toMatchObject({
      reply: expect.stringContaining('relay access denied'),
      since: expect.any(Date),
    })
    expect(warnings.filter((w) => w.event === 'mail stopped')).toHaveLength(1)
    await probeNow()
    await run(s)
    expect(await states()).toEqual({ queued: 40 })
    expect(warnings).toHaveLength(1)
    denied = false
    await goOn(s)
    expect(await states()).toEqual({ sent: 40 })
    expect(await listMailStops(t.db)).toEqual([])
  })

  it('is probed with one letter a minute, by one of many instances', async () => {
    let asked = 0
    const server = await smtp({
      rcpt: () => {
        asked++
        return '554 5.7.1 relay access denied'
      },
    })
    await queue(10)
    const [a, b] = [services(server.url), services(server.url)]
    await run(a)
    asked = 0
    await run(b)
    expect(asked).toBe(0)
    await probeNow()
    await Promise.all([run(a), run(b), run(a), run(b)])
    expect(asked).toBe(1)
    const [row] = await t.sql`select extract(epoch from next_probe_at - now())::int as wait from mail_stops`
    expect(row?.wait).toBeGreaterThan(50)
  })

  it('when the server is away, or wants another log-in, leaves every letter as it was', async () => {
    const server = await smtp({ greeting: () => '554 5.7.1 you are not welcome here' })
    await queue(3)
    await run(services(server.url))
    expect(await listMailStops(t.db)).toMatchObject([{ scope: 'server', stage: 'connection' }])
    await server.close()
    await probeNow()
    await run(services(server.url))
    expect(await listMailStops(t.db)).toMatchObject([
      { stage: 'connection', reply: expect.stringContaining('ECONNREFUSED') },
    ])
    expect(await t.sql`select distinct state, attempts from messages`).toEqual([{ state: 'queued', attempts: 0 }])
  })

  it('at MAIL FROM stops this sender’s domain and no other organisation', async () => {
    let refused = true
    const server = await smtp({
      from: (a) =>
        refused && a.endsWith('@mau.example') ? '553 5.7.1 Sender address rejected: not owned by user' : undefined,
    })
    const other = await createOrganization(t.db)
    await queue(10)
    await queue(10, 'vp@khac.example', other.id)
    const s = services(server.url)
    await run(s)
    await run(s)
    expect(await states()).toEqual({ queued: 10, sent: 10 })
    expect(await findMailStop(t.db, org.id)).toMatchObject({ scope: 'from:mau.example', stage: 'sender' })
    expect(await findMailStop(t.db, other.id)).toBeUndefined()
    refused = false
    await goOn(s)
    expect(await states()).toEqual({ sent: 20 })
  })

  it('shows itself in refusals that are alike: the letters they had ended wait again, their addresses are not dead', async () => {
    let broken = true
    const server = await smtp({
      data: (m) => (broken ? `554 Transaction failed (${m.to} ${Math.random()})` : undefined),
    })
    await queue(9)
    const s = services(server.url)
    await run(s)
    expect(await states()).toEqual({ queued: 9 })
    broken = false
    await goOn(s)
    expect(await states()).toEqual({ sent: 9 })
  })

  it('that speaks of one letter alone ends that letter once others have gone', async () => {
    const server = await smtp({ rcpt: (to) => (to === 'p0@noi.example' ? '550 5.7.1 not for you' : undefined) })
    await queue(8)
    const s = services(server.url)
    for (let i = 0; i < 4; i++) await goOn(s)
    expect(await states()).toEqual({ bounced: 1, sent: 7 })
    expect(await listMailStops(t.db)).toEqual([])
  })

  it.each([
    ['rcpt', '454 4.7.1 <x@noi.example>: Relay access denied'],
    ['rcpt', '450 4.7.1 Client host rejected: cannot find your reverse hostname'],
    ['rcpt', '451 4.7.1 rate limit exceeded for your ip'],
    ['rcpt', '550 5.4.5 Daily user sending limit exceeded'],
    ['data', '554 5.2.252 SendAsDenied; not allowed to send as vanphong'],
    ['data', "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients"],
  ])('at %s: “%s” stops the line at once, marks no address, and goes on', async (stage, reply) => {
    let refused = true
    const say = () => (refused ? reply : undefined)
    const server = await smtp(stage === 'rcpt' ? { rcpt: say } : { data: say })
    await queue(24)
    const s = services(server.url)
    for (let i = 0; i < 3; i++) await run(s)
    expect(await states()).toEqual({ queued: 24 })
    expect(await t.sql`select distinct attempts from messages`).toEqual([{ attempts: 0 }])
    expect((await findConsoleCounts(t.db, org.id)).mailStop).toMatchObject({ reply: expect.stringContaining(reply) })
    expect(await t.sql`select 1 from dead_addresses`).toEqual([])
    refused = false
    await goOn(s)
    expect(await states()).toEqual({ sent: 24 })
  })

  it('that a letter meets again waits where it is a limit, and bounces nothing', async () => {
    const server = await smtp({
      rcpt: (to) => (to === 'p0@noi.example' ? '550 5.4.5 Daily user sending limit exceeded' : undefined),
    })
    await queue(6)
    const s = services(server.url)
    for (let i = 0; i < 4; i++) await goOn(s)
    expect(await states()).toEqual({ queued: 1, sent: 5 })
    expect(await listMailStops(t.db)).toEqual([])
    const [row] = await t.sql`select attempts, last_reply from messages where state = 'queued'`
    expect(row).toMatchObject({ attempts: 1, last_reply: expect.stringContaining('5.4.5') })
  })

  it('while the line stands takes a reply that may be either’s as ours', async () => {
    let reply: string | undefined = '554 5.7.1 relay access denied'
    const server = await smtp({ rcpt: () => reply })
    await queue(4)
    const s = services(server.url)
    await run(s)
    reply = '550 5.7.1 recipient domain not accepted by policy'
    for (let i = 0; i < 5; i++) {
      await probeNow()
      await run(s)
    }
    expect(await states()).toEqual({ queued: 4 })
    expect(await findMailStop(t.db, org.id)).toMatchObject({ reply: expect.stringContaining('not accepted by policy') })
    reply = undefined
    await goOn(s)
    expect(await states()).toEqual({ sent: 4 })
  })

  it('leaves one dead address to bounce alone', async () => {
    const server = await smtp({ rcpt: (to) => (to === 'p0@noi.example' ? '550 5.1.1 no such user' : undefined) })
    await queue(5)
    await run(services(server.url))
    expect(await states()).toEqual({ bounced: 1, sent: 4 })
    expect(await listMailStops(t.db)).toEqual([])
  })
})

describe('a server that says “later”', () => {
  const due = () => t.sql`update messages set next_attempt_at = now() where state = 'queued'`
  const attempts = async () => (await t.sql`select distinct attempts from messages order by 1`).map((r) => r.attempts)

  it('for one recipient, as greylists do, keeps nobody else waiting, and lets all through when it is over', async () => {
    const seen = new Map<string, number>()
    const server = await smtp({
      rcpt: (to) => {
        seen.set(to, (seen.get(to) ?? 0) + 1)
        return (seen.get(to) as number) < 3 ? '450 4.2.0 Recipient address rejected: Greylisted' : undefined
      },
    })
    await queue(30)
    const s = services(server.url)
    for (let i = 1; i <= 2; i++) {
      await due()
      await run(s)
      expect(await listMailStops(t.db)).toEqual([])
      expect(await attempts()).toEqual([i])
    }
    await due()
    await run(s)
    expect(await states()).toEqual({ sent: 30 })
  })

  it('to twenty in a row without one success stops the line', async () => {
    let busy = true
    const server = await smtp({ rcpt: () => (busy ? '451 Message deferred' : undefined) })
    await queue(40)
    const s = services(server.url)
    await run(s)
    expect(await listMailStops(t.db)).toMatchObject([{ scope: 'server', reply: expect.stringContaining('deferred') }])
    expect(await states()).toEqual({ queued: 40 })
    busy = false
    await goOn(s)
    // Of those that were under way when it stopped some wait their own minute.
    await due()
    await run(s)
    expect(await states()).toEqual({ sent: 40 })
  })

  it('to everybody’s third attempt stops the line, whatever it asks', async () => {
    const server = await smtp({ rcpt: () => '451 4.7.1 greylisted, try again later' })
    await queue(24)
    const s = services(server.url)
    for (let i = 0; i < 2; i++) {
      await run(s)
      await due()
    }
    expect(await listMailStops(t.db)).toEqual([])
    await run(s)
    expect(await listMailStops(t.db)).toHaveLength(1)
  })

  it('of twenty full boxes does not stop it', async () => {
    const server = await smtp({ rcpt: () => '452 4.2.2 mailbox full' })
    await queue(24)
    const s = services(server.url)
    for (let i = 0; i < 4; i++) {
      await run(s)
      await due()
    }
    expect(await listMailStops(t.db)).toEqual([])
  })
})

describe('without a way to send', () => {
  const none = () => taskServices(t.db, createMailer(readConfig({ DEMO: 'off' }), t.db))

  it('nothing is called sent: letters wait, and it is written down where all instances look', async () => {
    await queue(3)
    const s = none()
    expect(s.mailer.kind).toBe('none')
    expect(await run(s)).toEqual({ attempted: 0 })
    expect(await states()).toEqual({ queued: 3 })
    expect(await t.sql`select 1 from mailbox_messages`).toEqual([])
    expect(await findMailStop(t.db, org.id)).toMatchObject({ stage: 'none' })
  })

  it('letters leave at the first run with one', async () => {
    await queue(3)
    await run(none())
    const server = await smtp()
    await run(services(server.url))
    expect(await states()).toEqual({ sent: 3 })
    expect(await listMailStops(t.db)).toEqual([])
  })

  it('the demo keeps its mailbox', () => {
    expect(createMailer(readConfig({}), t.db).kind).toBe('mailbox')
    expect(createMailer(readConfig({ DATABASE_URL: 'postgres://x@y/z' }), t.db).kind).toBe('none')
  })
})

describe('a test letter', () => {
  const me = { name: 'Lê Văn Chủ', address: 'chu@noi.example' }

  it('arrives, tells the server’s own words, and opens a line that stood still', async () => {
    let denied = true
    const server = await smtp({ rcpt: () => (denied ? '554 5.7.1 relay access denied' : undefined) })
    await queue(3)
    const s = services(server.url)
    await run(s)
    const test = async () => sendTestLetter(s, ctx, await getOrganization(t.db, org.id), me)
    expect(await test()).toMatchObject({
      outcome: 'refused',
      stage: 'recipient',
      reply: expect.stringContaining('relay access denied'),
    })
    denied = false
    expect(await test()).toEqual({ outcome: 'sent', stage: 'message', to: me.address, reply: '250 kept' })
    expect(server.received.map((m) => m.to)).toEqual([me.address])
    await run(s)
    expect(await states()).toEqual({ sent: 3 })
  })

  it('says at once that there is no way', async () => {
    const mailer = createMailer(readConfig({ DEMO: 'off' }), t.db)
    expect(await sendTestLetter({ db: t.db, mailer }, ctx, await getOrganization(t.db, org.id), me)).toMatchObject({
      outcome: 'no_way',
    })
  })
})

describe('addresses typed by hand', () => {
  it('are mailed once and then held, until somebody sends again', async () => {
    let asked = 0
    const server = await smtp({
      rcpt: () => {
        asked++
        return '550 5.1.1 no such user'
      },
    })
    const s = services(server.url)
    for (let i = 0; i < 4; i++) {
      await queue(1)
      await run(s)
    }
    expect(asked).toBe(1)
    expect(await states()).toEqual({ bounced: 1, cancelled: 3 })
    const again = (deadToo: boolean) => transaction(t.db, (trx) => sendBouncedAgain(trx, ctx, org.id, { deadToo }))
    expect(await again(false)).toBe(0)
    expect(await again(true)).toBe(4)
    await run(s)
    expect(asked).toBeGreaterThan(1)
  })
})
