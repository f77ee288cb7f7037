import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/transaction.ts'
import { addFile, storeDocument } from '../../src/features/files/commands.ts'
import { createPlainInspector } from '../../src/features/files/inspector.ts'
import type { FileStore } from '../../src/features/files/schema.ts'
import { recognizeLinkKey, recognizeStore } from '../../src/features/identity/commands.ts'
import { findDeploymentId, findStoreId, fingerprintOf } from '../../src/features/identity/queries.ts'
import { MARK } from '../../src/features/identity/schema.ts'
import { issueLinks } from '../../src/features/links/commands.ts'
import { main } from '../../src/node/cli/main.ts'
import { withKeys } from '../../src/node/identity.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createS3Store } from '../../src/platform/s3.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, systemContext, testLinkKey } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { startInstance } from '../support/instance.ts'
import { docx } from '../support/office-files.ts'
import { startS3, type TestS3 } from '../support/s3.ts'
import { freePort } from '../support/server.ts'

let dir: string
let s3: TestS3
const databases: TestDatabase[] = []
const otherKey = 'another-key-another-key-another-key-an'

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-identity-'))
  s3 = await startS3()
})
afterAll(async () => {
  await s3.close()
  for (const database of databases) await database.drop()
  rmSync(dir, { recursive: true, force: true })
})
const printed: string[] = []
const complained: string[] = []
beforeEach(() => {
  printed.length = 0
  complained.length = 0
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation((line) => void complained.push(line))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ max: 4 })
  databases.push(database)
  return database
}

const newFolder = () => mkdtempSync(join(dir, 'data-'))

/** A document in a store, with its row. @returns its key */
async function keepFile({ db }: TestDatabase, files: FileStore): Promise<string> {
  const { id: organizationId } = await createOrganization(db)
  const body = new Blob([new Uint8Array(docx())]).stream()
  const upload = { organizationId, filename: 'a.docx', fallbackName: 'x', body, maxBytes: 1e6 }
  const document = await storeDocument({ db, files, inspector: createPlainInspector() }, upload)
  await transaction(db, (trx) => addFile(trx, organizationId, document, false))
  return document.key
}

/** Runs a command on a database and a folder. */
function run(url: string, dataDir: string, linkKey: string, ...argv: string[]): Promise<number> {
  const env = { BASE_URL: 'http://localhost:3000', DATABASE_URL: url, DATA_DIR: dataDir, LINK_KEY: linkKey }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  return main(argv)
}

describe.each([
  ['a folder', () => createFsStore(join(newFolder(), 'files'))],
  ['a bucket', () => createS3Store(s3.config)],
])('%s', (name, open) => {
  const store = async () => {
    const files = open()
    if (name === 'a bucket') for (const { key } of await Array.fromAsync(files.list(''))) await files.delete(key)
    return files
  }

  it('bears the mark of the first database that meets it, and is no other’s', async () => {
    const [files, one, two] = [await store(), await newDatabase(), await newDatabase()]
    expect(await recognizeStore(one.db, files)).toBeUndefined()
    expect(await findStoreId(files)).toBe(await findDeploymentId(one.db))
    expect(await recognizeStore(one.db, files)).toBeUndefined()
    expect(await recognizeStore(two.db, files)).toEqual({ kind: 'files_of_another' })
    expect(await findStoreId(files)).toBe(await findDeploymentId(one.db))
  })

  it('is taken without a word at the first start of this version, where it has what the database names', async () => {
    const [files, database] = [await store(), await newDatabase()]
    await keepFile(database, files)
    expect(await recognizeStore((await newDatabase()).db, files)).toEqual({ kind: 'files_unknown' })
    expect(await findStoreId(files)).toBeUndefined()
    expect(await recognizeStore(database.db, files)).toBeUndefined()
    expect(await findStoreId(files)).toBe(await findDeploymentId(database.db))
  })

  it('is refused where it has not what the database names: a disk that is not mounted', async () => {
    const [files, database] = [await store(), await newDatabase()]
    await files.delete(await keepFile(database, files))
    expect(await recognizeStore(database.db, files)).toEqual({ kind: 'files_absent', looked: 1, found: 0 })
    expect(await findStoreId(files)).toBeUndefined()
  })

  it('is marked once by instances that start at the same time', async () => {
    const [files, database] = [await store(), await newDatabase()]
    const all = await Promise.all(Array.from({ length: 6 }, () => recognizeStore(database.db, files)))
    expect(all.filter(Boolean)).toEqual([])
    expect(await findStoreId(files)).toBe(await findDeploymentId(database.db))
  })
})

describe('LINK_KEY', () => {
  const link = (database: TestDatabase, linkKey: string) =>
    transaction(database.db, (trx) =>
      issueLinks(trx, systemContext({ linkKey }), [
        { purpose: 'setup', organizationId: null, targetId: 'first-owner', generation: 1 },
      ]),
    )
  const config = (dataDir: string, env: Record<string, string> = {}) => readConfig({ DATA_DIR: dataDir, ...env })

  it('is taken once, told by a fingerprint that does not give it away, and no other is taken after it', async () => {
    const database = await newDatabase()
    const both = await Promise.all([
      recognizeLinkKey(database.db, testLinkKey),
      recognizeLinkKey(database.db, testLinkKey),
    ])
    expect(both).toEqual([undefined, undefined])
    expect(await recognizeLinkKey(database.db, otherKey)).toEqual({ kind: 'key' })
    const rows = await database.db.selectFrom('link_keys').selectAll().execute()
    expect(rows.map((row) => row.fingerprint)).toEqual([await fingerprintOf(testLinkKey)])
    expect(rows[0]?.fingerprint).toMatch(/^[0-9a-f]{32}$/)
  })

  it('of a database from before fingerprints is told by its newest link', async () => {
    const database = await newDatabase()
    await link(database, testLinkKey)
    expect(await recognizeLinkKey(database.db, otherKey)).toEqual({ kind: 'key' })
    expect(await recognizeLinkKey(database.db, testLinkKey)).toBeUndefined()
  })

  it('is made once where nothing is given, by two that start at the same time too', async () => {
    const [database, dataDir] = [await newDatabase(), join(newFolder(), 'new')]
    const [a, b] = await Promise.all([withKeys(config(dataDir), database.db), withKeys(config(dataDir), database.db)])
    expect([a.linkKey, a.authSecret]).toEqual([b.linkKey, b.authSecret])
    expect(readdirSync(dataDir)).toEqual(['secrets.json'])
  })

  it.each(['links', 'a fingerprint'])('is never made anew in silence where the database has %s', async (what) => {
    const [database, dataDir] = [await newDatabase(), newFolder()]
    if (what === 'links') await link(database, testLinkKey)
    else await recognizeLinkKey(database.db, testLinkKey)
    await expect(withKeys(config(dataDir), database.db)).rejects.toThrow(
      new RegExp(`^LINK_KEY is not set and ${dataDir}/secrets.json is not there, .* run the command adopt --link-key$`),
    )
    expect(readdirSync(dataDir)).toEqual([])
  })

  it.each([
    ['cut', '{"linkKey":"'],
    ['of something else', '{"linkKey":"short"}'],
  ])('from a secrets.json that is %s is refused in one line that names the file', async (_, text) => {
    const [database, dataDir] = [await newDatabase(), newFolder()]
    writeFileSync(join(dataDir, 'secrets.json'), text)
    await expect(withKeys(config(dataDir), database.db)).rejects.toThrow(
      new RegExp(`^${dataDir}/secrets.json is damaged: [^\\n]*set LINK_KEY and AUTH_SECRET and remove it$`),
    )
    rmSync(join(dataDir, 'secrets.json'))
    mkdirSync(join(dataDir, 'secrets.json'))
    await expect(withKeys(config(dataDir), database.db)).rejects.toThrow('secrets.json cannot be read (EISDIR)')
  })

  it('changed before there was an owner is refused in words, and adopted on purpose, with the keys before kept', async () => {
    const [database, dataDir] = [await newDatabase(), newFolder()]
    await recognizeLinkKey(database.db, testLinkKey)
    await link(database, testLinkKey)
    const owner = 'create-owner --organization so --email a@mau.example --name A --organization-name So'.split(' ')
    expect(await run(database.url, dataDir, otherKey, ...owner)).toBe(1)
    expect(complained.at(-1)).toMatch(
      /^create-owner: configuration: LINK_KEY is another than this database's links were made with/,
    )
    expect(await run(database.url, dataDir, otherKey, 'adopt')).toBe(1)
    expect(complained.at(-1)).toBe('adopt: say what to adopt: --files, --link-key, or both')
    expect(await run(database.url, dataDir, otherKey, 'adopt', '--link-key')).toBe(0)
    expect(printed[0]).toMatch(/^1 links have new addresses/)
    expect(await run(database.url, dataDir, otherKey, ...owner)).toBe(0)
    const keys = await database.db.selectFrom('link_keys').selectAll().orderBy('taken_at').execute()
    expect(keys.map((row) => [row.fingerprint, row.replaced_at !== null])).toEqual([
      [await fingerprintOf(testLinkKey), true],
      [await fingerprintOf(otherKey), false],
    ])
    // And back again: a key may be taken twice.
    expect(await run(database.url, dataDir, testLinkKey, 'renew-links')).toBe(0)
    expect(await recognizeLinkKey(database.db, testLinkKey)).toBeUndefined()
  })

  it('changed under a process that goes on: it sends nothing, and says why', async () => {
    const t = await createTestApp()
    databases.push(t.database)
    await recognizeLinkKey(t.database.db, testLinkKey)
    const { id } = await createOrganization(t.database.db)
    await t.database
      .sql`insert into messages (organization_id, kind, to_address, from_address, subject, text, html, message_id)
      values (${id}, 'invitation', 'a@mau.example', 'b@mau.example', 'Kính gửi', 'x', 'x', 'one')`
    expect(await run(t.database.url, newFolder(), otherKey, 'renew-links')).toBe(0)
    await expect(runDueTasks(t.services, { worker: 'test', tasks: [] })).rejects.toThrow(
      'LINK_KEY was changed since this process began, so it sends nothing: restart it with the new one',
    )
    const rows = await t.database.db.selectFrom('messages').select(['state', 'attempts']).execute()
    expect(rows).toEqual([{ state: 'queued', attempts: 0 }])
  })
})

describe('a server', () => {
  const line = (error: unknown) => (error as Error).message.trim()
  const refused = async (env: Record<string, string>) =>
    startInstance(await freePort(), { DEMO: 'off', ...env }).then(
      async (instance) => {
        instance.kill('SIGKILL')
        throw new Error('it started')
      },
      (error) => line(error),
    )

  it('that starts once with another database, or none, leaves the files as they are', async () => {
    const [database, dataDir] = [await newDatabase(), newFolder()]
    const env = { DATABASE_URL: database.url, DATA_DIR: dataDir, LINK_KEY: testLinkKey, AUTH_SECRET: 's'.repeat(40) }
    const first = await startInstance(await freePort(), { DEMO: 'off', ...env })
    first.kill('SIGTERM')
    await first.ended
    const key = await keepFile(database, createFsStore(join(dataDir, 'files')))
    const path = join(dataDir, 'files', key)
    const past = new Date(Date.now() - 3 * 86_400_000)
    utimesSync(path, past, past)
    const kept = readFileSync(path)

    const words = `configuration: DATA_DIR (${dataDir}/files) holds the files of another deployment than this database: look at DATABASE_URL and at where files are kept; if they belong together, run the command adopt --files`
    expect(await refused({ ...env, DATABASE_URL: (await newDatabase()).url })).toBe(words)
    // The embedded Postgres is made and stopped again; its own lines come before.
    expect((await refused({ ...env, DATABASE_URL: '', DEMO: 'on' })).split('\n').at(-1)).toBe(words)
    // Without keys or a database of its own, a start that is refused makes neither there.
    const bare = { DATA_DIR: dataDir }
    expect(await refused({ ...bare, DATABASE_URL: (await newDatabase()).url })).toBe(words)
    expect(await refused({ ...bare, DEMO: 'on' })).toBe(words)
    expect(readdirSync(dataDir)).toEqual(['files'])
    expect(await refused({ ...env, LINK_KEY: otherKey })).toMatch(
      /^configuration: LINK_KEY is another than [^\n]+ run the command adopt --link-key$/,
    )
    expect(await refused({ ...env, DATA_DIR: newFolder() })).toMatch(
      /^configuration: DATA_DIR \(.*\) has 0 of 1 files that this database names: [^\n]+$/,
    )
    expect(readFileSync(path).equals(kept)).toBe(true)

    const other = await newDatabase()
    expect(await run(other.url, dataDir, testLinkKey, 'adopt', '--files')).toBe(0)
    expect(printed.at(-1)).toBe(
      `DATA_DIR (${dataDir}/files) is this database's from now on; of 0 files that were looked for it has 0`,
    )
    const adopted = await startInstance(await freePort(), { DEMO: 'off', ...env, DATABASE_URL: other.url })
    adopted.kill('SIGTERM')
    expect(await adopted.ended).toBe(0)
    expect(readFileSync(join(dataDir, 'files', MARK), 'utf8').trim()).toBe(await findDeploymentId(other.db))
  }, 180_000)

  it.each([
    ['/proc/x', /^hoithao did not start: DATA_DIR \/proc\/x cannot be written to \(E[A-Z]+\): name a folder that can$/],
    ['/dev/null/x', /^hoithao did not start: DATA_DIR \/dev\/null\/x cannot be written to \(ENOTDIR\): name a/],
  ])('is told in one line that DATA_DIR is %s', async (dataDir, words) => {
    expect(await refused({ DATA_DIR: dataDir })).toMatch(words)
  })

  it('is told in one line that HOST is no address of this machine', async () => {
    const env = { DATABASE_URL: (await newDatabase()).url, DATA_DIR: newFolder(), HOST: '192.0.2.1' }
    expect(await refused(env)).toBe(
      'hoithao did not start: HOST 192.0.2.1 is no address of this machine (EADDRNOTAVAIL)',
    )
  })
})
