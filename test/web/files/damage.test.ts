import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { type CheckLimits, checkBudget, checkFiles } from '../../../src/features/files/commands/checks.ts'
import { countDamaged } from '../../../src/features/files/queries/checks.ts'
import { listNeeds } from '../../../src/features/needs/queries.ts'
import { approveSpeech, releaseSpeech } from '../../../src/features/presentations/commands/decide.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createImager } from '../../../src/platform/imager.ts'
import { recurring, runDueTasks } from '../../../src/tasks.ts'
import { createCaller } from '../../api/support.ts'
import { createTestApp, systemContext, type TestApp, testOrigin } from '../../support/app.ts'
import { summaryDesk } from '../../support/desk.ts'
import { createMember, createOrganization, createSeminar } from '../../support/factories.ts'
import { docx, pdf } from '../../support/office-files.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../../support/speeches.ts'

let t: TestApp
let dir: string
let organization: Awaited<ReturnType<typeof createOrganization>>
let owner: Awaited<ReturnType<typeof createMember>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let base: string
let work: Promise<unknown>[] = []
let lines: [string, string, Record<string, unknown> | undefined][] = []

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  const noted = (level: string) => (event: string, fields?: Record<string, unknown>) =>
    void lines.push([level, event, fields])
  t = await createTestApp({
    files: createFsStore(dir),
    services: {
      imager: createImager(),
      later: (promise) => void work.push(promise),
      log: { debug() {}, info: noted('info'), warn: noted('warn'), error: noted('error') },
    },
  })
  organization = await createOrganization(t.services.db)
  owner = await createMember(t.services, organization.id)
  seminar = await createSeminar(t.services.db, organization.id)
  base = `/console/${organization.slug}/seminars/${seminar.id}/presentations`
})
afterAll(async () => {
  await Promise.all(work)
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(() => {
  lines = []
})

const get = (path: string, cookie = owner.cookie, headers: Record<string, string> = {}) =>
  t.app.request(testOrigin + path, { headers: { cookie, ...headers } })
const html = async (path: string, cookie?: string) => (await get(path, cookie)).text()
const settle = async () => {
  const all = work
  work = []
  await Promise.all(all)
}
const limits: CheckLimits = { everySeconds: 600, leastBytes: 1e9, seconds: 600, files: 1000 }
const needed = async () =>
  (await listNeeds(t.services.db, organization.id)).find((need) => need.kind === 'files_damaged')
/** As if the last check lay so long back. */
const older = (days: number) =>
  sql`update files set checked_at = now() - make_interval(days => ${days})`.execute(t.services.db)

/** A released speech with a stored file, and where its bytes lie. */
async function released(bytes = docx(), name = 'Bài.docx') {
  const speech = await createSpeech(t, seminar)
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  await t.app.request(`${testOrigin}${path}/files`, filesRequest([{ name, bytes }], { cookie }))
  const target = { organizationId: organization.id, id: speech.id }
  await transaction(t.services.db, (trx) => approveSpeech(trx, systemContext(), target))
  await transaction(t.services.db, (trx) => releaseSpeech(trx, systemContext(), target, true))
  const row = await t.services.db
    .selectFrom('files as f')
    .innerJoin('presentation_versions as v', 'v.file_id', 'f.id')
    .selectAll('f')
    .where('v.presentation_id', '=', speech.id)
    .executeTakeFirstOrThrow()
  const file = join(dir, row.storage_key)
  const again = () => t.services.db.selectFrom('files').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow()
  const places = [
    `${base}/${speech.id}/files/1`,
    `${base}/${speech.id}/files/1/read`,
    `/s/${seminar.slug}/speeches/${speech.id}`,
    `/s/${seminar.slug}/speeches/${speech.id}/read`,
  ]
  return { id: speech.id, path, cookie, file, bytes: readFileSync(file), places, again, row }
}

describe('a stored file when it is asked for', () => {
  it('that is missing is never “not found”: 503 in words, noted and logged once, shown where organizers look', async () => {
    const one = await released()
    rmSync(one.file)
    for (const place of [...one.places, `${one.path}/files/1`]) {
      const answer = await get(place, place.startsWith(one.path) ? one.cookie : owner.cookie)
      expect([place, answer.status]).toEqual([place, 503])
      expect(await answer.text()).toContain('Tệp không còn trong kho lưu trữ')
    }
    expect(await one.again()).toMatchObject({ damage: 'missing', damaged_at: expect.any(Date) })
    expect(lines.filter(([, event]) => event === 'damaged file')).toEqual([
      ['error', 'damaged file', { file: one.row.id, key: one.row.storage_key, damage: 'missing' }],
    ])
    expect(await needed()).toMatchObject({ seminar: null, count: 1, names: ['Bài.docx'] })
    expect(await countDamaged(t.services.db)).toEqual({ missing: 1, size: 0, content: 0 })
    expect(await html(`/console/${organization.slug}`)).toContain('tệp bị mất hoặc hỏng trong kho lưu trữ')
    expect(await html(base)).toContain('Tệp bị mất hoặc hỏng')
    const page = await html(`${base}/${one.id}`)
    expect(page).toContain('Tệp không còn trong kho lưu trữ, từ ')
    expect(page).toContain('khôi phục tệp từ bản sao lưu')
    expect(await html(one.path, one.cookie)).toContain('Tệp lưu trữ đang gặp sự cố')
    const list = await html(`/console/${organization.slug}/files?state=damaged`)
    expect(list).toContain(`/presentations/${one.id}`)
    expect(await html(`/en/console/${organization.slug}/files`)).toContain('The file is missing from the storage')

    const { call } = await createCaller(t, { organizationId: organization.id })
    const answer = await call('GET', `/speeches/${one.id}/versions/1/file`)
    expect(answer).toMatchObject({ status: 503, body: { code: 'stored_missing' } })
    expect((await call('GET', `/speeches/${one.id}/versions/1`)).body.damaged).toEqual({
      reason: 'missing',
      since: expect.any(String),
    })
    expect((await call('GET', '/files')).body).toMatchObject({
      total: 1,
      items: [{ state: 'damaged', speechId: one.id, versionNumber: 1, damaged: { reason: 'missing' } }],
    })

    // It is back: it is given at once, compared, and nothing says any more that it was gone.
    writeFileSync(one.file, one.bytes)
    for (const place of one.places) expect((await get(place)).status).toBe(200)
    await settle()
    expect(await one.again()).toMatchObject({ damage: null, damaged_at: null })
    expect(await needed()).toBeUndefined()
    expect(lines.filter(([, event]) => event === 'file is whole again').length).toBe(1)
  })

  it.each([
    ['cut short', -1],
    ['too long', 1],
  ])('that is %s is never given as if it were whole, also not a piece of it', async (_, by) => {
    const one = await released()
    truncateSync(one.file, one.bytes.byteLength + by)
    for (const range of [undefined, 'bytes=0-9']) {
      const answer = await get(one.places[0]!, owner.cookie, range ? { range } : {})
      expect(answer.status).toBe(503)
      expect(await answer.text()).toContain('không còn đủ')
    }
    expect((await get(one.places[2]!, '')).status).toBe(503)
    expect((await one.again()).damage).toBe('size')
    writeFileSync(one.file, one.bytes)
    expect((await get(one.places[0]!)).status).toBe(200)
    await settle()
    expect((await one.again()).damage).toBeNull()
  })

  it('that came back with other bytes is given no more once they were compared', async () => {
    const one = await released()
    rmSync(one.file)
    await get(one.places[0]!)
    writeFileSync(
      one.file,
      one.bytes.map((byte) => byte ^ 1),
    )
    await get(one.places[0]!)
    await settle()
    expect((await one.again()).damage).toBe('content')
    for (const place of one.places) expect((await get(place)).status).toBe(503)
    writeFileSync(one.file, one.bytes)
    await checkFiles(t.services, limits)
    for (const place of one.places) expect((await get(place)).status).toBe(200)
  })

  it('that may not be read is 503 in words before a byte is sent, whole or a piece; it is no damage', async () => {
    const one = await released(pdf(), 'Bài.pdf')
    // The folders may be entered, so that only the opening fails; root reads whatever a mode says.
    for (let at = dirname(one.file); at.startsWith(dir); at = dirname(at)) chmodSync(at, 0o755)
    const isRoot = process.getuid?.() === 0
    chmodSync(one.file, isRoot ? 0o600 : 0)
    const asked = [one.places[0]!, one.places[2]!, `${one.path}/files/1`]
    try {
      if (isRoot) process.seteuid?.(65_534)
      for (const place of asked)
        for (const range of ['', 'bytes=2-9']) {
          const answer = await get(place, place.startsWith(one.path) ? one.cookie : owner.cookie, { range })
          expect([place, answer.status, answer.headers.get('retry-after')]).toEqual([place, 503, '30'])
          expect(answer.headers.get('content-type')).toContain('text/html')
          // Nothing says that this page is the file.
          for (const name of ['content-disposition', 'content-length', 'content-range', 'etag', 'accept-ranges'])
            expect([name, answer.headers.get(name)]).toEqual([name, null])
          expect(await answer.text()).toContain('Kho tệp tạm thời không đọc hoặc ghi được')
        }
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(one.file, 0o600)
    }
    expect((await one.again()).damage).toBeNull()
    for (const place of asked)
      expect((await get(place, place.startsWith(one.path) ? one.cookie : owner.cookie)).status).toBe(200)
  })

  it('that is a folder by now is missing, in words; one in a loop of links, or on a disk that went away, is 503 too', async () => {
    const one = await released()
    const { files } = t.services
    const away = Object.assign(new Error('ENOTCONN: transport endpoint is not connected, open'), {
      ...{ code: 'ENOTCONN', syscall: 'open' },
    })
    t.services.files = { ...files, get: () => Promise.reject(away) }
    const refused = await get(one.places[0]!)
    t.services.files = files
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('Kho tệp tạm thời')])
    rmSync(one.file)
    symlinkSync(one.file, one.file)
    const looped = await get(one.places[0]!)
    expect([looped.status, await looped.text()]).toEqual([503, expect.stringContaining('Kho tệp tạm thời')])
    expect((await one.again()).damage).toBeNull()
    rmSync(one.file)
    mkdirSync(one.file)
    const gone = await get(one.places[0]!)
    expect([gone.status, await gone.text()]).toEqual([503, expect.stringContaining('Tệp không còn trong kho lưu trữ')])
    rmSync(one.file, { recursive: true })
    writeFileSync(one.file, one.bytes)
    await get(one.places[0]!)
    await settle()
    expect((await one.again()).damage).toBeNull()
  })

  it('is a photo: each of its sizes', async () => {
    const desk = await summaryDesk(t, organization)
    await desk.upload([{ name: 'anh.jpg', bytes: readFileSync('demo/photos/1.jpg') }])
    const rows = await t.services.db.selectFrom('files').selectAll().where('purpose', '=', 'photo').execute()
    expect(rows.length).toBeGreaterThan(1)
    const [first] = rows
    rmSync(join(dir, first!.storage_key))
    const answer = await get(`${desk.base}/photos/files/${first!.id}`)
    expect(answer.status).toBe(503)
    expect(await needed()).toMatchObject({ count: 1, names: ['anh.jpg'] })
    expect(await html(`/console/${organization.slug}/files`)).toContain(`${desk.seminar.id}/summary`)
    await t.services.db.deleteFrom('files').where('id', '=', first!.id).execute()
  })
})

describe('the task that compares stored files', () => {
  it('finds other bytes of the same length, and heals what is back', async () => {
    const [one, other] = [await released(), await released(pdf(), 'Khác.pdf')]
    const changed = Uint8Array.from(one.bytes)
    changed[changed.byteLength >> 1]! ^= 1
    writeFileSync(one.file, changed)
    // What was compared lately is not read again.
    expect(await checkFiles(t.services, limits)).toEqual({ checked: 0, damaged: 0 })
    await older(16)
    expect(await checkFiles(t.services, limits)).toMatchObject({ damaged: 1 })
    expect([(await one.again()).damage, (await other.again()).damage]).toEqual(['content', null])
    expect(await needed()).toMatchObject({ count: 1, names: ['Bài.docx'] })
    expect(await html(`/console/${organization.slug}/files`)).toContain('đã khác lúc nhận')
    expect((await get(one.places[0]!)).status).toBe(503)

    writeFileSync(one.file, one.bytes)
    expect(await checkFiles(t.services, limits)).toEqual({ checked: 1, damaged: 0 })
    expect((await one.again()).damage).toBeNull()
    expect((await get(one.places[0]!)).status).toBe(200)
  })

  it('reads a bounded number of bytes a run, the oldest check first, until all are read', async () => {
    const files = [await released(pdf({ padding: 50_000 })), await released(pdf({ padding: 50_000 }))]
    await older(1)
    const ids = files.map(({ row }) => row.id)
    for (const [i, id] of ids.entries())
      await sql`update files set checked_at = now() - make_interval(days => ${30 + i}) where id = ${id}`.execute(
        t.services.db,
      )
    const [later, first] = files
    const small = { ...limits, leastBytes: 10_000 }
    const before = await first!.again()
    expect(await checkFiles(t.services, small)).toEqual({ checked: 1, damaged: 0 })
    expect((await first!.again()).checked_at > before.checked_at).toBe(true)
    expect(await checkFiles(t.services, small)).toEqual({ checked: 1, damaged: 0 })
    expect(await checkFiles(t.services, small)).toEqual({ checked: 0, damaged: 0 })
    expect((await later!.again()).checked_at > before.checked_at).toBe(true)
  })

  it('reads so much a run that 15 days are enough for all', () => {
    const runs = (15 * 86_400) / limits.everySeconds
    for (const total of [1e9, 1e12, 1e13])
      expect(checkBudget(total, { ...limits, leastBytes: 64e6 }) * runs).toBeGreaterThanOrEqual(total)
    expect(checkBudget(0, { ...limits, leastBytes: 64e6 })).toBe(64e6)
  })

  it('runs by the clock', async () => {
    const one = await released()
    rmSync(one.file)
    await older(16)
    await runDueTasks(t.services, { worker: 'test', tasks: recurring.filter((task) => task.name === 'check_files') })
    expect((await one.again()).damage).toBe('missing')
  })

  it('takes a store that does not answer for no damage', async () => {
    const one = await released()
    await older(16)
    const { files } = t.services
    t.services.files = { ...files, get: () => Promise.reject(new Error('S3: connection refused')) }
    await expect(checkFiles(t.services, limits)).rejects.toThrow('connection refused')
    t.services.files = files
    expect((await one.again()).damage).toBeNull()
  })
})
