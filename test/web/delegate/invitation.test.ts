import type { Updateable } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import type { Invitations, Seminars } from '../../../src/db/types.ts'
import { issueLinks } from '../../../src/features/links/commands.ts'
import { linkUrl } from '../../../src/features/links/queries.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../../support/app.ts'
import { createInvitation, createOrganization, createSeminar } from '../../support/factories.ts'
import { roomInWindow } from '../../support/windows.ts'

let t: TestApp
let organizationId: string
const ctx = systemContext()

beforeAll(async () => {
  t = await createTestApp()
  organizationId = (await createOrganization(t.services.db)).id
})
afterAll(() => t.close())

async function linked(
  overrides: {
    seminar?: Parameters<typeof createSeminar>[2]
    invitation?: Parameters<typeof createInvitation>[2]
  } = {},
) {
  const seminar = await createSeminar(t.services.db, organizationId, overrides.seminar)
  const invitation = await createInvitation(t.services.db, seminar, overrides.invitation)
  const link = {
    purpose: 'invitation' as const,
    organizationId,
    targetId: invitation.id,
    generation: invitation.generation,
  }
  await transaction(t.services.db, (trx) => issueLinks(trx, ctx, [link]))
  return { seminar, invitation, url: await linkUrl(ctx, link) }
}

const get = (url: string, cookie?: string, method = 'GET') =>
  t.app.request(url, { method, headers: cookie ? { cookie } : {}, redirect: 'manual' })

/** Follows a link as a browser that keeps cookies does. */
async function open(url: string) {
  const first = await get(url)
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] as string
  const second = await get(new URL(first.headers.get('location') ?? '', testOrigin).href, cookie)
  const page = new URL(second.headers.get('location') ?? '', testOrigin).href
  return { cookie, page, ref: page.split('/').at(-1) as string }
}

async function html(page: string, cookie: string): Promise<string> {
  const response = await get(page, cookie)
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(response.headers.get('x-robots-tag')).toBe('noindex')
  return response.text()
}

async function rows(id: string) {
  const { db } = t.services
  return JSON.stringify([
    await db.selectFrom('invitations').selectAll().where('id', '=', id).execute(),
    await db.selectFrom('answers').selectAll().where('invitation_id', '=', id).execute(),
    await db.selectFrom('messages').selectAll().where('invitation_id', '=', id).execute(),
    await db.selectFrom('links').selectAll().where('target_id', '=', id).execute(),
    await db.selectFrom('audit_events').selectAll().where('subject_id', '=', id).execute(),
  ])
}

async function edit(id: string, values: Updateable<Invitations>) {
  await t.services.db.updateTable('invitations').set(values).where('id', '=', id).execute()
}

describe('opening a link', () => {
  it('moves the token into a cookie of that link and leads to a page without it', async () => {
    const { url } = await linked()
    const first = await get(url)
    expect(first.status).toBe(303)
    expect(first.headers.get('set-cookie')).toMatch(/^link-\w+=[\w-]{22}; .*HttpOnly; .*SameSite=Lax/i)
    const { page, cookie } = await open(url)
    expect(page).toMatch(/\/invitation\/\w{12}$/)
    const text = await html(page, cookie)
    expect(text).toContain('Trần Thị Thuỷ')
    expect(text).toContain('Đề nghị đồng chí xác nhận')
    expect(text).not.toContain(' checked')
    expect(text).not.toContain(url.split('/i/')[1])
    expect(text).toContain('<meta name="robots" content="noindex"')
  })

  it('works at its own address where no cookie comes back', async () => {
    const { url, invitation } = await linked()
    const first = await get(url)
    const page = await get(new URL(first.headers.get('location') ?? '', testOrigin).href)
    expect(page.status).toBe(200)
    const text = await page.text()
    const ref = /name="ref" value="(\w+)"/.exec(text)?.[1] as string
    const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1] as string
    const answered = await t.app.request(testOrigin + action, formRequest({ ref, answer: 'attend' }))
    expect(answered.status).toBe(303)
    const after = await get(new URL(answered.headers.get('location') ?? '', testOrigin).href)
    expect(await after.text()).toContain('Đồng chí đã xác nhận tham dự')
    expect(
      (
        await t.services.db
          .selectFrom('invitations')
          .select('answer')
          .where('id', '=', invitation.id)
          .executeTakeFirst()
      )?.answer,
    ).toBe('accepted')
  })

  it('changes nothing when every address is fetched twice by GET and HEAD', async () => {
    const { url, invitation } = await linked()
    const { page, cookie } = await open(url)
    const before = await rows(invitation.id)
    for (const address of [url, `${url}?cookie=none`, url.replace('/i/', '/en/i/'), `${url}/event.ics?cookie=none`]) {
      for (const method of ['GET', 'HEAD', 'GET', 'HEAD'])
        expect((await get(address, undefined, method)).status).toBeLessThan(400)
    }
    for (const address of [page, `${page}/event.ics`])
      for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) expect((await get(address, cookie, method)).status).toBe(200)
    for (const address of [`${page}/opened`, `${url}/opened`])
      for (const method of ['GET', 'HEAD'])
        expect((await get(address, cookie, method)).status).toBeGreaterThanOrEqual(400)
    expect(await rows(invitation.id)).toBe(before)
  })

  it('notes that it was opened by a POST alone, once', async () => {
    const { url, invitation } = await linked()
    const { page, cookie } = await open(url)
    const opened = async () =>
      (
        await t.services.db
          .selectFrom('invitations')
          .select('opened_at')
          .where('id', '=', invitation.id)
          .executeTakeFirstOrThrow()
      ).opened_at?.getTime()
    expect((await t.app.request(`${page}/opened`, formRequest({}, cookie))).status).toBe(204)
    const first = await opened()
    expect(first).toBeGreaterThan(0)
    await t.app.request(`${page}/opened`, formRequest({}, cookie))
    expect(await opened()).toBe(first)
    expect(
      (await t.app.request(`${page}/opened`, { method: 'POST', headers: { cookie, origin: 'https://evil.example' } }))
        .status,
    ).toBe(403)
  })

  it('refuses a forged token, one of an older generation and one of a draft', async () => {
    const { url, invitation } = await linked()
    const token = url.split('/i/')[1] as string
    for (const forged of [
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      'A'.repeat(22),
      'x',
      `${token}A`,
      '%00',
    ])
      expect((await get(`${testOrigin}/i/${forged}`)).status).toBe(404)
    const { page, cookie } = await open(url)
    await edit(invitation.id, { generation: 2 })
    expect((await get(url)).status).toBeLessThan(500)
    expect((await get(page, cookie)).status).toBe(404)
    expect(
      (await t.app.request(page, formRequest({ ref: page.split('/').at(-1) as string, answer: 'attend' }, cookie)))
        .status,
    ).toBe(404)
    const draft = await linked({ invitation: { status: 'draft' } })
    expect((await get(`${draft.url}?cookie=none`)).status).toBe(404)
  })

  it('says what to do when the cookie is gone, and changes nothing', async () => {
    const { url, invitation } = await linked()
    const { page, ref, cookie } = await open(url)
    const before = await rows(invitation.id)
    const posted = await t.app.request(page, formRequest({ ref, answer: 'attend' }))
    expect(posted.status).toBe(404)
    expect(await posted.text()).toContain('mở lại đường dẫn')
    const stolen = cookie.replace(/=.*/, `=${'A'.repeat(22)}`)
    expect((await t.app.request(page, formRequest({ ref, answer: 'attend' }, stolen))).status).toBe(404)
    expect(await rows(invitation.id)).toBe(before)
  })

  it('never mixes two invitations open in two tabs', async () => {
    const [one, two] = [await linked(), await linked({ invitation: { name: 'Lê Văn Hai' } })]
    const [a, b] = [await open(one.url), await open(two.url)]
    const cookies = `${a.cookie}; ${b.cookie}`
    expect(await html(a.page, cookies)).toContain('Trần Thị Thuỷ')
    expect(await html(b.page, cookies)).toContain('Lê Văn Hai')
    const mixed = await t.app.request(a.page, formRequest({ ref: b.ref, answer: 'decline', reason: 'x' }, cookies))
    expect(mixed.status).toBe(409)
    expect(await mixed.text()).toContain('một giấy mời khác')
    const answers = await t.services.db
      .selectFrom('invitations')
      .select('answer')
      .where('id', 'in', [one.invitation.id, two.invitation.id])
      .execute()
    expect(answers).toEqual([{ answer: null }, { answer: null }])
    await t.app.request(b.page, formRequest({ ref: b.ref, answer: 'decline', reason: 'Đi công tác' }, cookies))
    expect(
      (
        await t.services.db
          .selectFrom('invitations')
          .select('answer')
          .where('id', '=', one.invitation.id)
          .executeTakeFirst()
      )?.answer,
    ).toBeNull()
  })
})

describe('answering', () => {
  it('keeps what was typed and says what is missing', async () => {
    const { url } = await linked()
    const { page, cookie, ref } = await open(url)
    const none = await t.app.request(page, formRequest({ ref }, cookie))
    expect(none.status).toBe(422)
    expect(await none.text()).toContain('Đề nghị chọn một nội dung xác nhận')
    const bare = await t.app.request(
      page,
      formRequest({ ref, answer: 'decline', reason: '  ', note: 'Xin gửi lời chúc' }, cookie),
    )
    expect(bare.status).toBe(422)
    const text = await bare.text()
    expect(text).toContain('Đề nghị nhập: Lý do vắng mặt')
    expect(text).toContain('Xin gửi lời chúc')
    expect(text).toMatch(/value="decline" checked/)
    const sub = await t.app.request(
      page,
      formRequest(
        { ref, answer: 'substitute', 'substitute.name': 'Lê <b>Bình</b>', 'substitute.email': 'sai' },
        cookie,
      ),
    )
    expect(sub.status).toBe(422)
    const shown = await sub.text()
    expect(shown).toContain('Lê &lt;b&gt;Bình&lt;/b&gt;')
    expect(shown).toContain('Địa chỉ thư điện tử chưa đúng')
    expect(shown).toContain('Đề nghị nhập: Chức vụ, đơn vị công tác')
  })

  it('ignores the fields of an answer that was not chosen', async () => {
    const { url, invitation } = await linked()
    const { page, cookie, ref } = await open(url)
    const posted = await t.app.request(
      page,
      formRequest(
        { ref, answer: 'attend', reason: 'x'.repeat(9000), 'substitute.name': 'A', 'substitute.email': 'sai' },
        cookie,
      ),
    )
    expect(posted.status).toBe(303)
    expect(
      await t.services.db
        .selectFrom('invitations')
        .select(['answer', 'reason'])
        .where('id', '=', invitation.id)
        .executeTakeFirst(),
    ).toEqual({ answer: 'accepted', reason: null })
  })

  it('has one effect when the same form comes fifty times at once', async () => {
    const { url, invitation } = await linked({ seminar: { capacity: 3 } })
    const { page, cookie, ref } = await open(url)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        t.app.request(page, formRequest({ ref, answer: 'attend', note: 'một' }, cookie)),
      ),
    )
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([303]))
    const { db } = t.services
    expect(
      await db.selectFrom('answers').select('id').where('invitation_id', '=', invitation.id).execute(),
    ).toHaveLength(1)
    expect(
      await db.selectFrom('messages').select('id').where('invitation_id', '=', invitation.id).execute(),
    ).toHaveLength(1)
  })

  it('refuses a form from another site', async () => {
    const { url } = await linked()
    const { page, cookie, ref } = await open(url)
    const request = formRequest({ ref, answer: 'attend' }, cookie)
    expect(
      (await t.app.request(page, { ...request, headers: { ...request.headers, origin: 'https://evil.example' } }))
        .status,
    ).toBe(403)
  })

  it('tells an answer that comes too late why it was not taken, and does not count it', async () => {
    const { url, invitation, seminar } = await linked()
    const { page, cookie, ref } = await open(url)
    await t.services.db
      .updateTable('seminars')
      .set({ answer_deadline_local: '2020-01-01T08:00:00' })
      .where('id', '=', seminar.id)
      .execute()
    const late = await t.app.request(page, formRequest({ ref, answer: 'attend' }, cookie))
    expect(late.status).toBe(409)
    const text = await late.text()
    expect(text).toContain('chưa được ghi nhận')
    expect(text).toContain('Đã hết thời hạn xác nhận')
    expect(
      (await t.services.db.selectFrom('answers').select('id').where('invitation_id', '=', invitation.id).execute())
        .length,
    ).toBe(0)
  })
})

describe('the page says where things stand', () => {
  const past: Updateable<Seminars> = { starts_local: '2020-01-01T08:00:00', ends_local: '2020-01-01T11:00:00' }
  const answered = { answered_at: new Date() }
  const states: [
    string,
    { seminar?: Parameters<typeof createSeminar>[2]; invitation?: Parameters<typeof createInvitation>[2] },
    string,
    string,
    boolean,
  ][] = [
    ['not answered', {}, 'Đề nghị đồng chí xác nhận', 'Please confirm', true],
    [
      'accepted',
      { invitation: { ...answered, answer: 'accepted', holds_place: true } },
      'Đồng chí đã xác nhận tham dự',
      'You have confirmed that you will attend.',
      true,
    ],
    [
      'online',
      {
        seminar: { online_offered: true, online_url: 'https://hop.example/p' },
        invitation: { ...answered, answer: 'online' },
      },
      'tham dự trực tuyến. Trân trọng',
      'attend online. Thank you',
      true,
    ],
    [
      'waitlisted',
      { seminar: { capacity: 0 }, invitation: { ...answered, answer: 'waitlisted', waiting_no: 7 } },
      'đồng chí đứng thứ 1 trong danh sách chờ',
      'You are number 1 on the waiting list',
      true,
    ],
    [
      'declined',
      { invitation: { ...answered, answer: 'declined', reason: 'Đi công tác' } },
      'Lý do: Đi công tác',
      'unable to attend',
      true,
    ],
    [
      'withdrawn',
      { invitation: { status: 'withdrawn', ...answered, answer: 'accepted' } },
      'Giấy mời này đã được rút lại',
      'has been withdrawn',
      false,
    ],
    [
      'cancelled',
      { seminar: { state: 'cancelled', postponed_note: 'Do bão.' }, invitation: { ...answered, answer: 'accepted' } },
      'Không tổ chức nữa',
      'Cancelled',
      false,
    ],
    [
      'postponed',
      { seminar: { state: 'postponed', starts_local: null, ends_local: null } },
      'Đã hoãn',
      'Postponed',
      false,
    ],
    [
      'over',
      { seminar: { ...past, state: 'held' } as never, invitation: { ...answered, answer: 'accepted' } },
      'Thời gian xác nhận đã kết thúc',
      'Replies are closed',
      false,
    ],
    ['begun', { seminar: { ...past } as never }, 'Thời gian xác nhận đã kết thúc', 'Replies are closed', false],
    [
      'after the deadline',
      { seminar: { answer_deadline_local: '2020-01-01T08:00:00' } },
      'Đã hết thời hạn xác nhận',
      'The reply deadline has passed',
      false,
    ],
    ['not open yet', { seminar: { state: 'draft' } }, 'Chưa nhận xác nhận', 'Replies are not open yet', false],
  ]
  it.each(states)('%s', async (_, overrides, vi, en, asks) => {
    const { url } = await linked(overrides)
    const { page, cookie } = await open(url)
    for (const [address, words] of [
      [page, vi],
      [page.replace('/invitation/', '/en/invitation/'), en],
    ] as const) {
      const text = await html(address, cookie)
      expect(text).toContain(words)
      expect(text.includes('<form method="post"')).toBe(asks)
      expect(text).not.toMatch(/delegate:|invitations:|undefined|\[object/)
    }
  })

  it('tells whether the chair agreed to a substitute', async () => {
    const { url, invitation } = await linked({
      invitation: { ...answered, answer: 'substitute_pending', holds_place: true },
    })
    const { page, cookie } = await open(url)
    const { db } = t.services
    const { id } = await db
      .insertInto('substitutions')
      .values({
        organization_id: organizationId,
        invitation_id: invitation.id,
        name: 'Lê Thị Bình',
        position: 'Phó Bí thư',
        state: 'pending',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    expect(await html(page, cookie)).toContain('Đề nghị cử Lê Thị Bình dự thay đã được gửi')
    await db.updateTable('substitutions').set({ state: 'approved' }).where('id', '=', id).execute()
    await edit(invitation.id, { answer: 'substituted' })
    expect(await html(page, cookie)).toContain('Người chủ trì đã đồng ý để Lê Thị Bình dự thay đồng chí')
    await db
      .updateTable('substitutions')
      .set({ state: 'declined', decision_note: 'Cần có mặt' })
      .where('id', '=', id)
      .execute()
    await edit(invitation.id, { answer: null, answered_at: null })
    const refused = await html(page, cookie)
    expect(refused).toContain('đề nghị đồng chí trực tiếp tham dự')
    expect(refused).toContain('Cần có mặt')
  })

  it('follows an ended link to a withdrawn invitation, and no further', async () => {
    const { url, invitation } = await linked({ invitation: { status: 'withdrawn' } })
    await t.services.db
      .updateTable('links')
      .set({ revoked_at: new Date() })
      .where('target_id', '=', invitation.id)
      .execute()
    const { page, cookie } = await open(url)
    expect(await html(page, cookie)).toContain('đã được rút lại')
    await edit(invitation.id, { status: 'sent' })
    expect((await get(page, cookie)).status).toBe(404)
  })

  it('offers the calendar of a private seminar behind the link alone', async () => {
    const { url, seminar } = await linked({
      seminar: { visibility: 'private' },
      invitation: { ...answered, answer: 'accepted', holds_place: true },
    })
    const { page, cookie } = await open(url)
    const text = await html(page, cookie)
    expect(text).toContain(`${page}/event.ics`)
    expect(text).not.toContain(`/s/${seminar.slug}`)
    const file = await get(`${page}/event.ics`, cookie)
    expect(file.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    expect(await file.text()).not.toContain('ATTENDEE')
    expect((await get(`${page}/event.ics`)).status).toBe(404)
  })

  it('offers online and a substitute only where the seminar does', async () => {
    const { url } = await linked({ seminar: { substitute_policy: 'none' } })
    const { page, cookie } = await open(url)
    const text = await html(page, cookie)
    expect(text).not.toContain('value="substitute"')
    expect(text).not.toContain('value="attend_online"')
  })
})

describe('an answer that is changed over and over', () => {
  it('is taken ten times a minute after the first, then refused in words; what was saved stands', async () => {
    await roomInWindow(60)
    const { url, invitation } = await linked()
    const { cookie, page, ref } = await open(url)
    const send = (path: string, answer: string) =>
      t.app.request(path, { ...formRequest({ ref, answer, reason: 'Bận' }, cookie), redirect: 'manual' })
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) statuses.push((await send(page, i % 2 ? 'decline' : 'attend')).status)
    expect(statuses).toEqual(Array(11).fill(303))
    const refused = await send(page, 'decline')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.text()).toContain('Nội dung đã lưu lần trước vẫn giữ nguyên')
    const english = await send(page.replace(testOrigin, `${testOrigin}/en`), 'decline')
    expect(await english.text()).toContain('What was saved last still stands')
    const row = await t.services.db
      .selectFrom('invitations')
      .select('answer')
      .where('id', '=', invitation.id)
      .executeTakeFirst()
    expect(row?.answer).toBe('accepted')
  })
})
