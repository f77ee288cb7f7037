import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonb } from '../../../src/db/expressions.ts'
import { transaction } from '../../../src/db/transaction.ts'
import { answerInvitation } from '../../../src/features/invitations/commands/answer.ts'
import { issueLinks } from '../../../src/features/links/commands.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../../support/app.ts'
import {
  createInvitation,
  createMember,
  createOrganization,
  createPerson,
  createSeminar,
  createUnit,
} from '../../support/factories.ts'

let t: TestApp
let organization: Awaited<ReturnType<typeof createOrganization>>
let cookie: string
let viewer: string
const ctx = systemContext()

beforeAll(async () => {
  t = await createTestApp()
  organization = await createOrganization(t.services.db)
  cookie = (await createMember(t.services, organization.id, 'organizer')).cookie
  viewer = (await createMember(t.services, organization.id, 'viewer')).cookie
})
afterAll(() => t.close())

const address = (seminarId: string, rest = '', en = false) =>
  `${testOrigin}${en ? '/en' : ''}/console/${organization.slug}/seminars/${seminarId}/invitations${rest}`
const get = (url: string, who = cookie) => t.app.request(url, { headers: { cookie: who } })
const post = (url: string, fields: Record<string, string | string[]>, who = cookie) =>
  t.app.request(url, formRequest(fields, who))

async function shown(url: string, who = cookie): Promise<string> {
  const response = await get(url, who)
  expect(response.status).toBe(200)
  const text = await response.text()
  expect(text).not.toMatch(/>(invitations|delegate|errors):[a-z]/)
  return text
}

/** Where a form leads, as a path with its query. */
async function led(response: Response | Promise<Response>): Promise<string> {
  const { status, headers } = await response
  expect(status).toBe(303)
  return headers.get('location') ?? ''
}

const rowOf = (id: string) =>
  t.services.db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

describe('the list of delegates', () => {
  it('is empty with the way on, then filters, sorts and shows figures in both languages', async () => {
    const seminar = await createSeminar(t.services.db, organization.id, { capacity: 5 })
    expect(await shown(address(seminar.id))).toContain('Chưa có ai trong danh sách mời')
    await createInvitation(t.services.db, seminar, {
      name: 'Nguyễn Văn Ánh',
      answer: 'accepted',
      holds_place: true,
      answered_at: new Date(),
    })
    await createInvitation(t.services.db, seminar, {
      name: 'Lê Thị Bình',
      email: null,
      phone: '0912 000 000',
      status: 'draft',
    })
    const list = await shown(address(seminar.id))
    expect(list).toContain('Nguyễn Văn Ánh')
    expect(list).toContain('Xem lại và gửi 1 giấy mời')
    expect(await shown(address(seminar.id, '', true))).toContain('Review and send 1 invitation')
    const found = await shown(address(seminar.id, '?q=van+anh'))
    expect(found).toContain('Nguyễn Văn Ánh')
    expect(found).not.toContain('Lê Thị Bình')
    expect(await shown(address(seminar.id, '?address=without&status=draft'))).toContain('0912 000 000')
    expect(await shown(address(seminar.id, '?answer=declined'))).toContain('Không có giấy mời nào khớp')
    expect(await shown(address(seminar.id, '?status=xyz&sort=;drop&delegation=1&cursor='))).toContain('Lê Thị Bình')
    expect((await get(address(seminar.id, '?cursor=sai'))).status).toBe(400)
  })

  it('adds by delegation, from the directory and by hand', async () => {
    const { db } = t.services
    const seminar = await createSeminar(db, organization.id)
    const unit = await createUnit(db, organization.id, { name: 'Văn phòng Mẫu', kind: 'mau-web' })
    const person = await createPerson(db, organization.id, { name: 'Đặng Thị Hồng Vân', given: 'Vân' })
    await db
      .insertInto('positions')
      .values({ organization_id: organization.id, unit_id: unit.id, person_id: person.id, title: 'Chánh Văn phòng' })
      .execute()
    const { id: delegation } = await db
      .insertInto('delegations')
      .values({
        organization_id: organization.id,
        seminar_id: seminar.id,
        ordinal: 1,
        text: 'lãnh đạo Văn phòng',
        selector: jsonb({ unitKinds: ['mau-web'] }),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    expect(await shown(address(seminar.id, '/add?q=hong+van'))).toContain('Chánh Văn phòng Mẫu')
    expect(await led(post(address(seminar.id, '/delegations'), { all: 'yes' }))).toContain('?done=added&n=1&m=1&k=0')
    expect(await led(post(address(seminar.id, '/delegations'), { delegation }))).toContain('n=0&m=0&k=1')
    expect(await led(post(address(seminar.id, '/people'), { person: [person.id] }))).toContain('k=1')
    expect(await shown(address(seminar.id, '?done=added&n=1&m=1&k=1'))).toContain(
      'Đã thêm 1 người, 1 chức vụ; 1 người đã có sẵn trong danh sách.',
    )
    const refused = await post(address(seminar.id, '/by-hand'), { name: ' ', email: 'sai', positions: 'Giám đốc' })
    expect(refused.status).toBe(422)
    const text = await refused.text()
    expect(text).toContain('Đề nghị nhập: Họ và tên.')
    expect(text).toContain('value="sai"')
    const made = await led(
      post(address(seminar.id, '/by-hand'), {
        name: 'Vũ Văn Ngoài',
        email: 'ngoai@mau.example',
        positions: 'Giám đốc Công ty A',
      }),
    )
    expect(await shown(testOrigin + made)).toContain('Giám đốc Công ty A')
    const again = await post(address(seminar.id, '/by-hand'), { name: 'Vũ Văn Ngoài', email: 'ngoai@mau.example' })
    expect(await again.text()).toContain('người này đã có trong danh sách mời')
  })

  it('shows what will be sent in a frame that runs nothing, then sends', async () => {
    const seminar = await createSeminar(t.services.db, organization.id)
    const invitation = await createInvitation(t.services.db, seminar, { status: 'draft', name: 'Trần <i>Thị</i> Thuỷ' })
    await createInvitation(t.services.db, seminar, { status: 'draft', email: null, name: 'Không Địa Chỉ' })
    const review = await shown(address(seminar.id, '/review'))
    expect(review).toContain('Gửi 2 giấy mời')
    expect(review).toContain('1 người không có địa chỉ thư dùng được')
    expect(review).toContain('sandbox=""')
    const preview = await get(address(seminar.id, `/${invitation.id}/preview`))
    expect(preview.headers.get('content-security-policy')).toContain('sandbox')
    const html = await preview.text()
    expect(html).toContain('Trần &lt;i&gt;Thị&lt;/i&gt; Thuỷ')
    expect(html).not.toContain('⟦')
    expect(html).not.toContain('/i/')
    expect(await led(post(address(seminar.id, '/send'), {}))).toContain('?done=sent&n=1&m=1')
    expect(await led(post(address(seminar.id, '/send'), {}))).toContain('n=0&m=0')
    expect(await shown(address(seminar.id, '/review'))).toContain('Không còn giấy mời nào chờ gửi')
  })

  it('leads a draft seminar to its schedule instead of sending', async () => {
    const seminar = await createSeminar(t.services.db, organization.id, { state: 'draft' })
    await createInvitation(t.services.db, seminar, { status: 'draft' })
    const review = await shown(address(seminar.id, '/review'))
    expect(review).toContain('Lên lịch hội thảo')
    expect(review).not.toContain('action="' + new URL(address(seminar.id, '/send')).pathname)
    expect((await post(address(seminar.id, '/send'), {})).status).toBe(409)
  })

  it('does several at once, and asks before it withdraws', async () => {
    const seminar = await createSeminar(t.services.db, organization.id)
    const drafts = [
      await createInvitation(t.services.db, seminar, { status: 'draft', name: 'Một' }),
      await createInvitation(t.services.db, seminar, { status: 'draft', name: 'Hai' }),
      await createInvitation(t.services.db, seminar, { status: 'draft', name: 'Ba' }),
    ]
    const id = drafts.map((d) => d.id)
    expect(await led(post(address(seminar.id, '/bulk'), { do: 'remove', id: [id[2] as string] }))).toContain(
      'done=removed&n=1',
    )
    expect(await led(post(address(seminar.id, '/bulk'), { do: 'send', id }))).toContain('done=sent&n=2')
    expect(await led(post(address(seminar.id, '/bulk'), { do: 'resend', id }))).toContain('done=resent&n=2')
    const asked = await post(address(seminar.id, '/bulk'), { do: 'withdraw', id })
    expect(asked.status).toBe(200)
    const text = await asked.text()
    expect(text).toContain('Rút 2 giấy mời?')
    expect(text).toContain('Một')
    expect((await rowOf(id[0] as string)).status).toBe('sent')
    expect(await led(post(address(seminar.id, '/bulk'), { do: 'withdraw', confirmed: 'yes', id }))).toContain(
      'done=withdrawn&n=2',
    )
    expect((await rowOf(id[0] as string)).status).toBe('withdrawn')
    expect(await led(post(address(seminar.id, '/bulk'), { do: 'send' }))).toContain('done=nothing')
    expect((await post(address(seminar.id, '/bulk'), { do: 'explode', id })).status).toBe(400)
  })
})

describe('one invitation', () => {
  async function sent(
    overrides: Parameters<typeof createInvitation>[2] = {},
    of: Parameters<typeof createSeminar>[2] = {},
  ) {
    const seminar = await createSeminar(t.services.db, organization.id, of)
    const invitation = await createInvitation(t.services.db, seminar, overrides)
    await transaction(t.services.db, (trx) =>
      issueLinks(trx, ctx, [
        { purpose: 'invitation', organizationId: organization.id, targetId: invitation.id, generation: 1 },
      ]),
    )
    return { seminar, invitation, at: address(seminar.id, `/${invitation.id}`) }
  }

  it('shows organizers the personal link and a text message without marks, viewers neither', async () => {
    const { at } = await sent()
    const page = await shown(at)
    const link = /data-copy="([^"]+\/i\/[\w-]{22})"/.exec(page)?.[1] as string
    expect((await t.app.request(link, { redirect: 'manual' })).status).toBe(303)
    const sms = /<p class="copyline small">([^<]+)<\/p>/.exec(page)?.[1] as string
    expect(sms).toMatch(/^[ -~]+$/)
    expect(sms).toContain('Thanh uy Mau: Kinh moi dong chi du Hoi thao chuyen de')
    expect(sms).toContain(link)
    const seen = await shown(at, viewer)
    expect(seen).not.toMatch(/\/i\/[\w-]{22}/)
    expect(seen).not.toContain('<form method="post" action="' + new URL(at).pathname)
  })

  it('records an answer got by telephone after the deadline, without a reason, and shows who wrote it down', async () => {
    const { at, invitation } = await sent({}, { answer_deadline_local: '2020-01-01T08:00:00' })
    expect((await post(`${at}/answer`, {})).status).toBe(422)
    expect(await led(post(`${at}/answer`, { answer: 'decline' }))).toContain('done=recorded')
    expect(await rowOf(invitation.id)).toMatchObject({ answer: 'declined', answered_via: 'organizer' })
    expect(await shown(at)).toContain('Lê Văn Mẫu ghi')
  })

  it('decides a substitution from its page and from the list of those that wait', async () => {
    const { at, invitation, seminar } = await sent()
    const input = {
      answer: 'substitute' as const,
      substitute: { name: 'Lê Thị Bình', position: 'Phó Bí thư', email: null },
      note: null,
    }
    await transaction(t.services.db, (trx) =>
      answerInvitation(trx, ctx, { organizationId: organization.id, invitationId: invitation.id, input, via: 'link' }),
    )
    expect(await shown(address(seminar.id))).toContain('1 đề nghị dự thay chờ ý kiến người chủ trì.')
    const waiting = await shown(address(seminar.id, '/substitutions'))
    const action = /action="([^"]+\/substitutions\/[\w-]+)"/.exec(waiting)?.[1] as string
    expect(await shown(at)).toContain(action)
    expect((await post(testOrigin + action, { decision: 'maybe' })).status).toBe(422)
    expect((await post(testOrigin + action, { decision: 'agree' }, viewer)).status).toBe(403)
    expect(await led(post(testOrigin + action, { decision: 'agree', note: 'Đồng ý' }))).toContain('done=agreed')
    expect((await rowOf(invitation.id)).answer).toBe('substituted')
    expect((await post(testOrigin + action, { decision: 'refuse' })).status).toBe(409)
  })

  it('sends again, makes a new link, and withdraws after asking', async () => {
    const { at, invitation } = await sent()
    expect(await led(post(`${at}/resend`, {}))).toContain('done=resent&n=1')
    const old = /data-copy="([^"]+\/i\/[\w-]{22})"/.exec(await shown(at))?.[1] as string
    expect(await led(post(`${at}/new-link`, {}))).toContain('done=newLink')
    expect((await t.app.request(old)).status).toBe(404)
    expect(await (await post(`${at}/withdraw`, {})).text()).toContain('Rút 1 giấy mời?')
    expect((await rowOf(invitation.id)).status).toBe('sent')
  })

  it('keeps what was typed when somebody else was faster', async () => {
    const { at, invitation } = await sent()
    const fields = { name: 'Trần Thị Thuỷ', email: 'moi@mau.example', positions: 'Bí thư', version: '1' }
    expect(await led(post(at, fields))).toContain('done=saved')
    const late = await post(at, { ...fields, name: 'Trần Thị Thủy' })
    expect(late.status).toBe(412)
    const text = await late.text()
    expect(text).toContain('Trần Thị Thủy')
    expect(text).toContain('vừa được người khác cập nhật')
    expect((await rowOf(invitation.id)).name).toBe('Trần Thị Thuỷ')
  })

  it('is nobody else’s: another organisation, another seminar, the anonymous, a viewer who changes', async () => {
    const { at, invitation } = await sent()
    const other = await createOrganization(t.services.db)
    const stranger = (await createMember(t.services, other.id, 'owner')).cookie
    expect((await get(at, stranger)).status).toBe(404)
    expect((await get(at.replace(organization.slug, other.slug), stranger)).status).toBe(404)
    const elsewhere = await createSeminar(t.services.db, organization.id)
    for (const rest of ['', '/preview'])
      expect((await get(address(elsewhere.id, `/${invitation.id}${rest}`))).status).toBe(404)
    for (const rest of ['/resend', '/new-link', '/send', '/remove', '/withdraw', '/answer'])
      expect((await post(address(elsewhere.id, `/${invitation.id}${rest}`), { answer: 'attend' })).status).toBe(404)
    expect((await t.app.request(at, { redirect: 'manual' })).status).toBe(303)
    expect((await post(`${at}/resend`, {}, viewer)).status).toBe(403)
    expect((await get(address(elsewhere.id, '/khong-co'))).status).toBe(404)
  })
})
