import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createAuth } from '../../src/features/accounts/auth.ts'
import { createAccount } from '../../src/features/accounts/commands/accounts.ts'
import { inviteMember } from '../../src/features/accounts/commands/invitations.ts'
import { ensureSetupLink } from '../../src/features/accounts/commands/set-up.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { linkToken } from '../../src/features/links/token.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testLinkKey, testOrigin } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'

let t: TestApp
const ctx = systemContext()
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

const cookieOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
const post = (path: string, fields: Record<string, string>, cookie?: string) =>
  t.app.request(testOrigin + path, formRequest(fields, cookie))
const whoIs = async (cookie: string) => (await t.services.auth.session(new Headers({ cookie })))?.userId
const sessionsOf = (userId: string) =>
  t.services.db.selectFrom('auth.session').select('id').where('userId', '=', userId).execute()

async function twoMembers() {
  const { id } = await createOrganization(t.services.db)
  return { id, one: await createMember(t.services, id), other: await createMember(t.services, id) }
}

describe('a session that a browser brings', () => {
  it('ends when somebody signs in there, and only where the password was right', async () => {
    const { one, other } = await twoMembers()
    await post('/sign-in', { email: other.email, password: 'khong-phai-mat-khau' }, one.cookie)
    expect(await whoIs(one.cookie)).toBe(one.userId)
    const answer = await post('/sign-in', { email: other.email, password: other.password }, one.cookie)
    expect(await whoIs(cookieOf(answer))).toBe(other.userId)
    expect(await whoIs(one.cookie)).toBeUndefined()
    expect(await sessionsOf(one.userId)).toEqual([])
  })

  it('ends when the same person signs in again there; their other browsers stay signed in', async () => {
    const { one } = await twoMembers()
    const elsewhere = cookieOf(await post('/sign-in', { email: one.email, password: one.password }))
    const again = cookieOf(await post('/sign-in', { email: one.email, password: one.password }, one.cookie))
    expect([await whoIs(one.cookie), await whoIs(elsewhere), await whoIs(again)]).toEqual([
      undefined,
      one.userId,
      one.userId,
    ])
  })

  it('ends when a newcomer joins there', async () => {
    const { id, one } = await twoMembers()
    const email = 'nguoi-moi-den@mau.example'
    const invited = await transaction(t.services.db, (trx) => inviteMember(trx, ctx, id, { email, role: 'viewer' }))
    const path = `/join/${await linkToken(testLinkKey, 'join', invited.id, 1)}`
    const answer = await post(path, { name: 'Đỗ Mẫu', password: 'mat-khau-cua-toi' }, one.cookie)
    expect(answer.status).toBe(303)
    expect(await whoIs(cookieOf(answer))).toEqual(expect.any(String))
    expect(await whoIs(one.cookie)).toBeUndefined()
  })

  it('ends when the demo is taken over there', async () => {
    const { one } = await twoMembers()
    await createOrganization(t.services.db, { demo: true })
    const link = await transaction(t.services.db, (trx) => ensureSetupLink(trx, ctx, { demo: true }))
    const answer = await post(new URL(link as string).pathname, {}, one.cookie)
    expect(await whoIs(cookieOf(answer))).toEqual(expect.any(String))
    expect(await whoIs(one.cookie)).toBeUndefined()
  })

  it('ends when the first owner is made there', async () => {
    const fresh = await createTestApp()
    try {
      // Somebody with an account and no organisation: an owner would end the set-up.
      const email = 'ai-do@mau.example'
      const passwordHash = await fresh.services.auth.hashPassword('mat-khau-cua-ai-do')
      const stranger = await transaction(fresh.services.db, (trx) =>
        createAccount(trx, { name: 'Ai Đó', email, passwordHash }),
      )
      const brought = (await fresh.services.auth.signIn(email, 'mat-khau-cua-ai-do', new Headers()))
        ?.map((c) => c.split(';')[0])
        .join('; ') as string
      const who = async (cookie: string) => (await fresh.services.auth.session(new Headers({ cookie })))?.userId
      expect(await who(brought)).toBe(stranger)
      const link = await transaction(fresh.services.db, (trx) => ensureSetupLink(trx, ctx, { demo: false }))
      const path = new URL(link as string).pathname
      const fields = { name: 'Chủ Mẫu', email: 'chu@mau.example', organizationName: 'Cơ quan Mẫu', slug: 'co-quan-mau' }
      const ask = (password: string) =>
        fresh.app.request(testOrigin + path, formRequest({ ...fields, password }, brought))
      // Who is refused stays who they are.
      expect([(await ask('password12')).status, await who(brought)]).toEqual([422, stranger])
      const answer = await ask('mat-khau-chua-ai-biet')
      expect(answer.status).toBe(303)
      const own = await who(cookieOf(answer))
      expect(own).toEqual(expect.any(String))
      expect(own).not.toBe(stranger)
      expect(await who(brought)).toBeUndefined()
      const left = await fresh.services.db.selectFrom('auth.session').select('userId').execute()
      expect(left).toEqual([{ userId: own }])
    } finally {
      await fresh.close()
    }
  })

  it('ends when a password is set there, with every session of its person everywhere', async () => {
    const { one, other } = await twoMembers()
    const elsewhere = cookieOf(await post('/sign-in', { email: other.email, password: other.password }))
    await transaction(t.services.db, (trx) =>
      issueLinks(trx, ctx, [{ purpose: 'reset', organizationId: null, targetId: other.userId, generation: 1 }]),
    )
    const path = `/reset/${await linkToken(testLinkKey, 'reset', other.userId, 1)}`
    const weak = await post(path, { password: 'password12' }, one.cookie)
    expect([weak.status, await whoIs(one.cookie), await whoIs(elsewhere)]).toEqual([422, one.userId, other.userId])
    const answer = await post(path, { password: 'mat-khau-moi-tinh' }, one.cookie)
    expect(answer.status).toBe(303)
    expect(answer.headers.getSetCookie().join()).toMatch(/session_token=;[^,]*Max-Age=0/i)
    expect([await whoIs(one.cookie), await whoIs(elsewhere), await whoIs(other.cookie)]).toEqual(
      Array(3).fill(undefined),
    )
    expect(await sessionsOf(other.userId)).toEqual([])
  })

  it('ends at signing out, in the database too', async () => {
    const { one } = await twoMembers()
    await post('/sign-out', {}, one.cookie)
    expect(await sessionsOf(one.userId)).toEqual([])
  })
})

describe('the cookie of a session', () => {
  it('is __Host- behind https: whole site, Secure, no Domain; another name opens nothing', async () => {
    const origin = 'https://hoithao.test'
    const config = { ...t.services.config, baseUrl: origin }
    const auth = createAuth({ db: t.services.db, baseUrl: origin, secret: config.authSecret as string })
    const app = createApp({ ...t.services, config, auth })
    const { id, slug } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    const request = formRequest({ email: m.email, password: m.password })
    const headers = { ...(request.headers as object), origin }
    const answer = await app.request(`${origin}/sign-in`, { ...request, headers })
    const [set] = answer.headers.getSetCookie() as [string]
    expect(set).toMatch(/^__Host-hoithao\.session_token=/)
    expect(set.toLowerCase().split(/;\s*/)).toEqual(
      expect.arrayContaining(['path=/', 'secure', 'httponly', 'samesite=lax']),
    )
    expect(set).not.toMatch(/domain/i)
    const cookie = cookieOf(answer)
    const see = (given: string) => app.request(`${origin}/console/${slug}/log`, { headers: { cookie: given } })
    expect((await see(cookie)).status).toBe(200)
    for (const name of ['hoithao', '__Secure-hoithao'])
      expect((await see(cookie.replace('__Host-hoithao', name))).status).toBe(303)
    const out = await app.request(`${origin}/sign-out`, { ...formRequest({}, cookie), headers: { ...headers, cookie } })
    expect(out.headers.getSetCookie().join()).toContain('__Host-hoithao.session_token=;')
    expect((await see(cookie)).status).toBe(303)
  })

  it('goes without prefix and Secure over plain http', async () => {
    const { one } = await twoMembers()
    const answer = await post('/sign-in', { email: one.email, password: one.password })
    const [set] = answer.headers.getSetCookie() as [string]
    expect(set).toMatch(/^hoithao\.session_token=/)
    expect(set).not.toMatch(/;\s*secure/i)
  })
})
