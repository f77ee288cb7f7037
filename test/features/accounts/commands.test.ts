import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../../src/context.ts'
import { transaction } from '../../../src/db/transaction.ts'
import { createApiKey, noteApiKeyUse, revokeApiKey } from '../../../src/features/accounts/commands/api-keys.ts'
import {
  inviteMember,
  resendMemberInvitation,
  withdrawMemberInvitation,
} from '../../../src/features/accounts/commands/invitations.ts'
import { acceptMemberInvitation } from '../../../src/features/accounts/commands/join.ts'
import { changeRole, disableMember, enableMember } from '../../../src/features/accounts/commands/members.ts'
import { hitRateLimit, removePastHits } from '../../../src/features/accounts/commands/rate-limits.ts'
import { ensureSetupLink, setUpFirstOwner } from '../../../src/features/accounts/commands/set-up.ts'
import { signIn } from '../../../src/features/accounts/commands/sign-in.ts'
import { findApiKey, listApiKeys, listMembers } from '../../../src/features/accounts/queries.ts'
import { signInLimits } from '../../../src/features/accounts/rules.ts'
import { getLink } from '../../../src/features/links/queries.ts'
import { linkToken } from '../../../src/features/links/token.ts'
import { createTestApp, systemContext, type TestApp, testLinkKey } from '../../support/app.ts'
import { createMember, createOrganization } from '../../support/factories.ts'
import { roomInWindow } from '../../support/windows.ts'

let t: TestApp
const ctx = systemContext()
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())
const run = <T>(command: Parameters<typeof transaction<T>>[1]) => transaction(t.services.db, command)

describe('members', () => {
  it('keeps the last owner, whatever is asked, also when two owners remove each other at once', async () => {
    const { id } = await createOrganization(t.services.db)
    const a = await createMember(t.services, id)
    await expect(run((trx) => disableMember(trx, ctx, id, a.userId))).rejects.toMatchObject({ detail: 'last_owner' })
    await expect(run((trx) => changeRole(trx, ctx, id, a.userId, 'viewer'))).rejects.toMatchObject({
      detail: 'last_owner',
    })
    const b = await createMember(t.services, id)
    const results = await Promise.allSettled([
      run((trx) => disableMember(trx, ctx, id, a.userId)),
      run((trx) => changeRole(trx, ctx, id, b.userId, 'organizer')),
    ])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const owners = (await listMembers(t.services.db, id)).filter((m) => m.role === 'owner' && !m.disabled_at)
    expect(owners).toHaveLength(1)
  })

  it('ends sessions and keys of a disabled member at once, and lets them in again without either', async () => {
    const { id, slug } = await createOrganization(t.services.db)
    await createMember(t.services, id)
    const m = await createMember(t.services, id, 'organizer')
    const actor = { kind: 'user', id: m.userId, name: 'Lê Văn Mẫu', role: 'organizer' } as const
    const made = await run((trx) =>
      createApiKey(trx, { ...ctx, actor }, { organizationId: id, name: 'k', scopes: ['read'], expiresAt: null }),
    )
    expect((await t.app.request(`/console/${slug}/log`, { headers: { cookie: m.cookie } })).status).not.toBe(303)
    await run((trx) => disableMember(trx, ctx, id, m.userId))
    const answer = await t.app.request(`/console/${slug}/log`, { headers: { cookie: m.cookie } })
    expect([answer.status, answer.headers.get('location')?.includes('/sign-in')]).toEqual([303, true])
    expect(await findApiKey(t.services.db, made.key)).toBeUndefined()
    await run((trx) => enableMember(trx, ctx, id, m.userId))
    expect(await findApiKey(t.services.db, made.key)).toBeUndefined()
    expect(await t.services.auth.session(new Headers({ cookie: m.cookie }))).toBeUndefined()
  })

  it('does not know the members of another organisation', async () => {
    const [a, b] = [await createOrganization(t.services.db), await createOrganization(t.services.db)]
    const m = await createMember(t.services, b.id)
    await expect(run((trx) => disableMember(trx, ctx, a.id, m.userId))).rejects.toMatchObject({ code: 'not_found' })
    await expect(run((trx) => changeRole(trx, ctx, a.id, m.userId, 'viewer'))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('invitations of colleagues', () => {
  it('mails a link, replaces it when sent again, ends it when withdrawn', async () => {
    const { id } = await createOrganization(t.services.db)
    const invited = await run((trx) => inviteMember(trx, ctx, id, { email: 'Moi@Mau.example', role: 'organizer' }))
    const token = (generation: number) => linkToken(testLinkKey, 'join', invited.id, generation)
    const [mail] = await t.services.db.selectFrom('messages').selectAll().where('organization_id', '=', id).execute()
    expect(mail).toMatchObject({ kind: 'colleague_invited', to_address: 'moi@mau.example' })
    expect(mail?.html).not.toContain(await token(1))
    await expect(
      run((trx) => inviteMember(trx, ctx, id, { email: 'moi@mau.example', role: 'viewer' })),
    ).rejects.toMatchObject({
      fields: [{ field: 'email', code: 'invited' }],
    })
    await getLink(t.services.db, await token(1), 'join')
    await run((trx) => resendMemberInvitation(trx, ctx, id, invited.id))
    await expect(getLink(t.services.db, await token(1), 'join')).rejects.toMatchObject({ code: 'link_invalid' })
    await getLink(t.services.db, await token(2), 'join')
    await run((trx) => withdrawMemberInvitation(trx, ctx, id, invited.id))
    await expect(getLink(t.services.db, await token(2), 'join')).rejects.toMatchObject({ code: 'link_invalid' })
    await expect(run((trx) => resendMemberInvitation(trx, ctx, id, invited.id))).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is accepted once, also when the same link is sent twice at once', async () => {
    const { id } = await createOrganization(t.services.db)
    const other = await createOrganization(t.services.db)
    const m = await createMember(t.services, other.id)
    const invited = await run((trx) => inviteMember(trx, ctx, id, { email: 'hai@mau.example', role: 'viewer' }))
    const { ref } = await getLink(t.services.db, await linkToken(testLinkKey, 'join', invited.id, 1), 'join')
    const accept = () =>
      run((trx) =>
        acceptMemberInvitation(
          trx,
          ctx,
          { ref, organizationId: id, targetId: invited.id },
          { id: m.userId, name: 'Mẫu' },
        ),
      )
    const results = await Promise.allSettled([accept(), accept()])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await listMembers(t.services.db, id)).map((x) => [x.user_id, x.role])).toEqual([[m.userId, 'viewer']])
    await expect(run((trx) => inviteMember(trx, ctx, id, { email: m.email, role: 'owner' }))).rejects.toMatchObject({
      fields: [{ field: 'email', code: 'member' }],
    })
  })

  /** An invitation to an address of theirs that nobody knows for one, accepted by a member. */
  async function accept(organizationId: string, member: { userId: string }, role: Role) {
    const email = `${crypto.randomUUID()}@mau.example`
    const invited = await run((trx) => inviteMember(trx, ctx, organizationId, { email, role }))
    const { ref } = await getLink(t.services.db, await linkToken(testLinkKey, 'join', invited.id, 1), 'join')
    const link = { ref, organizationId, targetId: invited.id }
    await run((trx) => acceptMemberInvitation(trx, ctx, link, { id: member.userId, name: 'Mẫu' }))
    const { details } = await t.services.db
      .selectFrom('audit_events')
      .select('details')
      .where('organization_id', '=', organizationId)
      .where('action', '=', 'member.joined')
      .where('subject_id', '=', invited.id)
      .executeTakeFirstOrThrow()
    const now = (await listMembers(t.services.db, organizationId)).find((m) => m.user_id === member.userId)
    return { role: now?.role, disabled: now?.disabled_at, noted: (details as { role: string }).role }
  }

  it.each([
    ['owner', 'viewer', 'owner'],
    ['owner', 'organizer', 'owner'],
    ['organizer', 'viewer', 'organizer'],
    ['organizer', 'owner', 'owner'],
    ['viewer', 'organizer', 'organizer'],
    ['viewer', 'viewer', 'viewer'],
  ] as const)('never lower a role: %s who accepts one as %s is %s, and the log says so', async (is, as, becomes) => {
    const { id } = await createOrganization(t.services.db)
    await createMember(t.services, id)
    const m = await createMember(t.services, id, is)
    expect(await accept(id, m, as)).toEqual({ role: becomes, disabled: null, noted: becomes })
  })

  it('let in again who was shut out, as what the owner now says, also with less than before', async () => {
    const { id } = await createOrganization(t.services.db)
    await createMember(t.services, id)
    const m = await createMember(t.services, id, 'owner')
    await run((trx) => disableMember(trx, ctx, id, m.userId))
    expect(await accept(id, m, 'viewer')).toEqual({ role: 'viewer', disabled: null, noted: 'viewer' })
  })
})

describe('API keys', () => {
  it('opens by the whole key only, until revoked or expired', async () => {
    const { id, slug } = await createOrganization(t.services.db)
    const make = (expiresAt: Date | null) =>
      run((trx) => createApiKey(trx, ctx, { organizationId: id, name: 'test', scopes: ['read', 'write'], expiresAt }))
    const { id: keyId, key } = await make(null)
    expect(key).toMatch(/^ht_[A-Za-z0-9_-]{43}$/)
    expect(await findApiKey(t.services.db, key)).toMatchObject({
      organization_id: id,
      slug,
      scopes: ['read', 'write'],
      last_used_at: null,
    })
    await run((trx) => noteApiKeyUse(trx, id, keyId))
    expect((await findApiKey(t.services.db, key))?.last_used_at).toBeInstanceOf(Date)
    for (const wrong of [
      key.slice(0, -1),
      `${key}A`,
      '',
      "ht_' or 1=1",
      key.replace(/.$/, (x) => (x === 'A' ? 'B' : 'A')),
    ]) {
      expect(await findApiKey(t.services.db, wrong)).toBeUndefined()
    }
    const old = await make(new Date(Date.now() - 1000))
    expect(await findApiKey(t.services.db, old.key)).toBeUndefined()
    const other = await createOrganization(t.services.db)
    await expect(run((trx) => revokeApiKey(trx, ctx, other.id, keyId))).rejects.toMatchObject({ code: 'not_found' })
    await run((trx) => revokeApiKey(trx, ctx, id, keyId))
    expect(await findApiKey(t.services.db, key)).toBeUndefined()
    expect(JSON.stringify(await listApiKeys(t.services.db, id))).not.toContain(key)
  })
})

describe('limits', () => {
  it('lets exactly the limit through, also at once, and says when to come back', async () => {
    const hits = await Promise.allSettled(
      Array.from({ length: 12 }, () => hitRateLimit(t.services.db, 'k', { limit: 5, windowSeconds: 86_400 })),
    )
    expect(hits.filter((h) => h.status === 'fulfilled')).toHaveLength(5)
    const refused = hits.find((h) => h.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'too_many_requests', params: { retryAfter: expect.any(Number) } })
    await t.services.db
      .insertInto('rate_limits')
      .values({ key: 'old', window_start: new Date(0) })
      .execute()
    await removePastHits(t.services.db)
    const left = await t.services.db.selectFrom('rate_limits').select('key').where('key', 'in', ['k', 'old']).execute()
    expect(left).toEqual([{ key: 'k' }])
  })

  it('refuses one address after ten wrong passwords, and never locks the owner out', { timeout: 60_000 }, async () => {
    await roomInWindow(signInLimits.windowSeconds)
    const { id } = await createOrganization(t.services.db)
    const m = await createMember(t.services, id)
    const attempt = (address: string, password: string) =>
      signIn(t.services, { email: m.email, password }, address, new Headers())
    for (let i = 0; i < 10; i++) expect(await attempt('198.51.100.1', 'wrong-password')).toBeUndefined()
    await expect(attempt('198.51.100.1', m.password)).rejects.toMatchObject({ code: 'too_many_requests' })
    // An attack from everywhere: counted without 200 slow hashes.
    await t.services.db
      .updateTable('rate_limits')
      .set({ hits: 5000 })
      .where('key', '=', `sign-in-account|${m.email}`)
      .execute()
    for (let i = 0; i < 3; i++) expect(await attempt('198.51.100.2', 'wrong-password')).toBeUndefined()
    await expect(attempt('198.51.100.2', m.password)).rejects.toMatchObject({ code: 'too_many_requests' })
    expect(await attempt('203.0.113.5', m.password)).toHaveLength(1)
    for (let i = 0; i < 5; i++) expect(await attempt('203.0.113.5', m.password)).toBeTruthy()
  })
})

describe('set-up', () => {
  it('makes a new link at each call, for the demo always, for the first owner only while there is none', async () => {
    const own = await createTestApp()
    try {
      const { db } = own.services
      const link = (demo: boolean) => transaction(db, (trx) => ensureSetupLink(trx, ctx, { demo }))
      const first = await link(false)
      const second = await link(false)
      expect(first).toMatch(/^http:\/\/hoithao\.test\/setup\/[\w-]{22}$/)
      expect(second).not.toBe(first)
      await expect(getLink(db, first?.split('/').at(-1) as string, 'setup')).rejects.toMatchObject({
        code: 'link_invalid',
      })
      const input = { name: 'Lê Mẫu', email: 'Chu@mau.example', organizationName: 'Thành ủy Mẫu', slug: 'mau' }
      const owner = { ref: (await getLink(db, second?.split('/').at(-1) as string, 'setup')).ref }
      const setUp = (change: Partial<typeof input>, link = owner) =>
        transaction(db, (trx) => setUpFirstOwner(trx, ctx, link, { ...input, ...change }, 'hash'))
      const accounts = () => db.selectFrom('auth.user').select('email').execute()
      await createOrganization(db, { slug: 'taken' })
      await expect(setUp({ slug: 'taken' })).rejects.toMatchObject({ fields: [{ field: 'slug', code: 'taken' }] })
      // What was refused leaves no account, and the link still opens.
      expect(await accounts()).toEqual([])
      await setUp({})
      expect(await accounts()).toEqual([{ email: 'chu@mau.example' }])
      await expect(setUp({ slug: 'mau-2' })).rejects.toMatchObject({ code: 'link_invalid' })
      expect(await link(false)).toBeUndefined()
      const demo = (await link(true)) as string
      expect(demo).toMatch(/\/setup\//)
      const { ref } = await getLink(db, demo.split('/').at(-1) as string, 'setup')
      await expect(setUp({ slug: 'mau-2' }, { ref })).rejects.toMatchObject({
        fields: [{ field: 'email', code: 'account_exists' }],
      })
    } finally {
      await own.close()
    }
  })
})
