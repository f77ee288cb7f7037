import type { BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { createSeedSeminar, seed } from '../support/seed.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let org: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  browser = await launchBrowser()
  org = await createOrganization(server.services.db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí' })
})
afterAll(async () => {
  await browser.cleanUp()
  await server.close()
})

async function editor(options: { javaScriptEnabled?: boolean } = {}): Promise<{ context: BrowserContext; page: Page }> {
  const { cookie } = await createMember(server.services, org.id, 'organizer')
  const at = cookie.indexOf('=')
  const context = await browser.newContext({ viewport: sizes.desk, ...options })
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: server.origin }])
  return { context, page: await context.newPage() }
}

const photo = (color: string) =>
  sharp({ create: { width: 1800, height: 1200, channels: 3, background: color } })
    .jpeg()
    .toBuffer()

const draftOf = (seminarId: string) =>
  server.services.db.selectFrom('summaries').selectAll().where('seminar_id', '=', seminarId).executeTakeFirstOrThrow()

describe('a summary, from the data to its readers', () => {
  it('is written, saved by itself, illustrated, previewed and published', async () => {
    const seminar = await createSeedSeminar(server.services.db, org.id)
    const { context, page } = await editor()
    await page.goto(`${server.origin}/console/uong-bi/seminars/${seminar.id}/summary`)
    await page.getByRole('button', { name: 'Soạn tin bài' }).click()
    await page.getByLabel('Nội dung', { exact: false }).first().waitFor()
    const body = page.locator('#f-body')
    await body.fill(`${seed.body[0]}\n\n`)
    await page.getByRole('button', { name: 'Đề mục' }).click()
    await page.getByText(/Đã lưu lúc/).waitFor()
    expect((await draftOf(seminar.id)).body).toContain('## Đề mục')
    expect((await draftOf(seminar.id)).lead_edited).toBe(false)

    await page.locator('#f-photos').setInputFiles([
      { name: 'một.jpg', mimeType: 'image/jpeg', buffer: await photo('#921f25') },
      { name: 'hai.jpg', mimeType: 'image/jpeg', buffer: await photo('#48705a') },
    ])
    const items = page.locator('.photo-list > li')
    await items.nth(1).waitFor()
    await items.nth(0).getByLabel('Chú thích').fill('Quang cảnh hội thảo.')
    await items.nth(0).getByLabel('Mô tả').fill('Hội trường')
    await items
      .nth(0)
      .getByText(/Đã lưu lúc/)
      .waitFor()
    await items.nth(1).getByLabel('Mô tả').fill('Đại biểu')
    await items.nth(1).getByLabel('Vị trí trong bài').selectOption('1')
    await items
      .nth(1)
      .getByText(/Đã lưu lúc/)
      .waitFor()
    await expectAccessible(page, 'editor')

    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByRole('button', { name: 'Đăng tin bài' }).click()
    await page.getByText('Mở trang công khai').waitFor()
    await context.close()

    const reader = await browser.newContext({ viewport: sizes.phone, javaScriptEnabled: false })
    const phone = await reader.newPage()
    await phone.goto(`${server.origin}/s/${seminar.slug}/summary`)
    const [first, second] = seed.lead as [string, string]
    // Published in a later year: the lead says which year it was.
    expect(await phone.getByText(first.replace('16/11,', '16/11/2023,'), { exact: true }).count()).toBe(1)
    expect(await phone.getByText(second, { exact: true }).count()).toBe(1)
    expect(await phone.locator('figure img').count()).toBe(2)
    expect(await overflow(phone)).toBe(0)
    await reader.close()
  })

  it('is written and published without JavaScript', async () => {
    const seminar = await createSeedSeminar(server.services.db, org.id)
    const { context, page } = await editor({ javaScriptEnabled: false })
    await page.goto(`${server.origin}/console/uong-bi/seminars/${seminar.id}/summary`)
    await page.getByRole('button', { name: 'Soạn tin bài' }).click()
    await page.locator('#f-body').fill('Viết bằng tay.')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByRole('button', { name: 'Đăng tin bài' }).click()
    await page.goto(`${server.origin}/s/${seminar.slug}/summary`)
    expect(await page.getByText('Viết bằng tay.').count()).toBe(1)
    await context.close()
  })
})

describe('what a reader’s browser does', () => {
  it('shifts nothing while fonts and photos come, and loads at most 30 KB of style and no blocking script', async () => {
    const { slug } = await server.services.db
      .selectFrom('seminars')
      .select('slug')
      .orderBy('id')
      .limit(1)
      .executeTakeFirstOrThrow()
    for (const viewport of [sizes.phone, sizes.desk]) {
      const context = await browser.newContext({ viewport })
      const page = await context.newPage()
      await page.addInitScript(() => {
        const held = window as unknown as { shifted: number }
        held.shifted = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) held.shifted += (entry as unknown as { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
      })
      for (const path of ['/', `/s/${slug}`, `/s/${slug}/summary`]) {
        const styles: Promise<number>[] = []
        page.removeAllListeners('response')
        page.on('response', (answer) => {
          if (answer.url().endsWith('.css')) styles.push(answer.body().then((bytes) => bytes.byteLength))
        })
        await page.goto(server.origin + path, { waitUntil: 'networkidle' })
        for (let y = 0; y < 8; y++) {
          await page.mouse.wheel(0, 700)
          await page.waitForTimeout(60)
        }
        const shifted = await page.evaluate(() => (window as unknown as { shifted: number }).shifted)
        expect(shifted, `${path} at ${viewport.width}`).toBeLessThan(0.001)
        for (const size of await Promise.all(styles)) expect(size).toBeLessThan(30 * 1024)
        expect(await page.locator('script:not([type=module]):not([type="application/ld+json"])').count()).toBe(0)
        expect(await overflow(page)).toBe(0)
      }
      await shot(page, `summary-${viewport.width}`)
      await context.close()
    }
  })
})
