import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { type TidyNote, tidyFiles } from '../../../src/features/files/commands/tidy.ts'
import { addFile, storeDocument } from '../../../src/features/files/commands.ts'
import { createPlainInspector } from '../../../src/features/files/inspector.ts'
import { quarantineKey } from '../../../src/features/files/rules.ts'
import type { FileStore } from '../../../src/features/files/schema.ts'
import { main } from '../../../src/node/cli/main.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { recurring, runDueTasks } from '../../../src/tasks.ts'
import { createTestApp } from '../../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { docx } from '../../support/office-files.ts'
import { createSpeech } from '../../support/speeches.ts'
import { sender } from '../../support/uploads.ts'

let database: TestDatabase
let dir: string
beforeAll(async () => {
  database = await createTestDatabase()
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(dir, { recursive: true, force: true })
})

const days = (n: number) => new Date(Date.now() + n * 86_400_000)
const body = () => new Blob([new Uint8Array(docx())]).stream()

/** Tidies, and gives what the log was told. */
async function tidy(files: FileStore, now = new Date(), options = {}): Promise<TidyNote[]> {
  const told: TidyNote[] = []
  await tidyFiles(database.db, files, now, (note) => void told.push(note), options)
  return told
}

/** Files of one organisation in a store of their own; the first `known` of them with a row, all three days old. */
async function stored(count: number, known: number) {
  const folder = mkdtempSync(join(dir, 'store-'))
  const files = createFsStore(join(folder, 'files'))
  const { id: organizationId } = await createOrganization(database.db)
  const keys: string[] = []
  for (let i = 0; i < count; i++) {
    const upload = { organizationId, filename: 'a.docx', fallbackName: 'x', body: body(), maxBytes: 1e6 }
    const document = await storeDocument({ db: database.db, files, inspector: createPlainInspector() }, upload)
    if (i < known) await transaction(database.db, (trx) => addFile(trx, organizationId, document, false))
    utimesSync(join(folder, 'files', document.key), days(-3), days(-3))
    keys.push(document.key)
  }
  const there = async () => (await Promise.all(keys.map((key) => files.head(key)))).filter(Boolean).length
  return { folder, files, keys, organizationId, there }
}

it('puts aside the bytes no row speaks of, a day later, and nothing else, with a line for each', async () => {
  const { files, folder, keys, organizationId } = await stored(2, 1)
  const [known, orphan] = keys as [string, string]
  await files.put(`${organizationId}/presentation/fresh`, body(), { maxBytes: 1e6 })
  await files.put('deployment/identity', body(), { maxBytes: 1e6 })
  utimesSync(join(folder, 'files/deployment/identity'), 0, 0)
  const size = (await files.head(orphan))?.size
  const now = new Date()
  expect(await tidy(files, now)).toEqual([{ did: 'put aside', key: orphan, size, days: 3 }])
  expect(await files.head(known)).toBeDefined()
  expect(await files.head(`${organizationId}/presentation/fresh`)).toBeDefined()
  expect(await files.head('deployment/identity')).toBeDefined()
  expect(await files.head(orphan)).toBeUndefined()
  expect(await files.head(quarantineKey(orphan, now))).toEqual({ size })
  expect(await tidy(files)).toEqual([])
})

it('keeps what lies aside for 30 days, then removes it, and says so', async () => {
  const { files, keys } = await stored(1, 0)
  const [key] = keys as [string]
  await tidy(files)
  expect(await tidy(files, days(30))).toEqual([])
  expect(await tidy(files, days(31.01))).toEqual([
    { did: 'removed', key, size: expect.any(Number), days: expect.any(Number) },
  ])
  expect(await Array.fromAsync(files.list(''))).toEqual([])
})

it('gives back what the database names after all, also past the 30 days', async () => {
  const { files, keys, organizationId } = await stored(1, 0)
  const [key] = keys as [string]
  await tidy(files)
  const row = { key, kind: 'docx' as const, name: 'a.docx', mediaType: 'x/y', size: 1, sha256: new Uint8Array(32) }
  await transaction(database.db, (trx) => addFile(trx, organizationId, row, false))
  expect((await tidy(files, days(40))).map(({ did }) => did)).toEqual(['given back'])
  expect(await files.head(key)).toBeDefined()
})

it('moves nothing where more than a handful is unknown: then the database is the wrong one', async () => {
  const { files, there } = await stored(23, 2)
  await expect(tidy(files)).rejects.toThrow(/no file was put aside: this database does not know 21 of 23 stored files/)
  expect(await there()).toBe(23)
})

it('the task that was refused stands where an operator looks: in the log and with its last run', async () => {
  const { files, there } = await stored(21, 0)
  const errors: unknown[] = []
  const services = { ...(await createTestApp({ files })).services, db: database.db }
  services.log = { ...services.log, error: (event, fields) => void errors.push([event, fields?.task]) }
  await runDueTasks(services, { worker: 'test', tasks: recurring.filter(({ name }) => name === 'tidy_files') })
  expect(errors).toEqual([['task', 'tidy_files']])
  const run = await database.db
    .selectFrom('task_runs')
    .select('error')
    .where('task', '=', 'tidy_files')
    .executeTakeFirstOrThrow()
  expect(run.error).toContain('look at DATABASE_URL and at where files are kept')
  expect(await there()).toBe(21)
})

it('commands fill, list and give back', async () => {
  const { files, folder, keys, organizationId, there } = await stored(22, 0)
  const printed: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
  const env = { BASE_URL: 'http://localhost:3000', DATABASE_URL: database.url, DATA_DIR: folder }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  try {
    expect(await main(['adopt', '--files'])).toBe(0)
    expect(await main(['quarantine', 'fill'])).toBe(0)
    expect(await there()).toBe(0)
    printed.length = 0
    expect(await main(['quarantine', 'list'])).toBe(0)
    expect(printed).toHaveLength(23)
    expect(printed[0]).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d +\\d+ KB {2}${organizationId}/presentation/`))
    expect(printed[22]).toBe('22 files lie aside; each is removed 30 days after its date')
    const key = keys[0] as string
    const row = { key, kind: 'docx' as const, name: 'a.docx', mediaType: 'x/y', size: 1, sha256: new Uint8Array(32) }
    await transaction(database.db, (trx) => addFile(trx, organizationId, row, false))
    printed.length = 0
    expect(await main(['quarantine', 'restore'])).toBe(0)
    expect(printed[0]).toContain(`given back: ${key}`)
    expect(printed[1]).toContain('1 files are back; 21 stay aside')
    expect(await files.head(key)).toBeDefined()
  } finally {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  }
})

it('leaves the parts of a file that is on its way, however long it takes', async () => {
  const t = await createTestApp({ files: createFsStore(join(dir, 'parts')) })
  const organization = await createOrganization(t.services.db)
  const speech = await createSpeech(t, await createSeminar(t.services.db, organization.id))
  const speaker = sender(t, `${speech.linkPath}/uploads`)
  const url = await speaker.open('bai.pdf', 2000)
  await speaker.patch(url, 0, new Uint8Array(1000))
  const { storage_key: key } = await t.services.db
    .selectFrom('upload_parts')
    .select('storage_key')
    .executeTakeFirstOrThrow()
  utimesSync(join(dir, 'parts', key), 0, 0)
  const tidyApp = () => tidyFiles(t.services.db, t.services.files, new Date(), () => {})
  await tidyApp()
  expect(await t.services.files.head(key)).toBeDefined()
  await t.services.db.deleteFrom('presentations').where('id', '=', speech.id).execute()
  await tidyApp()
  expect(await t.services.files.head(key)).toBeUndefined()
  await t.close()
})
