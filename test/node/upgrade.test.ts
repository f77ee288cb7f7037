import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isMigrated, migrate } from '../../src/db/migrate.ts'
import { transaction } from '../../src/db/transaction.ts'
import { addFile, storeDocument } from '../../src/features/files/commands.ts'
import { createPlainInspector } from '../../src/features/files/inspector.ts'
import { recognizeStore } from '../../src/features/identity/commands.ts'
import { verifyBackup } from '../../src/node/backup/manifest.ts'
import { restoreBackup } from '../../src/node/backup/restore.ts'
import { writeBackup } from '../../src/node/backup/write.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { readMigrations } from '../../src/platform/project.ts'
import { testLinkKey } from '../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'
import { docx } from '../support/office-files.ts'

let dir: string
let database: TestDatabase
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-upgrade-'))
  database = await createTestDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(dir, { recursive: true, force: true })
})

it('an upgrade that fails at its second migration leaves a database that the build before starts on', async () => {
  const old = await readMigrations()
  await createOrganization(database.db)
  const good = { name: '9998_good.sql', sql: 'alter table organizations add column added text' }
  const bad = { name: '9999_bad.sql', sql: 'alter table organizations add column added text' }
  await expect(migrate(database.sql, [...old, good, bad])).rejects.toThrow(
    /^9999_bad.sql: column "added" .* already exists; nothing was changed$/,
  )
  expect(await isMigrated(database.sql, old)).toBe(true)
  expect(await migrate(database.sql, old)).toEqual([])
  const columns = await database.sql`select 1 from information_schema.columns where column_name = 'added'`
  expect(columns).toHaveLength(0)
  expect(await migrate(database.sql, [...old, good])).toEqual(['9998_good.sql'])
  await database.sql`alter table organizations drop column added`
  await database.sql`delete from schema_migrations where name = '9998_good.sql'`
})

it('after one that went through, the backup from before leads back: another database, the same files', async () => {
  const files = createFsStore(join(dir, 'files'))
  const { id: organizationId } = await createOrganization(database.db)
  const keep = async () => {
    const body = new Blob([new Uint8Array(docx())]).stream()
    const upload = { organizationId, filename: 'a.docx', fallbackName: 'x', body, maxBytes: 1e6 }
    const document = await storeDocument({ db: database.db, files, inspector: createPlainInspector() }, upload)
    await transaction(database.db, (trx) => addFile(trx, organizationId, document, false))
    return document.key
  }
  const before = await keep()
  expect(await recognizeStore(database.db, files)).toBeUndefined()
  const backup = join(dir, 'backup')
  await writeBackup({ sql: database.sql, files, linkKey: testLinkKey }, backup)

  const old = await readMigrations()
  await migrate(database.sql, [...old, { name: '9999_new.sql', sql: 'alter table topics add column added text' }])
  const after = await keep()
  await expect(migrate(database.sql, old)).rejects.toThrow(/migrations this version does not know: 9999_new.sql/)

  const back = await createTestDatabase()
  try {
    await restoreBackup({ sql: back.sql, files, migrations: old }, backup, await verifyBackup(backup))
    expect(await recognizeStore(back.db, files)).toBeUndefined()
    const rows = await back.db.selectFrom('files').select('storage_key').execute()
    expect(rows).toEqual([{ storage_key: before }])
    // What came after the upgrade is still there; tidying puts it aside, for 30 days.
    expect(await files.head(after)).toBeDefined()
  } finally {
    await back.drop()
  }
})
