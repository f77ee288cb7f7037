import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/context.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { changeRole, disableMember } from '../../src/features/accounts/commands/members.ts'
import { findApiKey } from '../../src/features/accounts/queries.ts'
import type { ApiScope } from '../../src/features/accounts/schema.ts'
import { createTestApp, systemContext, type TestApp } from '../support/app.ts'
import { createMember } from '../support/factories.ts'
import { type Caller, callApi, createCaller, newSeminar } from './support.ts'

let t: TestApp
let admin: Caller
beforeAll(async () => {
  t = await createTestApp()
  admin = await createCaller(t, { scopes: ['read', 'write', 'admin'] })
})
afterAll(() => t.close())

const make = (body: object, headers = {}, caller = admin) =>
  caller.call('POST', '/keys', { name: 'Cổng thông tin', scopes: ['read'], ...body }, headers)

describe('a key made by a key', () => {
  it('is told once, opens, and is listed without its text', async () => {
    const made = await make({ scopes: ['read', 'write'], expiresAt: '2099-12-31T17:00:00+07:00' })
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'Cổng thông tin',
        scopes: ['read', 'write'],
        state: 'active',
        key: expect.stringMatching(/^ht_[\w-]{43}$/),
        expiresAt: '2099-12-31T10:00:00.000Z',
        lastUsedAt: null,
      },
    })
    expect(made.body.key.startsWith(made.body.hint)).toBe(true)
    const authorization = `Bearer ${made.body.key}`
    expect((await callApi(t, 'GET', '/seminars', undefined, { authorization })).status).toBe(200)
    expect((await callApi(t, 'GET', '/keys', undefined, { authorization })).status).toBe(403)
    const { key, ...rest } = made.body
    const one = await admin.call('GET', `/keys/${made.body.id}`)
    expect({ ...one.body, lastUsedAt: null }).toEqual(rest)
    expect(JSON.stringify((await admin.call('GET', '/keys')).body)).not.toContain(key)
  })

  it('is the same key where the request is sent again, and lies nowhere in the database', async () => {
    const headers = { 'idempotency-key': 'one-key' }
    const [first, second] = await Promise.all([
      make({ name: 'Một khóa' }, headers),
      make({ name: 'Một khóa' }, headers),
    ])
    expect(second?.body).toEqual(first?.body)
    const kept = await t.services.db.selectFrom('idempotency_keys').selectAll().where('key', '=', 'one-key').execute()
    expect(kept).toHaveLength(1)
    expect(JSON.stringify(kept)).not.toContain(first?.body.key)
    const listed = (await admin.call('GET', '/keys?limit=100')).body.items
    expect(listed.filter((k: { name: string }) => k.name === 'Một khóa')).toHaveLength(1)
  })

  it('may do no more than the one that makes it', async () => {
    const reader = await createCaller(t, { scopes: ['read', 'admin'], organizationId: admin.organizationId })
    for (const [scopes, status] of [
      [['write'], 422],
      [['read', 'write', 'admin'], 422],
      [['read'], 201],
      [['admin', 'read'], 201],
    ] as const)
      expect([scopes, (await make({ scopes }, {}, reader)).status]).toEqual([scopes, status])
    expect((await make({ scopes: ['write'] }, { 'accept-language': 'en' }, reader)).body.errors).toEqual([
      {
        pointer: '#/scopes',
        code: 'scope_beyond',
        detail: 'scopes: a key gives no scope that it does not have itself.',
      },
    ])
  })

  it('is refused field by field', async () => {
    const { body } = await make({ name: '', scopes: [], expiresAt: 'tomorrow', key: 'ht_x' })
    expect(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])).toEqual([
      ['#/name', 'required'],
      ['#/scopes', 'required'],
      ['#/expiresAt', 'date'],
      ['#/key', 'unknown_field'],
    ])
    expect((await make({ expiresAt: '2001-01-01T00:00:00Z' })).body.errors).toMatchObject([
      { pointer: '#/expiresAt', code: 'past' },
    ])
    expect((await make({ scopes: ['root'] })).body.errors).toMatchObject([{ pointer: '#/scopes/0', code: 'invalid' }])
  })
})

describe('a key', () => {
  it('is revoked, opens nothing then, and stays on the list', async () => {
    const { id, key } = (await make({ name: 'Thu hồi' })).body
    expect((await admin.call('DELETE', `/keys/${id}`)).status).toBe(204)
    expect(await findApiKey(t.services.db, key)).toBeUndefined()
    expect((await admin.call('GET', `/keys/${id}`)).body).toMatchObject({
      state: 'revoked',
      revokedAt: expect.any(String),
    })
    const ids = async (state: string) =>
      (await admin.call('GET', `/keys?limit=100&state=${state}`)).body.items.map((k: { id: string }) => k.id)
    expect((await ids('active')).includes(id)).toBe(false)
    expect((await ids('ended')).includes(id)).toBe(true)
    expect((await ids('all')).includes(id)).toBe(true)
  })

  it('is paged, the latest first, each once', async () => {
    const own = await createCaller(t, { scopes: ['read', 'admin'] })
    for (let i = 0; i < 6; i++) await make({ name: `Khóa ${i}` }, {}, own)
    const names: string[] = []
    let cursor: string | null = ''
    do {
      const { body } = await own.call('GET', `/keys?limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      expect(body.total).toBe(7)
      names.push(...body.items.map((k: { name: string }) => k.name))
      cursor = body.next
    } while (cursor)
    expect(names).toEqual(['Khóa 5', 'Khóa 4', 'Khóa 3', 'Khóa 2', 'Khóa 1', 'Khóa 0', 'kiểm thử'])
    for (const query of ['state=x', 'cursor=x', 'limit=0'])
      expect([query, (await own.call('GET', `/keys?${query}`)).status]).toEqual([query, 400])
  })

  it('of another organisation does not exist', async () => {
    const other = await createCaller(t, { scopes: ['admin'] })
    expect((await admin.call('GET', `/keys/${other.keyId}`)).status).toBe(404)
    expect((await admin.call('DELETE', `/keys/${other.keyId}`)).status).toBe(404)
    expect((await other.call('GET', '/keys')).body.total).toBe(1)
  })
})

describe('a key and the member who made it', () => {
  const memberKey = async (userId: string, scopes: ApiScope[]) => {
    const actor = { kind: 'user', id: userId, name: 'Lê Văn Mẫu', role: 'owner' } as const
    const input = { organizationId: admin.organizationId, name: 'của thành viên', scopes, expiresAt: null }
    const { key } = await transaction(t.services.db, (trx) => createApiKey(trx, systemContext({ actor }), input))
    return key
  }
  const opens = async (key: string) => (await findApiKey(t.services.db, key)) !== undefined

  it('end together, and so does a key that the key made', async () => {
    await createMember(t.services, admin.organizationId)
    const member = await createMember(t.services, admin.organizationId)
    const key = await memberKey(member.userId, ['read', 'admin'])
    const body = { name: 'con', scopes: ['read'] }
    const child = (await callApi(t, 'POST', '/keys', body, { authorization: `Bearer ${key}` })).body
    expect(child.createdBy).toBe('Lê Văn Mẫu')
    await transaction(t.services.db, (trx) => disableMember(trx, systemContext(), admin.organizationId, member.userId))
    expect([await opens(key), await opens(child.key)]).toEqual([false, false])
  })

  it('do the same: a key, and one that it made, never more than its maker in their present role', async () => {
    const member = await createMember(t.services, admin.organizationId)
    const whole = await memberKey(member.userId, ['read', 'write', 'admin'])
    const plain = await memberKey(member.userId, ['read'])
    const as =
      (key: string) =>
      (method: string, path: string, body?: object, headers = {}) =>
        callApi(t, method, path, body, { authorization: `Bearer ${key}`, ...headers })
    const child = (await as(whole)('POST', '/keys', { name: 'con', scopes: ['read', 'write', 'admin'] })).body
    const role = (to: Role) =>
      transaction(t.services.db, (trx) => changeRole(trx, systemContext(), admin.organizationId, member.userId, to))
    const powers = async (key: string) => [
      (await as(key)('GET', '/seminars')).status,
      (await as(key)('POST', '/seminars', newSeminar)).status,
      (await as(key)('GET', '/members')).status,
    ]
    const expected: [Role, number[], ApiScope[]][] = [
      ['owner', [200, 201, 200], ['read', 'write', 'admin']],
      ['organizer', [200, 201, 403], ['read', 'write']],
      ['viewer', [200, 403, 403], ['read']],
      ['owner', [200, 201, 200], ['read', 'write', 'admin']],
    ]
    for (const [to, may, effectiveScopes] of expected) {
      await role(to)
      expect([to, await powers(whole)]).toEqual([to, may])
      expect([to, await powers(child.key)]).toEqual([to, may])
      // Its own scopes stay the most it ever has.
      expect([to, await powers(plain)]).toEqual([to, [200, 403, 403]])
      const shown = (await admin.call('GET', `/keys/${child.id}`)).body
      expect(shown).toMatchObject({ scopes: ['read', 'write', 'admin'], effectiveScopes, state: 'active' })
    }
    await role('organizer')
    const { body } = await as(whole)('GET', '/members', undefined, { 'accept-language': 'en' })
    expect([body.code, body.detail]).toEqual(['key_maker_role', expect.stringContaining('Whoever made this API key')])
    expect((await as(plain)('POST', '/seminars', newSeminar)).body.code).toBe('key_scope')
  })

  it('are bound when a key is made too: one that was limited gives on no more than it has left', async () => {
    const member = await createMember(t.services, admin.organizationId)
    const key = await memberKey(member.userId, ['read', 'write', 'admin'])
    const { id } = await t.services.db
      .selectFrom('api_keys')
      .select('id')
      .where('created_by', '=', member.userId)
      .executeTakeFirstOrThrow()
    await transaction(t.services.db, (trx) =>
      changeRole(trx, systemContext(), admin.organizationId, member.userId, 'organizer'),
    )
    // A request that had begun as an owner's: only the role of this moment counts.
    const ctx = systemContext({ actor: { kind: 'key', id, name: 'của thành viên' } })
    const make = (scopes: ApiScope[]) =>
      transaction(t.services.db, (trx) =>
        createApiKey(trx, ctx, { organizationId: admin.organizationId, name: 'x', scopes, expiresAt: null }),
      )
    await expect(make(['admin'])).rejects.toMatchObject({ fields: [{ code: 'scope_beyond' }] })
    expect((await findApiKey(t.services.db, (await make(['write'])).key))?.maker_id).toBe(member.userId)
    await transaction(t.services.db, (trx) => disableMember(trx, systemContext(), admin.organizationId, member.userId))
    expect(await opens(key)).toBe(false)
  })

  it('end together even where the key itself was not revoked', async () => {
    const member = await createMember(t.services, admin.organizationId)
    const key = await memberKey(member.userId, ['read'])
    await t.services.db
      .updateTable('members')
      .set({ disabled_at: new Date() })
      .where('user_id', '=', member.userId)
      .execute()
    expect(await opens(key)).toBe(false)
    await t.services.db.deleteFrom('members').where('user_id', '=', member.userId).execute()
    expect(await opens(key)).toBe(false)
    expect((await callApi(t, 'GET', '/seminars', undefined, { authorization: `Bearer ${key}` })).status).toBe(401)
  })
})
