import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { loadTestDemo } from '../support/demo.ts'
import { docx } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let desk: Page
let base: string

beforeAll(async () => {
  server = await startTestServer()
  const setup = await loadTestDemo(server)
  browser = await launchBrowser()
  desk = await (await browser.newContext({ viewport: sizes.desk, locale: 'vi-VN' })).newPage()
  desk.setDefaultTimeout(20_000)
  await desk.goto(setup)
  await desk.locator('main button[type=submit]').click()
  await desk.waitForURL('**/console')
  const { id } = await server.services.db
    .selectFrom('seminars as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .select('s.id')
    .where('o.slug', '=', 'minh-ha')
    .where('s.state', '=', 'draft')
    .executeTakeFirstOrThrow()
  base = `${server.origin}/console/minh-ha/seminars/${id}/presentations`
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

it('an organizer takes a paper up, puts the edited version in and approves it', async () => {
  await desk.goto(`${base}?state=received`)
  await desk.getByRole('link', { name: 'Đổi mới nội dung sinh hoạt chuyên đề' }).first().click()
  await desk.getByRole('button', { name: 'Nhận biên tập' }).click()
  await desk.getByText(/đang biên tập, từ hôm nay/).waitFor()
  await expectAccessible(desk, 'one speech, edited')
  expect(await desk.locator('main .btn.primary').count()).toBe(1)
  await desk.locator('summary', { hasText: 'Tải lên thay tác giả' }).click()
  await desk.setInputFiles('input[type=file]', {
    name: 'Bản biên tập.docx',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(docx()),
  })
  await desk.getByRole('button', { name: 'Tải lên thay tác giả' }).click()
  await desk.getByText('Đang biên tập bản thứ 3.').waitFor()
  await shot(desk, 'speech-editing')
  await desk.getByRole('button', { name: 'Duyệt đưa vào kỷ yếu' }).click()
  await desk.getByText('Không còn việc').waitFor()
})

it('reminds the late ones after a look at the letter and at how many go out', async () => {
  await desk.goto(`${base}?wait=late`)
  await expectAccessible(desk, 'board, late ones')
  await desk.getByRole('link', { name: 'Nhắc tác giả quá hạn…' }).click()
  await desk.frameLocator('iframe').getByText('Bài tham luận đã quá hạn gửi').waitFor()
  await desk.getByText('1 thư nhắc sẽ được gửi').waitFor()
  await expectAccessible(desk, 'review of the reminders')
  await shot(desk, 'speech-remind')
  await desk.getByRole('button', { name: 'Gửi 1 thư nhắc' }).click()
  await desk.getByText('Đã đưa 1 thư nhắc vào hàng chờ gửi.').waitFor()
  await desk.getByText('Đã nhắc hôm nay').waitFor()
  await desk.goto(`${base}/remind`)
  await desk.getByText('Không có thư nào cần gửi').waitFor()
  await expectAccessible(desk, 'nobody to remind')
})

it('is a list on a phone, with its figures, and does not scroll sideways', async () => {
  await desk.setViewportSize(sizes.phone)
  for (const path of [base, `${base}?state=returned`, `${base}/remind`]) {
    await desk.goto(path)
    expect(await overflow(desk), path).toBe(0)
  }
  await desk.goto(base)
  await desk.getByText('Phút đã xếp').waitFor()
  await shot(desk, 'speech-board-phone')
})
