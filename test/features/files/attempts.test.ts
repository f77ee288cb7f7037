import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { beginAttempt } from '../../../src/features/files/attempts.ts'
import { storeDocument } from '../../../src/features/files/commands.ts'
import { createPlainInspector, type Inspector } from '../../../src/features/files/inspector.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createInspector } from '../../../src/platform/inspector.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization } from '../../support/factories.ts'
import { docx } from '../../support/office-files.ts'

let database: TestDatabase
let dir: string
let organizationId: string
const impatient = createInspector({ milliseconds: 1, threads: 1 })

beforeAll(async () => {
  database = await createTestDatabase()
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
})
afterAll(async () => {
  await impatient.close()
  await database.drop()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  organizationId = (await createOrganization(database.db)).id
})

const bytes = docx()
const store = (inspector: Inspector, files = createFsStore(dir)) =>
  storeDocument(
    { db: database.db, files, inspector },
    {
      ...{ organizationId, filename: 'a.docx', fallbackName: 'x', maxBytes: 1e6 },
      body: new Blob([new Uint8Array(bytes)]).stream(),
    },
  )
const attempts = () =>
  database.db.selectFrom('inspections').selectAll().where('organization_id', '=', organizationId).execute()

it('is written down while a look lasts, and gone when it ends', async () => {
  let seen = 0
  const plain = createPlainInspector()
  const watched: Inspector = {
    ...plain,
    look: (act, source, name, turn) => {
      const begin = async () => {
        await turn?.begin?.()
        seen = (await attempts()).length
      }
      return plain.look(act, source, name, { ...turn, begin })
    },
  }
  expect((await store(watched)).kind).toBe('docx')
  expect(seen).toBe(1)
  expect(await attempts()).toEqual([])
})

it('is made twice where a look does not end; then the bytes are refused, also when they come again', async () => {
  await expect(store(impatient)).rejects.toMatchObject({ detail: 'file_too_complex' })
  expect((await attempts()).map((a) => a.stopped)).toEqual(['time', 'time'])
  let looked = false
  const plain = createPlainInspector()
  const watched: Inspector = {
    ...plain,
    look: async (act, source, name, turn) => {
      await turn?.begin?.()
      looked = true
      return plain.look(act, source, name)
    },
  }
  await expect(store(watched)).rejects.toMatchObject({ detail: 'file_too_complex' })
  expect(looked).toBe(false)
})

it('counts where its process was killed, and does not while it may still be running', async () => {
  const { sha256 } = await store(createPlainInspector())
  const subject = { organizationId, sha256, act: 'check' } as const
  const begin = () => transaction(database.db, (trx) => beginAttempt(trx, subject))
  const killed = async () => {
    await begin()
    await database.db
      .updateTable('inspections')
      .set({ started_at: new Date(Date.now() - 120_000) })
      .execute()
  }
  for (let i = 0; i < 3; i++) expect(await begin()).toBeDefined()
  await database.db.deleteFrom('inspections').execute()
  await killed()
  expect((await store(createPlainInspector())).kind).toBe('docx')
  await killed()
  await killed()
  await expect(store(createPlainInspector())).rejects.toMatchObject({ detail: 'file_too_complex' })
})

it('does not count where the store fails', async () => {
  const files = createFsStore(dir)
  const broken = { ...files, get: () => Promise.reject(new Error('the disk is gone')) }
  for (let i = 0; i < 3; i++) await expect(store(createPlainInspector(), broken)).rejects.toThrow('the disk is gone')
  expect(await attempts()).toEqual([])
  expect((await store(createPlainInspector())).kind).toBe('docx')
})
