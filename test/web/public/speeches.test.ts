import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { docx } from '../../support/office-files.ts'
import { movableClock, reader } from '../../support/public.ts'

let t: TestApp
let get: ReturnType<typeof reader>
let folder: string
let seminar: Awaited<ReturnType<typeof createSeminar>>
const clock = movableClock('2026-11-24T02:00:00Z')
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoithao-speeches-'))
  t = await createTestApp({ files: createFsStore(folder), services: { clock: clock.now } })
  get = reader(t, clock)
  const org = await createOrganization(t.database.db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí' })
  seminar = await createSeminar(t.database.db, org.id, { state: 'held' })
})
afterAll(async () => {
  await t.close()
  await rm(folder, { recursive: true, force: true })
})

/** A speech that was approved and released, with its file in the store. */
async function released(bytes: Uint8Array, file: { name: string; type: string }, over: { released?: boolean } = {}) {
  const key = `${seminar.organization_id}/presentation/${crypto.randomUUID()}`
  await t.services.files.put(key, new Blob([new Uint8Array(bytes)]).stream(), { maxBytes: 1_000_000 })
  return transaction(t.database.db, async (trx) => {
    const of = { organization_id: seminar.organization_id }
    const { id: fileId } = await trx
      .insertInto('files')
      .values({
        ...of,
        purpose: 'presentation',
        storage_key: key,
        name: file.name,
        media_type: file.type,
        size: bytes.byteLength,
        sha256: new Uint8Array(32),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const { id } = await trx
      .insertInto('presentations')
      .values({
        ...of,
        seminar_id: seminar.id,
        name: 'Trần Thị Thuỷ',
        position: 'Bí thư Chi bộ khu 4',
        topic: 'Tạo nguồn ở khu dân cư',
        topic_en: 'Finding members where people live',
        state: 'approved',
        released_at: over.released === false ? null : '2026-01-01T00:00:00Z',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await trx
      .insertInto('presentation_versions')
      .values({ ...of, presentation_id: id, number: 1, file_id: fileId, sent_by: 'speaker' } as never)
      .execute()
    return id
  })
}

describe('a released speech', () => {
  it('sent as a Word document is read as a page of ours', async () => {
    const id = await released(docx({}, 'Kính thưa các đồng chí &lt;b&gt;.'), { name: 'tham-luan.docx', type: WORD })
    const list = await get(`/s/${seminar.slug}`)
    expect(list.text).toContain(`href="/s/${seminar.slug}/speeches/${id}/read"`)
    expect(list.text).toMatch(/Tải tệp DOCX, \d/)
    const { status, text } = await get(`/s/${seminar.slug}/speeches/${id}/read`)
    expect(status).toBe(200)
    expect(text).toContain('<p>Kính thưa các đồng chí &lt;b&gt;.</p>')
    expect(text).toContain('Trần Thị Thuỷ, Bí thư Chi bộ khu 4')
    expect(text).toContain(`<link rel="canonical" href="http://hoithao.test/s/${seminar.slug}/speeches/${id}/read"/>`)
    const english = await get(`/en/s/${seminar.slug}/speeches/${id}/read`)
    expect(english.text).toContain('<h1>Finding members where people live</h1>')
    expect(english.text).toContain('<div class="text" lang="vi">')
  })

  it('of another kind is fetched, never shown as a page', async () => {
    const id = await released(new TextEncoder().encode('%PDF-1.7'), { name: 'bai.pdf', type: 'application/pdf' })
    const { text } = await get(`/s/${seminar.slug}`)
    expect(text).not.toContain(`${id}/read`)
    expect(text).toContain('Tải tệp PDF, 8 ')
    expect((await get(`/s/${seminar.slug}/speeches/${id}/read`)).status).toBe(404)
    const file = await get(`/s/${seminar.slug}/speeches/${id}`)
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(file.headers.get('content-security-policy')).toContain('sandbox')
  })

  it('cannot be read before it is released, after it is taken back, nor where the seminar is private', async () => {
    const early = await released(docx(), { name: 'a.docx', type: WORD }, { released: false })
    expect((await get(`/s/${seminar.slug}/speeches/${early}/read`)).status).toBe(404)
    const id = await released(docx(), { name: 'b.docx', type: WORD })
    const path = `/s/${seminar.slug}/speeches/${id}/read`
    expect((await get(path)).status).toBe(200)
    await t.database.db.updateTable('presentations').set({ released_at: null }).where('id', '=', id).execute()
    expect((await get(path)).status).toBe(404)
    await t.database.db
      .updateTable('presentations')
      .set({ released_at: '2026-01-01T00:00:00Z' })
      .where('id', '=', id)
      .execute()
    await t.database.db.updateTable('seminars').set({ visibility: 'private' }).where('id', '=', seminar.id).execute()
    expect((await get(path)).status).toBe(404)
    await t.database.db.updateTable('seminars').set({ visibility: 'public' }).where('id', '=', seminar.id).execute()
  })

  it('is found by its title and by who read it', async () => {
    await released(docx(), { name: 'c.docx', type: WORD })
    expect((await get('/?q=tao+nguon+o+khu')).text).toContain('Tham luận: <span><mark>Tạo</mark>')
    expect((await get('/?q=tran+thi+thuy')).text).toContain('Phát biểu: <span><mark>Trần</mark>')
  })
})
