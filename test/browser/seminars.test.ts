import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { createMember, createOrganization, createPerson, createSeminar, createUnit } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const theme = 'Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let context: BrowserContext
let page: Page
let base: string
let organizationId: string
let seminarId: string

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startTestServer(), launchBrowser()])
  const { db } = server.services
  const org = await createOrganization(db, { slug: 'thanh-uy-mau' })
  organizationId = org.id
  const unit = await createUnit(db, org.id, { name: 'Ban Tổ chức Thành ủy', block: 'Đảng', type: 'ban' })
  const person = await createPerson(db, org.id, {
    name: 'Phạm Thu Hà',
    family: 'Phạm',
    middle: 'Thu',
    given: 'Hà',
    gender: 'female',
  })
  await db
    .insertInto('positions')
    .values({ organization_id: org.id, person_id: person.id, unit_id: unit.id, title: 'Phó Trưởng Ban' })
    .execute()
  base = `${server.origin}/console/${org.slug}`
})
beforeEach(async () => {
  const member = await createMember(server.services, organizationId)
  const at = { starts_local: '2027-01-08T14:00:00', ends_local: '2027-01-08T17:00:00' }
  seminarId = (await createSeminar(server.services.db, organizationId, { theme, theme_en: null, ...at })).id
  context = await browser.newContext({ viewport: sizes.desk })
  await context.addCookies(
    member.cookie.split('; ').map((cookie) => {
      const [name = '', ...value] = cookie.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  page = await context.newPage()
})
afterEach(() => context?.close())
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

const at = (path = '') => `${base}/seminars/${seminarId}${path}`

async function addItem(title: string, minutes: string): Promise<void> {
  await page.fill('[name=title]', title)
  await page.fill('[name=minutes]', minutes)
  await page.getByRole('button', { name: 'Thêm vào chương trình' }).click()
  await page.waitForLoadState()
}
const itemTitles = () => page.locator('[data-item] .what > a').allTextContents()

describe('the agenda in a browser', () => {
  beforeEach(async () => {
    await page.goto(at('/agenda'))
    for (const [title, minutes] of [
      ['Khai mạc', '10'],
      ['Báo cáo', '30'],
      ['Tham luận', '80'],
    ] as const)
      await addItem(title, minutes)
  })

  it('is reordered by the arrow keys, says so, and shows the new times', async () => {
    await page.getByRole('button', { name: /Chuyển chỗ “Tham luận”/ }).focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    expect(await itemTitles()).toEqual(['Tham luận', 'Khai mạc', 'Báo cáo'])
    await expect
      .poll(() => page.locator('[aria-live=assertive]').textContent())
      .toBe('“Tham luận”: thứ 1 trong 3 nội dung')
    await expect.poll(() => page.locator('[data-item] .t').allTextContents()).toEqual(['14:00', '15:20', '15:30'])
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toContain('Tham luận')
    await page.reload()
    expect(await itemTitles()).toEqual(['Tham luận', 'Khai mạc', 'Báo cáo'])
  })

  it('is reordered by dragging, and shows an overrun at once', async () => {
    const grip = await page.getByRole('button', { name: /Chuyển chỗ “Khai mạc”/ }).boundingBox()
    const last = await page.locator('[data-item]').last().boundingBox()
    if (!grip || !last) throw new Error('no rows')
    await page.mouse.move(grip.x + 5, grip.y + 5)
    await page.mouse.down()
    await page.mouse.move(grip.x + 5, last.y + last.height - 4, { steps: 8 })
    await page.mouse.up()
    await expect.poll(itemTitles).toEqual(['Báo cáo', 'Tham luận', 'Khai mạc'])
    await expect.poll(() => page.locator('[data-item] .t').allTextContents()).toEqual(['14:00', '14:30', '15:50'])
    await addItem('Thảo luận', '90')
    expect(await page.locator('.warn').textContent()).toBe('Vượt 30 phút so với giờ kết thúc 17 giờ 00.')
  })

  it('finds a speaker in the directory while the name is typed', async () => {
    await page.locator('[name="speakers.0.name"]').pressSequentially('thu ha')
    await page.getByRole('option', { name: /Phạm Thu Hà/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.inputValue('[name="speakers.0.position"]')).toBe('Phó Trưởng Ban Tổ chức Thành ủy')
    await addItem('Phát biểu', '15')
    const speaker = await server.services.db
      .selectFrom('agenda_speakers')
      .select(['name', 'person_id'])
      .executeTakeFirstOrThrow()
    expect(speaker).toMatchObject({ name: 'Phạm Thu Hà', person_id: expect.any(String) })
  })
})

it('a delegation counts who it means while units are chosen', async () => {
  await page.goto(at('/delegations/new'))
  await page.fill('[name=text]', 'lãnh đạo Ban Tổ chức')
  await page.getByText('Đơn vị', { exact: true }).click()
  await page.locator('[data-adds=unitIds] input').pressSequentially('to chuc')
  await page.getByRole('option', { name: /Ban Tổ chức Thành ủy/ }).click()
  await expect.poll(() => page.locator('[data-count-text]').textContent()).toBe('1 chỗ, 1 người')
  await page.locator('input[type=checkbox][name=unitIds]').uncheck()
  await expect.poll(() => page.locator('[data-count-text]').textContent()).toBe('Chưa chọn ai')
})

it('Ctrl K goes to the find box, and an unsaved form is not left by mistake', async () => {
  await page.goto(at('/edit'))
  await page.keyboard.press('Control+k')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('find')
  await page.fill('[name=venue]', 'Hội trường khác')
  const asked = page.waitForEvent('dialog')
  page.goto(`${base}/seminars`).catch(() => {})
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  expect(await page.inputValue('[name=venue]')).toBe('Hội trường khác')
})

describe('every page is accessible at a desk and fits a phone, in both languages:', () => {
  beforeEach(async () => {
    const of = { organization_id: organizationId, seminar_id: seminarId, ordinal: 1 }
    const title = 'Báo cáo thực trạng công tác phát triển đảng viên của Đảng bộ thành phố giai đoạn 2020-2023'
    const positions = ['Phó Bí thư Thường trực Thành ủy']
    await server.services.db
      .insertInto('agenda_items')
      .values({ ...of, title, minutes: 200 })
      .execute()
    await server.services.db
      .insertInto('chairs')
      .values({ ...of, name: 'Nguyễn Chiến Thắng', positions })
      .execute()
    await server.services.db
      .insertInto('delegations')
      .values({ ...of, text: 'lãnh đạo HĐND, UBND thành phố' })
      .execute()
  })

  const ofSeminar = ['', '/edit', '/agenda', '/people', '/delegations/new', '/postpone', '/cancel'].map(
    (path) => `/seminars/:id${path}`,
  )
  it.each([...ofSeminar, '', '/seminars', '/seminars/new', '/search?q=thanh'])('%s', async (path) => {
    const vietnamese = base + path.replace(':id', seminarId)
    for (const url of [vietnamese, vietnamese.replace('/console/', '/en/console/')]) {
      await page.setViewportSize(sizes.desk)
      await page.goto(url)
      await expectAccessible(page, url)
      await page.setViewportSize(sizes.phone)
      expect(await overflow(page), `${url} is wider than a phone`).toBe(0)
      const name = new URL(url).pathname.replace(seminarId, '').replace(/[^a-z]+/g, '-')
      await shot(page, `seminars${name}`)
    }
  })
})
