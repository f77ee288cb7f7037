import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { expectAccessible, expectContrast } from '../support/a11y.ts'
import { systemContext } from '../support/app.ts'
import { launchBrowser, overflow, sizes } from '../support/browser.ts'
import { createOrganization } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let key: string
beforeAll(async () => {
  server = await startTestServer()
  const { db } = server.services
  const { id } = await createOrganization(db)
  const wanted = { organizationId: id, name: 'thử', scopes: ['read', 'write'] as const, expiresAt: null }
  key = (await transaction(db, (trx) => createApiKey(trx, systemContext(), wanted))).key
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

async function open(
  size: keyof typeof sizes,
  options: { path?: string; script?: boolean; dark?: boolean } = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: sizes[size],
    locale: 'vi-VN',
    reducedMotion: 'reduce',
    javaScriptEnabled: options.script ?? true,
    colorScheme: options.dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(`${server.origin}${options.path ?? '/api/docs'}`)
  return page
}

const op = (page: Page, id: string) => {
  const section = page.locator(`#${id}`)
  return {
    section,
    line: section.locator('.curl code'),
    open: () => section.getByRole('button', { name: 'Thử' }).click(),
    field: (name: string) => section.locator(`[id="try-${id}-${name}"]`),
    error: (name: string) => section.locator(`[id="try-${id}-${name}-error"]`),
    send: (method: string) => section.getByRole('button', { name: `Gửi ${method}` }).click(),
    status: section.locator('.result .status'),
    facts: section.locator('.result .facts'),
    body: section.locator('.result pre'),
  }
}

/** A picture of what is in sight, to look at: the whole page is a hundred screens long. */
const look = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: `test/.screenshots/${name}.png` })
}

const shown = (page: Page) => page.locator('section.op:visible').evaluateAll((all) => all.map((one) => one.id))

describe.each(['phone', 'desk'] as const)('the page of the API, %s', (size) => {
  it('finds operations by what they do, their address and their name, without marks and case', async () => {
    const page = await open(size)
    const all = (await shown(page)).length
    expect(all).toBeGreaterThan(100)
    const box = page.getByRole('searchbox', { name: 'Tìm thao tác' })
    const status = page.locator('nav [role=status]')
    await box.fill('NHAC tac gia')
    expect(await shown(page)).toEqual(['createReminder', 'createReminders'])
    expect(await status.textContent()).toBe('2 thao tác')
    if (size === 'desk') expect(await page.locator('nav li li:visible').count()).toBe(2)
    await box.fill('delete photos')
    expect(await shown(page)).toEqual(['deletePhoto'])
    await box.fill('getSelection')
    expect([await shown(page), await status.textContent()]).toEqual([['getSelection'], '1 thao tác'])
    await look(page, `api-docs-found-${size}`)
    await box.fill('<b>không có')
    expect(await shown(page)).toEqual([])
    await page.getByText('Không có thao tác nào khớp với “<b>không có”.').waitFor()
    await expectAccessible(page, `${size}, nothing found`)
    await box.press('Escape')
    expect([(await shown(page)).length, await box.inputValue(), await status.textContent()]).toEqual([all, '', ''])
    await box.fill('getSelection')
    await op(page, 'getSelection').section.getByRole('link', { name: 'và các mã chung' }).click()
    await page.locator('#errors').waitFor()
    expect((await shown(page)).length).toBe(all)
    await box.fill('getSelection')
    await page.evaluate(() => {
      location.hash = '#key_scope'
    })
    await page.locator('#key_scope').waitFor()
    expect(await page.locator('#key_scope').evaluate((row) => Math.round(row.getBoundingClientRect().top))).toBe(64)
    await page.context().close()
  })

  it('shows the way, and marks where one is', async () => {
    const page = await open(size)
    const contents = page.getByRole('navigation', { name: 'Nội dung trang' })
    if (size === 'phone') {
      expect(await contents.getByRole('link', { name: 'Giấy mời', exact: true }).isVisible()).toBe(false)
      await contents.getByText('Nội dung trang').click()
    }
    await contents.getByRole('link', { name: 'Giấy mời', exact: true }).click()
    await page.locator('#tag-invitations').waitFor()
    await contents.locator('[aria-current=location]', { hasText: 'giấy mời' }).waitFor({ state: 'attached' })
    const { top } = await page.locator('#tag-invitations h2').evaluate((e) => e.getBoundingClientRect())
    expect(top).toBeGreaterThan(size === 'phone' ? 50 : 0)
    expect(top).toBeLessThan(200)
    if (size === 'phone')
      expect(await contents.getByRole('link', { name: 'Giấy mời', exact: true }).isVisible()).toBe(false)
    await op(page, 'createInvitation').section.getByRole('link', { name: 'NewInvitation' }).click()
    await page.locator('#schema-NewInvitation').waitFor()
    expect(await overflow(page)).toBe(0)
    await page.context().close()
  })

  it('tries an operation that reads, and one that changes, with a key that is kept nowhere', async () => {
    const page = await open(size)
    const asked: { url: string; headers: Record<string, string> }[] = []
    page.on('request', (request) => asked.push({ url: request.url(), headers: request.headers() }))
    const list = op(page, 'listSeminars')
    await list.open()
    await list.field('q').fill('sinh hoạt')
    await list.field('sort').selectOption('name')
    expect(await list.line.textContent()).toContain(`/api/v1/seminars?q=sinh+ho%E1%BA%A1t&sort=name' \\`)
    await list.send('GET')
    const field = page.getByLabel('Khóa API để thử ngay tại đây')
    await page.getByText('Cần khóa API trước khi gửi').waitFor()
    expect(await field.evaluate((e) => e === document.activeElement)).toBe(true)
    await field.fill('ht_không')
    await field.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('Khóa chỉ gồm chữ không dấu').waitFor()
    await field.fill(key)
    await field.press('Enter')
    expect(await list.section.locator(':focus').textContent()).toBe('Gửi GET')
    await page.keyboard.press('Enter')
    await list.status.getByText('200 OK').waitFor()
    expect(await list.status.textContent()).toMatch(/200 OK\d+ ms/)
    expect(JSON.parse((await list.body.textContent()) as string)).toMatchObject({ total: 0, next: null })
    expect(await list.facts.textContent()).toMatch(/RateLimit"default";r=\d+;t=\d+/)

    const create = op(page, 'createSeminar')
    await create.open()
    await create.section.getByText('Thao tác này thay đổi thật dữ liệu của cơ quan.').waitFor()
    await create.section.getByRole('button', { name: 'Tạo mã mới' }).click()
    const idempotency = await create.field('Idempotency-Key').inputValue()
    expect(idempotency).toMatch(/^[0-9a-f]{32}$/)
    expect(await create.line.textContent()).toContain(`-H 'Idempotency-Key: ${idempotency}'`)
    await create.send('POST')
    await create.status.getByText('201 Created').waitFor()
    expect(await create.facts.textContent()).toContain('ETag"1"')
    const made = JSON.parse((await create.body.textContent()) as string)
    expect(made).toMatchObject({ state: 'draft', version: 1 })
    await create.send('POST')
    await create.facts.getByText('Idempotency-Replayed').waitFor()
    await look(page, `api-docs-tried-${size}`)
    if (size === 'desk') await expectAccessible(page, 'tried')

    const edit = op(page, 'editSeminar')
    await edit.open()
    expect(await edit.field('id').inputValue()).toBe(made.id)
    expect(await edit.field('If-Match').inputValue()).toBe('*')
    await edit.field('body').fill('{"theme": "Cuộc thi \'Chi bộ bốn tốt\'"}')
    await edit.field('Prefer').fill('return=minimal')
    await edit.send('PATCH')
    await edit.status.getByText('204').waitFor()
    expect(await edit.facts.textContent()).toMatch(/ETag"2".*Preference-Appliedreturn=minimal/)
    await edit.section.getByText('Không có nội dung.').waitFor()

    const kept = await page.evaluate(() => [
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
      document.cookie,
      location.href,
      document.documentElement.outerHTML,
    ])
    expect(kept.slice(0, 3)).toEqual(['{}', '{}', ''])
    expect(kept.join('\n')).not.toContain(key)
    const carried = asked.filter(({ headers }) => JSON.stringify(headers).includes(key))
    expect(new Set(carried.map(({ url }) => new URL(url).pathname.slice(0, 8)))).toEqual(new Set(['/api/v1/']))
    expect(carried.every(({ url, headers }) => !url.includes(key) && !headers.cookie)).toBe(true)
    expect(asked.every(({ url }) => url.startsWith(server.origin))).toBe(true)
    await page.context().close()
  })

  it('says what is wrong before anything is sent, and loses nothing of what was typed', async () => {
    const page = await open(size)
    await page.getByLabel('Khóa API để thử ngay tại đây').fill(`ht_${'x'.repeat(43)}`)
    const create = op(page, 'createChair')
    await create.open()
    await create.field('body').fill('{\n  "role": "chair",\n  "name" "Lê"\n}')
    await create.send('POST')
    expect(await create.error('seminarId').textContent()).toBe('Đề nghị nhập giá trị này.')
    expect(await create.error('body').textContent()).toBe('Chưa phải JSON hợp lệ: xem dòng 3, cột 10.')
    expect(await create.field('body').getAttribute('aria-invalid')).toBe('true')
    await create.field('seminarId').fill('019b20b4-7c00-7000-8000-000000000001')
    await create.send('POST')
    expect(await create.field('body').evaluate((e) => e === document.activeElement)).toBe(true)
    await look(page, `api-docs-refused-${size}`)
    if (size === 'phone') await expectAccessible(page, 'refused')
    await create.field('body').press('End')
    await create.field('body').fill('{"role": "chair", "name": "Lê Thị Bình"}')
    expect(await create.error('body').textContent()).toBe('')
    await page.context().setOffline(true)
    await create.send('POST')
    await create.section.getByText('Không nhận được câu trả lời').waitFor()
    await page.context().setOffline(false)
    expect(await create.field('body').inputValue()).toBe('{"role": "chair", "name": "Lê Thị Bình"}')
    await create.send('POST')
    await create.status.getByText('401').waitFor()
    expect(JSON.parse((await create.body.textContent()) as string)).toMatchObject({
      type: `${server.origin}/api/docs#unauthenticated`,
      code: 'key_required',
      status: 401,
    })
    await page.context().close()
  })
})

it('sends a file and gets it back', async () => {
  const page = await open('desk')
  await page.getByLabel('Khóa API để thử ngay tại đây').fill(key)
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${server.origin}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { id: string }
  }
  const seminar = await post('/seminars', { kind: 'hoi_thao', theme: 'Chuyển đổi số', host: 'Văn phòng' })
  const { id } = await post(`/seminars/${seminar.id}/speeches`, { name: 'Lê Thị Bình', topic: 'Hồ sơ điện tử' })

  const create = op(page, 'createSpeechVersion')
  await create.open()
  await create.field('id').fill(id)
  await create.send('POST')
  expect(await create.error('file').textContent()).toBe('Đề nghị chọn tệp.')
  await create.field('file').setInputFiles({
    name: "Tham luận 'cuối'.pdf",
    mimeType: 'application/pdf',
    buffer: Buffer.from(pdf()),
  })
  expect(await create.field('name').inputValue()).toBe("Tham luận 'cuối'.pdf")
  expect(await create.line.textContent()).toContain(`--data-binary '@Tham luận '\\''cuối'\\''.pdf'`)
  await create.send('POST')
  await create.status.getByText('201').waitFor()

  const read = op(page, 'getSpeechFile')
  await read.open()
  expect(await read.field('id').inputValue()).toBe('')
  await read.field('id').fill(id)
  await read.field('number').fill('1')
  await read.send('GET')
  await read.section.getByText(/Tệp application\/pdf, \d+ byte\./).waitFor()
  const link = read.section.getByRole('link', { name: 'Tải về' })
  // What a browser makes of a name is the machine's locale's affair.
  expect(await link.getAttribute('download')).toMatch(/\.pdf$/)
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  expect(new Uint8Array(await readFile(await download.path()))).toEqual(new Uint8Array(pdf()))
  await page.context().close()
})

it('copies a command line', async () => {
  const page = await open('desk')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const get = op(page, 'getOrganization')
  await get.section.getByRole('button', { name: 'Sao chép' }).click()
  await get.section.getByRole('button', { name: 'Đã sao chép' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await get.line.textContent())
  await page.context().close()
})

it('says so where the description cannot be loaded, and loads it when asked again', async () => {
  const page = await open('desk')
  const get = op(page, 'getOrganization')
  await page.context().setOffline(true)
  await get.open()
  await get.section.getByText('Chưa tải được bản mô tả của API').waitFor()
  await page.context().setOffline(false)
  await get.section.getByRole('button', { name: 'Đóng' }).click()
  await get.open()
  await get.section.getByRole('button', { name: 'Gửi GET' }).waitFor()
  await page.context().close()
})

it('reads without a script: contents, command lines and codes, and nothing that does not work', async () => {
  for (const size of ['phone', 'desk'] as const) {
    const page = await open(size, { script: false, path: '/api/docs#schema-NewChair' })
    expect(await page.locator('#createSeminar .curl code').textContent()).toContain('--data-raw')
    expect(await page.locator('main :is(input, button):visible').count()).toBe(0)
    expect(await page.locator('#schema-NewChair').isVisible()).toBe(true)
    const link = page.getByRole('link', { name: 'Mã lỗi' })
    if (size === 'phone') await page.locator('nav summary').click()
    await link.click()
    expect(await page.locator('#stale_version').isVisible()).toBe(true)
    expect(await overflow(page)).toBe(0)
    await look(page, `api-docs-plain-${size}`)
    await page.context().close()
  }
})

it('passes in English and in the dark, with its forms open', async () => {
  const page = await open('phone', { path: '/en/api/docs', dark: true })
  for (const id of ['listInvitations', 'createPhoto', 'getSelection']) {
    await page.locator(`#${id}`).getByRole('button', { name: 'Try it' }).click()
    await page.locator(`#${id} form`).waitFor()
  }
  await page.locator('#getSelection').scrollIntoViewIfNeeded()
  await look(page, 'api-docs-forms-dark')
  await expectContrast(page, 'dark, forms')
  await page.emulateMedia({ colorScheme: 'light' })
  await expectAccessible(page, 'English, forms')
  await page.context().close()
})
