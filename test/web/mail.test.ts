import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { linkToken } from '../../src/features/links/token.ts'
import { renderMail } from '../../src/features/mail/frame.tsx'
import { linkMark } from '../../src/features/mail/rules.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testLinkKey, testOrigin } from '../support/app.ts'
import { createInvitation, createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { calendarRequest, newMessage, queueMessages } from '../support/mail.ts'

let t: TestApp
let org: { id: string; slug: string }
let owner: { cookie: string }
let viewer: { cookie: string }
let invitation: { id: string; seminar_id: string }
let token: string

beforeAll(async () => {
  t = await createTestApp()
  t.services.mailer = createMailbox(t.services.db)
  // A demo organisation: its owner reads the mailbox, which on a name like this one is open to nobody else.
  org = await createOrganization(t.services.db, { demo: true })
  owner = await createMember(t.services, org.id)
  viewer = await createMember(t.services, org.id, 'viewer')
  const seminar = await createSeminar(t.services.db, org.id)
  invitation = await createInvitation(t.services.db, seminar)
  token = await linkToken(testLinkKey, 'invitation', invitation.id, 1)
  await transaction(t.services.db, (trx) =>
    issueLinks(trx, systemContext(), [
      { purpose: 'invitation', organizationId: org.id, targetId: invitation.id, generation: 1 },
    ]),
  )
})
afterAll(() => t.close())
beforeEach(async () => {
  await t.database.sql`delete from messages`
  await t.database.sql`delete from mailbox_messages`
})

const get = (path: string, cookie = owner.cookie) => t.app.request(testOrigin + path, { headers: { cookie } })
const page = async (path: string, cookie?: string) => {
  const answer = await get(path, cookie)
  return {
    status: answer.status, // An address may break after its @.
    text: (await answer.text()).replaceAll('<wbr/>', ''),
    headers: answer.headers,
  }
}
const list = (query = '') => page(`/console/${org.slug}/mail${query}`)
const run = () => runDueTasks(t.services, { worker: 'w', tasks: [] })
async function queueOne(overrides: Parameters<typeof newMessage>[1] = {}) {
  const body = renderMail({
    locale: 'vi',
    organization: { name: 'Thành ủy Mẫu', accentHue: 24 },
    paragraphs: ['Trân trọng kính mời.'],
    button: { label: 'Xác nhận tham dự', href: linkMark('invitation', invitation.id, 1) },
  })
  const message = newMessage(org.id, {
    invitationId: invitation.id,
    seminarId: invitation.seminar_id,
    calendar: { method: 'REQUEST', content: calendarRequest },
    ...body,
    ...overrides,
  })
  await queueMessages(t.services.db, message)
  const [row] = await t.database.sql<{ id: string }[]>`select id from messages order by id desc limit 1`
  return row!.id
}

describe('the list of messages', () => {
  it('says what will come where there is nothing yet', async () => {
    const { status, text } = await list()
    expect(status).toBe(200)
    expect(text).toContain('Chưa có thư nào')
  })

  it('shows each message with its state and the server’s last reply', async () => {
    await queueOne()
    await t.database.sql`update messages set state = 'bounced', last_reply = '550 5.1.1 no such user'`
    const { text } = await list()
    expect(text).toContain('Bị trả lại')
    expect(text).toContain('550 5.1.1 no such user')
    expect(text).toContain('thuy@mau.example')
    expect(text).toContain('1 thư bị trả lại')
  })

  it('filters by state, kind, seminar and words without diacritics', async () => {
    await queueOne()
    await queueOne({ kind: 'update', to: { name: 'Lê Văn Mẫu', address: 'le@mau.example' } })
    const has = async (query: string) => {
      const { text } = await list(query)
      return [text.includes('thuy@mau.example'), text.includes('le@mau.example')]
    }
    expect(await has('?q=tran+thi')).toEqual([true, false])
    expect(await has('?q=LE@mau')).toEqual([false, true])
    expect(await has('?kind=update')).toEqual([false, true])
    expect(await has('?state=sent')).toEqual([false, false])
    expect(await has('?state=queued')).toEqual([true, true])
    expect(await has(`?seminar=${invitation.seminar_id}`)).toEqual([true, true])
    expect(await has('?state=nonsense&seminar=1')).toEqual([true, true])
  })

  it('pages by a cursor and keeps the filter', async () => {
    await queueMessages(
      t.services.db,
      ...Array.from({ length: 55 }, (_, i) =>
        newMessage(org.id, { to: { name: `Đại biểu ${i}`, address: `p${i}@mau.example` } }),
      ),
    )
    const first = (await list('?q=dai+bieu')).text
    const next = first.match(/href="([^"]*cursor=[^"]*)"/)?.[1]?.replaceAll('&amp;', '&')
    expect(next).toContain('q=dai+bieu')
    const second = (await page(next!)).text
    const names = (s: string) => [...s.matchAll(/>p(\d+)@mau\.example</g)].map((m) => m[1])
    expect(names(first)).toHaveLength(50)
    expect(names(second)).toHaveLength(5)
    expect(new Set([...names(first), ...names(second)]).size).toBe(55)
  })

  it('says loudly that messages wait and nobody sends them', async () => {
    await queueOne()
    await t.database.sql`update messages set next_attempt_at = now() - interval '5 minutes'`
    await t.database.sql`delete from task_runs`
    const { text } = await list()
    expect(text).toContain('Thư đang chờ mà không có tiến trình nào gửi')
    expect(text).toContain('Chưa có tiến trình gửi thư nào từng chạy')
    await run()
    expect((await list()).text).not.toContain('Thư đang chờ mà')
  })
})

describe('one message', () => {
  it('is shown as the recipient sees it, in a frame of its own, without its token', async () => {
    const id = await queueOne()
    await run()
    const { text } = await page(`/console/${org.slug}/mail/${id}`)
    expect(text).toContain(`src="/console/${org.slug}/mail/${id}/html"`)
    expect(text).toMatch(/<iframe[^>]* sandbox=""/)
    expect(text).toContain('250 2.0.0 kept in the demo mailbox')
    const framed = await page(`/console/${org.slug}/mail/${id}/html`)
    expect(framed.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/)
    expect(framed.text).toContain('(đường dẫn riêng)')
    for (const view of ['', '?view=text', '?view=calendar', '?view=headers']) {
      const shown = (await page(`/console/${org.slug}/mail/${id}${view}`)).text + framed.text
      expect(shown).not.toContain(token)
      expect(shown).not.toContain('⟦')
    }
    expect((await page(`/console/${org.slug}/mail/${id}?view=calendar`)).text).toContain(
      '14 giờ 00, thứ Ba, 15/12/2026 (Asia/Ho_Chi_Minh)',
    )
  })

  it('is tried again on request, and sent once more as a new message', async () => {
    const id = await queueOne()
    await t.database.sql`update messages set state = 'failed', attempts = 9`
    expect((await page(`/console/${org.slug}/mail/${id}`)).text).toContain('Gửi lại ngay')
    const retried = await t.app.request(
      `${testOrigin}/console/${org.slug}/mail/${id}/attempts`,
      formRequest({}, owner.cookie),
    )
    expect(retried.status).toBe(303)
    await run()
    const copied = await t.app.request(
      `${testOrigin}/console/${org.slug}/mail/${id}/copies`,
      formRequest({}, owner.cookie),
    )
    expect(copied.headers.get('location')).toMatch(/\?done=sendAgain$/)
    await run()
    const [{ n }] = (await t.database.sql`select count(*)::int as n from mailbox_messages`) as never as [{ n: number }]
    expect(n).toBe(2)
  })

  it('tells why it may not go out again', async () => {
    const id = await queueOne()
    await run()
    await queueOne({ kind: 'update' })
    expect((await page(`/console/${org.slug}/mail/${id}`)).text).toContain('đã có thư mới hơn')
    const copied = await t.app.request(
      `${testOrigin}/console/${org.slug}/mail/${id}/copies`,
      formRequest({}, owner.cookie),
    )
    expect(copied.headers.get('location')).toBe(`/console/${org.slug}/mail/${id}`)
  })

  it('is not for viewers to send, nor for another organisation to see', async () => {
    const id = await queueOne()
    await t.database.sql`update messages set state = 'failed'`
    expect((await page(`/console/${org.slug}/mail/${id}`, viewer.cookie)).text).not.toContain('Gửi lại ngay')
    expect(
      (await t.app.request(`${testOrigin}/console/${org.slug}/mail/${id}/attempts`, formRequest({}, viewer.cookie)))
        .status,
    ).toBe(403)
    const other = await createOrganization(t.services.db)
    const stranger = await createMember(t.services, other.id)
    for (const path of [
      `/console/${org.slug}/mail/${id}`,
      `/console/${other.slug}/mail/${id}`,
      `/console/${other.slug}/mail/${id}/html`,
      `/console/${other.slug}/mail/x`,
    ]) {
      expect((await get(path, stranger.cookie)).status).toBe(404)
    }
  })

  it('speaks English under /en', async () => {
    const id = await queueOne()
    const { text } = await page(`/en/console/${org.slug}/mail/${id}`)
    expect(text).toContain('All messages')
    expect(text).toContain(`src="/en/console/${org.slug}/mail/${id}/html"`)
  })
})

describe('the demo mailbox', () => {
  const received = async () =>
    (await t.database.sql<{ id: string }[]>`select id from mailbox_messages order by id desc`).map((r) => r.id)

  it('shows a message as a reader would see it, its links opening in a new tab', async () => {
    await queueOne()
    await run()
    const [id] = await received()
    const { status, text } = await page(`/dev/mailbox/${id}`)
    expect(status).toBe(200)
    expect(text).toContain(
      'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"',
    )
    const framed = await page(`/dev/mailbox/${id}/html`)
    expect(framed.text).toContain('<base target="_blank"')
    expect(framed.text).toContain(`href="${testOrigin}/i/${token}"`)
    expect(framed.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups [^;]*; default-src 'none'/)
  })

  it('shows the text, the calendar part in words and as written, and the source', async () => {
    await queueOne()
    await run()
    const [id] = await received()
    expect((await page(`/dev/mailbox/${id}?view=text`)).text).toContain(`${testOrigin}/i/${token}`)
    const calendar = (await page(`/dev/mailbox/${id}?view=calendar`)).text
    expect(calendar).toContain('Lời mời (REQUEST)')
    expect(calendar).toContain('Hội trường Trung tâm Chính trị, thành phố')
    expect(calendar).toContain('BEGIN:VEVENT')
    expect((await page(`/dev/mailbox/${id}?view=source`)).text).toContain(
      'Content-Type: text/calendar; charset=UTF-8; method=REQUEST',
    )
    const file = await page(`/dev/mailbox/${id}/source`)
    expect(file.headers.get('content-type')).toBe('message/rfc822')
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/)
  })

  it('lists by recipient and by words, newest first, and pages', async () => {
    await queueMessages(
      t.services.db,
      ...Array.from({ length: 60 }, (_, i) =>
        newMessage(org.id, { to: { name: `Đại biểu ${i}`, address: `p${i % 2}@mau.example` } }),
      ),
    )
    await run()
    const { text } = await page('/dev/mailbox')
    expect(text.match(/class="what"/g)).toHaveLength(50)
    const next = text.match(/href="([^"]*cursor=[^"]*)"/)?.[1]
    expect((await page(next!)).text.match(/class="what"/g)).toHaveLength(10)
    expect((await page('/dev/mailbox?to=p1@mau.example')).text.match(/class="what"/g)).toHaveLength(30)
    expect((await page('/dev/mailbox?q=dai+bieu+59')).text.match(/class="what"/g)).toHaveLength(1)
    expect((await page('/dev/mailbox?q=khong+co')).text).toContain('Không có thư nào khớp')
  })

  it('escapes what a name or a subject holds', async () => {
    await queueOne({
      subject: '<script>alert(1)</script>',
      to: { name: '<img src=x onerror=alert(1)>', address: 'x@mau.example' },
    })
    await run()
    const [id] = await received()
    for (const view of ['', '?view=text', '?view=source']) {
      const { text } = await page(`/dev/mailbox/${id}${view}`)
      expect(text).not.toMatch(/<script>alert|<img src=x/)
    }
  })

  it('is not there outside demo mode, and knows no message that is not there', async () => {
    expect((await page('/dev/mailbox/0197f3a2-1111-7000-8000-000000000001')).status).toBe(404)
    expect((await page('/dev/mailbox/x')).status).toBe(404)
    t.services.config.demo = false
    try {
      for (const path of [
        '/dev/mailbox',
        '/en/dev/mailbox',
        '/dev/mailbox/x',
        '/dev/mailbox/x/html',
        '/dev/mailbox/x/source',
      ]) {
        expect((await page(path)).status).toBe(404)
      }
    } finally {
      t.services.config.demo = true
    }
  })
})
