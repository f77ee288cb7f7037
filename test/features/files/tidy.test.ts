import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { addFile, storeDocument, tidyFiles } from '../../../src/features/files/commands.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization } from '../../support/factories.ts'
import { docx } from '../../support/office-files.ts'

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

it('removes the bytes no row speaks of, a day later, and nothing else', async () => {
  const files = createFsStore(dir)
  const { id: organizationId } = await createOrganization(database.db)
  const store = () =>
    storeDocument(files, {
      organizationId,
      filename: 'a.docx',
      fallbackName: 'x',
      body: new Blob([new Uint8Array(docx())]).stream(),
      maxBytes: 1e6,
    })
  const [known, orphan, fresh] = [await store(), await store(), await store()]
  await transaction(database.db, (trx) => addFile(trx, organizationId, known))
  for (const { key } of [known, orphan]) utimesSync(join(dir, key), 0, 0)
  expect(await tidyFiles(database.db, files, new Date())).toBe(1)
  expect(await files.head(known.key)).toBeDefined()
  expect(await files.head(orphan.key)).toBeUndefined()
  expect(await files.head(fresh.key)).toBeDefined()
  expect(await tidyFiles(database.db, files, new Date())).toBe(0)
})
