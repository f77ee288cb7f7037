import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { DomainError } from '../../../src/errors.ts'
import {
  dropExpired,
  dropUpload,
  finishUpload,
  receivePart,
} from '../../../src/features/presentations/commands/receive.ts'
import { claimFinish, openUpload } from '../../../src/features/presentations/commands/uploads.ts'
import { getUpload, type UploadOwner } from '../../../src/features/presentations/queries/uploads.ts'
import { listVersions } from '../../../src/features/presentations/queries.ts'
import { refuseUnsent, sentName } from '../../../src/features/presentations/rules/uploads.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createTestApp, systemContext, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { docx } from '../../support/office-files.ts'
import { createSpeech } from '../../support/speeches.ts'

let t: TestApp
let dir: string
let owner: UploadOwner
const bytes = docx()
const ctx = systemContext()

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir) })
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  const organization = await createOrganization(t.services.db)
  const speech = await createSpeech(t, await createSeminar(t.services.db, organization.id))
  owner = { organizationId: organization.id, presentationId: speech.id, sentBy: 'speaker' }
})

const body = (part: Uint8Array) => new Blob([new Uint8Array(part)]).stream() as ReadableStream<Uint8Array>
const stored = () =>
  readdirSync(join(dir, owner.organizationId), { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
const versions = () => listVersions(t.services.db, owner.organizationId, owner.presentationId)
const open = (size = bytes.length) =>
  transaction(t.services.db, (trx) =>
    openUpload(trx, ctx, owner, { name: 'Bài.docx', size, lastModified: null, idempotencyKey: null }),
  )

async function whole() {
  const upload = await open()
  const half = await receivePart(t.services, upload, body(bytes.subarray(0, 200)))
  return (await receivePart(t.services, half!, body(bytes.subarray(200))))!
}

describe('an upload that is all there', () => {
  it('is finished by one: who sent the last byte holds it, then whoever comes when they are gone', async () => {
    const upload = await whole()
    const claim = () => transaction(t.services.db, (trx) => claimFinish(trx, upload))
    expect(await claim()).toBe(false)
    await t.services.db.updateTable('uploads').set({ checking_until: null }).where('id', '=', upload.id).execute()
    expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1)
  })

  it('is kept once where two put it together at once; one file is left', async () => {
    const upload = await whole()
    await Promise.all([finishUpload(t.services, ctx, upload), finishUpload(t.services, ctx, upload)])
    expect(await versions()).toHaveLength(1)
    expect(stored()).toHaveLength(1)
    expect(await getUpload(t.services.db, owner, upload.id)).toMatchObject({ version_number: 1, refusal: null })
  })

  it('does not end by time before it is finished', async () => {
    const upload = await whole()
    const set = { expires_at: new Date(0) }
    await t.services.db.updateTable('uploads').set(set).where('id', '=', upload.id).execute()
    await dropExpired(t.services)
    await finishUpload(t.services, ctx, upload)
    expect(await versions()).toHaveLength(1)
  })

  it('leaves nothing where it is discarded while it is put together', async () => {
    const upload = await whole()
    const put: TestApp['services']['files']['put'] = async (key, stream, limits) => {
      const done = await t.services.files.put(key, stream, limits)
      await dropUpload(t.services, upload)
      return done
    }
    const files = { ...t.services.files, put }
    await expect(finishUpload({ ...t.services, files }, ctx, upload)).rejects.toThrow(DomainError)
    expect(await versions()).toEqual([])
    expect(stored()).toEqual([])
  })

  it('is refused in words where a part of it is gone', async () => {
    const upload = await whole()
    await t.services.files.delete(`${owner.organizationId}/upload/${upload.id}/${stored()[0]?.name}`)
    await finishUpload(t.services, ctx, upload)
    expect(await versions()).toEqual([])
    expect(await getUpload(t.services.db, owner, upload.id)).toMatchObject({ refusal: 'upload_part_gone' })
    expect(stored()).toEqual([])
  })
})

it('is named without what a name must not hold', () => {
  expect(sentName('Ba\u0300i\r\nthe\u0302m \u202efdp.docx')).toBe('Bài thêm fdp.docx')
  expect(sentName('x'.repeat(500))).toHaveLength(200)
})

it('is judged by its name only where that says enough', () => {
  for (const name of ['bài.docx', 'BAI.PDF', 'Báo cáo 24.11', 'không đuôi', 'x.odp', 'x.bin'])
    expect(refuseUnsent({ name, size: 1 }), name).toBeNull()
  for (const name of ['a.xlsx', 'a.HEIC', 'a.zip', 'a.html'])
    expect(refuseUnsent({ name, size: 1 })).toBe('file_format')
})
