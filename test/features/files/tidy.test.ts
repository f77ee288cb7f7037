import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { addFile, storeDocument, tidyFiles } from '../../../src/features/files/commands.ts'
import { createPlainInspector } from '../../../src/features/files/inspector.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
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

it('removes the bytes no row speaks of, a day later, and nothing else', async () => {
  const files = createFsStore(dir)
  const { id: organizationId } = await createOrganization(database.db)
  const store = () =>
    storeDocument(
      { db: database.db, files, inspector: createPlainInspector() },
      {
        organizationId,
        filename: 'a.docx',
        fallbackName: 'x',
        body: new Blob([new Uint8Array(docx())]).stream(),
        maxBytes: 1e6,
      },
    )
  const [known, orphan, fresh] = [await store(), await store(), await store()]
  await transaction(database.db, (trx) => addFile(trx, organizationId, known))
  for (const { key } of [known, orphan]) utimesSync(join(dir, key), 0, 0)
  expect(await tidyFiles(database.db, files, new Date())).toBe(1)
  expect(await files.head(known.key)).toBeDefined()
  expect(await files.head(orphan.key)).toBeUndefined()
  expect(await files.head(fresh.key)).toBeDefined()
  expect(await tidyFiles(database.db, files, new Date())).toBe(0)
})

it('leaves the parts of a file that is on its way, however long it takes', async () => {
  const t = await createTestApp({ files: createFsStore(dir) })
  const organization = await createOrganization(t.services.db)
  const speech = await createSpeech(t, await createSeminar(t.services.db, organization.id))
  const speaker = sender(t, `${speech.linkPath}/uploads`)
  const url = await speaker.open('bai.pdf', 2000)
  await speaker.patch(url, 0, new Uint8Array(1000))
  const { storage_key: key } = await t.services.db
    .selectFrom('upload_parts')
    .select('storage_key')
    .executeTakeFirstOrThrow()
  utimesSync(join(dir, key), 0, 0)
  await tidyFiles(t.services.db, t.services.files, new Date())
  expect(await t.services.files.head(key)).toBeDefined()
  await t.services.db.deleteFrom('presentations').where('id', '=', speech.id).execute()
  await tidyFiles(t.services.db, t.services.files, new Date())
  expect(await t.services.files.head(key)).toBeUndefined()
  await t.close()
})
