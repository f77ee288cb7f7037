import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCards } from '../../../src/platform/cards.ts'
import { createTestApp, type TestApp, testOrigin } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { movableClock, publish, reader, withdraw } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'

let t: TestApp
let get: ReturnType<typeof reader>
let org: Awaited<ReturnType<typeof createOrganization>>
const clock = movableClock('2026-11-24T02:00:00Z')

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now, cards: createCards('dist/fonts') } })
  get = reader(t, clock)
  org = await createOrganization(t.database.db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí', accent_hue: 250 })
})
afterAll(() => t.close())

const db = () => t.database.db
const meta = (text: string, property: string) =>
  new RegExp(`<meta (?:property|name)="${property}" content="([^"]*)"`).exec(text)?.[1]
const imageOf = (text: string) => (meta(text, 'og:image') ?? '').replace(testOrigin, '')

describe('a social card', () => {
  it('is named by every public page with its size and what it shows, and is there', async () => {
    const seminar = await createSeedSeminar(db(), org.id)
    await publish(t.services, seminar)
    for (const path of [`/s/${seminar.slug}`, `/en/s/${seminar.slug}`, `/s/${seminar.slug}/summary`, '/o/uong-bi']) {
      const { text } = await get(path)
      expect(meta(text, 'og:image'), path).toMatch(/^http:\/\/hoithao\.test\/.*card\.png\?v=[0-9a-f]{16}$/)
      expect([meta(text, 'og:image:width'), meta(text, 'og:image:height')]).toEqual(['1200', '630'])
      expect(meta(text, 'twitter:card')).toBe('summary_large_image')
      expect(meta(text, 'og:image:alt')).toContain(path === '/o/uong-bi' ? 'Uông Bí' : 'Tăng cường sự lãnh đạo')
      const answer = await t.app.request(testOrigin + imageOf(text))
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(answer.headers.get('cache-control')).toBe('public, max-age=86400')
      expect(new Uint8Array(await answer.arrayBuffer()).subarray(1, 4)).toEqual(new TextEncoder().encode('PNG'))
    }
  })

  it('is the one made at build time for pages of no seminar', async () => {
    for (const path of ['/', '/en/calendar', '/privacy', '/accessibility'])
      expect(imageOf((await get(path)).text)).toMatch(/^\/assets\/card-(vi|en)\.png$/)
  })

  it('is known again by its tag, and has another address once what it shows has changed', async () => {
    const seminar = await createSeminar(db(), org.id, { theme: 'Tên cũ' })
    const before = imageOf((await get(`/s/${seminar.slug}`)).text)
    const etag = (await get(before)).headers.get('etag') as string
    expect((await get(before, { 'if-none-match': etag })).status).toBe(304)
    await db().updateTable('seminars').set({ theme: 'Tên mới' }).where('id', '=', seminar.id).execute()
    const after = imageOf((await get(`/s/${seminar.slug}`)).text)
    expect(after).not.toBe(before)
    const old = await get(before)
    expect([old.status, old.headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
    expect(old.headers.get('etag')).not.toBe(etag)
  })

  it('is there for what is unlisted, by its address, and never for what is private or a draft', async () => {
    const unlisted = await createSeminar(db(), org.id, { visibility: 'unlisted' })
    const hidden = await createSeedSeminar(db(), org.id, { visibility: 'private' })
    const draft = await createSeminar(db(), org.id, { state: 'draft' })
    await publish(t.services, hidden)
    expect((await get(`/s/${unlisted.slug}/card.png`)).status).toBe(200)
    for (const { slug } of [hidden, draft]) {
      for (const rest of ['/card.png', '/summary/card.png', '/card.png?v=0123456789abcdef'])
        expect((await get(`/s/${slug}${rest}`)).status, rest).toBe(404)
    }
    await db().updateTable('seminars').set({ visibility: 'private' }).where('id', '=', unlisted.id).execute()
    expect((await get(`/s/${unlisted.slug}/card.png`)).status).toBe(404)
  })

  it('of a report goes with the report', async () => {
    const seminar = await createSeedSeminar(db(), org.id)
    await publish(t.services, seminar)
    expect((await get(`/s/${seminar.slug}/summary/card.png`)).status).toBe(200)
    await withdraw(t.services, seminar)
    expect((await get(`/s/${seminar.slug}/summary/card.png`)).status).toBe(404)
    expect((await get('/o/khong-co/card.png')).status).toBe(404)
  })

  it('stands for all where the runtime draws none', async () => {
    const plain = await createTestApp({ services: { clock: clock.now } })
    const one = await createOrganization(plain.database.db, { slug: 'mau' })
    const seminar = await createSeminar(plain.database.db, one.id)
    const text = await (await plain.app.request(`${testOrigin}/en/s/${seminar.slug}`)).text()
    expect(imageOf(text)).toBe('/assets/card-en.png')
    const answer = await plain.app.request(`${testOrigin}/s/${seminar.slug}/card.png`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/assets/card-vi.png'])
    await plain.close()
  })
})
