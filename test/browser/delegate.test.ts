import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { linkUrl } from '../../src/features/links/queries.ts'
import { systemContext } from '../support/app.ts'
import { launchBrowser, sizes } from '../support/browser.ts'
import { vietnamDay } from '../support/days.ts'
import { createInvitation, createOrganization, createSeminar } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>

beforeAll(async () => {
  server = await startTestServer()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

/** An invitation with the longest title in the data, three chairs and a reception. */
async function invited() {
  const { db } = server.services
  const organization = await createOrganization(db)
  const day = vietnamDay(30)
  const seminar = await createSeminar(db, organization.id, {
    theme: 'Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới',
    answer_deadline_local: `${day}T08:00:00`,
  })
  const base = { organization_id: organization.id, seminar_id: seminar.id }
  const chairs = ['Nguyễn Chiến Thắng', 'Nguyễn Văn Bích', 'Hoàng Quốc Trung']
  await db
    .insertInto('chairs')
    .values(chairs.map((name, ordinal) => ({ ...base, ordinal, name })))
    .execute()
  await db
    .insertInto('agenda_items')
    .values({ ...base, ordinal: 1, kind: 'reception', title: 'Đón tiếp đại biểu', minutes: 30 })
    .execute()
  const invitation = await createInvitation(db, seminar)
  const ctx = systemContext({ origin: server.origin })
  const link = {
    purpose: 'invitation' as const,
    organizationId: organization.id,
    targetId: invitation.id,
    generation: 1,
  }
  await transaction(db, (trx) => issueLinks(trx, ctx, [link]))
  return { invitation, url: await linkUrl(ctx, link) }
}

async function open(url: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({
    viewport: sizes.delegate,
    javaScriptEnabled,
    isMobile: true,
    hasTouch: true,
  })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

async function stored(id: string) {
  return server.services.db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

it('lets a delegate answer without a script: fields show when their answer is chosen, and what was typed is kept', async () => {
  const { invitation, url } = await invited()
  const page = await open(url, false)
  await page.waitForURL('**/invitation/*')
  const reason = page.getByLabel('Lý do vắng mặt')
  const name = page.getByLabel('Họ và tên người dự thay')
  expect([await reason.isVisible(), await name.isVisible()]).toEqual([false, false])
  await page.getByLabel('Tôi không tham dự được').check()
  expect([await reason.isVisible(), await name.isVisible()]).toEqual([true, false])
  await page.getByLabel('Tôi cử người dự thay').check()
  expect([await reason.isVisible(), await name.isVisible()]).toEqual([false, true])
  await name.fill('Lê Thị Bình')
  await page.getByRole('button', { name: 'Gửi xác nhận' }).click()
  await page.getByText('Đề nghị nhập: Chức vụ, đơn vị công tác').waitFor()
  expect(await name.inputValue()).toBe('Lê Thị Bình')
  await page.getByLabel('Chức vụ, đơn vị công tác').fill('Phó Bí thư Chi bộ khu 4')
  await page.getByRole('button', { name: 'Gửi xác nhận' }).click()
  await page.getByText('Đề nghị cử Lê Thị Bình dự thay đã được gửi').waitFor()
  expect(await stored(invitation.id)).toMatchObject({ answer: 'substitute_pending', opened_at: null })
  await page.context().close()
}, 60_000)

it('fits one phone screen with the longest title, nothing chosen, and is noted as opened by the visible page', async () => {
  const { invitation, url } = await invited()
  const page = await open(url, true)
  await page.waitForURL('**/invitation/*')
  await page.evaluate(() => document.fonts.ready)
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(sizes.delegate.height)
  expect(await page.locator('input:checked').count()).toBe(0)
  await expect.poll(async () => (await stored(invitation.id)).opened_at, { timeout: 10_000 }).toBeInstanceOf(Date)
  await page.context().close()
}, 60_000)
