import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let admin: Caller
beforeAll(async () => {
  t = await createTestApp()
  admin = await createCaller(t, { scopes: ['admin'] })
})
afterAll(() => t.close())

const administer = async () => createCaller(t, { scopes: ['admin'] })

describe('members', () => {
  it('need a key that administers: reading and writing are not enough', async () => {
    const writer = await createCaller(t, { organizationId: admin.organizationId })
    for (const [method, path, body] of [
      ['GET', '/members'],
      ['GET', '/member-invitations'],
      ['GET', '/keys'],
      ['PUT', '/members/x/state', { state: 'disabled' }],
      ['POST', '/member-invitations', { email: 'a@mau.example', role: 'owner' }],
      ['POST', '/keys', { name: 'x', scopes: ['admin'] }],
    ] as const) {
      expect([path, (await writer.call(method, path, body)).body.code]).toEqual([path, 'key_scope'])
      expect([200, 201, 404]).toContain((await admin.call(method, path, body)).status)
    }
    expect((await admin.call('GET', '/seminars')).status).toBe(403)
  })

  it('are listed by role or by name, by cursor, each once, and filtered', async () => {
    const own = await administer()
    const { db } = t.services
    for (const [id, name, role] of [
      ['an', 'Đỗ Văn An', 'viewer'],
      ['binh', 'Bùi Thị Bình', 'owner'],
      ['cuong', 'Cao Văn Cường', 'organizer'],
      ['dung', 'An Thị Dung', 'organizer'],
      ['em', 'Ông Văn Êm', 'viewer'],
    ] as const) {
      await db
        .insertInto('auth.user')
        .values({ id, name, email: `${id}@mau.example` })
        .execute()
      await db.insertInto('members').values({ organization_id: own.organizationId, user_id: id, role }).execute()
    }
    await own.call('PUT', '/members/cuong/state', { state: 'disabled' })
    const walk = async (query: string) => {
      const names: string[] = []
      let cursor: string | null = ''
      do {
        const { body } = await own.call('GET', `/members?limit=2&${query}${cursor ? `&cursor=${cursor}` : ''}`)
        names.push(...body.items.map((m: { name: string }) => m.name))
        cursor = body.next
      } while (cursor)
      return names
    }
    expect(await walk('')).toEqual(['Bùi Thị Bình', 'An Thị Dung', 'Đỗ Văn An', 'Ông Văn Êm', 'Cao Văn Cường'])
    expect(await walk('sort=name')).toEqual(['An Thị Dung', 'Bùi Thị Bình', 'Cao Văn Cường', 'Đỗ Văn An', 'Ông Văn Êm'])
    expect(await walk('state=disabled')).toEqual(['Cao Văn Cường'])
    expect(await walk('role=viewer&state=active')).toEqual(['Đỗ Văn An', 'Ông Văn Êm'])
    expect((await own.call('GET', '/members?role=viewer')).body.total).toBe(2)
    for (const query of ['role=king', 'state=x', 'sort=email', 'cursor=x', 'cursor=W10'])
      expect([query, (await own.call('GET', `/members?${query}`)).status]).toEqual([query, 400])
  })

  it('hold no secret', async () => {
    const own = await administer()
    const member = await createMember(t.services, own.organizationId, 'viewer')
    const { body } = await own.call('GET', `/members/${member.userId}`)
    expect(body).toEqual({
      id: member.userId,
      name: 'Lê Văn Mẫu',
      email: member.email,
      role: 'viewer',
      state: 'active',
      disabledAt: null,
      createdAt: expect.any(String),
    })
  })

  it('are given a role, shut out at once and let in again; the last owner stays', async () => {
    const own = await administer()
    const owner = await createMember(t.services, own.organizationId)
    const other = await createMember(t.services, own.organizationId, 'viewer')
    const put = (id: string, what: string, body: object, headers = {}) =>
      own.call('PUT', `/members/${id}/${what}`, body, headers)
    expect((await put(other.userId, 'role', { role: 'organizer' })).body.role).toBe('organizer')
    expect((await put(other.userId, 'role', { role: 'king' })).body.errors[0]).toMatchObject({ pointer: '#/role' })
    expect(await put(owner.userId, 'role', { role: 'viewer' })).toMatchObject({
      status: 409,
      body: { code: 'last_owner' },
    })
    expect((await put(owner.userId, 'state', { state: 'disabled' })).body.code).toBe('last_owner')
    const headers = { 'idempotency-key': 'shut-out' }
    const shut = await put(other.userId, 'state', { state: 'disabled' }, headers)
    expect(shut.body).toMatchObject({ state: 'disabled', disabledAt: expect.any(String) })
    expect((await put(other.userId, 'state', { state: 'disabled' }, headers)).body).toEqual(shut.body)
    expect((await put(other.userId, 'state', { state: 'gone' })).status).toBe(422)
    expect(await t.services.auth.session(new Headers({ cookie: other.cookie }))).toBeFalsy()
    expect((await put(other.userId, 'state', { state: 'active' })).body).toMatchObject({
      state: 'active',
      disabledAt: null,
    })
  })

  it('of another organisation do not exist', async () => {
    const member = await createMember(t.services, (await createOrganization(t.services.db)).id)
    expect((await admin.call('GET', `/members/${member.userId}`)).status).toBe(404)
    expect((await admin.call('PUT', `/members/${member.userId}/role`, { role: 'viewer' })).status).toBe(404)
    expect((await admin.call('PUT', `/members/${member.userId}/state`, { state: 'disabled' })).status).toBe(404)
    expect((await admin.call('GET', '/members/%00')).status).toBe(404)
  })
})

describe('an invitation of a colleague', () => {
  it('is mailed without its link in the answer, sent again, and taken back', async () => {
    const own = await administer()
    const headers = { 'idempotency-key': 'invite' }
    const input = { email: 'lan.pham@mau.example', role: 'organizer' }
    const made = await own.call('POST', '/member-invitations', input, headers)
    expect(made).toMatchObject({
      status: 201,
      body: { ...input, state: 'open', invitedBy: 'kiểm thử', acceptedAt: null },
    })
    expect(made.headers.get('location')).toMatch(new RegExp(`/api/v1/member-invitations/${made.body.id}$`))
    expect(JSON.stringify(made.body)).not.toContain('/join/')
    expect((await own.call('POST', '/member-invitations', input, headers)).body).toEqual(made.body)
    expect((await own.call('POST', '/member-invitations', input)).body.errors).toMatchObject([
      { pointer: '#/email', code: 'invited' },
    ])
    const path = `/member-invitations/${made.body.id}`
    expect((await own.call('POST', `${path}/mailing`)).body.state).toBe('open')
    const mails = await t.services.db
      .selectFrom('messages')
      .select('kind')
      .where('organization_id', '=', own.organizationId)
      .execute()
    expect(mails.map((m) => m.kind)).toEqual(['colleague_invited', 'colleague_invited'])
    const list = (await own.call('GET', '/member-invitations?state=open')).body
    expect([list.total, list.items.map((i: { id: string }) => i.id)]).toEqual([1, [made.body.id]])
    expect((await own.call('DELETE', path)).status).toBe(204)
    expect((await own.call('DELETE', path)).status).toBe(404)
    expect((await own.call('GET', path)).body).toMatchObject({ state: 'withdrawn', withdrawnAt: expect.any(String) })
    expect((await own.call('GET', '/member-invitations')).body.total).toBe(0)
  })

  it('is refused where the address or the role is none, or belongs to a member', async () => {
    const member = await createMember(t.services, admin.organizationId)
    const { body } = await admin.call('POST', '/member-invitations', { email: 'x', role: 'king', name: 'x' })
    expect(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])).toEqual([
      ['#/email', 'email'],
      ['#/role', 'required'],
      ['#/name', 'unknown_field'],
    ])
    const taken = await admin.call('POST', '/member-invitations', { email: member.email, role: 'viewer' })
    expect(taken.body.errors).toMatchObject([{ pointer: '#/email', code: 'member' }])
  })

  it('of another organisation does not exist', async () => {
    const other = await administer()
    const { id } = (await other.call('POST', '/member-invitations', { email: 'b@mau.example', role: 'viewer' })).body
    for (const [method, path] of [
      ['GET', `/member-invitations/${id}`],
      ['POST', `/member-invitations/${id}/mailing`],
      ['DELETE', `/member-invitations/${id}`],
    ] as const)
      expect([path, (await admin.call(method, path)).status]).toEqual([path, 404])
    expect((await other.call('GET', `/member-invitations/${id}`)).body.state).toBe('open')
  })
})
