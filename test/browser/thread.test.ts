import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { loadTestDemo } from '../support/demo.ts'
import { pdf } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let desk: Page
let phone: Page
let setup: string
let seminar: string

beforeAll(async () => {
  server = await startTestServer()
  setup = await loadTestDemo(server)
  browser = await launchBrowser()
  desk = await open(await browser.newContext({ viewport: sizes.desk, locale: 'vi-VN' }))
  phone = await open(
    await browser.newContext({ viewport: sizes.delegate, locale: 'vi-VN', hasTouch: true, isMobile: true }),
  )
})

afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  return page
}

/** The newest letter to an address, opened in the mailbox, and the first address of ours in it that matches. */
async function linkInMail(page: Page, to: string, pattern: RegExp): Promise<string> {
  await server.runTasks()
  await page.goto(`${server.origin}/dev/mailbox?to=${encodeURIComponent(to)}`)
  await page.locator('a[href*="/dev/mailbox/"]').filter({ hasNotText: /\.eml/ }).first().click()
  const frame = page.frameLocator('iframe')
  await frame.locator('a').first().waitFor()
  const links = await frame.locator('a').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href))
  const found = links.find((href) => pattern.test(href))
  expect(found, `a link like ${pattern} in the letter to ${to}: ${links}`).toBeDefined()
  return found as string
}

it('1. the one-time link makes the visitor owner of the demo', async () => {
  await desk.goto(setup)
  await desk.locator('main button[type=submit]').click()
  await desk.getByText('Thành ủy Minh Hà (minh họa)').first().click()
  await desk.waitForURL('**/console/minh-ha')
  await shot(desk, 'thread-1-today')
})

it('2. the organizer settles the date and invites the seven groups: 238 people', async () => {
  await desk
    .getByRole('link', { name: /Nâng cao chất lượng sinh hoạt chi bộ/ })
    .first()
    .click()
  seminar = new URL(desk.url()).pathname
  expect(seminar).toMatch(/\/seminars\/[0-9a-f-]{36}$/)
  await desk.goto(`${server.origin}${seminar}/schedule`)
  await desk.locator('main button[type=submit]').first().click()
  await desk.goto(`${server.origin}${seminar}/invitations/add`)
  await desk.getByRole('button', { name: 'Mời tất cả thành phần (238 người)' }).click()
  await desk.getByText('Đã thêm 238 người').waitFor()
  await shot(desk, 'thread-2-invitations')
})

it('3. reviews what will be sent and sends it', async () => {
  await desk.goto(`${server.origin}${seminar}/invitations/review`)
  await desk.frameLocator('iframe').getByText('trân trọng kính mời').first().waitFor()
  await shot(desk, 'thread-3-review')
  await desk.getByRole('button', { name: /238/ }).click()
  await desk.getByText('Đã đưa 234 giấy mời vào hàng gửi; 4 người cần gọi điện.').waitFor()
  await server.runTasks()
  await desk.goto(`${server.origin}/console/minh-ha/mail`)
  await shot(desk, 'thread-3-mail')
})

it('4. a delegate answers on a phone: the page fits one screen, nothing is chosen beforehand', async () => {
  const link = await linkInMail(desk, 'p0033@minhha.example', /\/i\//)
  await shot(desk, 'thread-4-letter')
  await phone.goto(link)
  expect(phone.url()).toMatch(/\/invitation\/[A-Za-z0-9]+$/)
  expect(await phone.locator('input[type=radio]:checked').count()).toBe(0)
  const send = phone.getByRole('button', { name: 'Gửi xác nhận' })
  const box = await send.boundingBox()
  expect((box?.y ?? 9999) + (box?.height ?? 0), 'the button is on the first screen').toBeLessThanOrEqual(
    sizes.delegate.height,
  )
  await shot(phone, 'thread-4-delegate')
  await phone.getByText('Tôi sẽ tham dự').click()
  await send.click()
  await phone.getByText('đã xác nhận tham dự').waitFor()
  await shot(phone, 'thread-4-answered')
})

it('5. another names a substitute, and the organizer records the chair’s consent', async () => {
  await phone.context().clearCookies()
  await phone.goto(await linkInMail(desk, 'p0034@minhha.example', /\/i\//))
  await phone.getByText('Tôi cử người dự thay').click()
  await phone.getByLabel('Họ và tên người dự thay').fill('Phạm Thị Ngọc Ánh')
  await phone.getByLabel('Chức vụ, đơn vị công tác').fill('Phó Bí thư Chi bộ')
  await phone.getByLabel(/Thư điện tử của người dự thay/).fill('thay@minhha.example')
  await phone.getByRole('button', { name: 'Gửi xác nhận' }).click()
  await phone.getByText('đang chờ người chủ trì cho ý kiến').waitFor()
  await desk.goto(`${server.origin}/console/minh-ha`)
  await desk.getByText('đề nghị dự thay').first().waitFor()
  await desk.goto(`${server.origin}${seminar}/invitations/substitutions`)
  await shot(desk, 'thread-5-substitutions')
  await desk.getByRole('button', { name: /ồng ý/ }).first().click()
  await desk.getByText('người chủ trì đồng ý').first().waitFor()
  await server.runTasks()
  await desk.goto(`${server.origin}/dev/mailbox?to=thay%40minhha.example`)
  await desk.locator('a[href*="/dev/mailbox/"]').first().click()
  await desk.frameLocator('iframe').getByText('Phạm Thị Ngọc Ánh').first().waitFor()
})

it('6. a speech is asked for, sent from the phone, read and approved', async () => {
  await desk.goto(`${server.origin}${seminar}/invitations?q=p0033`)
  await desk.locator('table tbody a').first().click()
  await desk.waitForURL('**/invitations/*-*')
  const invitee = new URL(desk.url()).pathname.split('/').pop() as string
  await desk.goto(`${server.origin}${seminar}/presentations/new?invitee=${invitee}`)
  await desk
    .getByLabel(/Chủ đề/)
    .first()
    .fill('Kinh nghiệm nâng cao chất lượng sinh hoạt chi bộ ở phường')
  await desk.locator('main form[method=post] button[type=submit]').last().click()
  await desk.waitForURL('**/presentations/*-*')
  await phone.goto(await linkInMail(desk, 'p0033@minhha.example', /\/p\//))
  await shot(phone, 'thread-6-speech')
  await phone.getByText('Đã có bài? Gửi ngay').click()
  await phone
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'Tham luận phường Sông Mẫu.pdf', mimeType: 'application/pdf', buffer: Buffer.from(pdf()) })
  await phone.getByRole('button', { name: /Gửi/ }).first().click()
  await phone.getByText('Tham luận phường Sông Mẫu.pdf').first().waitFor()
  await desk.goto(`${server.origin}${seminar}/presentations`)
  await shot(desk, 'thread-6-board')
  await desk
    .locator('main')
    .getByRole('link', { name: /Kinh nghiệm nâng cao/ })
    .first()
    .click()
  await desk.getByRole('button', { name: /uyệt/ }).first().click()
  await desk.getByText('Đã duyệt').first().waitFor()
})

it('7. the summary is written from the data, published, and read by the public', async () => {
  await desk.goto(`${server.origin}${seminar}/summary`)
  await desk.getByRole('button', { name: 'Soạn tin bài' }).click()
  await desk
    .locator('textarea[name=body]')
    .fill('Hội thảo đã nghe 8 tham luận.\n\n> Chi bộ mạnh thì khu dân cư mới mạnh.')
  await desk.getByRole('button', { name: 'Lưu bản nháp' }).click()
  await shot(desk, 'thread-7-editor')
  await desk.getByText('Xem trước').first().click()
  await desk.getByText('Chi bộ mạnh thì khu dân cư mới mạnh.').first().waitFor()
  await shot(desk, 'thread-7-preview')
  await desk.getByRole('button', { name: 'Đăng tin bài' }).click()
  await desk.getByText('đã đăng').first().waitFor()
  const reader = await open(await browser.newContext({ viewport: sizes.phone }))
  await reader.goto(server.origin)
  await reader
    .getByRole('link', { name: /Nâng cao chất lượng sinh hoạt chi bộ/ })
    .first()
    .click()
  await shot(reader, 'thread-7-public')
  await reader.goto(`${reader.url().replace(/\/$/, '')}/summary`)
  await reader.getByText('Hội thảo đã nghe 8 tham luận.').waitFor()
  expect(await overflow(reader)).toBe(0)
  await shot(reader, 'thread-7-summary')
})
