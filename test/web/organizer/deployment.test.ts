import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../../src/app.ts'
import { main } from '../../../src/node/cli/main.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { version } from '../../../src/version.ts'
import { createTestApp, type TestApp, testOrigin } from '../../support/app.ts'
import { createMember, createOrganization } from '../../support/factories.ts'

let t: TestApp
let folder: string
let first: Awaited<ReturnType<typeof createMember>>
let organizer: Awaited<ReturnType<typeof createMember>>
let other: Awaited<ReturnType<typeof createMember>>
let slug: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-deployment-'))
  t = await createTestApp({ files: createFsStore(join(folder, 'files')) })
  const one = await createOrganization(t.database.db)
  slug = one.slug
  first = await createMember(t.services, one.id, 'owner')
  organizer = await createMember(t.services, one.id, 'organizer')
  other = await createMember(t.services, (await createOrganization(t.database.db)).id, 'owner')
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true })
})

const ask = async (
  cookie: string,
  config: Partial<TestApp['services']['config']> = {},
  path = '/console/deployment',
) => {
  const app = createApp({ ...t.services, config: { ...t.services.config, demo: false, ...config } })
  const answer = await app.request(testOrigin + path, { headers: { cookie } })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('/console/deployment', () => {
  it('is for DEPLOYMENT_OWNERS alone: others get 404, the anonymous are asked who they are', async () => {
    expect((await ask(first.cookie)).status).toBe(404)
    expect((await ask(other.cookie, { deploymentOwners: [first.email] })).status).toBe(404)
    const anonymous = await ask('', { deploymentOwners: [first.email] })
    expect([anonymous.status, anonymous.headers.get('location')]).toEqual([
      303,
      '/sign-in?next=%2Fconsole%2Fdeployment',
    ])
    const mine = await ask(organizer.cookie, { deploymentOwners: [organizer.email] })
    expect(mine.status).toBe(200)
    expect(mine.headers.get('cache-control')).toBe('private, no-store')
  })

  it('is the demo’s owner’s too in demo mode, and no other owner’s', async () => {
    expect((await ask(first.cookie, { demo: true })).status).toBe(200)
    expect((await ask(other.cookie, { demo: true })).status).toBe(404)
    expect((await ask(organizer.cookie, { demo: true })).status).toBe(404)
  })

  it('says how all of it stands, in both languages, with the server’s words and a way to the letters', async () => {
    await t.database
      .sql`insert into mail_stops (scope, stage, reply, since) values ('server', 'login', '535 5.7.8 mật khẩu <sai>', now())`
    await t.database
      .sql`insert into task_runs (task, worker, started_at, finished_at, error) values ('tidy_files', 'w', now(), now(), 'quá nhiều tệp lạ')`
    const vi = await ask(first.cookie, { deploymentOwners: [first.email] })
    const en = await ask(first.cookie, { deploymentOwners: [first.email] }, '/en/console/deployment')
    for (const { text } of [vi, en]) {
      expect(text).toContain('535 5.7.8 mật khẩu &lt;sai&gt;')
      expect(text).toContain('quá nhiều tệp lạ')
      expect(text).toContain(version)
      expect(text).toContain(`/console/${slug}/mail`)
    }
    expect(vi.text).toContain('Thư đang dừng lại (server)')
    expect(en.text).toContain('Letters stand still (server)')
    expect(en.text).toContain('No backup is known')
    expect(en.text).toMatch(/\d (MB|GB) of [\d,.]+ (MB|GB)/)
    await t.database.sql`delete from mail_stops`
    await t.database.sql`delete from task_runs`
  })

  it('is linked from the desk of who owns it, and of nobody else', async () => {
    const link = 'href="/console/deployment"'
    const named = { deploymentOwners: [first.email] }
    expect((await ask(first.cookie, named, `/console/${slug}`)).text).toContain(link)
    expect((await ask(first.cookie, { demo: true }, `/console/${slug}`)).text).toContain(link)
    expect((await ask(organizer.cookie, { ...named, demo: true }, `/console/${slug}`)).text).not.toContain(link)
  })

  it('takes the word from no organisation', async () => {
    const { newOrganizationSchema } = await import('../../../src/features/organizations/schema.ts')
    expect(newOrganizationSchema.safeParse({ name: 'X', slug: 'deployment' }).success).toBe(false)
    expect(newOrganizationSchema.safeParse({ name: 'X', slug: 'deployments' }).success).toBe(true)
  })
})

it('the version stands in /healthz and at the foot of the console', async () => {
  expect(await (await t.app.request('/healthz')).json()).toMatchObject({ status: 'ok', version })
  expect((await ask(first.cookie, {}, `/console/${slug}`)).text).toContain(`Hội thảo ${version}`)
})

describe('the command status', () => {
  const run = async (...argv: string[]) => {
    const printed: string[] = []
    vi.stubEnv('BASE_URL', 'http://localhost:3000')
    vi.stubEnv('DATABASE_URL', t.database.url)
    vi.stubEnv('DATA_DIR', folder)
    vi.stubEnv('LINK_KEY', 'l'.repeat(40))
    vi.stubEnv('AUTH_SECRET', 's'.repeat(40))
    const log = vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
    const code = await main(argv)
    log.mockRestore()
    vi.unstubAllEnvs()
    return { code, text: printed.join('\n') }
  }

  it('tells it to a person, and to a program', async () => {
    await t.database
      .sql`insert into instances (id, kind, host, pid, version) values ('may-1:77:x', 'node', 'may-1', 77, '0.0.9')`
    const { code, text } = await run('status')
    expect(code).toBe(0)
    expect(text).toMatch(/^version {3}\d/m)
    expect(text).toContain('instance  may-1:77:x, version 0.0.9')
    expect(text).toMatch(/^! .*No backup is known/m)
    const json = JSON.parse((await run('status', '--json')).text)
    expect(json.program.version).toBe(version)
    expect(json.migrations).toBe(json.program.migrations)
    expect(json.outbox).toMatchObject({ queued: 0, bounced: 0 })
    expect(json.troubles.map((trouble: { code: string }) => trouble.code)).toContain('backup_none')
  })

  it('knows of a backup once one was made', async () => {
    const to = join(folder, 'backup-1')
    expect((await run('backup', '--to', to)).code).toBe(0)
    const { text } = await run('status')
    expect(text).toMatch(new RegExp(`^backup {4}\\d+ s ago, in .*${to}`, 'm'))
    expect(text).not.toContain('No backup is known')
  })
})
