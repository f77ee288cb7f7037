import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, formRequest, type TestApp, testOrigin } from '../../support/app.ts'
import { createInvitation, createMember, createOrganization, createSeminar } from '../../support/factories.ts'

let t: TestApp
let organization: Awaited<ReturnType<typeof createOrganization>>
let cookie: string
let viewer: string
beforeAll(async () => {
  t = await createTestApp()
  organization = await createOrganization(t.services.db)
  cookie = (await createMember(t.services, organization.id, 'organizer')).cookie
  viewer = (await createMember(t.services, organization.id, 'viewer')).cookie
})
afterAll(() => t.close())

const desk = (rest = '', en = false) => `${testOrigin}${en ? '/en' : ''}/console/${organization.slug}${rest}`
const of = (seminar: { id: string }, rest = '', en = false) => desk(`/seminars/${seminar.id}${rest}`, en)
const post = (url: string, fields: Record<string, string | string[]>, who = cookie) =>
  t.app.request(url, formRequest(fields, who))

async function shown(url: string, who = cookie): Promise<string> {
  const response = await t.app.request(url, { headers: { cookie: who } })
  expect(response.status).toBe(200)
  const text = await response.text()
  expect(text).not.toMatch(/>(invitations|seminars|errors):[a-z]/)
  return text
}

/** Where a form leads, and what stands there. */
async function followed(response: Response | Promise<Response>): Promise<string> {
  const { status, headers } = await response
  expect(status).toBe(303)
  return shown(new URL(headers.get('location') ?? '', testOrigin).href)
}

const draft = { status: 'draft', sent_at: null } as const

/** A seminar whose invitations went out: one by a letter, one to be telephoned. */
async function sent(over: Parameters<typeof createSeminar>[2] = {}) {
  const seminar = await createSeminar(t.services.db, organization.id, over)
  const mailed = await createInvitation(t.services.db, seminar, { ...draft, name: 'Lê Văn Thư' })
  const rung = await createInvitation(t.services.db, seminar, {
    ...draft,
    name: 'Phạm Thị Máy',
    email: null,
    phone: '0900 000 001 (nhà riêng)',
  })
  const text = await followed(post(of(seminar, '/invitations/send'), {}))
  return { seminar, mailed, rung, text }
}

const callOf = (invitationId: string) =>
  t.services.db
    .selectFrom('calls')
    .selectAll()
    .where('invitation_id', '=', invitationId)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()

describe('an act that passes people over', () => {
  it('tells one number of calls: before it, after it, at the tab, in the list and among what waits', async () => {
    const seminar = await createSeminar(t.services.db, organization.id)
    const bare = { ...draft, email: null, phone: '0900 000 002' }
    const rung = [1, 2, 3, 4].map((n) => createInvitation(t.services.db, seminar, { ...bare, name: `Đại biểu ${n}` }))
    const people = await Promise.all(rung)
    await post(of(seminar, '/invitations/send'), {})
    // Two know of the invitation; a postponement is told to them, and the others need not be rung while there is no date.
    for (const { id } of people.slice(0, 2)) {
      await post(of(seminar, `/calls/${(await callOf(id)).id}`), { do: 'reached', version: '1', note: '' })
    }
    const form = await shown(of(seminar, '/postpone'))
    expect(form).toContain('Báo cho đại biểu; 2 người không có địa chỉ thư sẽ vào danh sách cần gọi điện')
    const version = /name="version" value="(\d+)"/.exec(form)?.[1] as string
    const overview = await followed(post(of(seminar, '/postpone'), { version, note: '', tell: 'on', asked: 'on' }))
    expect(overview).toContain('Không có thư nào đi; 2 người cần gọi điện.')
    expect(overview).toMatch(/<span class="n">2<\/span><span>người cần gọi điện/)
    expect(await shown(of(seminar, '/calls'))).toContain('Cần gọi (2)')
    const tab = await shown(of(seminar, '/invitations'))
    expect(tab).toContain('2 người không nhận được thư, cần gọi điện.')
    expect(tab).toMatch(/<dt>Cần gọi điện<\/dt><dd class="num">2<\/dd>/)
    expect((await shown(of(seminar, '/invitations?call=open'))).match(/Đại biểu \d</g)).toHaveLength(2)
    expect(await shown(of(seminar, `/invitations/${people[3]?.id}`))).not.toContain('Cần gọi điện cho người này.')
  })

  it('tells the calls of its list, where earlier ones wait in it too', async () => {
    const { seminar, rung } = await sent()
    await post(of(seminar, `/calls/${(await callOf(rung.id)).id}`), { do: 'reached', version: '1', note: '' })
    await createInvitation(t.services.db, seminar, {
      ...draft,
      name: 'Đỗ Văn Muộn',
      email: null,
      phone: '0900 000 003',
    })
    await post(of(seminar, '/invitations/send'), {})
    const withdrawn = await followed(
      post(of(seminar, '/invitations/bulk'), { do: 'withdraw', confirmed: 'yes', id: [rung.id] }),
    )
    expect(withdrawn).toContain('; 2 người cần gọi điện.')
    expect(withdrawn).toContain('2 người không nhận được thư, cần gọi điện.')
    expect(await shown(of(seminar, '/calls'))).toContain('Cần gọi (2)')
  })

  it('says so when sending, and the list shows nobody as sent who was not', async () => {
    const { seminar, mailed, rung, text } = await sent()
    expect(text).toContain('Đã đưa 1 giấy mời vào hàng gửi; 1 người cần gọi điện.')
    expect(text).toContain(`/seminars/${seminar.id}/calls"`)
    const stateOf = (name: string, list: string) => list.split(`>${name}<`)[1]?.split('</tr>')[0] ?? ''
    expect(stateOf(mailed.name, text)).toContain('Chờ gửi')
    expect(stateOf(rung.name, text)).toContain('Cần gọi điện')
    expect(stateOf(rung.name, text)).not.toContain('Đã gửi')
    expect(await shown(of(seminar, '/invitations?call=open'))).not.toContain(mailed.name)
    expect(await shown(of(seminar, `/invitations/${rung.id}`))).toContain('Cần gọi điện cho người này.')
  })

  it('says so after a change, a cancellation and a withdrawal, in both languages', async () => {
    const { seminar, rung } = await sent()
    const call = await callOf(rung.id)
    await post(of(seminar, `/calls/${call.id}`), { do: 'reached', version: '1', note: '' })
    const form = await shown(of(seminar, '/postpone'))
    expect(form).toContain('Gửi thư cập nhật cho 1 người; 1 người không có địa chỉ thư sẽ vào danh sách cần gọi điện')
    const version = /name="version" value="(\d+)"/.exec(form)?.[1] as string
    const fields = { version, note: '', tell: 'on', asked: 'on' }
    expect(await followed(post(of(seminar, '/postpone'), fields))).toContain(
      'Đã đưa 1 thư báo vào hàng gửi; 1 người cần gọi điện.',
    )
    const again = /name="version" value="(\d+)"/.exec(await shown(of(seminar, '/cancel')))?.[1] as string
    const en = await followed(post(of(seminar, '/cancel', true), { ...fields, version: again }))
    expect(en).toContain('1 letter about it is in the outbox; 1 person to telephone.')
    const other = await sent()
    const known = await callOf(other.rung.id)
    await post(of(other.seminar, `/calls/${known.id}`), { do: 'left_word', version: '1', note: '' })
    const withdrawn = { id: [other.mailed.id, other.rung.id], do: 'withdraw', confirmed: 'yes' }
    expect(await followed(post(of(other.seminar, '/invitations/bulk'), withdrawn))).toContain(
      'Đã rút 2 giấy mời; đã đưa 1 thư báo vào hàng gửi; 1 người cần gọi điện.',
    )
  })

  it('tells those who can only be telephoned also where nobody can be written to', async () => {
    const seminar = await createSeminar(t.services.db, organization.id)
    const { id } = await createInvitation(t.services.db, seminar, {
      email: null,
      answer: 'accepted',
      answered_at: new Date(),
    })
    const form = await shown(of(seminar, '/cancel'))
    expect(form).toContain('Báo cho đại biểu; 1 người không có địa chỉ thư sẽ vào danh sách cần gọi điện')
    const version = /name="version" value="(\d+)"/.exec(form)?.[1] as string
    await post(of(seminar, '/cancel'), { version, note: '', tell: 'on', asked: 'on' })
    expect((await callOf(id)).reasons).toEqual(['cancellation'])
  })
})

describe('the list of calls', () => {
  it('gives the number to press and what to say, and keeps who was not reached with the note', async () => {
    const { seminar, rung } = await sent()
    const list = await shown(of(seminar, '/calls'))
    expect(list).toContain('href="tel:0900000001"')
    expect(list).toContain('trân trọng kính mời đồng chí dự Hội thảo')
    const call = await callOf(rung.id)
    const kept = await followed(
      post(of(seminar, `/calls/${call.id}`), { do: 'not_reached', version: '1', note: 'Máy bận <b>' }),
    )
    expect(kept).toContain('Người này vẫn ở trong danh sách cần gọi.')
    expect(kept).toContain('Chưa gặp, đã gọi 1 lần')
    expect(kept).toContain('Máy bận &lt;b&gt;')
    const stale = await post(of(seminar, `/calls/${call.id}`), { do: 'reached', version: '1', note: 'Đã gặp con trai' })
    expect(stale.status).toBe(412)
    expect(await stale.text()).toContain('Ghi chú vừa gõ: Đã gặp con trai')
    expect(await shown(of(seminar, '/calls', true))).toContain('To call (1)')
    const done = await followed(post(of(seminar, `/calls/${call.id}`), { do: 'reached', version: '2', note: '' }))
    expect(done).toContain('Không có ai cần gọi điện.')
    expect(await shown(of(seminar, '/calls?state=done'))).toContain('Phạm Thị Máy')
    expect(await shown(of(seminar, '/invitations'))).toContain('Đã báo qua điện thoại')
  })

  it('records the answer right there, and leads on from the whole organisation’s list', async () => {
    const { seminar, rung } = await sent()
    const call = await callOf(rung.id)
    expect(await shown(desk('/calls'))).toContain(`call-${call.id}`)
    const response = await post(of(seminar, `/calls/${call.id}`), {
      do: 'decline',
      version: '1',
      note: 'Đi công tác',
      back: 'all',
    })
    expect(response.headers.get('location')).toBe(`/console/${organization.slug}/calls?call=done`)
    const row = await t.services.db
      .selectFrom('invitations')
      .select(['answer', 'reason', 'answered_via'])
      .where('id', '=', rung.id)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ answer: 'declined', reason: 'Đi công tác', answered_via: 'organizer' })
    expect(await callOf(rung.id)).toMatchObject({ outcome: 'answered', is_open: false })
    const again = await post(of(seminar, `/calls/${call.id}`), { do: 'attend', version: '2', note: '' })
    expect(again.status).toBe(409)
  })

  it('stands under what waits, and names who has neither number nor address, with the way to mend it', async () => {
    const { seminar, rung } = await sent()
    await t.services.db.updateTable('invitations').set({ phone: null }).where('id', '=', rung.id).execute()
    expect(await shown(of(seminar))).toContain('người chưa có số máy, chưa có thư')
    const list = await shown(of(seminar, '/calls'))
    expect(list).toContain('id="unreachable"')
    expect(list).toContain(`/invitations/${rung.id}?edit#edit`)
    const edit = {
      name: rung.name,
      positions: '',
      positions_en: '',
      phone: '',
      gender: '',
      locale: 'vi',
      delegation_id: '',
    }
    const page = await followed(
      post(of(seminar, `/invitations/${rung.id}`), { ...edit, email: 'may@mau.example', version: '2' }),
    )
    expect(page).toContain('Đã có địa chỉ thư: gửi giấy mời thì không phải gọi nữa')
    expect(page).toMatch(/class="btn primary"[^>]*>\s*Gửi giấy mời/)
  })

  it('is read by a viewer, who changes nothing, and is nobody else’s', async () => {
    const { seminar, rung } = await sent()
    const call = await callOf(rung.id)
    expect(await shown(of(seminar, '/calls'), viewer)).not.toContain('name="do"')
    const act = { do: 'reached', version: '1', note: '' }
    expect((await post(of(seminar, `/calls/${call.id}`), act, viewer)).status).toBe(403)
    const other = await sent()
    expect((await post(of(other.seminar, `/calls/${call.id}`), act)).status).toBe(404)
    expect((await post(of(seminar, `/calls/${call.id}`), { ...act, do: 'forgotten' })).status).toBe(400)
    expect((await post(of(seminar, '/calls/khong-phai-id'), act)).status).toBe(404)
  })

  it('is paged, and goes on where it ended', async () => {
    const seminar = await createSeminar(t.services.db, organization.id)
    for (let i = 0; i < 53; i++)
      await createInvitation(t.services.db, seminar, {
        ...draft,
        name: `Đại biểu ${i}`,
        email: null,
        phone: i % 2 ? `0900 ${i}` : null,
      })
    await post(of(seminar, '/invitations/send'), {})
    const first = await shown(of(seminar, '/calls'))
    const next = /href="([^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') as string
    const second = await shown(new URL(next, of(seminar, '/calls')).href)
    const idsOf = (text: string) => [...text.matchAll(/id="call-([0-9a-f-]{36})"/g)].map((m) => m[1])
    expect(idsOf(first)).toHaveLength(50)
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(53)
  })
})
