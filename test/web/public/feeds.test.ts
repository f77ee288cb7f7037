import ICAL from 'ical.js'
import nodeIcal from 'node-ical'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { checkCalendar } from '../../../src/features/calendar/check.ts'
import { issueLinks, revokeLinks } from '../../../src/features/links/commands.ts'
import { linkUrl } from '../../../src/features/links/queries.ts'
import { postponeSeminar, scheduleSeminar } from '../../../src/features/seminars/commands.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testLinkKey, testOrigin } from '../../support/app.ts'
import {
  createInvitation,
  createMember,
  createOrganization,
  createPerson,
  createSeminar,
} from '../../support/factories.ts'
import { movableClock, publish, reader, withdraw } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'

let t: TestApp
let get: ReturnType<typeof reader>
let org: Awaited<ReturnType<typeof createOrganization>>
const clock = movableClock('2026-11-24T02:00:00Z')
const db = () => t.database.db

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now } })
  get = reader(t, clock)
  org = await createOrganization(db(), { slug: 'minh-ha', name: 'Thành ủy Minh Hà' })
})
afterAll(() => t.close())

const summaries = (ics: string) =>
  new ICAL.Component(ICAL.parse(ics))
    .getAllSubcomponents('vevent')
    .map((event) => String(event.getFirstPropertyValue('summary')))
const seminar = (over: Parameters<typeof createSeminar>[2] = {}) =>
  createSeminar(db(), org.id, {
    starts_local: '2026-12-15T14:00:00',
    ends_local: '2026-12-15T17:00:00',
    revised_at: '2026-11-01T00:00:00Z',
    ...over,
  })
const feedUrl = async (purpose: 'person-feed' | 'member-feed', targetId: string, generation = 1) => {
  await transaction(db(), (trx) =>
    issueLinks(trx, systemContext(), [
      { purpose, organizationId: purpose === 'person-feed' ? org.id : null, targetId, generation },
    ]),
  )
  return `${await linkUrl({ origin: '', linkKey: testLinkKey }, { purpose, targetId, generation })}.ics`
}

describe('a feed', () => {
  it('rule 61: is text/calendar in UTF-8, whatever is accepted', async () => {
    await seminar({ theme: 'Chủ đề một' })
    for (const accept of ['*/*', 'text/html', 'application/json', '']) {
      const { status, headers } = await get('/calendar.ics', { accept })
      expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
    }
  })

  it('rule 62: answers HEAD with the headers of GET and no body', async () => {
    for (const path of ['/calendar.ics', '/o/minh-ha/calendar.ics', '/feed.atom', '/']) {
      const names = ['content-type', 'content-length', 'etag', 'last-modified', 'cache-control', 'vary']
      const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)]
      expect(head.status).toBe(200)
      for (const name of names) expect(head.headers.get(name), `${path} ${name}`).toBe(whole.headers.get(name))
      expect(Number(head.headers.get('content-length'))).toBe(new TextEncoder().encode(whole.text).byteLength)
    }
  })

  it('rule 63: gives the same bytes until something changes, and changes its tag and date on a removal too', async () => {
    const gone = await seminar({ theme: 'Sẽ được giấu' })
    const first = await get('/calendar.ics')
    clock.forward(5 * 3600_000)
    const again = await get('/calendar.ics')
    expect(again.text).toBe(first.text)
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(again.headers.get('last-modified')).toBe(first.headers.get('last-modified'))
    const later = new Date(Date.parse(first.headers.get('last-modified') as string) + 60_000)
    await db()
      .updateTable('seminars')
      .set({ visibility: 'private', updated_at: later })
      .where('id', '=', gone.id)
      .execute()
    const without = await get('/calendar.ics')
    expect(without.text).not.toContain('Sẽ được giấu')
    expect(without.headers.get('etag')).not.toBe(first.headers.get('etag'))
    expect(Date.parse(without.headers.get('last-modified') as string)).toBeGreaterThan(
      Date.parse(first.headers.get('last-modified') as string),
    )
  })

  it('rule 63: answers 304 to a known tag, to a list of tags, and to the date alone', async () => {
    const { headers } = await get('/calendar.ics')
    const etag = headers.get('etag') as string
    const modified = headers.get('last-modified') as string
    for (const known of [
      { 'if-none-match': etag },
      { 'if-none-match': `"x", W/${etag}` },
      { 'if-modified-since': modified },
    ] as Record<string, string>[]) {
      const answer = await get('/calendar.ics', known)
      expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', etag])
    }
    expect((await get('/calendar.ics', { 'if-none-match': '"x"', 'if-modified-since': modified })).status).toBe(200)
    expect((await get('/calendar.ics', { 'if-modified-since': new Date(0).toUTCString() })).status).toBe(200)
  })

  it('rule 64: is zipped only where gzip is offered, with a tag of its own', async () => {
    const plain = await get('/calendar.ics')
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(
      (await get('/calendar.ics', { 'accept-encoding': 'gzip;q=0, br' })).headers.get('content-encoding'),
    ).toBeNull()
    clock.forward(2000)
    const zipped = await t.app.request(`${testOrigin}/calendar.ics`, { headers: { 'accept-encoding': 'gzip, br' } })
    expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding'])
    expect(zipped.headers.get('etag')).not.toBe(plain.headers.get('etag'))
    const text = await new Response((zipped.body as ReadableStream).pipeThrough(new DecompressionStream('gzip'))).text()
    expect(text).toBe(plain.text)
    expect((await get('/calendar.ics', { 'if-none-match': zipped.headers.get('etag') as string })).status).toBe(304)
  })

  it('rules 1–22, 65, 67, 69: is what a feed must be, and two readers understand it', async () => {
    for (const path of ['/calendar.ics', '/o/minh-ha/calendar.ics', '/en/calendar.ics']) {
      const { text } = await get(path)
      expect(checkCalendar(text, { method: null, feed: true })).toEqual([])
      expect(text).not.toMatch(/^(METHOD|ATTENDEE)/m)
      expect(text).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H')
      expect(text).toContain('X-PUBLISHED-TTL:PT1H')
      const read = Object.values(nodeIcal.sync.parseICS(text)).filter((item) => item?.type === 'VEVENT')
      expect(read).toHaveLength(summaries(text).length)
    }
  })

  it('rule 68: keeps a cancelled event for 30 days, then lets it go and moves its date', async () => {
    await seminar({ theme: 'Đã hủy bỏ', state: 'cancelled', cancelled_at: clock.at, sequence: 1 })
    const during = await get('/calendar.ics')
    expect(during.text).toMatch(/STATUS:CANCELLED/)
    clock.forward(29 * 86_400_000)
    expect((await get('/calendar.ics')).text).toContain('Đã hủy bỏ')
    clock.forward(1.1 * 86_400_000)
    const after = await get('/calendar.ics')
    expect(after.text).not.toContain('Đã hủy bỏ')
    expect(Date.parse(after.headers.get('last-modified') as string)).toBeGreaterThan(
      Date.parse(during.headers.get('last-modified') as string),
    )
  })

  it('rule 69: moves stamp and date at each revision, and carries the sequence', async () => {
    const one = await seminar({ theme: 'Đổi địa điểm', sequence: 4, revised_at: '2026-11-10T01:02:03Z' })
    const event = async () => {
      const vevents = new ICAL.Component(ICAL.parse((await get('/calendar.ics')).text)).getAllSubcomponents('vevent')
      const found = vevents.find((each) => each.getFirstPropertyValue('uid') === one.uid) as ICAL.Component
      return ['dtstamp', 'last-modified', 'sequence'].map((name) => String(found.getFirstPropertyValue(name)))
    }
    expect(await event()).toEqual(['2026-11-10T01:02:03Z', '2026-11-10T01:02:03Z', '4'])
    await db()
      .updateTable('seminars')
      .set({ revised_at: '2026-11-11T00:00:00Z', sequence: 5 })
      .where('id', '=', one.id)
      .execute()
    expect(await event()).toEqual(['2026-11-11T00:00:00Z', '2026-11-11T00:00:00Z', '5'])
  })

  it('rule 70: reaches a year back and holds at most 500 events', async () => {
    await seminar({
      theme: 'Hai năm trước',
      state: 'held',
      starts_local: '2024-11-01T08:00:00',
      ends_local: '2024-11-01T11:00:00',
    })
    expect((await get('/calendar.ics')).text).not.toContain('Hai năm trước')
    const full = await createOrganization(db(), { slug: 'day' })
    for (let i = 0; i < 520; i++) {
      await createSeminar(db(), full.id, {
        theme: `Buổi ${i}`,
        starts_local: `2027-01-01T0${i % 10}:00:00`,
        ends_local: '2027-01-01T17:00:00',
      })
    }
    const { text } = await get('/o/day/calendar.ics')
    expect(summaries(text)).toHaveLength(500)
    await db().deleteFrom('organizations').where('id', '=', full.id).execute()
  })

  it('keeps drafts, unlisted, private and undated seminars out', async () => {
    await seminar({ theme: 'Không được hiện', state: 'draft' })
    await seminar({ theme: 'Không được hiện', visibility: 'unlisted' })
    await seminar({ theme: 'Không được hiện', visibility: 'private' })
    await seminar({ theme: 'Không được hiện', state: 'postponed', starts_local: null, ends_local: null })
    for (const path of ['/calendar.ics', '/o/minh-ha/calendar.ics'])
      expect((await get(path)).text).not.toContain('Không được hiện')
  })

  it('of an organisation without seminars is still a calendar', async () => {
    await createOrganization(db(), { slug: 'vang' })
    const { status, text } = await get('/o/vang/calendar.ics')
    expect(status).toBe(200)
    expect(checkCalendar(text, { method: null, feed: true })).toEqual([])
  })
})

describe('a personal feed', () => {
  it('rule 70: holds one person’s invitations, unlisted and private ones too, until a new link revokes it', async () => {
    const person = await createPerson(db(), org.id)
    const mine = await seminar({ theme: 'Mời tôi', visibility: 'private' })
    const withdrawn = await seminar({ theme: 'Đã rút' })
    const others = await seminar({ theme: 'Mời người khác', visibility: 'private' })
    await createInvitation(db(), mine, { person_id: person.id })
    await createInvitation(db(), withdrawn, { person_id: person.id, status: 'withdrawn', withdrawn_at: clock.at })
    await createInvitation(db(), others)
    const url = await feedUrl('person-feed', person.id)
    expect(url).toMatch(/^\/c\/[A-Za-z0-9_-]{22}\.ics$/)
    const { status, text, headers } = await get(url)
    expect(status).toBe(200)
    expect(summaries(text).map((title) => title.includes('Mời tôi'))).toEqual([true])
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect(headers.get('cache-control')).toContain('private')
    expect(text).not.toMatch(/ATTENDEE|\/c\//)
    expect(checkCalendar(text, { method: null, feed: true })).toEqual([])
    await transaction(db(), (trx) => revokeLinks(trx, 'person-feed', person.id))
    const revoked = await get(url)
    expect(revoked.status).toBe(404)
    expect(revoked.headers.get('location')).toBeNull()
  })

  it('of a member holds everything of their organisations but drafts, while they are members', async () => {
    const member = await createMember(t.services, org.id, 'viewer')
    await seminar({ theme: 'Nội bộ', visibility: 'private' })
    await seminar({ theme: 'Còn soạn', state: 'draft' })
    const elsewhere = await createOrganization(db())
    await createSeminar(db(), elsewhere.id, {
      theme: 'Cơ quan khác',
      starts_local: '2026-12-20T08:00:00',
      ends_local: '2026-12-20T11:00:00',
    })
    const url = await feedUrl('member-feed', member.userId)
    const { text } = await get(url)
    expect(text).toContain('Nội bộ')
    expect(text).not.toContain('Còn soạn')
    expect(text).not.toContain('Cơ quan khác')
    await db().updateTable('members').set({ disabled_at: clock.at }).where('user_id', '=', member.userId).execute()
    expect((await get(url)).text).not.toContain('Nội bộ')
  })

  it('is made, replaced and ended by its member in the settings', async () => {
    const { cookie } = await createMember(t.services, org.id, 'organizer')
    const settings = `/console/${org.slug}/settings/calendar`
    const address = async () =>
      /value="http:\/\/hoithao\.test(\/c\/[^"]+\.ics)"/.exec((await get(settings, { cookie })).text)?.[1]
    const post = (rest = '') => t.app.request(testOrigin + settings + rest, formRequest({}, cookie))
    expect(await address()).toBeUndefined()
    expect((await post()).status).toBe(303)
    const first = (await address()) as string
    expect((await get(first)).headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    await post()
    const second = (await address()) as string
    expect([(await get(first)).status, (await get(second)).status]).toEqual([404, 200])
    await post('/revocation')
    expect([(await get(second)).status, await address()]).toEqual([404, undefined])
  })

  it('of an invitee is made by an organizer of their organisation, and by nobody else', async () => {
    const person = await createPerson(db(), org.id)
    await createInvitation(db(), await seminar({ theme: 'Giấy mời này' }), { person_id: person.id })
    const path = `/console/${org.slug}/directory/people/${person.id}/calendar`
    const { cookie } = await createMember(t.services, org.id, 'organizer')
    const viewer = (await createMember(t.services, org.id, 'viewer')).cookie
    const stranger = (await createMember(t.services, (await createOrganization(db())).id)).cookie
    const post = (rest: string, who: string) => t.app.request(testOrigin + path + rest, formRequest({}, who))
    for (const [who, status] of [
      [viewer, 403],
      [stranger, 404],
    ] as const) {
      expect([(await get(path, { cookie: who })).status, (await post('', who)).status]).toEqual([status, status])
    }
    expect((await post('', cookie)).status).toBe(303)
    const { text } = await get(path, { cookie })
    const address = /value="http:\/\/hoithao\.test(\/c\/[^"]+\.ics)"/.exec(text)?.[1] as string
    expect((await get(address)).text).toContain('Giấy mời này')
    await post('/revocation', cookie)
    expect((await get(address)).status).toBe(404)
  })

  it.each(['/c/abc.ics', '/c/AAAAAAAAAAAAAAAAAAAAAA.ics', '/c/AAAAAAAAAAAAAAAAAAAAAA'])(
    'is 404 for a token that is none: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})

describe('a postponed seminar in feeds', () => {
  it('stays thirty days as cancelled at the time it was to be, with the same identity, then leaves', async () => {
    const one = await seminar({
      theme: 'Sẽ hoãn lại',
      starts_local: '2026-12-20T14:00:00',
      ends_local: '2026-12-20T17:00:00',
    })
    const events = async (path = '/calendar.ics') =>
      new ICAL.Component(ICAL.parse((await get(path)).text))
        .getAllSubcomponents('vevent')
        .filter((event) => event.getFirstPropertyValue('uid') === one.uid)
        .map((event) => ({
          status: String(event.getFirstPropertyValue('status')),
          start: String(event.getFirstPropertyValue('dtstart')),
          sequence: Number(event.getFirstPropertyValue('sequence')),
        }))
    expect(await events()).toEqual([{ status: 'CONFIRMED', start: '2026-12-20T14:00:00', sequence: 0 }])
    const before = (await get('/calendar.ics')).headers
    const ctx = systemContext({ now: clock.at })
    await transaction(db(), (trx) => postponeSeminar(trx, ctx, org.id, one.id, 'Do bão.'))
    await db()
      .updateTable('seminars')
      .set({ postponed_at: clock.at, revised_at: clock.at })
      .where('id', '=', one.id)
      .execute()
    const cancelled = { status: 'CANCELLED', start: '2026-12-20T14:00:00', sequence: 1 }
    for (const path of ['/calendar.ics', '/o/minh-ha/calendar.ics', `/s/${one.slug}/event.ics`])
      expect(await events(path), path).toEqual([cancelled])
    const feed = await get('/calendar.ics')
    expect(checkCalendar(feed.text, { method: null, feed: true })).toEqual([])
    expect(feed.headers.get('etag')).not.toBe(before.get('etag'))
    clock.forward(29 * 86_400_000)
    expect(await events()).toEqual([cancelled])
    clock.forward(2 * 86_400_000)
    expect(await events()).toEqual([])
  })

  it('comes back confirmed when it has a date again', async () => {
    const one = await seminar({
      theme: 'Dời ngày',
      starts_local: '2027-03-20T14:00:00',
      ends_local: '2027-03-20T17:00:00',
    })
    const ctx = systemContext({ now: clock.at })
    await transaction(db(), (trx) => postponeSeminar(trx, ctx, org.id, one.id, null))
    const again = { startsLocal: '2027-04-20T14:00:00', endsLocal: '2027-04-20T17:00:00', answerDeadlineLocal: null }
    await transaction(db(), (trx) => scheduleSeminar(trx, ctx, org.id, one.id, again))
    const { text } = await get(`/s/${one.slug}/event.ics`)
    expect(text).toContain('STATUS:CONFIRMED')
    expect(text).toContain('20270420T140000')
    expect(text).not.toContain('20270320')
  })
})

describe('one event as a file', () => {
  it('is the same event as in the feed, and says when it was cancelled', async () => {
    const one = await seminar({ theme: 'Một tệp' })
    const { text, headers } = await get(`/s/${one.slug}/event.ics`)
    expect(checkCalendar(text, { method: null })).toEqual([])
    expect(headers.get('content-disposition')).toBe(
      `inline; filename="${one.slug}.ics"; filename*=UTF-8''${one.slug}.ics`,
    )
    const uid = (ics: string) =>
      new ICAL.Component(ICAL.parse(ics)).getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid')
    expect(uid(text)).toBe(one.uid)
    expect((await get('/calendar.ics')).text).toContain(one.uid)
    expect((await get(`/s/${one.slug}/event.ics?download`)).headers.get('content-disposition')).toMatch(/^attachment/)
    await db()
      .updateTable('seminars')
      .set({ state: 'cancelled', cancelled_at: clock.at })
      .where('id', '=', one.id)
      .execute()
    expect((await get(`/s/${one.slug}/event.ics`)).text).toContain('STATUS:CANCELLED')
  })

  it('is 404 while there is no date', async () => {
    const open = await seminar({ state: 'postponed', starts_local: null, ends_local: null })
    expect((await get(`/s/${open.slug}/event.ics`)).status).toBe(404)
  })
})

describe('the news feeds', () => {
  it('hold published texts of public seminars, by language, until they are withdrawn', async () => {
    const one = await createSeedSeminar(db(), org.id)
    await publish(t.services, one, { title: 'Tin <b>&</b> bài', body: '**Đậm** & `<i>`' })
    const atom = await get('/feed.atom')
    expect(atom.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8')
    expect(atom.text).toContain('<title>Tin &lt;b&gt;&amp;&lt;/b&gt; bài</title>')
    expect(atom.text).toContain('<published>2023-11-17T01:15:00.000Z</published>')
    const json = JSON.parse((await get('/feed.json')).text)
    expect(json.items).toHaveLength(1)
    expect(json.items[0]).toMatchObject({
      url: `${testOrigin}/s/${one.slug}/summary`,
      authors: [{ name: 'Hồng Hoàn' }],
    })
    expect(json.items[0].content_html).toContain('<strong>Đậm</strong> &amp; &lt;i&gt;')
    expect(JSON.parse((await get('/en/feed.json')).text).items).toEqual([])
    expect(JSON.parse((await get('/o/minh-ha/feed.json')).text).items).toHaveLength(1)
    await withdraw(t.services, one)
    const after = await get('/feed.atom')
    expect(after.text).not.toContain('<entry>')
    expect(after.headers.get('etag')).not.toBe(atom.headers.get('etag'))
    expect((await get('/feed.atom', { 'if-none-match': after.headers.get('etag') as string })).status).toBe(304)
  })

  it('open and close their elements in order', async () => {
    const { text } = await get('/feed.atom')
    const open: string[] = []
    for (const [, close, name, self] of text.matchAll(/<(\/?)([a-z][a-zA-Z:]*)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name)
      else if (!self) open.push(name as string)
    }
    expect(open).toEqual([])
  })
})

describe('what search engines are told', () => {
  it('lists public pages in both languages, and keeps personal ones out', async () => {
    const robots = (await get('/robots.txt')).text
    for (const path of ['/console', '/i/', '/p/', '/c/', '/en/i/', '/invitation/', '/sign-in'])
      expect(robots).toContain(`Disallow: ${path}\n`)
    expect(robots).toContain(`Sitemap: ${testOrigin}/sitemap.xml`)
    const one = await seminar()
    const { text, headers } = await get('/sitemap.xml')
    expect(headers.get('content-type')).toBe('application/xml; charset=utf-8')
    expect(text).toContain(`<loc>${testOrigin}/s/${one.slug}</loc>`)
    expect(text).toContain(`<loc>${testOrigin}/en/s/${one.slug}</loc>`)
    expect(text).toContain(`<loc>${testOrigin}/o/minh-ha</loc>`)
  })
})
