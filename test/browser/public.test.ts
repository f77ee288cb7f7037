import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, expectContrast } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { loadTestDemo } from '../support/demo.ts'
import { createMember, createSeminar } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
const article = '/s/phat-trien-dang-vien-2023'
let speech: string

beforeAll(async () => {
  server = await startTestServer()
  await loadTestDemo(server)
  const { db } = server.services
  const org = await db.selectFrom('organizations').select('id').where('slug', '=', 'minh-ha').executeTakeFirstOrThrow()
  const wall = (minutes: number) => new Date(Date.now() + minutes * 60_000 + 7 * 3_600_000).toISOString().slice(0, 19)
  const now = await createSeminar(db, org.id, {
    slug: 'dang-dien-ra',
    theme: 'Chuyển đổi số trong công tác xây dựng Đảng ở cơ sở',
    theme_en: null,
    starts_local: wall(-20),
    ends_local: wall(100),
  })
  const items = ['Khai mạc', 'Báo cáo đề dẫn', 'Thảo luận']
  await db
    .insertInto('agenda_items')
    .values(
      items.map((title, i) => ({
        organization_id: org.id,
        seminar_id: now.id,
        ordinal: i + 1,
        title,
        minutes: [10, 60, 50][i] as number,
      })),
    )
    .execute()
  const readable = await db
    .selectFrom('presentations as p')
    .innerJoin('presentation_versions as v', 'v.presentation_id', 'p.id')
    .innerJoin('files as f', 'f.id', 'v.file_id')
    .select('p.id')
    .where('p.released_at', 'is not', null)
    .where('f.name', 'like', '%.docx')
    .executeTakeFirstOrThrow()
  speech = `${article}/speeches/${readable.id}/read`
  browser = await launchBrowser()
}, 240_000)
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

describe('what a reader’s browser does on every kind of public page', () => {
  it('shifts nothing, fits, and fetches ahead the faces of the first screen', async () => {
    const pages = ['/', '/en?topic=xay+dung+dang', '/?q=nguyen', '/o/uong-bi', '/s/dang-dien-ra', article]
    pages.push(`${article}/summary`, speech, '/calendar', '/en/privacy', '/accessibility', '/khong-co')
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
      const unused: string[] = []
      page.on('console', (message) => {
        if (message.text().includes('preload')) unused.push(message.text())
      })
      for (const path of pages) {
        const late: string[] = []
        page.removeAllListeners('request')
        page.on('request', (request) => {
          if (request.resourceType() === 'font') late.push(request.url())
        })
        await page.goto(server.origin + path, { waitUntil: 'networkidle' })
        const ahead = await page
          .locator('link[rel=preload][as=font]')
          .evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href))
        // Italics stand further down, in quotations.
        expect(
          late.filter((url) => !ahead.includes(url) && !url.includes('italic')),
          path,
        ).toEqual([])
        for (let y = 0; y < 6; y++) await page.mouse.wheel(0, 900)
        await page.waitForTimeout(100)
        const shifted = await page.evaluate(() => (window as unknown as { shifted: number }).shifted)
        expect(shifted, `${path} at ${viewport.width}`).toBeLessThan(0.001)
        expect(await overflow(page), path).toBe(0)
      }
      expect(unused).toEqual([])
      await context.close()
    }
  })
})

describe('pages that stand in no other test of accessibility', () => {
  it('pass WCAG 2.2 AA in both languages and both schemes', async () => {
    const page = await (await browser.newContext({ viewport: sizes.desk, colorScheme: 'light' })).newPage()
    const pages = ['/?topic=xay+dung+dang', '/?q=nguyen+hoc+sinh', '/?q=khong+co+gi', '/s/dang-dien-ra', speech]
    for (const path of [...pages, '/o/khong-co', '/s/dang-dien-ra/summary']) {
      for (const locale of ['', '/en']) {
        const address = locale + (locale ? path.replace(/^\/\?/, '?') : path)
        await page.goto(server.origin + address)
        await expectAccessible(page, address)
        if (locale) continue
        await page.emulateMedia({ colorScheme: 'dark' })
        await expectContrast(page, `${address} dark`)
        await page.emulateMedia({ colorScheme: 'light' })
      }
    }
    await page.context().close()
  }, 300_000)
})

describe('a reader', () => {
  it('searches without marks, sees why it was found, and narrows by topic', async () => {
    const page = await (await browser.newContext({ viewport: sizes.phone })).newPage()
    await page.goto(server.origin)
    await page.getByRole('searchbox').fill('nguyen chien thang')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=nguyen/)
    expect(await page.locator('mark').allTextContents()).toEqual(['Nguyễn', 'Chiến', 'Thắng'])
    expect(await page.locator('.found').first().textContent()).toBe('Chủ trì: Nguyễn Chiến Thắng')
    await page.getByRole('link', { name: /Bỏ điều kiện/ }).click()
    await page
      .getByRole('navigation', { name: 'Thu hẹp danh sách' })
      .getByRole('link', { name: 'Xây dựng Đảng' })
      .click()
    expect(await page.locator('h1').textContent()).toBe('Xây dựng Đảng')
    await page
      .getByRole('link', { name: /Tăng cường sự lãnh đạo/ })
      .first()
      .click()
    await page.getByRole('link', { name: 'Phát triển đảng viên', exact: true }).click()
    expect(await page.locator('h1').textContent()).toBe('Phát triển đảng viên')
    await page.context().close()
  })

  it('sees while a seminar is on what is on now', async () => {
    const page = await (await browser.newContext({ viewport: sizes.phone })).newPage()
    await page.goto(`${server.origin}/s/dang-dien-ra`)
    expect(await page.locator('.kicker').textContent()).toContain('Đang diễn ra')
    expect(await page.locator('dd.on a').textContent()).toBe('Báo cáo đề dẫn')
    expect(await page.locator('.programme [aria-current]').textContent()).toContain('Báo cáo đề dẫn')
    await shot(page, 'public-now-360')
    await page.context().close()
  })

  it('reads a paper on the page, fetches its file, and shows a phone the code of the calendar', async () => {
    const page = await (await browser.newContext({ viewport: sizes.desk, javaScriptEnabled: false })).newPage()
    await page.goto(server.origin + article)
    await page
      .getByRole('link', { name: /^Đọc bài/ })
      .first()
      .click()
    expect(new URL(page.url()).pathname).toBe(speech)
    expect(await page.locator('.prose p').count()).toBeGreaterThan(3)
    const address = await page.getByRole('link', { name: /Tải tệp DOCX/ }).getAttribute('href')
    const file = await page.request.get(server.origin + address)
    expect(file.headers()['content-disposition']).toContain('attachment')
    await page.goto(`${server.origin}/calendar?org=uong-bi`)
    await page.getByText('Mở trên điện thoại bằng mã QR').click()
    const code = page.getByRole('img', { name: /Mã QR để đăng ký lịch/ })
    await code.scrollIntoViewIfNeeded()
    expect(
      await code.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth)),
    ).toBeGreaterThan(0)
    await page.context().close()
  })

  it('prints a page with its address and without what paper cannot do', async () => {
    const page = await (await browser.newContext({ viewport: { width: 680, height: 900 } })).newPage()
    for (const path of [article, `${article}/summary`]) {
      await page.goto(server.origin + path)
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('.printed').isVisible()).toBe(true)
      for (const gone of ['footer', 'aside', '.seminar .actions', '.mast a[hreflang]'])
        for (const one of await page.locator(gone).all()) expect(await one.isVisible(), `${path} ${gone}`).toBe(false)
      expect(await overflow(page)).toBe(0)
      await shot(page, `public-print-${path.endsWith('summary') ? 'summary' : 'seminar'}`)
    }
    await page.context().close()
  })

  it('who passes a link on gets the card that the page names', async () => {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${server.origin}/s/dang-dien-ra`)
    const address = (await page.locator('meta[property="og:image"]').getAttribute('content')) as string
    await page.goto(address)
    expect(
      await page.locator('img').evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]),
    ).toEqual([1200, 630])
    await page.context().close()
  })
})

describe('an organizer', () => {
  it('files a seminar under a topic in use by one press', async () => {
    const { db } = server.services
    const org = await db
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'minh-ha')
      .executeTakeFirstOrThrow()
    const { cookie } = await createMember(server.services, org.id, 'organizer')
    const context = await browser.newContext({ viewport: sizes.phone })
    await context.addCookies(
      cookie.split('; ').map((pair) => ({
        name: pair.split('=')[0] ?? '',
        value: pair.slice(pair.indexOf('=') + 1),
        url: server.origin,
      })),
    )
    const page = await context.newPage()
    await page.goto(`${server.origin}/console/minh-ha/seminars/new`)
    const known = page.getByRole('button', { name: 'Xây dựng Đảng' })
    await known.click()
    expect(
      await page
        .getByLabel(/^Lĩnh vực/)
        .first()
        .inputValue(),
    ).toBe('Xây dựng Đảng')
    expect(await known.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Sinh hoạt chi bộ' }).click()
    expect(await page.locator('#f-topics').inputValue()).toBe('Xây dựng Đảng\nSinh hoạt chi bộ')
    await page.locator('#f-topics').fill('')
    expect(await known.isDisabled()).toBe(false)
    expect(await overflow(page)).toBe(0)
    await page.locator('#f-topics').scrollIntoViewIfNeeded()
    await shot(page, 'seminar-new-topics-360')
    await context.close()
  })
})
