import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { inviteMember } from '../../../src/features/accounts/commands/invitations.ts'
import { ensureSetupLink } from '../../../src/features/accounts/commands/set-up.ts'
import { signInLimits } from '../../../src/features/accounts/rules.ts'
import { linkToken } from '../../../src/features/links/token.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testLinkKey, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization } from '../../support/factories.ts'
import { roomInWindow } from '../../support/windows.ts'

let t: TestApp
const ctx = systemContext()
const later: Promise<unknown>[] = []
beforeAll(async () => {
  t = await createTestApp({ services: { later: (work) => void later.push(work) } })
})
afterAll(() => t.close())

const from = (address: string) => ({ incoming: { socket: { remoteAddress: address } } })
const get = (path: string, cookie = '') => t.app.request(testOrigin + path, { headers: cookie ? { cookie } : {} })
const post = (path: string, fields: Record<string, string>, cookie?: string, address = '192.0.2.1') =>
  t.app.request(testOrigin + path, formRequest(fields, cookie), from(address))
const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
const demoSetup = () =>
  transaction(t.services.db, (trx) => ensureSetupLink(trx, ctx, { demo: true })).then(
    (url) => new URL(url as string).pathname,
  )

describe('signing in', () => {
  it('opens the console, follows next to own paths only, and ends', async () => {
    const { id, slug } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    const fields = { email: m.email, password: m.password }
    for (const [next, location] of [
      ['/console/x?a=1', '/console/x?a=1'],
      ['//evil.example/', '/console'],
      ['https://evil.example/', '/console'],
      ['/\\evil.example', '/console'],
    ]) {
      const answer = await post('/sign-in', { ...fields, next: next as string })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, location])
    }
    const answer = await post('/en/sign-in', fields)
    expect(answer.headers.get('location')).toBe('/en/console')
    expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly/i)
    const cookie = cookieOf(answer)
    expect((await get('/console', cookie)).headers.get('location')).toBe(`/console/${slug}`)
    expect((await get('/sign-in?next=//evil.example', cookie)).headers.get('location')).toBe('/console')
    const out = await post('/sign-out', {}, cookie)
    expect(out.status).toBe(303)
    expect((await get('/console', cookie)).headers.get('location')).toBe('/sign-in?next=%2Fconsole')
  })

  it('keeps the address typed, never the password, and counts by the address of the client', {
    timeout: 60_000,
  }, async () => {
    await roomInWindow(signInLimits.windowSeconds)
    const { id } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    const wrong = await post('/sign-in', { email: m.email, password: 'khong-phai-mat-khau' }, undefined, '2001:db8::1')
    const html = await wrong.text()
    expect(wrong.status).toBe(422)
    expect(html).toContain(m.email)
    expect(html).toContain('Địa chỉ hoặc mật khẩu chưa đúng.')
    expect(html).not.toContain('khong-phai-mat-khau')
    for (let i = 0; i < 9; i++)
      await post('/sign-in', { email: m.email, password: 'x' }, undefined, `2001:db8::${i + 2}`)
    const refused = await post('/sign-in', { email: m.email, password: m.password }, undefined, '2001:db8::ffff')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.text()).toContain(m.email)
    const spoofed = t.app.request(
      `${testOrigin}/sign-in`,
      {
        ...formRequest({ email: m.email, password: m.password }),
        headers: { ...formRequest({}).headers, 'x-forwarded-for': '203.0.113.77' },
      },
      from('2001:db8::1'),
    )
    expect((await spoofed).status).toBe(429)
    expect(
      (await post('/sign-in', { email: m.email, password: m.password }, undefined, '2001:db8:0:1::1')).status,
    ).toBe(303)
  })

  it('refuses a form from another site', async () => {
    const request = formRequest({ email: 'a@b.vn', password: 'x' })
    const answer = await t.app.request(`${testOrigin}/sign-in`, {
      ...request,
      headers: { ...request.headers, origin: 'https://evil.example' },
    })
    expect(answer.status).toBe(403)
  })
})

describe('a forgotten password', () => {
  it('answers the same for everybody, mails one link that works once, and ends all sessions', async () => {
    const { id, slug } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    const [known, unknown] = [
      await post('/forgot', { email: m.email.toUpperCase() }),
      await post('/forgot', { email: 'ai-do@mau.example' }),
    ]
    expect([known.status, known.headers.get('location')]).toEqual([unknown.status, unknown.headers.get('location')])
    await Promise.all(later)
    const mails = await t.services.db.selectFrom('messages').selectAll().where('kind', '=', 'password_reset').execute()
    expect(mails.map((x) => [x.organization_id, x.to_address])).toEqual([[id, m.email]])
    const path = `/reset/${await linkToken(testLinkKey, 'reset', m.userId, 1)}`
    for (let i = 0; i < 3; i++) expect((await get(path)).status).toBe(200)
    const short = await post(path, { password: 'ngan' })
    expect([short.status, (await short.text()).includes('ít nhất 10 ký tự')]).toEqual([422, true])
    const own = await post(path, { password: m.email })
    expect([own.status, (await own.text()).includes('nên dễ đoán')]).toEqual([422, true])
    const done = await post(path, { password: 'mat-khau-moi-tinh' })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/sign-in?done=reset'])
    expect(await (await get('/sign-in?done=reset')).text()).toContain('Đã lưu mật khẩu mới')
    expect((await get(path)).status).toBe(404)
    expect((await post(path, { password: 'mat-khau-khac-nua' })).status).toBe(404)
    expect((await get(`/console/${slug}/log`, m.cookie)).status).toBe(303)
    expect((await post('/sign-in', { email: m.email, password: m.password })).status).toBe(422)
    expect((await post('/sign-in', { email: m.email, password: 'mat-khau-moi-tinh' })).status).toBe(303)
  })

  it('sends at most three mails an hour to one address, and says nothing of it', async () => {
    const { id } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    for (let i = 0; i < 5; i++)
      expect((await post('/forgot', { email: m.email }, undefined, '192.0.2.99')).status).toBe(303)
    await Promise.all(later)
    const mails = await t.services.db.selectFrom('messages').select('id').where('organization_id', '=', id).execute()
    expect(mails).toHaveLength(3)
  })

  it('sends nothing to somebody who was shut out everywhere', async () => {
    const { id } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    await t.services.db
      .updateTable('members')
      .set({ disabled_at: new Date() })
      .where('user_id', '=', m.userId)
      .execute()
    await post('/forgot', { email: m.email }, undefined, '192.0.2.100')
    await Promise.all(later)
    expect(await t.services.db.selectFrom('messages').select('id').where('organization_id', '=', id).execute()).toEqual(
      [],
    )
  })
})

describe('joining by link', () => {
  const invite = async (organizationId: string, email: string) => {
    const { id } = await transaction(t.services.db, (trx) =>
      inviteMember(trx, ctx, organizationId, { email, role: 'organizer' }),
    )
    return `/join/${await linkToken(testLinkKey, 'join', id, 1)}`
  }

  it('makes the account of a newcomer and signs them in; looking changes nothing', async () => {
    const { id, slug, name } = await createOrganization(t.services.db)
    const path = await invite(id, 'nguoi-moi@mau.example')
    for (let i = 0; i < 3; i++) expect(await (await get(path)).text()).toContain(name)
    const refused = await post(path, { name: 'Đỗ Mẫu', password: 'x' })
    expect([refused.status, (await refused.text()).includes('Đỗ Mẫu')]).toEqual([422, true])
    const joined = await post(path, { name: 'Đỗ Mẫu', password: 'mat-khau-cua-toi' })
    expect([joined.status, joined.headers.get('location')]).toEqual([303, `/console/${slug}`])
    expect((await get('/console', cookieOf(joined))).headers.get('location')).toBe(`/console/${slug}`)
    expect((await get(path)).status).toBe(404)
  })

  it.each([
    ['', 'nguoi-moi-nua@mau.example', 'mật khẩu 2026', 'nằm trong số những mật khẩu bị đoán đầu tiên'],
    [
      '/en',
      'newcomer@mau.example',
      'newcomer@mau.example',
      'it is mostly a name, an e-mail address or the organisation',
    ],
    ['', 'va-nguoi-nua@mau.example', '1234567890', 'chỉ lặp lại hoặc theo thứ tự sẵn có'],
  ])(
    'refuses a password that is guessed first, in words, and makes no account%s: %s',
    async (language, email, password, words) => {
      const { id } = await createOrganization(t.services.db)
      const path = language + (await invite(id, email))
      const refused = await post(path, { name: 'Đỗ Mẫu', password })
      const html = await refused.text()
      expect([refused.status, html.includes(words), /name="password"[^>]*value="[^"]/.test(html)]).toEqual([
        422,
        true,
        false,
      ])
      expect(await t.services.db.selectFrom('auth.user').select('id').where('email', '=', email).execute()).toEqual([])
      expect((await post(path, { name: 'Đỗ Mẫu', password: 'một câu ngắn dễ nhớ' })).status).toBe(303)
    },
  )

  it('asks somebody with an account to sign in first, and takes the one who is signed in', async () => {
    const [a, b] = [await createOrganization(t.services.db), await createOrganization(t.services.db)]
    const m = await createMember(t.services, a.id)
    const path = await invite(b.id, m.email)
    const html = await (await get(path)).text()
    expect(html).toContain(`/sign-in?next=${encodeURIComponent(path)}`)
    expect(html).not.toContain('name="password"')
    expect((await post(path, { as: 'me' })).status).toBe(401)
    expect((await post(path, { as: 'me' }, m.cookie)).headers.get('location')).toBe(`/console/${b.slug}`)
    const choose = await get('/console', m.cookie)
    expect(await choose.text()).toContain(`/console/${b.slug}`)
  })
})

describe('set-up', () => {
  it('gives the demo to whoever presses the button, once, and looking changes nothing', async () => {
    const org = await createOrganization(t.services.db, { demo: true })
    const real = await createOrganization(t.services.db)
    const path = await demoSetup()
    for (let i = 0; i < 3; i++) {
      expect((await get(path)).status).toBe(200)
      expect((await t.app.request(testOrigin + path, { method: 'HEAD' })).status).toBe(200)
    }
    const done = await post(path, {})
    expect([done.status, done.headers.get('location')]).toEqual([303, '/console'])
    const cookie = cookieOf(done)
    expect((await get(`/console/${org.slug}/log`, cookie)).status).toBe(200)
    expect((await get(`/console/${real.slug}/log`, cookie)).status).toBe(404)
    expect((await post(path, {})).status).toBe(404)
    const again = await post(await demoSetup(), {})
    expect(again.status).toBe(303)
    // The first visitor's session still holds.
    expect((await get(`/console/${org.slug}/log`, cookie)).status).toBe(200)
  })

  it('lets the first owner in by a form that keeps what was typed', async () => {
    const own = await createTestApp()
    try {
      const url = await transaction(own.services.db, (trx) => ensureSetupLink(trx, ctx, { demo: false }))
      const send = (fields: Record<string, string>) => own.app.request(url as string, formRequest(fields))
      expect((await own.app.request(url as string)).status).toBe(200)
      const fields = {
        name: 'Lê Mẫu',
        email: 'chu@mau.example',
        password: 'mat-khau-dai',
        organizationName: 'Thành ủy Mẫu',
        slug: 'Thành ủy',
      }
      const refused = await send(fields)
      const html = await refused.text()
      expect([refused.status, html.includes('Thành ủy Mẫu'), html.includes('chữ thường không dấu')]).toEqual([
        422,
        true,
        true,
      ])
      const weak = await send({ ...fields, slug: 'thanh-uy-mau', password: 'Thành ủy Mẫu' })
      expect([weak.status, (await weak.text()).includes('tên cơ quan nên dễ đoán')]).toEqual([422, true])
      const done = await send({ ...fields, slug: 'thanh-uy-mau' })
      expect([done.status, done.headers.get('location')]).toEqual([303, '/console/thanh-uy-mau'])
      expect(
        (await own.app.request(`${testOrigin}/console/thanh-uy-mau/log`, { headers: { cookie: cookieOf(done) } }))
          .status,
      ).toBe(200)
      expect((await send({ ...fields, slug: 'khac' })).status).toBe(404)
    } finally {
      await own.close()
    }
  })
})

describe('another organisation', () => {
  it('is made by an owner only, with a free address', async () => {
    const { id, slug } = await createOrganization(t.services.db)
    const owner = await createMember(t.services, id)
    const organizer = await createMember(t.services, id, 'organizer')
    expect((await get('/organizations/new')).status).toBe(303)
    expect((await post('/organizations/new', { name: 'X', slug: 'x' })).status).toBe(401)
    expect((await get('/organizations/new', organizer.cookie)).status).toBe(403)
    const taken = await post('/organizations/new', { name: 'Trường Mẫu', slug }, owner.cookie)
    expect([taken.status, (await taken.text()).includes('Trường Mẫu')]).toEqual([422, true])
    const made = await post('/organizations/new', { name: 'Trường Mẫu', slug: 'truong-mau' }, owner.cookie)
    expect(made.headers.get('location')).toBe('/console/truong-mau/settings')
    expect((await get('/console/truong-mau/log', owner.cookie)).status).toBe(200)
  })
})
