import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { signInLimits } from '../../src/features/accounts/rules.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { linkRef, linkToken } from '../../src/features/links/token.ts'
import { type Caller, createCaller, newSeminar } from '../api/support.ts'
import { systemContext, testLinkKey } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { newMessage, queueMessages } from '../support/mail.ts'
import { pdf } from '../support/office-files.ts'
import { createSpeech } from '../support/speeches.ts'
import { startTwo, type TwoInstances } from '../support/two-instances.ts'
import { roomInWindow } from '../support/windows.ts'

let two: TwoInstances
let caller: Caller
let organization: Awaited<ReturnType<typeof createOrganization>>
/** How long the mail server takes for one message. */
let mailMs = 0

beforeAll(async () => {
  two = await startTwo({
    async data() {
      await sleep(mailMs)
      return undefined
    },
  })
  organization = await createOrganization(two.t.services.db)
  caller = await createCaller(two.t, { organizationId: organization.id })
})
afterAll(() => two.close())

const at = (place: 0 | 1, path: string, init: RequestInit = {}) =>
  fetch(two.instances[place].origin + path, { redirect: 'manual', signal: AbortSignal.timeout(20_000), ...init })
const anywhere = (path: string, init: RequestInit = {}) =>
  fetch(two.balancer.origin + path, { redirect: 'manual', signal: AbortSignal.timeout(20_000), ...init })
const form = (fields: Record<string, string>, cookie = ''): RequestInit => ({
  method: 'POST',
  headers: { origin: two.balancer.origin, cookie },
  body: new URLSearchParams(fields),
})
const api = (method: string, body?: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${caller.key}`, 'content-type': 'application/json', ...headers },
  body: body === undefined ? null : JSON.stringify(body),
})
/** Invitees of a seminar with their links, as their mails carry them. */
async function invite(seminarId: string, count: number) {
  const { sql } = two.t.database
  const rows = await sql<{ id: string }[]>`
    insert into invitations (organization_id, seminar_id, name, family, middle, given, status, sent_at)
    select ${organization.id}, ${seminarId}, 'Đại biểu ' || n, 'Đại', 'biểu', n::text, 'sent', now()
    from generate_series(1, ${count}::int) n returning id`
  await transaction(two.t.services.db, (trx) =>
    issueLinks(
      trx,
      systemContext(),
      rows.map(({ id }) => ({
        purpose: 'invitation' as const,
        organizationId: organization.id,
        targetId: id,
        generation: 1,
      })),
    ),
  )
  return Promise.all(
    rows.map(async ({ id }) => {
      const token = await linkToken(testLinkKey, 'invitation', id, 1)
      return { token, ref: await linkRef(token) }
    }),
  )
}
async function inLanes<T>(items: T[], lanes: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items]
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
    }),
  )
}
const queue = (count: number, prefix: string) =>
  queueMessages(
    two.t.services.db,
    ...Array.from({ length: count }, (_, i) =>
      newMessage(organization.id, { to: { name: `Đại biểu ${i}`, address: `${prefix}${i}@mau.example` } }),
    ),
  )
const received = (prefix: string) => two.smtp.received.filter((m) => m.to.startsWith(prefix))
async function unsent(prefix: string): Promise<number> {
  const [row] = await two.t.database.sql<{ n: number }[]>`
    select count(*)::int as n from messages where to_address like ${`${prefix}%`} and state <> 'sent'`
  return row?.n as number
}

describe('two instances behind a balancer', () => {
  it('both get requests', async () => {
    // A busy machine may have answered one look at /readyz too late.
    await vi.waitFor(() => expect(two.balancer.inUse()).toHaveLength(2), 20_000)
    await Promise.all(Array.from({ length: 20 }, () => anywhere('/healthz')))
    for (const given of two.balancer.given.values()) expect(given).toBeGreaterThan(5)
  })

  it('hold a sign-in made at one also at the other, and end it at both', async () => {
    const member = await createMember(two.t.services, organization.id)
    const signed = await at(0, '/sign-in', form({ email: member.email, password: member.password }))
    expect(signed.status).toBe(303)
    const cookie = signed.headers.getSetCookie().map((one) => one.split(';')[0])
    const page = () => at(1, `/console/${organization.slug}`, { headers: { cookie: cookie.join('; ') } })
    expect((await page()).status).toBe(200)
    await at(0, '/sign-out', form({}, cookie.join('; ')))
    expect((await page()).status).toBe(303)
  })

  it('show at the other within a second what was published or withdrawn through one', async () => {
    const seminar = await createSeminar(two.t.services.db, organization.id)
    const path = `/api/v1/seminars/${seminar.id}/summaries`
    expect((await at(0, path, api('POST', { locale: 'vi' }))).status).toBe(201)
    const page = async () => (await at(1, `/s/${seminar.slug}/summary`)).status
    for (const [state, wanted] of [
      ['published', 200],
      ['withdrawn', 410],
      ['published', 200],
    ] as const) {
      // Asked all the time, so that the other has it in memory.
      for (let i = 0; i < 5; i++) await page()
      const done = await at(0, `${path}/vi/state`, api('PUT', { state }, { 'if-match': '*' }))
      expect(done.status).toBe(200)
      const since = performance.now()
      while (performance.now() - since < 1000) await page()
      expect(await page(), state).toBe(wanted)
    }
  })

  it('count wrong passwords together', { timeout: 60_000 }, async () => {
    await roomInWindow(signInLimits.windowSeconds)
    const { email } = await createMember(two.t.services, organization.id)
    const statuses: number[] = []
    for (let i = 0; i < 14; i++)
      statuses.push((await at((i % 2) as 0 | 1, '/sign-in', form({ email, password: 'sai mật khẩu' }))).status)
    expect(statuses).toEqual([...Array(10).fill(422), ...Array(4).fill(429)])
  })

  it('do once what was sent to both with one Idempotency-Key', async () => {
    const key = crypto.randomUUID()
    const send = (place: 0 | 1) => at(place, '/api/v1/seminars', api('POST', newSeminar, { 'idempotency-key': key }))
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send((i % 2) as 0 | 1)))
    expect(answers.every((a) => a.status === 201 || a.status === 409)).toBe(true)
    const after = await Promise.all([send(0), send(1)])
    expect(after.map((a) => a.status)).toEqual([201, 201])
    const places = [...answers, ...after].map((a) => a.headers.get('location')).filter((place) => place !== null)
    expect(new Set(places).size).toBe(1)
  })

  it('give exactly 40 of 1,000 who answer through both a place, the others a number each in the line', async () => {
    const seminar = await createSeminar(two.t.services.db, organization.id, { capacity: 40 })
    const links = await invite(seminar.id, 1000)
    const statuses = new Map<number, number>()
    await inLanes(links, 16, async ({ token, ref }) => {
      const { status } = await anywhere(`/i/${token}`, form({ ref, answer: 'attend' }))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    })
    expect(Object.fromEntries(statuses)).toEqual({ 303: 1000 })
    const [row] = await two.t.database.sql`
      select (select taken from seminar_places where seminar_id = ${seminar.id}) as taken,
        count(*) filter (where answer = 'accepted')::int as accepted,
        count(distinct waiting_no) filter (where answer = 'waitlisted')::int as waiting, max(waiting_no) as last
      from invitations where seminar_id = ${seminar.id}`
    expect(row).toEqual({ taken: 40, accepted: 40, waiting: 960, last: 960 })
  })

  it('take in a file whose parts go now to one, now to the other, whole', async () => {
    const seminar = await createSeminar(two.t.services.db, organization.id)
    const speech = await createSpeech(two.t, seminar)
    const bytes = pdf({ padding: 200_000 })
    const tus = { authorization: `Bearer ${caller.key}`, 'tus-resumable': '1.0.0' }
    const made = await at(0, `/api/v1/speeches/${speech.id}/uploads`, {
      method: 'POST',
      headers: {
        ...tus,
        'upload-length': String(bytes.byteLength),
        'upload-metadata': `filename ${Buffer.from('bai.pdf').toString('base64')}`,
      },
    })
    expect(made.status).toBe(201)
    const { pathname } = new URL(made.headers.get('location') as string, two.balancer.origin)
    let offset = 0
    for (let i = 0; offset < bytes.byteLength; i++) {
      const part = bytes.slice(offset, offset + 40_000)
      const sent = await at((i % 2) as 0 | 1, pathname, {
        method: 'PATCH',
        headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        body: part,
      })
      expect(sent.status).toBe(204)
      offset += part.byteLength
      expect(sent.headers.get('upload-offset')).toBe(String(offset))
    }
    const state = await (await at(0, pathname, { headers: tus })).json()
    expect(state).toMatchObject({ state: 'kept', size: bytes.byteLength, number: 1 })
    const version = await two.t.database.sql`
      select f.sha256, f.size from presentation_versions v join files f using (organization_id)
      where f.id = v.file_id and v.presentation_id = ${speech.id}`
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))
    expect(version).toHaveLength(1)
    expect(new Uint8Array(version[0]?.sha256)).toEqual(digest)
  })
})

describe('the timers of two instances', () => {
  it('send each of 200 messages once, and both send', async () => {
    mailMs = 40
    await queue(200, 'hai-')
    const workers = new Set<string>()
    while ((await unsent('hai-')) > 0) {
      const held = await two.t.database.sql<{ lease_by: string }[]>`
        select distinct lease_by from messages where state = 'sending'`
      for (const { lease_by } of held) workers.add(lease_by)
      await sleep(20)
    }
    mailMs = 0
    expect([...workers].map((worker) => Number(worker.split(':').at(-2))).sort()).toEqual(
      two.instances.map((instance) => instance.pid).sort(),
    )
    const to = received('hai-').map((m) => m.to)
    expect([to.length, new Set(to).size]).toEqual([200, 200])
  })

  it('remind a speaker once, however often the task comes round', async () => {
    const { db } = two.t.services
    const { sql } = two.t.database
    const seminar = await createSeminar(db, organization.id)
    const deadlineLocal = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 19)
    const speeches = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        createSpeech(two.t, seminar, { email: `nhac-${i}@mau.example`, deadlineLocal }),
      ),
    )
    await sql`update presentations set state_since = now() - interval '2 days' where id in ${sql(speeches.map((s) => s.id))}`
    const reminders = () => sql<{ to_address: string }[]>`
      select to_address from messages where kind = 'speech_due' and to_address like 'nhac-%'`
    const comeRound = () => sql`update task_runs set started_at = now() - interval '1 day', finished_at = now()`
    await comeRound()
    await expect.poll(async () => (await reminders()).length, { timeout: 20_000 }).toBe(10)
    for (let round = 0; round < 10; round++) {
      await comeRound()
      await sleep(200)
    }
    expect(new Set((await reminders()).map((m) => m.to_address)).size).toBe(10)
    expect(await reminders()).toHaveLength(10)
  })
})

describe('an instance killed amid its work', () => {
  it('loses nothing: the other goes on at once, and sends what the dead one held as soon as it is known to be gone', {
    timeout: 120_000,
  }, async () => {
    mailMs = 100
    await queue(120, 'giet-')
    await expect.poll(() => received('giet-').length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(10)
    two.instances[0].kill('SIGKILL')
    expect(await two.instances[0].ended).toBe('SIGKILL')
    expect((await at(1, '/readyz')).status).toBe(200)
    mailMs = 0
    // Long before the lease of four minutes is over.
    await expect.poll(() => unsent('giet-'), { timeout: 90_000 }).toBe(0)
    const all = received('giet-')
    expect(new Set(all.map((m) => m.to)).size).toBe(120)
    // What was on the wire at that moment may arrive twice, told by its Message-ID; five are sent at once.
    expect(new Set(all.map((m) => m.messageId)).size).toBe(120)
    expect(all.length - 120).toBeLessThanOrEqual(5)
    await two.again(0)
  })
})

describe('a rolling restart', () => {
  it('loses no request: who is told to stop says so at /readyz, answers what comes meanwhile, and ends', async () => {
    const seminar = await createSeminar(two.t.services.db, organization.id)
    const links = await invite(seminar.id, 4000)
    await expect.poll(() => two.balancer.inUse().length, { timeout: 10_000 }).toBe(2)
    two.balancer.lost.length = 0
    const statuses = new Map<string, number>()
    const note = (what: string) => statuses.set(what, (statuses.get(what) ?? 0) + 1)
    let going = true
    let sent = 0
    const lanes = Array.from({ length: 6 }, async (_, lane) => {
      while (going) {
        if (lane % 2) note(`page ${(await anywhere(`/s/${seminar.slug}?n=${sent}`)).status}`)
        else {
          const link = links[sent++]
          if (!link) return
          note(`answer ${(await anywhere(`/i/${link.token}`, form({ ref: link.ref, answer: 'attend' }))).status}`)
        }
        await sleep(10)
      }
    })
    for (const place of [0, 1] as const) {
      const old = two.instances[place]
      old.kill('SIGTERM')
      await sleep(100)
      const told = await at(place, '/readyz')
      expect([told.status, await told.json()]).toEqual([503, { status: 'stopping' }])
      expect(told.headers.get('connection')).toBe('close')
      expect(await old.ended).toBe(0)
      await two.again(place)
      await expect.poll(() => two.balancer.inUse().length, { timeout: 10_000 }).toBe(2)
    }
    going = false
    await Promise.all(lanes)
    expect(two.balancer.lost).toEqual([])
    expect([...statuses.keys()].sort()).toEqual(['answer 303', 'page 200'])
    const [row] = await two.t.database.sql`
      select count(*)::int as n from invitations where seminar_id = ${seminar.id} and answer = 'accepted'`
    expect(row?.n).toBe(sent)
  })
})
