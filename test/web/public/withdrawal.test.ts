import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { getSummary } from '../../../src/features/summaries/queries/editing.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization } from '../../support/factories.ts'
import { movableClock, publish } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'

// Two instances on one database: what one keeps in memory the other knows nothing of.
let one: TestApp
let two: TestApp['app']
let org: Awaited<ReturnType<typeof createOrganization>>
let cookie: string
const clock = movableClock('2026-11-24T02:00:00Z')

beforeAll(async () => {
  one = await createTestApp({ services: { clock: clock.now } })
  two = createApp({ ...one.services })
  org = await createOrganization(one.database.db, { slug: 'uong-bi' })
  cookie = (await createMember(one.services, org.id, 'organizer')).cookie
})
afterAll(() => one.close())

const read = async (app: TestApp['app'], path: string) => {
  const answer = await app.request(testOrigin + path)
  return { status: answer.status, text: await answer.text() }
}

/** Everywhere a published text shows. */
const places = (slug: string) => [
  `/s/${slug}/summary`,
  `/s/${slug}`,
  '/',
  '/?q=chuyen+chi+co+o+day',
  '/o/uong-bi',
  '/feed.atom',
  '/feed.json',
  '/o/uong-bi/feed.atom',
  '/sitemap.xml',
]
const shows = ({ status, text }: { status: number; text: string }, slug: string) =>
  status === 200 && (text.includes(`/s/${slug}/summary`) || text.includes('Chuyện chỉ có ở đây'))

async function published() {
  const seminar = await createSeedSeminar(one.database.db, org.id)
  await publish(one.services, seminar, { body: 'Chuyện chỉ có ở đây.' })
  const { version } = await getSummary(one.database.db, org.id, seminar.id, 'vi')
  // Past what was kept before it was there.
  clock.forward(1100)
  for (const path of places(seminar.slug)) {
    for (const app of [one.app, two]) expect(shows(await read(app, path), seminar.slug), path).toBe(true)
  }
  return { ...seminar, take: `/console/uong-bi/seminars/${seminar.id}/summary/withdrawal`, summaryVersion: version }
}

describe('a text that is withdrawn', () => {
  it('is gone at once from the instance that was told, and within a second from every other', async () => {
    const { slug, take, summaryVersion } = await published()
    const answer = await one.app.request(
      testOrigin + take,
      formRequest({ version: String(summaryVersion), locale: 'vi' }, cookie),
    )
    expect(answer.status).toBe(303)
    for (const path of places(slug)) expect(shows(await read(one.app, path), slug), path).toBe(false)
    clock.forward(1000)
    for (const path of places(slug)) expect(shows(await read(two, path), slug), path).toBe(false)
    expect((await read(two, `/s/${slug}/summary`)).status).toBe(410)
  })

  it('is gone within a second however busy the page is', async () => {
    const { slug, take, summaryVersion } = await published()
    await two.request(testOrigin + take, formRequest({ version: String(summaryVersion), locale: 'vi' }, cookie))
    for (let i = 0; i < 10; i++) {
      clock.forward(100)
      await Promise.all(Array.from({ length: 20 }, () => read(one.app, `/s/${slug}/summary`)))
    }
    expect((await read(one.app, `/s/${slug}/summary`)).status).toBe(410)
  })
})

describe('a seminar that becomes private', () => {
  it('is gone within a second from pages, feeds, sitemap, search and files, on both instances', async () => {
    const { slug, id } = await published()
    await one.database.db.updateTable('seminars').set({ visibility: 'private' }).where('id', '=', id).execute()
    clock.forward(1000)
    const all = [...places(slug), `/s/${slug}/event.ics`, '/calendar.ics', `/s/${slug}/qr.svg`]
    for (const app of [one.app, two]) {
      for (const path of all) {
        const { status, text } = await read(app, path)
        expect(status === 404 || !text.includes(slug), path).toBe(true)
      }
    }
  })
})
