import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { FileStore } from '../../src/features/files/schema.ts'
import { MARK } from '../../src/features/identity/schema.ts'
import { main } from '../../src/node/cli/main.ts'
import { assertOwnFiles } from '../../src/node/identity.ts'
import { startPulse } from '../../src/node/pulse.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { createS3Store } from '../../src/platform/s3.ts'
import type { Services } from '../../src/services.ts'
import { type Caller, createCaller } from '../api/support.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createOrganization, createSeminar } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { startS3, type TestS3 } from '../support/s3.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../support/speeches.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }
const identity = { id: 'mau:1:a', kind: 'node' as const, host: 'mau', pid: 1, version: '1' }
const patience = { timeout: 60_000, interval: 100 }

let t: TestApp
let s3: TestS3
let folder: string
let caller: Caller
let owner: Awaited<ReturnType<typeof createMember>>
let organization: Awaited<ReturnType<typeof createOrganization>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
beforeAll(async () => {
  s3 = await startS3()
  folder = mkdtempSync(join(tmpdir(), 'hoithao-away-'))
})
afterAll(async () => {
  await s3.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  t = await createTestApp()
  organization = await createOrganization(t.services.db)
  caller = await createCaller(t, { organizationId: organization.id })
  owner = await createMember(t.services, organization.id, 'owner')
  seminar = await createSeminar(t.services.db, organization.id)
})
afterEach(async () => {
  await t.close()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** The application as a process runs it that started with this store. */
async function started(raw: FileStore) {
  const { db, config } = t.services
  const files = await assertOwnFiles({ config, db, files: raw })
  const pulse = await startPulse({ identity, connection: connectPostgres(t.database.url, { max: 1 }), files, log })
  const services: Services = {
    ...t.services,
    config: { ...config, deploymentOwners: [owner.email] },
    log,
    files,
    vitals: pulse,
  }
  const app = createApp(services)
  const ask = async (path: string, init: RequestInit = {}) =>
    app.request(testOrigin + path, { redirect: 'manual', ...init })
  const api = (path: string, init: RequestInit = {}) =>
    ask(`/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${caller.key}`, 'accept-language': 'en' } })
  return {
    files,
    ask,
    api,
    close: pulse.stop,
    warnings: async () => ((await (await ask('/readyz')).json()) as { warnings: string[] }).warnings,
    upload: (speech: string) =>
      api(`/speeches/${speech}/versions?name=bai.pdf`, { method: 'POST', body: new Uint8Array(pdf({})) }),
    page: async (path: string) => (await ask(path, { headers: { cookie: owner.cookie } })).text(),
  }
}

const inside = (path: string) => readdirSync(path, { recursive: true })

/** The disk under a folder is gone, and a bare mount point stands there. @returns how it comes back */
function unmount(path: string): () => void {
  renameSync(path, `${path}.disk`)
  mkdirSync(path)
  return () => {
    rmSync(path, { recursive: true })
    renameSync(`${path}.disk`, path)
  }
}

describe('a folder of files whose disk goes away while the service runs', () => {
  it('takes no file, says so wherever one looks, calls nothing missing, and goes on when it is back', async () => {
    const path = join(folder, 'data', 'files')
    const one = await started(createFsStore(path))
    const speech = await createSpeech(t, seminar)
    expect((await one.upload(speech.id)).status).toBe(201)
    expect(await one.warnings()).not.toContain('files_unavailable')

    const mount = unmount(path)
    const refused = await one.upload(speech.id)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await refused.json()).toMatchObject({
      code: 'files_unavailable',
      detail: expect.stringContaining('The file store cannot be read or written'),
    })
    const link = await openSpeechLink(t, speech.linkPath)
    const form = await one.ask(`${link.path}/files`, filesRequest([{ name: 'a.pdf', bytes: pdf({}) }], link))
    expect([form.status, form.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await form.text()).toContain('Kho tệp tạm thời không đọc hoặc ghi được')
    expect((await one.api(`/speeches/${speech.id}/versions/1/file`)).status).toBe(503)
    expect(inside(path)).toEqual([])

    expect(await one.warnings()).toContain('files_unavailable')
    const needs = (await (await one.api('/needs')).json()) as { items: { kind: string; count: number }[] }
    expect(needs.items.map(({ kind, count }) => ({ kind, count }))).toContainEqual({
      kind: 'files_unavailable',
      count: 1,
    })
    expect(needs.items.map(({ kind }) => kind)).not.toContain('files_damaged')
    expect(await one.page(`/console/${organization.slug}`)).toContain('kho tệp không truy cập được')
    expect(await one.page('/console/deployment')).toContain('Kho tệp không mang dấu của hệ thống này: 1 tệp')
    const lines: string[] = []
    vi.mocked(console.log).mockImplementation((line) => void lines.push(String(line)))
    const env = { DATABASE_URL: t.database.url, DATA_DIR: join(folder, 'data'), BASE_URL: testOrigin }
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect(await main(['status'])).toBe(0)
    expect(lines.join('\n')).toMatch(/^! .*The file store bears no mark of this deployment: the one file cannot be/m)
    expect(lines.join('\n')).not.toMatch(/missing|free/)
    expect(inside(path)).toEqual([])

    mount()
    await expect.poll(one.warnings, patience).not.toContain('files_unavailable')
    expect((await one.upload(speech.id)).status).toBe(201)
    expect((await one.api(`/speeches/${speech.id}/versions/1/file`)).status).toBe(200)
    await one.close()
  })

  it('is noticed before anybody sends a file; another deployment’s disk in its place is not written either', async () => {
    const path = join(folder, 'other', 'files')
    const one = await started(createFsStore(path))
    await expect.poll(() => inside(path).join(), patience).toContain('probe')
    unmount(path)
    mkdirSync(join(path, 'deployment'))
    writeFileSync(join(path, MARK), '00000000-0000-7000-8000-000000000000\n')
    await expect.poll(one.warnings, patience).toContain('files_unavailable')
    expect((await one.upload((await createSpeech(t, seminar)).id)).status).toBe(503)
    expect(inside(path).sort()).toEqual(['deployment', MARK])
    expect(await one.page('/en/console/deployment')).toContain('bears the mark of another deployment')
    await one.close()
  })

  it('is written by nothing when it goes while a file comes', async () => {
    const path = join(folder, 'amid', 'files')
    const one = await started(createFsStore(path))
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ === 3) unmount(path)
        if (sent > 6) controller.close()
        else controller.enqueue(new Uint8Array(100_000))
      },
    })
    await expect(one.files.put(`${organization.id}/presentation/x`, body, { maxBytes: 1e7 })).rejects.toMatchObject({
      detail: 'files_unavailable',
    })
    expect(inside(path)).toEqual([])
    await one.close()
  })
})

describe('a bucket that is another’s from now on', () => {
  it('takes no file once the pulse has seen it, and calls nothing missing', async () => {
    const raw = createS3Store(s3.config)
    const one = await started(raw)
    const speech = await createSpeech(t, seminar)
    expect((await one.upload(speech.id)).status).toBe(201)
    const mark = await new Response((await raw.get(MARK))?.body).text()
    for (const { key } of await Array.fromAsync(raw.list(''))) await raw.delete(key)
    expect((await one.api(`/speeches/${speech.id}/versions/1/file`)).status).toBe(503)
    await expect.poll(one.warnings, patience).toContain('files_unavailable')
    expect((await one.upload(speech.id)).status).toBe(503)
    const { items } = (await (await one.api('/needs')).json()) as { items: { kind: string }[] }
    expect(items.map(({ kind }) => kind)).not.toContain('files_damaged')
    await raw.put(MARK, new Blob([mark]).stream(), { maxBytes: 1000 })
    await expect.poll(one.warnings, patience).not.toContain('files_unavailable')
    expect((await one.upload(speech.id)).status).toBe(201)
    await one.close()
  })
})
