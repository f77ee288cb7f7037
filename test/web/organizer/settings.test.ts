import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonb } from '../../../src/db/expressions.ts'
import { linkToken } from '../../../src/features/links/token.ts'
import { createTestApp, formRequest, type TestApp, testLinkKey, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization } from '../../support/factories.ts'

let t: TestApp
let base: string
let org: { id: string; slug: string }
let owner: Awaited<ReturnType<typeof createMember>>
let organizer: Awaited<ReturnType<typeof createMember>>
beforeAll(async () => {
  t = await createTestApp()
  org = await createOrganization(t.services.db)
  base = `/console/${org.slug}/settings`
  owner = await createMember(t.services, org.id)
  organizer = await createMember(t.services, org.id, 'organizer')
})
afterAll(() => t.close())

const get = (path: string, cookie = owner.cookie) => t.app.request(testOrigin + path, { headers: { cookie } })
const post = (path: string, fields: Record<string, string>, cookie = owner.cookie) =>
  t.app.request(testOrigin + path, formRequest(fields, cookie))
const organization = {
  name: 'Thành ủy Mẫu',
  accent_hue: '158',
  honorific: 'neutral',
  locale: 'vi',
  timezone: 'Asia/Ho_Chi_Minh',
  version: '1',
}

describe('the organisation', () => {
  it('is changed by owners, read by others; an old version changes nothing', async () => {
    expect((await get(base, organizer.cookie)).status).toBe(200)
    expect(await (await get(base, organizer.cookie)).text()).not.toContain('name="accent_hue"')
    expect((await post(base, organization, organizer.cookie)).status).toBe(403)
    const refused = await post(base, { ...organization, timezone: 'Asia/Nowhere', contact_name: 'Văn phòng' })
    const page = await refused.text()
    expect([
      refused.status,
      page.includes('Asia/Nowhere'),
      page.includes('không có múi giờ này'),
      page.includes('Văn phòng'),
    ]).toEqual([422, true, true, true])
    expect((await post(base, { ...organization, accent_number: '200' })).headers.get('location')).toBe(
      `${base}?done=saved`,
    )
    const row = await t.services.db
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', org.id)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ accent_hue: 200, honorific: 'neutral', version: 2 })
    const late = await post(base, { ...organization, name: 'Tên khác' })
    expect([late.status, (await late.text()).includes('Tên khác')]).toEqual([412, true])
  })
})

describe('members', () => {
  it('are invited by a mailed link that can also be copied, sent again and withdrawn', async () => {
    expect(
      (await post(`${base}/members/invitations`, { email: 'a@mau.example', role: 'viewer' }, organizer.cookie)).status,
    ).toBe(403)
    expect((await post(`${base}/members/invitations`, { email: 'a@mau.example', role: 'viewer' })).status).toBe(303)
    const { id } = await t.services.db
      .selectFrom('member_invitations')
      .select('id')
      .where('organization_id', '=', org.id)
      .executeTakeFirstOrThrow()
    const link = async (generation: number) =>
      `${testOrigin}/join/${await linkToken(testLinkKey, 'join', id, generation)}`
    expect(await (await get(`${base}/members`)).text()).toContain(await link(1))
    expect(await (await get(`${base}/members`, organizer.cookie)).text()).not.toContain('/join/')
    const again = await post(`${base}/members/invitations`, { email: 'A@mau.example', role: 'owner' })
    expect([again.status, (await again.text()).includes('đã có lời mời còn hiệu lực')]).toEqual([422, true])
    expect((await post(`${base}/members/invitations/${id}/resend`, {})).status).toBe(303)
    expect(await (await get(`${base}/members`)).text()).toContain(await link(2))
    expect((await t.app.request(await link(1))).status).toBe(404)
    expect((await post(`${base}/members/invitations/${id}/withdraw`, {})).status).toBe(303)
    expect((await t.app.request(await link(2))).status).toBe(404)
  })

  it('change role, are shut out at once, and the last owner stays', async () => {
    const last = await post(`${base}/members/${owner.userId}/disable`, {})
    expect([last.status, (await last.text()).includes('ít nhất một chủ sở hữu')]).toEqual([409, true])
    const m = await createMember(t.services, org.id, 'viewer')
    expect((await post(`${base}/members/${m.userId}/role`, { role: 'organizer' })).status).toBe(303)
    expect((await post(`${base}/members/${m.userId}/role`, { role: 'king' })).status).toBe(422)
    expect((await post(`${base}/members/${m.userId}/disable`, {}, m.cookie)).status).toBe(403)
    expect((await get(base, m.cookie)).status).toBe(200)
    expect((await post(`${base}/members/${m.userId}/disable`, {})).status).toBe(303)
    expect((await get(base, m.cookie)).status).toBe(303)
    expect((await post(`${base}/members/${m.userId}/enable`, {})).status).toBe(303)
  })

  it('and keys of another organisation are not found', async () => {
    const other = await createOrganization(t.services.db)
    const stranger = await createMember(t.services, other.id)
    const own = `/console/${other.slug}/settings`
    await post(`${base}/members/invitations`, { email: 'khac@mau.example', role: 'viewer' })
    const { id } = await t.services.db
      .selectFrom('member_invitations')
      .select('id')
      .where('email', '=', 'khac@mau.example')
      .executeTakeFirstOrThrow()
    for (const path of [
      `/members/invitations/${id}/resend`,
      `/members/invitations/${id}/withdraw`,
      `/members/${owner.userId}/disable`,
      `/members/${owner.userId}/enable`,
      `/keys/${id}/revoke`,
    ]) {
      for (const prefix of [own, base])
        expect((await post(prefix + path, {}, stranger.cookie)).status, prefix + path).toBe(404)
    }
    expect((await get(base, stranger.cookie)).status).toBe(404)
  })
})

describe('API keys', () => {
  it('are shown once, to owners, and revoked', async () => {
    expect((await get(`${base}/keys`, organizer.cookie)).status).toBe(403)
    const made = await post(`${base}/keys`, { name: 'Trang chủ', scope: 'write', days: '30' })
    const key = /ht_[\w-]{43}/.exec(await made.text())?.[0]
    expect([made.status, key]).toEqual([200, expect.any(String)])
    const list = await (await get(`${base}/keys`)).text()
    expect(list).not.toContain(key)
    expect(list).toContain('Trang chủ')
    const row = await t.services.db
      .selectFrom('api_keys')
      .selectAll()
      .where('organization_id', '=', org.id)
      .executeTakeFirstOrThrow()
    expect(row.scopes).toEqual(['read', 'write'])
    const days = ((row.expires_at as Date).getTime() - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)
    expect((await post(`${base}/keys/${row.id}/revoke`, {})).status).toBe(303)
    expect(await (await get(`${base}/keys`)).text()).toContain('Đã thu hồi')
    expect((await post(`${base}/keys`, { name: '', scope: 'write', days: '30' })).status).toBe(422)
  })

  it('may be given what owners do, and say so in the list; the page leads to the documentation of the API', async () => {
    expect((await post(`${base}/keys`, { name: 'Quản trị', scope: 'admin', days: '' })).status).toBe(200)
    expect((await post(`${base}/keys`, { name: 'Quản trị', scope: 'root', days: '' })).status).toBe(422)
    const { scopes } = await t.services.db
      .selectFrom('api_keys')
      .selectAll()
      .where('organization_id', '=', org.id)
      .where('name', '=', 'Quản trị')
      .executeTakeFirstOrThrow()
    expect(scopes).toEqual(['read', 'write', 'admin'])
    const page = await (await get(`/en${base}/keys`)).text()
    expect(page).toContain('Read, write and administer')
    expect(page).toContain('href="/en/api/docs"')
  })
})

describe('a key whose maker has another role now', () => {
  it('says what it does now and why, in both languages', async () => {
    const maker = await createMember(t.services, org.id)
    const made = await post(`${base}/keys`, { name: 'Cổng dữ liệu', scope: 'admin', days: '' }, maker.cookie)
    expect(made.status).toBe(200)
    const list = async (language: string) => await (await get(`${language}${base}/keys`)).text()
    const role = (to: string) => post(`${base}/members/${maker.userId}/role`, { role: to })
    expect(await list('')).not.toContain('Hiện nay:')
    await role('organizer')
    expect(await list('')).toContain('Hiện nay: Đọc và ghi, vì vai trò của người tạo nay là Người tổ chức.')
    await role('viewer')
    expect(await list('')).toContain('Hiện nay: Chỉ đọc, vì vai trò của người tạo nay là Người xem.')
    expect(await list('/en')).toContain('Now: Read, because the present role of its maker is Viewer.')
    await role('owner')
    expect(await list('')).not.toContain('Hiện nay:')
  })
})

describe('the log', () => {
  it('tells in words who did what, by cursor, and never a link or a key', async () => {
    const log = `/console/${org.slug}/log`
    const page = await (await get(log)).text()
    for (const text of [
      'Sửa thông tin cơ quan',
      'Mời đồng nghiệp',
      'Khóa thành viên',
      'Thu hồi khóa API',
      'Màu nhấn',
      'Lê Văn Mẫu',
    ])
      expect(page).toContain(text)
    expect(page).not.toMatch(/ht_[\w-]{43}|\/join\//)
    expect(await (await get(`/en${log}`)).text()).toContain('Revoked an API key')
    expect(await (await get(`${log}?actor=nobody`)).text()).toContain('Không có mục nào')
    const rows = Array.from({ length: 120 }, (_, i) => ({
      organization_id: org.id,
      actor_kind: 'system',
      action: 'unknown.action',
      subject_kind: 'x',
      details: jsonb({ name: `mục ${i}.` }),
    }))
    await t.services.db.insertInto('audit_events').values(rows).execute()
    const seen: string[] = []
    let next: string | undefined = `${log}?kind=system`
    while (next) {
      const html: string = await (await get(next)).text()
      seen.push(...[...html.matchAll(/mục (\d+)\./g)].map((m) => m[1] as string))
      next = /href="([^"]+cursor=[^"]+)" rel="next"/.exec(html)?.[1]?.replace(/&amp;/g, '&')
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120])
    expect((await get(`${log}?cursor=junk`)).status).toBe(400)
  })
})
