import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectAccessible } from '../support/a11y.ts'
import { launchBrowser, overflow, shot, sizes } from '../support/browser.ts'
import { createMember, createOrganization } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Awaited<ReturnType<typeof launchBrowser>>
let member: Awaited<ReturnType<typeof createMember>>
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startTestServer(), launchBrowser()])
  const { db } = server.services
  const organization = await createOrganization(db, { name: 'Thành ủy Mẫu' })
  member = await createMember(server.services, organization.id, 'owner')
  await server.runTasks()
  const { sql } = server.database
  await sql`insert into mail_stops (scope, stage, reply, since) values ('server', 'login', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6', now())`
  await sql`update task_runs set error = 'Error: 28 of 60 files are unknown, so none is put aside' where task = 'tidy_files'`
  await sql`insert into instances (id, kind, host, pid, version) values ('hoithao-may-chu-1:4711:0c6e4f2b', 'node', 'hoithao-may-chu-1', 4711, '0.1.0')`
  await sql`insert into backups (place, files, bytes, made_at) values ('hoithao-may-chu-1:/var/backups/hoithao/2026-11-23', 1234, 5678901234, now() - interval '30 hours')`
})
afterAll(async () => {
  await browser?.cleanUp()
  await server?.close()
})

it.each([
  ['vi', 'phone'],
  ['en', 'phone'],
  ['vi', 'desk'],
  ['en', 'desk'],
] as const)('an owner of the deployment sees how it stands: %s, %s', async (locale, size) => {
  const context = await browser.newContext({ viewport: sizes[size], locale })
  const [name, value] = member.cookie.split('=') as [string, string]
  await context.addCookies([{ name, value, url: server.origin }])
  const page = await context.newPage()
  await page.goto(`${server.origin}${locale === 'en' ? '/en' : ''}/console/deployment`)
  expect(await page.locator('h1').textContent()).toBe(locale === 'en' ? 'This deployment' : 'Hệ thống này')
  expect((await page.locator('nav b').boundingBox())?.height).toBeGreaterThan(30)
  expect(await page.locator('tbody tr:visible').count()).toBe(1)
  await shot(page, `deployment-${locale}-${size}`)
  expect(await overflow(page)).toBe(0)
  await expectAccessible(page, `deployment ${locale} ${size}`)
  await context.close()
})
