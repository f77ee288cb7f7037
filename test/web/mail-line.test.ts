import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { stopLine } from '../../src/features/mail/commands/line.ts'
import { greet } from '../../src/node/greeting.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { createSmtpMailer } from '../../src/platform/smtp.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { callApi } from '../api/support.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createInvitation, createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { killAddress, newMessage, queueMessages } from '../support/mail.ts'
import { startSmtp } from '../support/smtp.ts'

let t: TestApp
let org: { id: string; slug: string }
let owner: { cookie: string; userId: string }
let key: string
const draft = { status: 'draft', sent_at: null } as const

beforeAll(async () => {
  t = await createTestApp()
  org = await createOrganization(t.services.db)
  owner = (await createMember(t.services, org.id)) as never
  const member = await t.services.db
    .selectFrom('members')
    .select('user_id')
    .where('organization_id', '=', org.id)
    .executeTakeFirstOrThrow()
  const ctx = systemContext({ actor: { kind: 'user', id: member.user_id, name: 'Lê Văn Chủ', role: 'owner' } })
  key = (
    await transaction(t.services.db, (trx) =>
      createApiKey(trx, ctx, { organizationId: org.id, name: 'k', scopes: ['read', 'write'], expiresAt: null }),
    )
  ).key
})
afterAll(() => t.close())
beforeEach(async () => {
  for (const table of ['messages', 'mail_stops', 'dead_addresses', 'seminars'])
    await t.database.sql.unsafe(`delete from ${table} cascade`)
  t.services.mailer = createMailer(readConfig({ DEMO: 'on' }), t.services.db)
})

const page = async (path: string) => {
  const answer = await t.app.request(testOrigin + path, { headers: { cookie: owner.cookie } })
  return (await answer.text()).replaceAll('<wbr/>', '').replace(/\s+/g, ' ')
}
const post = (path: string, fields: Record<string, string> = {}) =>
  t.app.request(testOrigin + path, { ...formRequest(fields, owner.cookie), redirect: 'manual' })
const api = (method: string, path: string, body?: unknown) =>
  callApi(t, method, path, body, { authorization: `Bearer ${key}` })
const run = () => runDueTasks(t.services, { worker: 'w', tasks: [] })
const console_ = (rest = '') => `/console/${org.slug}${rest}`
const without = () => {
  t.services.mailer = createMailer(readConfig({ DEMO: 'off' }), t.services.db)
}

describe('without a way to send', () => {
  it('the start says so in one line', async () => {
    without()
    const lines: string[] = []
    await greet(t.services, (line) => lines.push(line))
    expect(lines.filter((line) => /SMTP_URL/.test(line))).toHaveLength(1)
  })

  it('who forgot a password is not told that a letter is on its way, and not whether there is an account', async () => {
    without()
    const told = await t.app.request(`${testOrigin}/forgot/sent`)
    const text = await told.text()
    expect(text).toContain('Hiện chưa gửi được thư')
    expect(text).not.toContain('đang được gửi')
  })

  it('sending says that the letters wait, and no list calls them sent', async () => {
    without()
    const seminar = await createSeminar(t.services.db, org.id)
    const base = console_(`/seminars/${seminar.id}/invitations`)
    const { id } = await createInvitation(t.services.db, seminar, { ...draft, email: 'thuy@noi.example' })
    const answer = await post(`${base}/send`)
    await run()
    const told = await page(answer.headers.get('location') as string)
    expect(told).toMatch(
      /role="alert"[^>]*>Chưa có đường gửi thư, nên không thư nào rời được hệ thống. 1 thư đang chờ\./,
    )
    expect(told).toContain('Đã đưa 1 giấy mời vào hàng gửi. Thư chưa đi: 1 thư đang chờ vì chưa có đường gửi thư.')
    expect(told).toContain('<span class="state wait">Chờ gửi</span>')
    expect(told).not.toContain('<span class="state ">Đã gửi</span>')
    expect(told).toMatch(/Đã gửi<\/dt><dd class="num">0</)
    expect(await page(`${base}/${id}`)).toMatch(/Gửi lúc<\/dt><dd>Chờ gửi</)
    expect(await page(console_('/mail'))).toContain('Chờ vì chưa có đường gửi thư.')
    expect(await page(console_())).toContain('thư chờ vì chưa có đường gửi thư')
    expect(await page(`/en${console_()}`)).toContain('No way to send mail is set up')
    // The status is called what it is: issued. No page dates a letter that has not left, and the log claims none.
    expect(told).toMatch(/<option value="sent">Đã phát hành</)
    expect(await page(`${base}/${id}`)).toMatch(/Phát hành lúc<\/dt><dd>[^<]*\d/)
    expect(await page(`/en${base}`)).toMatch(/<option value="sent">Issued</)
    const log = await page(console_('/log'))
    expect(log).toContain('Phát hành giấy mời')
    expect(log).not.toContain('Gửi giấy mời')
    expect((await api('GET', `/invitations/${id}`)).body).toMatchObject({ letter: 'waiting', sentAt: null })
    expect((await api('GET', '/messages')).body.items[0]).toMatchObject({ state: 'queued', waitsFor: 'no_way_to_send' })
    t.services.mailer = createMailer(readConfig({ DEMO: 'on' }), t.services.db)
    await run()
    expect(await page(console_())).not.toContain('role="alert"')
    expect((await api('GET', `/invitations/${id}`)).body).toMatchObject({ letter: 'sent', sentAt: expect.any(String) })
    expect(await page(`${base}/${id}`)).toMatch(/Gửi lúc<\/dt><dd>[^<]*\d/)
  })

  it('settings say how to mend it, and a test letter says the same', async () => {
    without()
    expect(await page(console_('/settings/mail'))).toContain('SMTP_URL')
    expect(await (await post(console_('/settings/mail/test'))).text()).toContain(
      'Chưa gửi được: chưa có đường gửi thư.',
    )
    expect((await api('POST', '/organization/test-letters')).body).toMatchObject({ outcome: 'no_way' })
  })
})

describe('a server that refuses us', () => {
  it('is told at the top of the console in its own words, since when, at what needs a hand, and in the settings', async () => {
    await createSeminar(t.services.db, org.id)
    await queueMessages(t.services.db, newMessage(org.id))
    await transaction(t.services.db, (trx) => stopLine(trx, 'server', 'login', '535 5.7.8 <b>not accepted</b>'))
    t.services.mailer = createSmtpMailer('smtp://127.0.0.1:1')
    const home = await page(console_())
    expect(home).toMatch(
      /role="alert"[^>]*>Máy chủ thư từ chối từ \d\d:\d\d, [^:]*: “535 5\.7\.8 &lt;b&gt;not accepted&lt;\/b&gt;”\. 1 thư đang chờ/,
    )
    expect(home).toContain('thư chờ vì máy chủ thư từ chối')
    expect(await page(console_('/settings/mail'))).toContain('Khi đăng nhập máy chủ')
    expect((await api('GET', '/messages')).body.items[0]).toMatchObject({ waitsFor: 'mail_server' })
  })

  it('shows its own words to a test letter, and takes one to oneself', async () => {
    let denied = true
    const server = await startSmtp({ rcpt: () => (denied ? '550 5.7.1 we do not relay' : undefined) })
    t.services.mailer = createSmtpMailer(server.url)
    const refused = await (await post(console_('/settings/mail/test'))).text()
    expect(refused).toContain('Khi nêu người nhận')
    expect(refused).toContain('550 5.7.1 we do not relay')
    const settings = () => page(console_('/settings/mail'))
    const doubt = /Thư thử gửi \S+ lúc \d\d:\d\d[^<]* bị từ chối\./
    expect(refused).toMatch(doubt)
    expect(refused).not.toContain('Thư đang được gửi bình thường')
    expect(await settings()).toMatch(doubt)
    expect(await settings()).toContain('550 5.7.1 we do not relay')
    expect(await page(`/en${console_('/settings/mail')}`)).toMatch(/The test message to \S+ was refused at \d\d:\d\d/)
    denied = false
    await queueMessages(t.services.db, newMessage(org.id))
    await run()
    expect(await settings()).toContain('Thư đang được gửi bình thường')
    denied = true
    await post(console_('/settings/mail/test'))
    expect(await settings()).toMatch(doubt)
    denied = false
    expect(await (await post(console_('/settings/mail/test'))).text()).toContain('250 kept')
    expect(await settings()).toContain('Thư đang được gửi bình thường')
    const tested = await api('POST', '/organization/test-letters')
    expect(tested).toMatchObject({ status: 200, body: { outcome: 'sent', stage: 'message', reply: '250 kept' } })
    expect(server.received.map((m) => m.to).filter((to) => to === tested.body.to)).toHaveLength(2)
    await t.services.mailer.close()
    await server.close()
  })
})

describe('what came back', () => {
  async function bounced(seminarId: string | null, address: string) {
    await queueMessages(
      t.services.db,
      newMessage(org.id, { seminarId, to: { name: null, address }, kind: 'answer_received' }),
    )
    await t.services.db.updateTable('messages').set({ state: 'bounced' }).where('to_address', '=', address).execute()
  }

  it('is sent again in one act, after it was said what that does; of a seminar or of all', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    const past = await createSeminar(t.services.db, org.id, {
      state: 'held',
      starts_local: '2020-01-01T08:00:00',
      ends_local: '2020-01-01T10:00:00',
    })
    await bounced(seminar.id, 'a@noi.example')
    await bounced(seminar.id, 'b@noi.example')
    await bounced(null, 'c@noi.example')
    await bounced(past.id, 'd@noi.example')
    await killAddress(t.services.db, org.id, 'b@noi.example')
    const plan = await page(console_(`/mail/again?seminar=${seminar.id}`))
    expect(plan).toContain('1 thư sẽ được gửi lại ngay.')
    expect(plan).toContain('1 thư gửi đến địa chỉ mà máy chủ báo là không tồn tại')
    expect(await page(console_('/mail/again'))).toContain('1 thư bỏ qua vì hội thảo đã qua.')
    await transaction(t.services.db, (trx) => stopLine(trx, 'server', 'login', '535 5.7.8 no'))
    const stands = await page(console_(`/mail/again?seminar=${seminar.id}`))
    expect(stands).toContain('1 thư sẽ vào lại hàng chờ và tự đi khi hệ thống gửi được thư.')
    expect(stands).not.toContain('sẽ được gửi lại ngay')
    await t.database.sql`delete from mail_stops`
    expect(await page(console_('/mail'))).toContain('/mail/again')
    const answer = await post(console_('/mail/again'), { seminar: seminar.id })
    expect(await page(answer.headers.get('location') as string)).toContain('1 thư đã được đưa lại vào hàng gửi.')
    const waiting = () =>
      t.services.db
        .selectFrom('messages')
        .select('to_address')
        .where('state', '=', 'queued')
        .orderBy('to_address')
        .execute()
    expect((await waiting()).map((m) => m.to_address)).toEqual(['a@noi.example'])
    expect((await api('POST', '/messages/bounced/attempts', {})).body).toEqual({
      sent: 1,
      deadAddresses: 1,
      replaced: 0,
      linkReplaced: 0,
      over: 1,
    })
    expect((await api('POST', '/messages/bounced/attempts', { deadAddresses: true })).body).toMatchObject({
      sent: 1,
      deadAddresses: 0,
    })
    expect((await waiting()).map((m) => m.to_address)).toEqual(['a@noi.example', 'b@noi.example', 'c@noi.example'])
    expect(await t.services.db.selectFrom('dead_addresses').select('address').execute()).toEqual([])
    const audits = await t.services.db
      .selectFrom('audit_events')
      .select(sql<number>`count(*)::int`.as('n'))
      .where('action', '=', 'messages.retried')
      .executeTakeFirst()
    expect(audits?.n).toBe(3)
  })

  it('for want of an address is shown where the address can be mended', async () => {
    const seminar = await createSeminar(t.services.db, org.id)
    const { id } = await createInvitation(t.services.db, seminar, { email: 'Tay@noi.example' })
    await killAddress(t.services.db, org.id, 'tay@noi.example')
    const base = console_(`/seminars/${seminar.id}/invitations`)
    expect(await page(`${base}/${id}`)).toContain('Máy chủ báo địa chỉ này không tồn tại')
    await post(`${base}/${id}/resend`)
    expect(await page(base)).toContain('Cần gọi điện')
  })
})
