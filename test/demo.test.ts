import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadDemo } from '../src/demo/load.ts'
import { storedSource } from '../src/features/files/bytes.ts'
import { checkDocument } from '../src/features/files/content.ts'
import { readDocx } from '../src/features/files/docx.ts'
import { countSpeeches, listPlacements, listSpeeches } from '../src/features/presentations/queries/board.ts'
import { listVersions } from '../src/features/presentations/queries.ts'
import { readDemoData } from '../src/node/demo-data.ts'
import { systemContext } from '../src/node/greeting.ts'
import { createFsStore } from '../src/platform/fs.ts'
import { createTestApp, type TestApp, testOrigin } from './support/app.ts'

const speeches = new URL('../demo/speeches/', import.meta.url)
let t: TestApp
let folder: string
const started = Date.now()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(folder) })
  await loadDemo(t.services, systemContext(t.services), await readDemoData())
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

async function seminarOf(slug: string, state: 'draft' | 'held') {
  return t.services.db
    .selectFrom('seminars as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .select(['s.organization_id', 's.id', 's.slug'])
    .where('o.slug', '=', slug)
    .where('s.state', '=', state)
    .executeTakeFirstOrThrow()
}
const get = (path: string) => t.app.request(testOrigin + path)

describe('the workshop in draft', () => {
  const load = async () => {
    const { organization_id, id } = await seminarOf('minh-ha', 'draft')
    return (await listSpeeches(t.services.db, organization_id, id)).items
  }

  it('shows a paper in each state, and one that is late', async () => {
    const { organization_id, id } = await seminarOf('minh-ha', 'draft')
    const counts = await countSpeeches(t.services.db, organization_id, id)
    expect(counts.states).toEqual({
      requested: 1,
      accepted: 3,
      declined: 1,
      received: 1,
      editing: 1,
      returned: 1,
      approved: 1,
    })
    expect(counts.waits.late).toBe(1)
    const rows = await load()
    expect(rows.find((row) => row.state === 'editing')?.editor_name).toBe('Nguyễn Thu Uyên')
    expect(rows.find((row) => row.state === 'returned')?.comment).toContain('đảng viên cao tuổi')
    expect(rows.find((row) => row.state === 'declined')?.decline_reason).toBeTruthy()
  })

  it('has two versions of some, placed on the agenda within its minutes', async () => {
    const { organization_id, id } = await seminarOf('minh-ha', 'draft')
    const approved = (await load()).find((row) => row.state === 'approved')
    const versions = await listVersions(t.services.db, organization_id, approved?.id as string)
    expect(versions.map((v) => v.name)).toEqual(['Nghị quyết chi bộ (bản 2).docx', 'Nghị quyết chi bộ (bản 1).docx'])
    const placed = (await listPlacements(t.services.db, organization_id, id)).filter((one) => one.agendaItemId)
    expect(placed.map((one) => one.minutes).sort()).toEqual([12, 15])
  })

  it('asks people of its own directory, over the last days, and mails nobody', async () => {
    const { organization_id } = await seminarOf('minh-ha', 'draft')
    for (const row of await load()) {
      expect(row.person_id, row.name).not.toBeNull()
      expect(row.email).toMatch(/^p0\d{3}@minhha\.example$/)
      for (const at of [row.requested_at, row.state_since])
        expect(at.getTime()).toBeLessThan(started - 0.9 * 86_400_000)
      expect(row.state_since.getTime()).toBeGreaterThanOrEqual(row.requested_at.getTime())
    }
    const mails = await t.services.db
      .selectFrom('messages')
      .select(['state', 'kind', 'created_at', 'text'])
      .where('organization_id', '=', organization_id)
      .orderBy('id')
      .execute()
    expect(new Set(mails.map((mail) => mail.state))).toEqual(new Set(['sent']))
    expect(mails.filter((mail) => mail.kind === 'speech_received')).toHaveLength(6)
    const times = mails.map((mail) => mail.created_at.getTime())
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})

describe('the workshop that was held', () => {
  it('lets everyone read two papers, said to be illustrations, of nobody by name', async () => {
    const { slug } = await seminarOf('uong-bi', 'held')
    const page = await (await get(`/s/${slug}`)).text()
    const section = page.slice(page.indexOf('id="speeches"'))
    expect(section).toContain('Đại diện một chi bộ trường học (bài minh họa)')
    const files = [...section.matchAll(/href="(\/s\/[^"]+\/speeches\/[\da-f-]{36})"/g)].map((m) => m[1] as string)
    expect(new Set(files).size).toBe(2)
    const types = await Promise.all(files.map(async (path) => (await get(path)).headers.get('content-type')))
    expect(types).toEqual([
      'application/pdf',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ])
    expect(await (await get(`/en/s/${slug}`)).text()).toContain(
      'The development of Party membership in private enterprises',
    )
  })
})

describe('what Minh Hà held before', () => {
  const text = async (path: string) => (await (await get(path)).text()).replace(/<[^>]*>/g, ' ')

  it('is told in both languages, with a superior who came', async () => {
    const path = '/s/chuyen-doi-so-xay-dung-dang-2023/summary'
    const vi = await text(path)
    expect(vi).toMatch(/Sáng 22\/9, .*Đồng chí Lê Hữu Minh, Phó Bí thư Thường trực Thành ủy chủ trì\./)
    expect(vi).toMatch(/Dự và chỉ đạo hội thảo có đồng chí Đỗ Quang Vinh, .*Cùng dự có lãnh đạo các Ban/)
    expect(await text(`/en${path}`)).toContain('Attending the workshop and giving guidance was Đỗ Quang Vinh')
  })

  it('or in Vietnamese alone, of a day held with another, and the English page says so', async () => {
    const path = '/s/mat-tran-giam-sat-phan-bien-2023/summary'
    const lead = 'Ngày 8/6, Ban Thường vụ Thành ủy Minh Hà phối hợp với Ủy ban MTTQ Việt Nam thành phố tổ chức Hội thảo'
    expect(await text(path)).toContain(lead)
    const en = await text(`/en${path}`)
    expect(en).toContain('This report was published in Vietnamese only')
    expect(en).toContain(lead)
  })

  it('stands on the home page with what others held, the newest first', async () => {
    const home = await text('/')
    const places = ['16/11/2023', '22/9/2023', '8/6/2023'].map((day) => home.indexOf(day))
    expect(places.every((place, i) => place > (places[i - 1] ?? 0))).toBe(true)
  })
})

describe('the files', () => {
  const names = readdirSync(speeches).filter((name) => name !== 'speeches.json')
  const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, speeches)))
  async function sourceOf(name: string) {
    const key = `demo/${name.replaceAll('.', '-')}`
    const store = createFsStore(folder)
    await store.put(key, new Blob([bytesOf(name)]).stream(), { maxBytes: 100_000 })
    return storedSource(store, key, bytesOf(name).byteLength)
  }

  it.each(names)('%s is what it says, small, and safe to take', async (name) => {
    expect(bytesOf(name).byteLength).toBeLessThan(60_000)
    expect(await checkDocument(await sourceOf(name), name)).toBe(name.split('.').at(-1))
  })

  it.each(names.filter((name) => name.endsWith('.docx')))('%s has a title, headings and paragraphs', async (name) => {
    const { blocks, legacyFont } = await readDocx(await sourceOf(name))
    expect(legacyFont).toBe(false)
    const count = (kind: string) => blocks.filter((block) => block.kind === kind).length
    expect(count('heading')).toBeGreaterThanOrEqual(4)
    expect(count('paragraph')).toBeGreaterThanOrEqual(6)
    expect(count('item')).toBeGreaterThanOrEqual(3)
  })
})
