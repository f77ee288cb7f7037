import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'

let t: TestApp
let cookie: string
let path: string
beforeAll(async () => {
  t = await createTestApp()
  const org = await createOrganization(t.services.db)
  cookie = (await createMember(t.services, org.id)).cookie
  path = `/console/${org.slug}/directory/units/new`
})
afterAll(() => t.close())

/** A form of the desk, with the headers of its sender in the place of our own page's. */
const send = (headers: Record<string, string>, at = testOrigin, address = path) => {
  const { origin: _, ...rest } = formRequest({ name: 'Chi bộ khu 4' }).headers as Record<string, string>
  return t.app.request(at + address, {
    ...formRequest({ name: 'Chi bộ khu 4' }),
    headers: { ...rest, cookie, ...headers },
  })
}
const units = async () => (await t.services.db.selectFrom('units').select('id').execute()).length

describe('a form that carries a session', () => {
  it.each([
    ['names another site', { origin: 'https://evil.example' }],
    ['names another site, and brings a key', { origin: 'https://evil.example', authorization: 'Bearer ht_x' }],
    ['brings a password of HTTP and names no site', { authorization: 'Basic eDp5' }],
    ['names no site at all', {}],
    ['comes from a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['comes from another host of the domain', { origin: 'http://evil.hoithao.test', 'sec-fetch-site': 'same-site' }],
    ['comes from another port', { origin: 'http://hoithao.test:8080' }],
    ['comes from the same host without TLS', { origin: testOrigin.replace('http:', 'https:') }],
    ['says where it is from only by Sec-Fetch-Site, and is not ours', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused where it %s', async (_, headers) => {
    const before = await units()
    expect((await send(headers as Record<string, string>)).status).toBe(403)
    expect(await units()).toBe(before)
  })

  it('is refused from the host that was asked, where BASE_URL is another', async () => {
    const before = await units()
    for (const at of ['http://127.0.0.1:3000', 'http://evil.example', 'http://demo.localhost']) {
      const answer = await send({ origin: at, host: new URL(at).host }, at)
      expect([at, answer.status]).toEqual([at, 403])
    }
    expect(await units()).toBe(before)
  })

  it.each([
    ['names our own site', { origin: testOrigin }],
    ['names our own site, whatever it brings', { origin: testOrigin, authorization: 'Basic eDp5' }],
    ['names none, in a browser that says it is ours', { 'sec-fetch-site': 'same-origin' }],
  ])('is taken where it %s', async (_, headers) => {
    expect((await send(headers as Record<string, string>)).status).toBe(303)
  })
})

describe('a page opened at another address than BASE_URL', () => {
  it.each([
    ['', 'Hệ thống này làm việc ở địa chỉ http://hoithao.test', `href="${testOrigin}/"`],
    ['/en', 'This service works at http://hoithao.test', `href="${testOrigin}/en"`],
  ])('is told which that is: %s', async (language, words, link) => {
    const at = 'http://127.0.0.1:3000'
    for (const headers of [
      { origin: at, host: '127.0.0.1:3000' },
      { origin: at, 'sec-fetch-site': 'same-origin' },
    ]) {
      const answer = await send(headers as unknown as Record<string, string>, at, `${language}/sign-in`)
      const html = await answer.text()
      expect(answer.status).toBe(403)
      expect(html).toContain(words)
      expect(html).toContain(link)
    }
    const foreign = await (await send({ origin: 'https://evil.example' }, testOrigin, `${language}/sign-in`)).text()
    expect(foreign).not.toContain(words)
  })
})

describe('an address with two slashes in front', () => {
  it('links to no other host, in either language', async () => {
    for (const address of ['//evil.example/', '/en//evil.example', '/en///evil.example/x', '/en/\\evil.example']) {
      const html = await (await t.app.request(testOrigin + address)).text()
      const links = [...html.matchAll(/(?:href|action)="([^"]*)"/g)].map((found) => found[1] as string)
      expect(links.length).toBeGreaterThan(3)
      for (const link of links) expect(new URL(link, testOrigin).host, `${address} → ${link}`).toBe('hoithao.test')
    }
  })

  it('is not where signing in leads to', async () => {
    for (const next of [
      '//evil.example',
      '/en//evil.example',
      '/\\evil.example',
      '/%09/evil.example',
      '/\n/evil.example',
    ]) {
      const answer = await t.app.request(`${testOrigin}/sign-in?next=${encodeURIComponent(next)}`, {
        headers: { cookie },
      })
      expect(answer.status).toBe(303)
      expect(new URL(answer.headers.get('location') as string, testOrigin).host, next).toBe('hoithao.test')
    }
  })
})
