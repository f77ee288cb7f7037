import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, shot, sizes } from '../support/browser.ts'
import { loadTestDemo } from '../support/demo.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { stageDemo } from '../support/stage.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let phone: Page
let desk: Page
let seminar: string

beforeAll(async () => {
  server = await startTestServer()
  const setup = await loadTestDemo(server)
  const staged = await stageDemo(server.services)
  seminar = `${server.origin}/console/minh-ha/seminars/${staged.seminar.id}`
  browser = await launchBrowser()
  const context = await browser.newContext({
    viewport: sizes.phone,
    locale: 'vi-VN',
    hasTouch: true,
    isMobile: true,
  })
  phone = await context.newPage()
  phone.setDefaultTimeout(30_000)
  await phone.goto(setup)
  await phone.locator('main button[type=submit]').click()
  await phone.waitForURL('**/console')
  const wide = await browser.newContext({ viewport: sizes.desk, storageState: await context.storageState() })
  desk = await wide.newPage()
  desk.setDefaultTimeout(30_000)
})

afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

it('1. who cannot be written to stands under what waits, minutes after the sending', async () => {
  await phone.goto(`${server.origin}/console/minh-ha`)
  await phone.getByText('người cần gọi điện').waitFor()
  await shot(phone, 'calls-1-today')
  await phone.getByRole('link', { name: 'Gọi', exact: true }).click()
  await phone.getByRole('heading', { name: 'Cần gọi điện' }).waitFor()
  expect(await phone.locator('.call').count()).toBe(4)
  expect(await phone.locator('a[href^="tel:0900000"]').count()).toBe(3)
  // What to say and the answers stand open for the first alone; the others are a tap away, and one closes the other.
  const open = phone.locator('.call details[open]')
  expect(await open.count()).toBe(1)
  expect(await phone.locator('.call').nth(1).locator('blockquote').isVisible()).toBe(false)
  await phone.locator('.call').nth(1).locator('summary').tap()
  await phone.locator('.call').nth(1).locator('blockquote').waitFor()
  expect(await open.count()).toBe(1)
  await phone.locator('.call').first().locator('summary').tap()
  await phone.locator('.call').first().locator('blockquote').waitFor()
  await shot(phone, 'calls-2-phone')
  await expectAccessible(phone, 'calls')
})

it('2. a call that reaches nobody stays with its note; one that is answered is done', async () => {
  const first = phone.locator('.call').first()
  const name = (await first.locator('h3').innerText()).trim()
  await first.getByLabel('Ghi chú').fill('Máy bận, gọi lại lúc 14 giờ.')
  await first.getByRole('button', { name: 'Chưa gặp' }).tap()
  await phone.getByText('Người này vẫn ở trong danh sách cần gọi.').waitFor()
  const again = phone.locator('.call').filter({ hasText: name })
  await again.getByText('Máy bận, gọi lại lúc 14 giờ.').waitFor()
  await again.getByRole('button', { name: 'Sẽ tham dự' }).tap()
  await phone.getByText('Đã ghi kết quả cuộc gọi.').waitFor()
  expect(await phone.locator('.call').count()).toBe(3)
  await phone.getByRole('link', { name: 'Đã xong (1)' }).tap()
  await phone.locator('.call').filter({ hasText: name }).getByText('Đã trả lời').waitFor()
  await shot(phone, 'calls-3-done')
})

it('3. the same list at a desk, in English, of the whole organisation, and on paper', async () => {
  await desk.goto(`${seminar}/calls`)
  await shot(desk, 'calls-4-desk')
  await desk.goto(`${server.origin}/en/console/minh-ha/calls`)
  expect(await desk.locator('.call blockquote:visible').count()).toBe(3)
  expect(await desk.getByText('What to say is in Vietnamese').count()).toBe(3)
  await shot(desk, 'calls-5-desk-en')
  await expectAccessible(desk, 'all calls')
  await desk.goto(`${seminar}/invitations?call=open`)
  await shot(desk, 'calls-6-invitations')
  await desk.locator('.invitations tbody a').first().click()
  await desk.getByText('Cần gọi điện cho người này.').waitFor()
  await shot(desk, 'calls-7-one')
  await desk.goto(`${seminar}/calls`)
  await desk.emulateMedia({ media: 'print' })
  expect(await desk.getByRole('button', { name: 'Chưa gặp' }).count()).toBe(0)
  expect(await desk.locator('.call blockquote:visible').count()).toBe(3)
  await shot(desk, 'calls-8-paper')
  await desk.emulateMedia({ media: null })
})

it('4. an address that is added is offered a letter, and the call ends when it has left', async () => {
  await phone.goto(`${seminar}/calls`)
  await phone.getByRole('link', { name: 'Bổ sung số máy hoặc địa chỉ thư' }).tap()
  await phone.locator('#f-email').fill('bo-sung@minhha.example')
  await shot(phone, 'calls-9-mend')
  await phone.getByRole('button', { name: 'Lưu', exact: true }).tap()
  await phone.getByText('Đã có địa chỉ thư').waitFor()
  await phone.getByRole('button', { name: 'Gửi giấy mời', exact: true }).tap()
  await phone.getByText('Đã đưa 1 giấy mời vào hàng gửi lại.').waitFor()
  await server.runTasks()
  await phone.goto(`${seminar}/calls`)
  expect(await phone.locator('.call').count()).toBe(2)
})

it('5. on a phone the tab that is open is in sight, and a line that stands takes little of the page', async () => {
  const { sql } = server.database
  await sql`insert into mail_stops (scope, stage, reply, since) values ('server', 'login', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6', now())
    on conflict (scope) do update set stage = excluded.stage, reply = excluded.reply, since = excluded.since`
  for (const path of ['/en/console/minh-ha/settings/keys', '/console/minh-ha/settings/members']) {
    await phone.goto(server.origin + path)
    for (const row of ['.tabs', '.console > nav .items']) {
      const place = await phone.locator(`${row} [aria-current]`).evaluate((one) => {
        const { left, right } = one.getBoundingClientRect()
        return left >= 0 && right <= innerWidth
      })
      expect([path, row, place]).toEqual([path, row, true])
    }
    expect((await phone.locator('.alarm').boundingBox())?.height).toBeLessThan(120)
    await shot(phone, `calls-9-tabs${path.startsWith('/en') ? '-en' : ''}`)
  }
  await phone.goto(`${server.origin}/console/minh-ha/settings/mail`)
  expect(await phone.locator('.alarm').count()).toBe(0)
  await phone.getByText('Máy chủ thư từ chối từ').waitFor()
})
