import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

  it('gives many at once the same whole page, each with its own request id', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => t.app.request(`${testOrigin}/privacy`)))
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(texts.size).toBe(1)
    expect(new Set(answers.map((answer) => answer.headers.get('x-request-id'))).size).toBe(50)
    expect(new Set(answers.map((answer) => answer.headers.get('etag'))).size).toBe(1)
    expect(answers[7]?.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('answers a known tag with 304 and no body', async () => {
    const first = await t.app.request(`${testOrigin}/accessibility`)
    const again = await t.app.request(`${testOrigin}/accessibility`, {
      headers: { 'if-none-match': first.headers.get('etag') as string },
    })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })
})
