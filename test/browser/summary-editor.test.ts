import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, sizes } from '../support/browser.ts'
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

async function member(size: keyof typeof sizes = 'desk') {
  const { cookie } = await createMember(server.services, org.id, 'organizer')
  const at = cookie.indexOf('=')
  const context = await browser.newContext({
    viewport: sizes[size],
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: server.origin }])
  return { context, page: await context.newPage() }
}

/** The editor of a new summary, opened by one member. */
async function editor(size: keyof typeof sizes = 'desk') {
  const seminar = await createSeedSeminar(server.services.db, org.id)
  const { context, page } = await member(size)
  const address = `${server.origin}/console/uong-bi/seminars/${seminar.id}/summary`
  await page.goto(address)
  await page.getByRole('button', { name: 'Soạn tin bài' }).click()
  const body = page.locator('#f-body')
  await body.waitFor()
  await page.locator('.toolbar:visible').waitFor()
  return { seminar, context, page, address, body }
}

const draftOf = (seminar: { id: string }) =>
  server.services.db.selectFrom('summaries').selectAll().where('seminar_id', '=', seminar.id).executeTakeFirstOrThrow()
const photosOf = (seminar: { id: string }) =>
  server.services.db
    .selectFrom('summary_photos')
    .selectAll()
    .where('seminar_id', '=', seminar.id)
    .orderBy('ordinal')
    .execute()
const saved = (page: Page) => page.locator('.save').getByText(/Đã lưu lúc/)
const picture = (background: string) =>
  sharp({ create: { width: 900, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer()

/** Puts something on the clipboard's way to a field, as another program does. */
function pasteInto(page: Page, selector: string, content: Record<string, string>): Promise<void> {
  return page.locator(selector).evaluate((field, parts) => {
    const data = new DataTransfer()
    for (const [type, text] of Object.entries(parts)) data.setData(type, text)
    ;(field as HTMLElement).focus()
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, content)
}

/** Drops files of the page's own making onto an element, all at once. */
function dropOn(page: Page, selector: string, files: { name: string; base64: string }[]): Promise<void> {
  return page.locator(selector).evaluate((target, list) => {
    const data = new DataTransfer()
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      data.items.add(new File([bytes], name, { type: 'image/jpeg' }))
    }
    for (const type of ['dragenter', 'dragover', 'drop'])
      target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
  }, files)
}

/** Drags a picture into the lower half of an item, as a hand does. */
async function dragBelow(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.evaluate((image) => image.closest('li')?.scrollIntoView({ block: 'start' }))
  const start = await from.boundingBox()
  const end = await to.boundingBox()
  if (!start || !end) throw new Error('not in sight')
  await page.mouse.move(start.x + 30, start.y + 30)
  await page.mouse.down()
  await page.mouse.move(end.x + 40, end.y + end.height * 0.6, { steps: 12 })
  await page.mouse.move(end.x + 42, end.y + end.height * 0.6 + 4, { steps: 3 })
  // Chromium tells the page of a drag at intervals.
  await page.waitForTimeout(400)
  await page.mouse.up()
}

it('never hides the button that saves, wherever the page is scrolled to', async () => {
  const { page, context } = await editor()
  const hidden = await page.evaluate(async () => {
    const button = document.querySelector('.save button') as HTMLElement
    const behind: number[] = []
    for (let y = 0; y < 900; y += 20) {
      window.scrollTo(0, y)
      await new Promise(requestAnimationFrame)
      const { left, top, width, height } = button.getBoundingClientRect()
      const inView = top >= 0 && top + height <= window.innerHeight
      for (const at of [2, height / 2, height - 2])
        if (inView && !button.contains(document.elementFromPoint(left + width / 2, top + at))) behind.push(y)
    }
    return behind
  })
  expect(hidden).toEqual([])
  await context.close()
})

describe('writing', () => {
  it('has keys and tools that the browser’s own undo takes back', async () => {
    const { context, page, body } = await editor()
    await body.fill('Một hai ba')
    await body.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(4, 7))
    await page.keyboard.press('Control+b')
    expect(await body.inputValue()).toBe('Một **hai** ba')
    await page.keyboard.press('Control+b')
    expect(await body.inputValue()).toBe('Một hai ba')
    await page.keyboard.press('Control+i')
    expect(await body.inputValue()).toBe('Một *hai* ba')
    await page.keyboard.press('Control+z')
    expect(await body.inputValue()).toBe('Một hai ba')
    await page.keyboard.press('Control+k')
    expect(await body.inputValue()).toBe('Một [hai](https://) ba')
    await page.keyboard.type('https://uongbi.gov.vn')
    expect(await body.inputValue()).toBe('Một [hai](https://uongbi.gov.vn) ba')
    await page.keyboard.press('Control+End')
    await page.getByRole('button', { name: 'Danh sách' }).click()
    await page.keyboard.type('một')
    await page.keyboard.press('Enter')
    await page.keyboard.type('hai')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Hết.')
    expect(await body.inputValue()).toContain('\n\n- một\n- hai\n\nHết.')
    await page.keyboard.press('Control+s')
    await saved(page).waitFor()
    expect(await page.locator('[data-count]').textContent()).toMatch(/^\d+ chữ · 1 phút đọc$/)
    await context.close()
  })

  it('quotes a speaker who is chosen from a list, with the keyboard alone', async () => {
    const { context, page, body, seminar } = await editor()
    await body.fill('Mở đầu.')
    const menu = page.locator('.quote-menu')
    await menu.locator('summary').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Escape')
    expect(await menu.getAttribute('open')).toBeNull()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Phải làm ngay.')
    expect(await body.inputValue()).toBe(
      'Mở đầu.\n\n> “Phải làm ngay.”\n>\n> — **Đồng chí Nguyễn Văn Bích**, Uỷ viên BTV, Trưởng Ban Tổ chức Thành ủy\n\n',
    )
    await saved(page).waitFor()
    expect((await draftOf(seminar)).body).toContain('**Đồng chí Nguyễn Văn Bích**')
    await context.close()
  })

  it('makes clean Markdown of what Word and web pages put on the clipboard', async () => {
    const { context, page, body } = await editor()
    await pasteInto(page, '#f-body', {
      'text/plain': 'không dùng',
      'text/html': `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{mso-style-parent:"";}</style></head><body>
<!--StartFragment--><h1>Kết quả<o:p></o:p></h1>
<p class=MsoNormal style='text-indent:36.0pt'><span lang=VI>Đảng bộ có <b style='mso-bidi-font-weight:normal'>7.480</b><b> đảng viên</b>,
<i>tăng</i>&nbsp;10%.<o:p></o:p></span></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;</span></span></span><![endif]>Ý thứ nhất</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Ý thứ hai</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>Việc một</p>
<table border=1><tr><td><p>Năm</p></td><td><p>Số</p></td></tr><tr><td>2020</td><td>46</td></tr></table>
<p><a href="https://uongbi.gov.vn/a(1)">Cổng</a> <a href="javascript:alert(1)">xấu</a><img src="file:///c:/a.png"></p>
<script>alert(1)</script><!--EndFragment--></body></html>`,
    })
    expect(await body.inputValue()).toBe(
      [
        '## Kết quả',
        'Đảng bộ có **7.480 đảng viên**, *tăng* 10%.',
        '- Ý thứ nhất\n- Ý thứ hai\n1. Việc một',
        '| Năm | Số |\n| --- | --- |\n| 2020 | 46 |',
        '[Cổng](https://uongbi.gov.vn/a%281%29) xấu',
      ].join('\n\n'),
    )
    await page.keyboard.press('Control+z')
    expect(await body.inputValue()).toBe('')
    await pasteInto(page, '#f-body', {
      'text/html':
        '<b style="font-weight:normal" id="docs-internal-guid-1"><h2>Mục</h2><p>Chữ <span style="font-weight:700">đậm</span></p><ul><li>một<ul><li>trong</li></ul></li><li>hai</li></ul><blockquote><p>Lời</p></blockquote></b>',
    })
    expect(await body.inputValue()).toBe('## Mục\n\nChữ **đậm**\n\n- một\n  - trong\n- hai\n\n> Lời')
    await context.close()
  })

  it('fills the table of figures from a spreadsheet, and grows', async () => {
    const { context, page, seminar } = await editor()
    await page.getByRole('button', { name: 'Thêm cột' }).click()
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('column.2')
    await pasteInto(page, '[name="row.0.label"]', {
      'text/plain': 'Tổ chức đảng\t46\t41\r\nĐảng viên\t7.480\t7.894\r\n\t\t\r\nA\t1\t2\r\nB\t3\t4\r\n',
    })
    await pasteInto(page, '[name="column.0"]', { 'text/plain': 'Năm 2020\tĐến nay' })
    await saved(page).waitFor()
    expect((await draftOf(seminar)).figures).toEqual({
      caption: '',
      columns: ['Năm 2020', 'Đến nay'],
      rows: [
        { label: 'Tổ chức đảng', cells: ['46', '41'] },
        { label: 'Đảng viên', cells: ['7.480', '7.894'] },
        { label: 'A', cells: ['1', '2'] },
        { label: 'B', cells: ['3', '4'] },
      ],
    })
    expect(await page.locator('[name="row.4.1"]').getAttribute('aria-label')).toBe('Hàng 5, cột 2')
    await context.close()
  })

  it('shows the text as it will be printed, beside it, while it is typed', async () => {
    const { context, page, body } = await editor()
    await page.getByRole('button', { name: 'Xem cạnh bài' }).click()
    await body.fill('## Mục mới\n\nĐang gõ.')
    await page.locator('.side h2', { hasText: 'Mục mới' }).waitFor()
    await expectAccessible(page, 'editor with preview')
    await context.close()
  })
})

describe('what is typed is not lost', () => {
  it('when the network goes: it is kept, said, and saved when the network is back', async () => {
    const { context, page, body, seminar } = await editor()
    await context.setOffline(true)
    await body.fill('Gõ khi mất mạng.')
    await page.getByText(/Mất kết nối/).waitFor()
    await page.getByRole('button', { name: 'Lưu bản nháp' }).click()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByText(/Mất kết nối/).waitFor()
    expect(page.url()).toMatch(/\/summary$/)
    expect(await body.inputValue()).toBe('Gõ khi mất mạng.')
    expect((await draftOf(seminar)).body).toBe('')
    await context.setOffline(false)
    await saved(page).waitFor()
    expect((await draftOf(seminar)).body).toBe('Gõ khi mất mạng.')
    await context.close()
  })

  it('when the page is left or the browser ends: leaving asks, and the editor offers it again', async () => {
    const { context, page, body, seminar, address } = await editor()
    // Signed out: no save gets through, not even one at the last moment.
    const cookies = await context.cookies()
    await context.clearCookies()
    await body.fill('Chưa kịp lưu.')
    await page.locator('[name="row.0.label"]').fill('Hàng chưa lưu')
    await page.getByText(/chưa lưu được/).waitFor()
    const asked = new Promise<string>((resolve) =>
      page.once('dialog', async (dialog) => {
        resolve(dialog.type())
        await dialog.accept()
      }),
    )
    const closed = page.waitForEvent('close')
    await page.close({ runBeforeUnload: true })
    expect(await asked).toBe('beforeunload')
    await closed
    await context.addCookies(cookies)
    const again = await context.newPage()
    await again.goto(address)
    await again.getByText('Trên máy này còn nội dung chưa lưu').waitFor()
    expect(await again.locator('#f-body').inputValue()).toBe('')
    await again.getByRole('button', { name: 'Khôi phục' }).click()
    expect(await again.locator('#f-body').inputValue()).toBe('Chưa kịp lưu.')
    await saved(again).waitFor()
    expect(await draftOf(seminar)).toMatchObject({
      body: 'Chưa kịp lưu.',
      figures: { rows: [{ label: 'Hàng chưa lưu' }] },
    })
    await again.reload()
    await again.locator('.toolbar:visible').waitFor()
    expect(await again.getByText('còn nội dung chưa lưu').isVisible()).toBe(false)
    await context.close()
  })

  it('when the session ended meanwhile: it says so and stays', async () => {
    const { context, page, body, seminar } = await editor()
    const cookies = await context.cookies()
    await context.clearCookies()
    await body.fill('Gõ sau khi hết phiên.')
    await page.getByText(/Phiên đăng nhập đã hết/).waitFor()
    await context.addCookies(cookies)
    await page.keyboard.press('Control+s')
    await saved(page).waitFor()
    expect((await draftOf(seminar)).body).toBe('Gõ sau khi hết phiên.')
    await context.close()
  })

  it('when two write at once: each sees the other, the slower is told, both texts are kept', async () => {
    const { context, page, body, seminar, address } = await editor()
    await server.services.db.updateTable('auth.user').set({ name: 'Trần Thị Thuỷ' }).execute()
    const two = await member()
    await two.page.goto(address)
    await two.page.locator('[data-presence]:not([data-empty])', { hasText: 'Trần Thị Thuỷ' }).waitFor()
    // The next sign of life, without waiting for its twenty seconds.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await page.locator('[data-presence]:not([data-empty])', { hasText: 'Lê Văn Mẫu' }).waitFor()
    await two.page.locator('#f-body').fill('Bản của người thứ hai.')
    await saved(two.page).waitFor()
    await body.fill('Bản của người thứ nhất.')
    await page.getByText(/Người khác vừa lưu/).waitFor()
    await page.getByRole('button', { name: 'Lưu bản nháp' }).click()
    const conflict = page.locator('.stale')
    await conflict.waitFor()
    expect(await conflict.textContent()).toContain('Lê Văn Mẫu đã lưu bản khác')
    expect(await conflict.locator('del').allTextContents()).toContain('hai.')
    expect(await body.inputValue()).toBe('Bản của người thứ nhất.')
    await expectAccessible(page, 'conflict')
    // Typing on does not write over the other's text: only the button does.
    await body.press('End')
    await page.keyboard.type(' Thêm.')
    await page.waitForTimeout(2600)
    expect((await draftOf(seminar)).body).toBe('Bản của người thứ hai.')
    await page.getByRole('button', { name: 'Lưu bản nháp' }).click()
    await conflict.waitFor({ state: 'detached' })
    expect((await draftOf(seminar)).body).toBe('Bản của người thứ nhất. Thêm.')
    await page.getByRole('link', { name: 'Các bản trước' }).click()
    await page.locator('.versions a').first().click()
    expect(await page.locator('.diff del').allTextContents()).toContain('hai.')
    await expectAccessible(page, 'earlier draft')
    await context.close()
    await two.context.close()
  })
})

describe('photos', () => {
  it('are dropped in at once, anywhere on the page; one that is refused or cut off takes no other with it', async () => {
    const { context, page, body, seminar } = await editor()
    await body.fill('Đoạn đang viết.')
    let cut = 0
    await page.route('**/summary/photos', (route) => (++cut === 2 ? route.abort() : route.continue()))
    const file = async (name: string, color: string) => ({ name, base64: (await picture(color)).toString('base64') })
    await dropOn(page, '#f-body', [
      await file('một.jpg', '#921f25'),
      await file('hai.jpg', '#48705a'),
      { name: 'ba.jpg', base64: Buffer.from('không phải ảnh').toString('base64') },
      await file('bốn.jpg', '#345'),
    ])
    const items = page.locator('.photo-list > li')
    await items.nth(1).waitFor()
    const lines = page.locator('.photo-sending li')
    await lines.filter({ hasText: 'Mất kết nối khi đang gửi' }).waitFor()
    expect(await lines.filter({ hasText: 'không phải ảnh JPEG' }).count()).toBe(1)
    await page.getByRole('button', { name: 'Gửi lại' }).click()
    await items.nth(2).waitFor()
    // The page was never left: what was typed is still there.
    expect(await body.inputValue()).toBe('Đoạn đang viết.')
    expect((await photosOf(seminar)).map((photo) => photo.after_paragraph)).toEqual([null, 0, 0])
    await expectAccessible(page, 'photo board')
    await context.close()
  })

  it('are described, placed and ordered where they stand, by keyboard and by dragging', async () => {
    const { context, page, body, seminar } = await editor()
    await body.fill('Đoạn thứ nhất.\n\nĐoạn thứ hai.')
    await saved(page).waitFor()
    await page.locator('#f-photos').setInputFiles(
      await Promise.all(
        ['#111', '#777', '#eee'].map(async (color, i) => ({
          name: `${i}.jpg`,
          mimeType: 'image/jpeg',
          buffer: await picture(color),
        })),
      ),
    )
    const items = page.locator('.photo-list > li')
    await items.nth(2).waitFor()
    const ids = (await photosOf(seminar)).map((photo) => photo.id)
    await items.nth(1).getByLabel('Mô tả').fill('Đại biểu thảo luận')
    await items
      .nth(1)
      .getByText(/Đã lưu lúc/)
      .waitFor()
    expect(await items.nth(1).getByText('Cần có mô tả').isVisible()).toBe(false)
    await items.nth(1).getByLabel('Vị trí trong bài').selectOption({ label: 'Sau đoạn 2: Đoạn thứ hai.' })
    await expect.poll(async () => (await photosOf(seminar))[1]?.after_paragraph).toBe(2)
    await body.fill('Mở đầu.\n\nĐoạn thứ nhất.\n\nĐoạn thứ hai.')
    await items
      .nth(1)
      .locator('option:checked', { hasText: 'Sau đoạn 3: Đoạn thứ hai.' })
      .waitFor({ state: 'attached' })

    await items.nth(2).getByRole('button', { name: 'Lên' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await photosOf(seminar)).map((photo) => photo.id)).toEqual([ids[2], ids[0], ids[1]])
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Xuống')
    expect(await page.locator('[data-voice]').textContent()).toBe('Ảnh thứ 1 trong 3.')
    await page.setViewportSize({ width: 1280, height: 1400 })
    await dragBelow(page, items.nth(0).locator('img'), items.nth(2))
    await expect.poll(async () => (await photosOf(seminar)).map((photo) => photo.id)).toEqual([ids[0], ids[1], ids[2]])
    page.once('dialog', (dialog) => dialog.accept())
    await items.nth(2).getByRole('button', { name: 'Xóa' }).click()
    await expect.poll(() => items.count()).toBe(2)
    expect(await photosOf(seminar)).toHaveLength(2)
    await context.close()
  })

  it('that are pasted into the text stand after the paragraph', async () => {
    const { context, page, body, seminar } = await editor()
    await body.fill('Một.\n\nHai.')
    const base64 = (await picture('#921f25')).toString('base64')
    await body.evaluate((area: HTMLTextAreaElement, content) => {
      area.setSelectionRange(2, 2)
      const data = new DataTransfer()
      data.items.add(
        new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], 'anh.jpg', { type: 'image/jpeg' }),
      )
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    }, base64)
    await page.locator('.photo-list > li').waitFor()
    expect((await photosOf(seminar))[0]?.after_paragraph).toBe(1)
    await context.close()
  })

  it('without a description hold publishing back, and lead to their field', async () => {
    const { context, page, body, seminar } = await editor()
    await body.fill('Nội dung.')
    await page
      .locator('#f-photos')
      .setInputFiles([{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture('#345') }])
    await page.locator('.photo-list > li').waitFor()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByRole('button', { name: 'Đăng tin bài' }).click()
    await page.getByRole('alert').getByRole('link', { name: 'Ảnh thứ 1' }).click()
    await page.waitForURL(/#photo-/)
    await page.locator('.photo-list > li').getByLabel('Mô tả').fill('Hội trường')
    await page
      .locator('.photo-list')
      .getByText(/Đã lưu lúc/)
      .waitFor()
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByRole('button', { name: 'Đăng tin bài' }).click()
    await page.getByText('Mở trang công khai').waitFor()
    expect((await draftOf(seminar)).state).toBe('published')
    await context.close()
  })
})

describe('once published', () => {
  it('is corrected with a note, compared word by word, and withdrawn within a second', async () => {
    const { context, page, body, seminar, address } = await editor()
    await body.fill('Đảng bộ có 45 tổ chức đảng.')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByRole('button', { name: 'Đăng tin bài' }).click()
    await page.getByText('Mở trang công khai').waitFor()
    await page.locator('#f-body').fill('Đảng bộ có 46 tổ chức đảng.')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByLabel('Nội dung đính chính').fill('Sửa số tổ chức đảng.')
    await page.getByRole('button', { name: 'Đăng đính chính' }).click()
    await page.getByRole('link', { name: 'Các bản trước' }).click()
    expect(await page.locator('.diff del').allTextContents()).toEqual(['45'])
    expect(await page.locator('.diff ins').allTextContents()).toEqual(['46'])
    await expectAccessible(page, 'revisions')
    const reader = await context.newPage()
    const read = () => reader.goto(`${server.origin}/s/${seminar.slug}/summary`)
    expect((await read())?.status()).toBe(200)
    expect(await reader.locator('.article .notice').textContent()).toContain('Sửa số tổ chức đảng.')
    await page.goto(address)
    await page.getByText('Gỡ bài').click()
    await page.getByRole('button', { name: 'Gỡ khỏi trang công khai' }).click()
    await page.locator('.summary-state', { hasText: 'đã gỡ' }).waitFor()
    await reader.waitForTimeout(1000)
    expect((await read())?.status()).toBe(410)
    await expectAccessible(reader, 'withdrawn')
    await context.close()
  })
})

describe('on a phone', () => {
  it.each(['', '/en'])('the editor, its preview and its versions fit with the longest words (%s)', async (prefix) => {
    const { context, page, body, seminar } = await editor('phone')
    await body.fill(seed.body.join('\n\n'))
    await page.locator('#f-title').fill('Nghiêng'.repeat(30))
    await pasteInto(page, '[name="row.0.label"]', {
      'text/plain': `${'Tổ chức cơ sở đảng trực thuộc '.repeat(4)}\t46\t41\n`,
    })
    await page
      .locator('#f-photos')
      .setInputFiles([{ name: `${'ảnh'.repeat(40)}.jpg`, mimeType: 'image/jpeg', buffer: await picture('#345') }])
    await page.locator('.photo-list > li').waitFor()
    await page.locator('.photo-list').getByLabel('Mô tả').fill('Hội trường lớn')
    await saved(page).waitFor()
    expect(await overflow(page)).toBe(0)
    for (const path of ['', '/preview', '/revisions']) {
      await page.goto(`${server.origin}${prefix}/console/uong-bi/seminars/${seminar.id}/summary${path}`)
      await expectAccessible(page, `${prefix}${path}`)
    }
    await context.close()
  })
})
