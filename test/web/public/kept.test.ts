import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { logKept } from '../../../src/web/public/kept.ts'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { movableClock } from '../../support/public.ts'

let t: TestApp
const clock = movableClock('2026-11-24T02:00:00Z')

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now } })
})
afterAll(() => t.close())

const read = async (path: string) => (await t.app.request(testOrigin + path)).text()

describe('what is kept of public pages', () => {
  it('is forgotten after a second', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Tên cũ' })
    const rename = (theme: string) =>
      t.database.db.updateTable('seminars').set({ theme }).where('id', '=', id).execute()
    expect(await read(`/s/${slug}`)).toContain('Tên cũ')
    await rename('Tên mới')
    clock.forward(900)
    expect(await read(`/s/${slug}`)).toContain('Tên cũ')
    clock.forward(150)
    expect(await read(`/s/${slug}`)).toContain('Tên mới')
  })

  it('is forgotten at once after a change through this instance', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Trước' })
    expect(await read(`/s/${slug}`)).toContain('Trước')
    await t.database.db.updateTable('seminars').set({ theme: 'Sau' }).where('id', '=', id).execute()
    await t.app.request(`${testOrigin}/sign-in`, formRequest({ email: 'a@b.example', password: 'x' }))
    expect(await read(`/s/${slug}`)).toContain('Sau')
  })

  it('is made anew before its second ends, and nobody waits', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Đang giữ' })
    await read(`/s/${slug}`)
    await t.database.db.updateTable('seminars').set({ theme: 'Kế tiếp' }).where('id', '=', id).execute()
    clock.forward(750)
    // The last answer still holds, and asking for it has the next one made.
    expect(await read(`/s/${slug}`)).toContain('Đang giữ')
    await vi.waitFor(async () => expect(await read(`/s/${slug}`)).toContain('Kế tiếp'))
    clock.forward(900)
    expect(await read(`/s/${slug}`)).toContain('Kế tiếp')
  })

  it('is not put back by an answer that was begun before a change', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Lúc đầu' })
    await read(`/s/${slug}`)
    clock.forward(750)
    const [, changed] = await Promise.all([
      read(`/s/${slug}`),
      t.database.db.updateTable('seminars').set({ theme: 'Lúc sau' }).where('id', '=', id).execute(),
      t.app.request(`${testOrigin}/sign-in`, formRequest({ email: 'a@b.example', password: 'x' })),
    ])
    expect(changed).toHaveLength(1)
    expect(await read(`/s/${slug}`)).toContain('Lúc sau')
  })

  it('keeps languages and questions apart, and nothing that is not there', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { state: 'draft' })
    expect((await t.app.request(`${testOrigin}/s/${slug}`)).status).toBe(404)
    await t.database.db.updateTable('seminars').set({ state: 'scheduled' }).where('id', '=', id).execute()
    expect((await t.app.request(`${testOrigin}/s/${slug}`)).status).toBe(200)
    expect(await read(`/en/s/${slug}`)).toContain('lang="en"')
    expect(await read('/?q=abc')).toContain('value="abc"')
    expect(await read('/?q=abd')).toContain('value="abd"')
  })

  it('gives many at once the same whole page, with the headers of every answer', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => t.app.request(`${testOrigin}/privacy`)))
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(texts.size).toBe(1)
    expect(new Set(answers.map((answer) => answer.headers.get('etag'))).size).toBe(1)
    expect(answers[7]?.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('has one line a second in the log for all who got it, by path and status', async () => {
    const lines: unknown[] = []
    const own = await createTestApp({
      services: {
        clock: clock.now,
        log: { ...t.services.log, info: (event, fields) => void lines.push({ event, ...fields }) },
      },
    })
    try {
      const ask = async (headers = {}) => (await own.app.request(`${testOrigin}/privacy?x=1`, { headers })).headers
      const etag = (await ask()).get('etag') as string
      for (let i = 0; i < 3; i++) await ask()
      await ask({ 'if-none-match': etag })
      logKept(own.services)
      logKept(own.services)
      const line = { event: 'request', method: 'GET', path: '/privacy', kept: true }
      expect(lines.filter((one) => (one as { kept?: boolean }).kept)).toEqual([
        { ...line, status: 200, count: 3 },
        { ...line, status: 304, count: 1 },
      ])
    } finally {
      await own.close()
    }
  })

  it('lets those wait who come while it is made anew, and makes it once', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Còn hạn' })
    await read(`/s/${slug}`)
    await t.database.db.updateTable('seminars').set({ theme: 'Vừa làm lại' }).where('id', '=', id).execute()
    clock.forward(750)
    const early = read(`/s/${slug}`)
    clock.forward(300)
    const late = await Promise.all([1, 2, 3].map(() => t.app.request(`${testOrigin}/s/${slug}`)))
    expect(await early).toContain('Còn hạn')
    for (const answer of late) {
      expect(await answer.text()).toContain('Vừa làm lại')
      // What came from memory went by no route.
      expect(answer.headers.get('x-request-id')).toBeNull()
    }
  })

  it('answers a known tag with 304, no body, and no header but those that a 304 needs', async () => {
    const first = await t.app.request(`${testOrigin}/accessibility`)
    const again = await t.app.request(`${testOrigin}/accessibility`, {
      headers: { 'if-none-match': first.headers.get('etag') as string },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect([...again.headers.keys()].sort()).toEqual(['cache-control', 'etag', 'vary'])
  })

  it('is one answer however many parameters are made up, and one for each that the page knows', async () => {
    const org = await createOrganization(t.database.db)
    const { id, slug } = await createSeminar(t.database.db, org.id, { theme: 'Một bản' })
    await read(`/s/${slug}?n=0`)
    await t.database.db.updateTable('seminars').set({ theme: 'Bản khác' }).where('id', '=', id).execute()
    for (const query of ['', '?n=1', '?n=2&x=%0a', '?', '?addx=calendar'])
      expect(await read(`/s/${slug}${query}`)).toContain('Một bản')
    expect(await read(`/s/${slug}?n=3&add=calendar`)).toContain('Bản khác')
    // What it was made for stands in none of its links.
    expect(await read(`/s/${slug}?add=calendar&n=4`)).not.toContain('n=3')
    expect(await read(`/s/${slug}?n=5`)).not.toMatch(/[?&]n=\d/)
  })

  it('finds what was searched for, whatever else is in the address', async () => {
    const org = await createOrganization(t.database.db)
    await createSeminar(t.database.db, org.id, { theme: 'Chuyển đổi số', visibility: 'public' })
    await createSeminar(t.database.db, org.id, { theme: 'Cải cách hành chính', visibility: 'public' })
    const found = await read(`/o/${org.slug}?x=1&q=chuyen`)
    expect(found).toContain('Chuyển</mark>')
    expect(found).not.toContain('Cải cách')
    expect(await read(`/o/${org.slug}?q=chuyen&x=2`)).toBe(found)
    expect(await read(`/o/${org.slug}?x=2`)).toContain('Cải cách')
  })
})
