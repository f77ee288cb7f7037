import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { transaction } from '../../src/db/transaction.ts'
import { loadDemo } from '../../src/demo/load.ts'
import type { FileStore } from '../../src/features/files/schema.ts'
import { recognizeLinkKey, recognizeStore } from '../../src/features/identity/commands.ts'
import { findDeploymentId, findStoreId } from '../../src/features/identity/queries.ts'
import { linkUrl } from '../../src/features/links/queries.ts'
import { linkToken } from '../../src/features/links/token.ts'
import { verifyBackup } from '../../src/node/backup/manifest.ts'
import { restoreBackup } from '../../src/node/backup/restore.ts'
import { LIVE, listTables } from '../../src/node/backup/tables.ts'
import { main } from '../../src/node/cli/main.ts'
import { readDemoData } from '../../src/node/demo-data.ts'
import { systemContext } from '../../src/node/greeting.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createImager } from '../../src/platform/imager.ts'
import { connectPostgres } from '../../src/platform/postgres.ts'
import { readMigrations } from '../../src/platform/project.ts'
import { createTestApp, type TestApp, testLinkKey, testOrigin } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { stageDemo } from '../support/stage.ts'

let dir: string
let t: TestApp
let staged: Awaited<ReturnType<typeof stageDemo>>
let backup: string
const printed: string[] = []
const complained: string[] = []

// The demo, with letters sent and files: everything that a deployment has.
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-backup-'))
  t = await createTestApp({ files: createFsStore(join(dir, 'data', 'files')), services: { imager: createImager() } })
  await loadDemo(t.services, systemContext(t.services), await readDemoData())
  staged = await stageDemo(t.services)
  await recognizeLinkKey(t.services.db, testLinkKey)
  await recognizeStore(t.services.db, t.services.files)
  await openDoors()
})
/** What only a living deployment has: a session, a token of a reset, tokens of an outer account, a letter with its link. */
async function openDoors(): Promise<void> {
  const { sql } = t.database
  await sql`insert into auth."user" (id, name, email) values ('u', 'A', 'a@mau.example')`
  await sql`insert into auth.session (id, "expiresAt", token, "userId") values ('s', now() + interval '1 day', 'LIVE-session', 'u')`
  await sql`insert into auth.verification (id, identifier, value, "expiresAt") values ('v', 'reset', 'LIVE-reset', now() + interval '1 day')`
  await sql`insert into auth.account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", password)
    values ('c', 'c', 'oidc', 'u', 'LIVE-access', 'LIVE-refresh', 'LIVE-id', 'hash')`
  await sql`insert into mailbox_messages (message_id, to_address, from_address, subject, raw)
    values ('m', 'a@mau.example', 'b@mau.example', 'x', ${Buffer.from('LIVE-letter')})`
}

afterAll(async () => {
  await t?.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation((line) => void complained.push(line))
  printed.length = 0
  complained.length = 0
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Runs a command on a database and a folder of files. */
function run(url: string, dataDir: string, linkKey: string, ...argv: string[]): Promise<number> {
  vi.stubEnv('BASE_URL', testOrigin)
  vi.stubEnv('DATABASE_URL', url)
  vi.stubEnv('DATA_DIR', dataDir)
  vi.stubEnv('LINK_KEY', linkKey)
  return main(argv)
}

async function counts({ sql }: TestDatabase): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of await listTables(sql)) {
    const [row] = await sql.unsafe(`select count(*)::int as n from ${table.sql}`)
    found[table.name] = row?.n
  }
  return found
}

/** What a backup holds of a database: all but what opens a door to who finds it. */
async function kept(database: TestDatabase): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await counts(database)).filter(([name]) => !LIVE.has(name)))
}

/** An address as a reader sees it, without what is new in every answer. */
async function read(app: TestApp['app'], path: string): Promise<string> {
  const answer = await app.request(testOrigin + path)
  return `${answer.status} ${await answer.text()}`
}

describe('a backup', () => {
  beforeAll(() => {
    backup = join(dir, 'backup')
  })

  it('is made beside the server, of everything, and says what is not in it', async () => {
    expect(await run(t.database.url, join(dir, 'data'), testLinkKey, 'backup', '--to', backup)).toBe(0)
    expect(printed[0]).toMatch(/backup: \d+ rows in \d+ tables, \d+ files \([\d.]+ [KM]B\)$/)
    expect(printed[1]).toContain('Not in it: LINK_KEY and AUTH_SECRET, sessions, and what the mailbox shows.')
    const manifest = await verifyBackup(backup)
    expect(Object.fromEntries(manifest.tables.map(({ name, rows }) => [name, rows]))).toEqual(await kept(t.database))
    expect(manifest.files.count).toBeGreaterThan(10)
    // Whoever has no hoithao at hand can look at it too, and nobody else.
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: backup })
    expect(statSync(backup).mode & 0o077).toBe(0)
    for (const secret of [testLinkKey, 's'.repeat(40)])
      expect(readFileSync(join(backup, 'manifest.json'), 'utf8')).not.toContain(secret)
  })

  it('holds no token that opens anything: no session, no reset, no link', async () => {
    const links = await t.database.sql`select purpose, target_id, generation from links`
    const tokens = await Promise.all(
      links.map((row) => linkToken(testLinkKey, row.purpose, row.target_id, row.generation)),
    )
    expect(tokens.length).toBeGreaterThan(100)
    const live = ['LIVE-', Buffer.from('LIVE-').toString('hex'), ...tokens]
    for (const name of readdirSync(join(backup, 'tables'))) {
      const rows = gunzipSync(readFileSync(join(backup, 'tables', name))).toString()
      expect([name, live.filter((token) => rows.includes(token))]).toEqual([name, []])
    }
    expect(gunzipSync(readFileSync(join(backup, 'tables/auth.account.copy.gz'))).toString()).toContain('hash')
  })

  it('is restored into another database and folder: the same rows, the same pages, and the old links open', async () => {
    const other = await createTestDatabase()
    const folder = join(dir, 'restored')
    try {
      expect(await run(other.url, folder, testLinkKey, 'restore', '--from', backup)).toBe(0)
      expect(printed[0]).toMatch(/^restored: \d+ rows in \d+ tables, \d+ files/)
      expect(printed[1]).toMatch(/^\d+ mails wait in the outbox/)
      expect(await kept(other)).toEqual(await kept(t.database))
      for (const name of LIVE) expect((await counts(other))[name]).toBe(0)
      // The copy is a deployment of its own, and so is its folder: neither is ever taken for the original.
      const id = await findDeploymentId(other.db)
      expect(id).not.toBe(await findDeploymentId(t.services.db))
      expect(await findStoreId(createFsStore(join(folder, 'files')))).toBe(id)
      expect(await recognizeLinkKey(other.db, testLinkKey)).toBeUndefined()
      expect(await recognizeStore(other.db, t.services.files)).toEqual({ kind: 'files_of_another' })
      await other.sql`delete from auth.account where id = 'c'`
      await t.database.sql`delete from auth.account where id = 'c'`
      for (const table of await listTables(other.sql)) {
        if (LIVE.has(table.name) || table.name === 'public.deployment') continue
        const sum = (sql: TestDatabase['sql']) =>
          sql.unsafe(`select md5(string_agg(x::text, '|' order by x::text)) as sum from ${table.sql} x`)
        expect([table.name, (await sum(other.sql))[0]]).toEqual([table.name, (await sum(t.database.sql))[0]])
      }
      const [off] = await other.sql`select count(*)::int as n from pg_trigger where tgenabled <> 'O'`
      expect(off?.n).toBe(0)

      const services = { ...t.services, db: other.db, files: createFsStore(join(folder, 'files')) }
      const app = createApp(services)
      const { slug } = await t.services.db
        .selectFrom('seminars as s')
        .innerJoin('summaries as u', 'u.seminar_id', 's.id')
        .select('s.slug')
        .where('u.state', '=', 'published')
        .executeTakeFirstOrThrow()
      for (const path of ['/', `/s/${slug}/summary`, `/en/s/${slug}`]) {
        const page = await read(app, path)
        expect(page).toMatch(/^200 /)
        expect(page).toBe(await read(t.app, path))
      }
      const photo = /src="(\/[^"]+\/photos?\/[^"]+)"/.exec(await read(app, `/s/${slug}/summary`))?.[1] as string
      const bytes = async (a: TestApp['app']) => Buffer.from(await (await a.request(testOrigin + photo)).arrayBuffer())
      expect((await bytes(app)).equals(await bytes(t.app))).toBe(true)

      const link = await linkUrl(
        { origin: testOrigin, linkKey: testLinkKey },
        { purpose: 'invitation', targetId: staged.invitation.id, generation: 1 },
      )
      const opened = await app.request(link)
      expect([opened.status, opened.headers.getSetCookie().length]).toEqual([303, 1])
    } finally {
      await other.drop()
    }
  })

  it('keeps a folder that is in use, and makes nothing of half a backup', async () => {
    expect(await run(t.database.url, join(dir, 'data'), testLinkKey, 'backup', '--to', backup)).toBe(1)
    expect(complained.at(-1)).toContain('is not empty; a backup needs a folder of its own')
    const failing: FileStore = { ...t.services.files, get: () => Promise.reject(new Error('gone')) }
    const { writeBackup } = await import('../../src/node/backup/write.ts')
    const source = { sql: t.database.sql, files: failing, linkKey: testLinkKey }
    await expect(writeBackup(source, join(dir, 'half'))).rejects.toThrow('gone')
    expect(readdirSync(dir).filter((name) => name.startsWith('half'))).toEqual([])
  })

  it('is one moment: what is written while it runs is in none of it', async () => {
    const { writeBackup } = await import('../../src/node/backup/write.ts')
    const before = await counts(t.database)
    let writes = 0
    const files: FileStore = {
      ...t.services.files,
      async get(key, range) {
        if (writes++ === 0)
          await t.services.db
            .insertInto('topics')
            .values({ organization_id: staged.org.id, name: 'Bồi dưỡng cấp ủy' })
            .execute()
        return t.services.files.get(key, range)
      },
    }
    const made = await writeBackup({ sql: t.database.sql, files, linkKey: testLinkKey }, join(dir, 'moment'))
    expect(made.tables.find((table) => table.name === 'public.topics')?.rows).toBe(before['public.topics'])
    expect((await counts(t.database))['public.topics']).toBe((before['public.topics'] as number) + 1)
  })

  it('is made all the same where a file is gone from the store, and names it', async () => {
    const { storage_key } = await t.services.db.selectFrom('files').select('storage_key').executeTakeFirstOrThrow()
    const path = join(dir, 'data', 'files', storage_key)
    copyFileSync(path, join(dir, 'kept'))
    rmSync(path)
    const to = join(dir, 'incomplete')
    expect(await run(t.database.url, join(dir, 'data'), testLinkKey, 'backup', '--to', to)).toBe(1)
    expect(complained.at(-1)).toContain(`1 files were not in the store or damaged there: ${storage_key}`)
    expect(readFileSync(join(to, 'MISSING'), 'utf8')).toBe(`${storage_key}\n`)
    expect((await verifyBackup(to)).files.missing).toBe(1)
    copyFileSync(join(dir, 'kept'), path)
  })
})

describe('a restore is refused before anything is written', () => {
  let empty: TestDatabase
  beforeAll(async () => {
    empty = await createTestDatabase()
  })
  afterAll(() => empty.drop())

  const files = () =>
    readdirSync(backup, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(backup, name)).isFile())
  const untouched = async () => {
    expect(Object.values(await counts(empty)).every((n) => n === 0)).toBe(true)
    expect(readdirSync(dir)).not.toContain('refused')
  }
  const refused = async (linkKey = testLinkKey, ...more: string[]) => {
    expect(await run(empty.url, join(dir, 'refused'), linkKey, 'restore', '--from', backup, ...more)).toBe(1)
    await untouched()
    return complained.at(-1)
  }

  it.each([
    ['a table', /^tables\/public\.invitations/],
    ['a file', /^files\//],
    ['the manifest', /^manifest\.json$/],
    ['the sums', /^SHA256SUMS$/],
  ])('where %s is damaged by one bit, cut, or gone', async (_, pattern) => {
    const path = join(backup, files().find((name) => pattern.test(name)) as string)
    const whole = readFileSync(path)
    const flipped = Buffer.from(whole)
    flipped[Math.floor(whole.length / 2)]! ^= 1
    writeFileSync(path, flipped)
    expect(await refused()).toMatch(/^restore: the backup (is damaged|was written)/)
    writeFileSync(path, whole)
    truncateSync(path, whole.length - 70)
    expect(await refused()).toMatch(/^restore: the backup is damaged/)
    rmSync(path)
    expect(await refused()).toMatch(/^restore: (the backup is damaged|.* holds no whole backup)/)
    writeFileSync(path, whole)
  })

  it('where LINK_KEY is another, unless that is meant', async () => {
    expect(await refused('another-key-another-key-another-key-an')).toMatch(
      /^restore: LINK_KEY is another than when the backup was made: .* say --other-keys$/,
    )
    expect(await refused('')).toContain('LINK_KEY is not set: links in letters')
  })

  it('where the database has something in it', async () => {
    expect(await run(t.database.url, join(dir, 'refused'), testLinkKey, 'restore', '--from', backup)).toBe(1)
    expect(complained.at(-1)).toMatch(/^restore: the database is not empty: .* has rows/)
  })

  it('where the file store is another deployment’s', async () => {
    const folder = join(dir, 'taken')
    const third = await createTestDatabase()
    await recognizeStore(third.db, createFsStore(join(folder, 'files')))
    await third.drop()
    expect(await run(empty.url, folder, testLinkKey, 'restore', '--from', backup)).toBe(1)
    expect(complained.at(-1)).toMatch(/^restore: the file store belongs to another deployment: give an empty/)
    expect(readdirSync(join(folder, 'files')).filter((name) => !name.startsWith('.'))).toEqual(['deployment'])
    await untouched()
  })

  it('where DATA_DIR cannot be written to', async () => {
    expect(await run(empty.url, '/proc/x', testLinkKey, 'restore', '--from', backup)).toBe(1)
    expect(complained.at(-1)).toMatch(/^restore: E[A-Z]+: .*\/proc\/x/)
    await untouched()
  })

  it('where it is no backup, or one of a newer version', async () => {
    expect(await run(empty.url, join(dir, 'refused'), testLinkKey, 'restore', '--from', dir)).toBe(1)
    expect(complained.at(-1)).toContain('holds no whole backup: manifest.json is not there')
    const manifest = await verifyBackup(backup)
    const older = (await readMigrations()).slice(0, -1)
    await expect(
      restoreBackup(
        { sql: empty.sql, files: createFsStore(join(dir, 'refused')), migrations: older },
        backup,
        manifest,
      ),
    ).rejects.toThrow(/made by a newer version/)
    await untouched()
  })
})

it('fills the database that a server was started on once, and its folder', async () => {
  const started = await createTestDatabase()
  const folder = join(dir, 'started')
  try {
    await recognizeLinkKey(started.db, 'another-key-another-key-another-key-an')
    await recognizeStore(started.db, createFsStore(join(folder, 'files')))
    const id = await findDeploymentId(started.db)
    expect(await run(started.url, folder, testLinkKey, 'restore', '--from', backup)).toBe(0)
    expect(await findDeploymentId(started.db)).toBe(id)
    expect(await recognizeLinkKey(started.db, testLinkKey)).toBeUndefined()
    expect(await recognizeStore(started.db, createFsStore(join(folder, 'files')))).toBeUndefined()
  } finally {
    await started.drop()
  }
})

it('leaves the database empty where Postgres refuses a row after all', async () => {
  const empty = await createTestDatabase()
  try {
    await empty.sql`alter table topics add constraint none_at_all check (name is null)`
    const manifest = await verifyBackup(join(dir, 'moment'))
    const target = { sql: empty.sql, files: createFsStore(join(dir, 'late')), migrations: await readMigrations() }
    await expect(restoreBackup(target, join(dir, 'moment'), manifest)).rejects.toThrow(
      'Postgres refused the rows of public.topics',
    )
    expect(Object.values(await counts(empty)).every((n) => n === 0)).toBe(true)
  } finally {
    await empty.drop()
  }
})

it('restores what an older version backed up, and migrates it', async () => {
  const migrations = await readMigrations()
  const [bare] = await t.database.sql`select current_database() as name`
  const admin = connectPostgres(t.database.url, { max: 1 })
  const name = `${bare?.name}_bare`
  await admin.sql`create database ${admin.sql(name)} template template0 encoding 'UTF8'`
  const url = new URL(t.database.url)
  url.pathname = `/${name}`
  const bareDb = connectPostgres(url.href, { max: 2 })
  try {
    const newer = {
      name: '9999_newer.sql',
      sql: 'alter table topics add column added text; update topics set added = name',
    }
    const target = { sql: bareDb.sql, files: createFsStore(join(dir, 'older')), migrations: [...migrations, newer] }
    await restoreBackup(target, join(dir, 'moment'), await verifyBackup(join(dir, 'moment')))
    const [row] = await bareDb.sql.unsafe('select count(*)::int as n from topics where added is distinct from name')
    expect(row?.n).toBe(0)
    const [all] = await bareDb.sql`select count(*)::int as n from invitations`
    expect(all?.n).toBe((await counts(t.database))['public.invitations'])
  } finally {
    await bareDb.close()
    await admin.sql`drop database ${admin.sql(name)} with (force)`
    await admin.close()
  }
})

it('has no table or sequence that a backup would leave out', async () => {
  const rows = await t.database.sql`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('S', 'p', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    union all select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'auth', 'information_schema')`
  expect(rows).toEqual([])
})

it('renews links after LINK_KEY was changed: old addresses end, new ones open', async () => {
  const newKey = 'n'.repeat(40)
  const address = (linkKey: string) =>
    linkUrl({ origin: testOrigin, linkKey }, { purpose: 'invitation', targetId: staged.invitation.id, generation: 1 })
  const [before] = await t.database.sql`select count(*)::int as n from links`
  expect(await run(t.database.url, join(dir, 'data'), newKey, 'renew-links')).toBe(0)
  expect(printed[0]).toMatch(new RegExp(`^${before?.n} links have new addresses`))
  expect((await t.app.request(await address(testLinkKey))).status).toBe(404)
  expect((await t.app.request(await address(newKey))).status).toBe(303)
  await transaction(t.services.db, async (trx) => {
    const { issueLinks } = await import('../../src/features/links/commands.ts')
    const ctx = { ...systemContext(t.services), linkKey: newKey }
    await issueLinks(trx, ctx, [
      { purpose: 'invitation', organizationId: staged.org.id, targetId: staged.invitation.id, generation: 1 },
    ])
  })
})
