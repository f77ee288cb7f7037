import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DomainError, type ErrorCode, statusOf } from '../../src/errors.ts'
import { translator } from '../../src/i18n.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { ErrorPage } from '../../src/web/error-page.tsx'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const read = async (app: TestApp['app'], path: string, init: RequestInit = {}) => {
  const answer = await app.request(testOrigin + path, { redirect: 'manual', ...init })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

describe('a page that is not there', () => {
  it.each([
    ['/khong-co', 'Không tìm thấy trang này', 'action="/"'],
    ['/s/khong-co', 'Không tìm thấy trang này', 'action="/"'],
    ['/o/khong-co', 'Không tìm thấy cơ quan này', 'action="/"'],
    ['/en/o/khong-co', 'This organisation was not found', 'action="/en"'],
    ['/en/s/khong-co', 'This page was not found', 'action="/en"'],
  ])('%s says so and offers to search', async (path, title, form) => {
    const { status, text, headers } = await read(t.app, path)
    expect(status).toBe(404)
    expect(text).toContain(`<h1>${title}</h1>`)
    expect(text).toContain(form)
    expect(text).toContain('name="q"')
    expect(text).toContain('<meta name="robots" content="noindex"/>')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('leads from a report that was never written to the seminar', async () => {
    const org = await createOrganization(t.database.db)
    const { slug } = await createSeminar(t.database.db, org.id)
    const { status, text } = await read(t.app, `/en/s/${slug}/summary`)
    expect(status).toBe(404)
    expect(text).toContain('<h1>There is no report yet</h1>')
    expect(text).toContain(`href="/en/s/${slug}"`)
  })

  it('leads a member back to the workspace', async () => {
    const org = await createOrganization(t.database.db)
    const { cookie } = await createMember(t.services, org.id)
    const path = `/console/${org.slug}/seminars/${crypto.randomUUID()}`
    const { status, text } = await read(t.app, path, { headers: { cookie } })
    expect(status).toBe(404)
    expect(text).toContain('href="/console"')
    expect(text).not.toContain('role="search"')
  })
})

describe('while the database cannot be reached', () => {
  let down: TestApp
  beforeAll(async () => {
    const gone = connectPostgres('postgres://nobody:x@127.0.0.1:1/none', { max: 1 })
    down = await createTestApp({ services: { db: gone.db, log: { ...t.services.log, error() {} } } })
  })
  afterAll(() => down.close())

  it('pages answer 503 with when to come back and a way to try again', async () => {
    for (const [path, again] of [
      ['/?q=dang', 'Thử lại'],
      ['/en/s/mot-hoi-thao', 'Try again'],
    ] as const) {
      const { status, headers, text } = await read(down.app, path)
      expect([status, headers.get('retry-after')]).toEqual([503, '5'])
      expect(text).toContain(again)
      expect(text).toContain(`href="${path}"`)
    }
  })

  it('a form that was sent is told to go back, where it is kept, and not to try the address again', async () => {
    const { status, text } = await read(down.app, '/sign-in', formRequest({ email: 'a@b.example', password: 'x' }))
    expect(status).toBe(503)
    expect(text).toContain('quay lại trang trước, nội dung đã nhập vẫn còn ở đó')
    expect(text).not.toContain('Thử lại')
  })

  it('what needs no database is still there', async () => {
    for (const path of ['/privacy', '/en/accessibility', '/robots.txt'])
      expect((await read(down.app, path)).status, path).toBe(200)
  })
})

describe('every error', () => {
  const page = (locale: 'vi' | 'en') => ({
    locale,
    t: translator(locale),
    href: (path: string) => path,
    path: '/s/mot',
    origin: testOrigin,
    now: new Date(),
    demo: false,
  })
  const shown = (code: ErrorCode, locale: 'vi' | 'en', sent = false, params = {}) =>
    String(ErrorPage({ page: page(locale), error: new DomainError(code, { params }), requestId: 'r-1', sent }))

  it('is written in both languages: a title, what to do, its number and a way on', () => {
    for (const code of Object.keys(statusOf) as ErrorCode[]) {
      for (const locale of ['vi', 'en'] as const) {
        for (const sent of [false, true]) {
          const text = shown(code, locale, sent)
          expect(text, code).toContain(String(statusOf[code]))
          expect(/<h1>([^<]{5,})<\/h1>/.exec(text)?.[1], code).toBeDefined()
          expect(text, code).not.toMatch(/errors:|title\.|text\.|\{[a-z]/)
          expect(text, code).toMatch(/<a class="btn/)
          expect(text, code).toContain('r-1')
        }
      }
    }
  })

  it('of too many attempts says how long to wait', () => {
    expect(shown('too_many_requests', 'vi', true, { retryAfter: 130 })).toContain('chờ 3 phút')
    expect(shown('too_many_requests', 'en', true, { retryAfter: 20 })).toContain('wait 1 minute ')
  })
})
