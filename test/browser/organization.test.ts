import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../src/db/transaction.ts'
import { loadMinhHa } from '../../src/demo/minh-ha.ts'
import { ensureSetupLink } from '../../src/features/accounts/commands/set-up.ts'
import { expectAccessible } from '../support/a11y.ts'
import { systemContext } from '../support/app.ts'
import { launchBrowser, shot, sizes } from '../support/browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let context: BrowserContext
const base = '/console/minh-ha'
const id: Record<string, string> = {}

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startTestServer(), launchBrowser()])
  const minhHa = JSON.parse(readFileSync(new URL('../../demo/minh-ha.json', import.meta.url), 'utf8'))
  const { db } = server.services
  const { organizationId } = await transaction(db, (trx) => loadMinhHa(trx, systemContext(), { minhHa } as never))
  for (const code of ['DB01', 'DBTP', 'TU.BTC']) {
    id[code] = (
      await db
        .selectFrom('units')
        .select('id')
        .where('organization_id', '=', organizationId)
        .where('code', '=', code)
        .executeTakeFirstOrThrow()
    ).id
  }
  id.person = (
    await db
      .selectFrom('people')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('code', '=', 'P0001')
      .executeTakeFirstOrThrow()
  ).id
  context = await browser.newContext({ locale: 'vi-VN', viewport: sizes.desk })
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

async function open(path: string) {
  const page = await context.newPage()
  await page.goto(server.origin + path)
  return page
}

describe('an owner in a browser', () => {
  it('comes in by the set-up link and its button', async () => {
    const ctx = systemContext({ origin: server.origin })
    const url = await transaction(server.services.db, (trx) => ensureSetupLink(trx, ctx, { demo: true }))
    const page = await context.newPage()
    await page.goto(url as string)
    await expectAccessible(page, 'set-up')
    await shot(page, 'accounts-setup')
    await page.getByRole('button', { name: 'Nhận quyền' }).click()
    await page.waitForURL(`${server.origin}${base}`)
    await page.close()
  })

  it('adds a person by keyboard, the unit picked from suggestions', async () => {
    const page = await open(`${base}/directory/people/new`)
    await page.getByLabel('Họ và tên').fill('Đoàn Thị Ánh Tuyết')
    await page.getByLabel('Chức danh').fill('Chuyên viên')
    await page.getByLabel('Đơn vị').fill('to chuc thanh uy')
    await page.locator('datalist#l-unit option').first().waitFor({ state: 'attached' })
    expect(await page.locator('datalist#l-unit option').first().getAttribute('value')).toBe(
      'Ban Tổ chức Thành ủy — Thành ủy Minh Hà',
    )
    await page.getByLabel('Đơn vị').fill('Ban Tổ chức Thành ủy — Thành ủy Minh Hà')
    await page.keyboard.press('Enter')
    await page.getByText('Chuyên viên Ban Tổ chức Thành ủy').waitFor()
    await page.close()
  })

  it('sees an accent before it is saved', async () => {
    const page = await open(`${base}/settings`)
    const before = await page
      .locator('.btn.primary')
      .last()
      .evaluate((b) => getComputedStyle(b).backgroundColor)
    await page.getByRole('radio', { name: 'Màu số 258' }).check()
    const after = await page
      .locator('.btn.primary')
      .last()
      .evaluate((b) => getComputedStyle(b).backgroundColor)
    expect(after).not.toBe(before)
    await page.close()
  })
})

const pages: [string, string, string?][] = [
  ['people', `${base}/directory/people`],
  ['people-none', `${base}/directory/people?q=khong+co+ai`],
  ['person', `${base}/directory/people/person`],
  ['person-edit', `${base}/directory/people/person/edit`],
  ['person-new', `${base}/directory/people/new`],
  ['position-new', `${base}/directory/people/person/positions/new`],
  ['units', `${base}/directory/units`],
  ['unit', `${base}/directory/units/DB01`],
  ['unit-edit', `${base}/directory/units/DB01/edit`],
  ['tree', `${base}/directory/tree?at=DBTP`],
  ['log', `${base}/log`],
  ['settings', `${base}/settings`],
  ['members', `${base}/settings/members`],
  ['keys', `${base}/settings/keys`],
  ['organization-new', '/organizations/new'],
  ['choose', '/console?all'],
]

/** Each page at a desk in Vietnamese and on a phone in English, dark there. */
const looks = [
  { name: 'desk', language: '', viewport: sizes.desk, scheme: 'light' },
  { name: 'phone', language: '/en', viewport: sizes.phone, scheme: 'dark' },
] as const

async function look(page: Page, name: string, path: string) {
  for (const { name: size, language, viewport, scheme } of looks) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme: scheme })
    await page.goto(server.origin + language + path)
    await shot(page, `${name}-${size}`)
    await expectAccessible(page, `${name} ${size}`)
  }
}

describe('every page of accounts, directory and settings is accessible and fits', () => {
  for (const [name, path] of pages) {
    it(name, async () => {
      const page = await context.newPage()
      await look(
        page,
        `organization-${name}`,
        path.replace(/person$|person(?=\/)|DB01|DBTP/, (word) => id[word] as string),
      )
      await page.close()
    }, 180_000)
  }

  it('signing in, and a forgotten password', async () => {
    const anonymous = await browser.newContext()
    const page = await anonymous.newPage()
    for (const path of ['/sign-in', '/forgot', '/forgot/sent'])
      await look(page, `accounts${path.replaceAll('/', '-')}`, path)
    await anonymous.close()
  }, 180_000)
})
