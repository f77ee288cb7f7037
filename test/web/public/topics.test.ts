import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { setTopics } from '../../../src/features/seminars/commands/topics.ts'
import type { SeminarRow } from '../../../src/features/seminars/queries.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { movableClock, publish, reader } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'

let t: TestApp
let get: ReturnType<typeof reader>
let seed: SeminarRow
const clock = movableClock('2026-11-24T02:00:00Z')
const file = (seminar: SeminarRow, topics: { name: string; nameEn: string | null }[]) =>
  transaction(t.database.db, (trx) => setTopics(trx, seminar.organization_id, seminar.id, topics))
const titles = (text: string) =>
  [...text.matchAll(/<h3><a [^>]*>(.*?)<\/a><\/h3>/gs)].map((match) => match[1]?.replace(/<[^>]*>/g, ''))

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now } })
  get = reader(t, clock)
  const { db } = t.database
  const uongBi = await createOrganization(db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí' })
  const minhHa = await createOrganization(db, { slug: 'minh-ha', name: 'Thành ủy Minh Hà' })
  seed = await createSeedSeminar(db, uongBi.id)
  await publish(t.services, seed)
  await file(seed, [
    { name: 'Xây dựng Đảng', nameEn: 'Party building' },
    { name: 'Tổ chức', nameEn: null },
  ])
  const other = await createSeminar(db, minhHa.id, {
    theme: 'Sinh hoạt chi bộ',
    starts_local: '2026-12-15T14:00:00',
    ends_local: '2026-12-15T17:00:00',
  })
  await file(other, [{ name: 'Xây dựng đảng', nameEn: null }])
  const school = await createSeminar(db, minhHa.id, {
    theme: 'Trường học',
    starts_local: '2026-12-16T14:00:00',
    ends_local: '2026-12-16T17:00:00',
  })
  await file(school, [{ name: 'Giáo dục', nameEn: 'Education' }])
  const hidden = await createSeminar(db, minhHa.id, { theme: 'Kín', visibility: 'private' })
  await file(hidden, [{ name: 'Chuyện kín', nameEn: null }])
})
afterAll(() => t.close())

describe('the archive by topic', () => {
  it('offers topics of public seminars, one for all organisations, the most used first', async () => {
    const { text } = await get('/')
    const nav = /<nav class="facets"[^>]*>(.*?)<\/nav>/s.exec(text)?.[1] ?? ''
    expect([...nav.matchAll(/href="\/\?topic=[^"]*"[^>]*>([^<]*)</g)].map((match) => match[1])).toEqual([
      'Xây dựng Đảng',
      'Giáo dục',
      'Tổ chức',
    ])
    expect(text).not.toContain('Chuyện kín')
  })

  it.each(['/?topic=xay+dung+dang', '/?topic=X%C3%82Y%20d%E1%BB%B1ng%20%C4%90%E1%BA%A3ng'])(
    'is narrowed across organisations by %s, with a pill to take it away',
    async (path) => {
      const { text } = await get(path)
      expect(titles(text)).toEqual(['Sinh hoạt chi bộ', seed.theme])
      expect(text).toContain('aria-label="Bỏ điều kiện: Xây dựng Đảng"')
      expect(text).toContain('<h1 class="page">Xây dựng Đảng</h1>')
      expect(text).toContain('<input type="hidden" name="topic" value="xay dung dang"/>')
      expect(text).toContain('<meta name="robots" content="noindex"/>')
    },
  )

  it('combines with year, organisation and words, and says when nothing is left', async () => {
    expect(titles((await get('/?topic=xay+dung+dang&year=2023')).text)).toEqual([seed.theme])
    expect(titles((await get('/o/minh-ha?topic=xay+dung+dang')).text)).toEqual(['Sinh hoạt chi bộ'])
    expect(titles((await get('/?topic=xay+dung+dang&q=chien+thang')).text)).toEqual([seed.theme])
    expect((await get('/?topic=khong+co')).text).toContain('Không tìm thấy hội thảo nào.')
    for (const path of ['/?topic=%27%3B--', '/?topic=%25', `/?topic=${'a'.repeat(400)}`, '/?topic=%00'])
      expect((await get(path)).status, path).toBe(200)
  })

  it('is found by the topic’s name in either language, and says so', async () => {
    const vi = await get('/?q=giao+duc')
    expect(titles(vi.text)).toEqual(['Trường học'])
    expect(vi.text).toContain('Lĩnh vực: <span><mark>Giáo</mark> <mark>dục</mark></span>')
    expect(titles((await get('/en?q=education')).text)).toHaveLength(1)
  })
})

describe('why something was found', () => {
  it('names the person, with the part they had', async () => {
    const { text } = await get('/?q=nguyen+chien+thang')
    expect(text).toContain('Chủ trì: <span><mark>Nguyễn</mark> <mark>Chiến</mark> <mark>Thắng</mark></span>')
    expect(text).not.toContain('Nguyễn</mark> Văn Bích')
  })

  it('names the host and the place where the line does not show them', async () => {
    expect((await get('/?q=thuong+vu+thanh+uy+chi+bo')).text).toMatch(
      /Chủ thể tổ chức: <span>Ban <mark>Thường<\/mark> <mark>vụ<\/mark>/,
    )
    expect((await get('/?q=hoi+truong+trung+tam&year=2023')).text).toContain('Địa điểm: <span><mark>Hội</mark>')
  })

  it('marks the organisation in the line itself', async () => {
    expect((await get('/?q=uong+bi')).text).toContain('Thành ủy <mark>Uông</mark> <mark>Bí</mark>')
  })
})

describe('topics elsewhere', () => {
  it('are links on the seminar’s page and beside its report', async () => {
    for (const path of [`/s/${seed.slug}`, `/s/${seed.slug}/summary`]) {
      const { text } = await get(path)
      expect(text, path).toContain('<a href="/?topic=xay+dung+dang" rel="tag">Xây dựng Đảng</a>')
      const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}')
      expect(data.keywords, path).toEqual(['Xây dựng Đảng', 'Tổ chức'])
    }
  })

  it('are in English where they were written in English, and marked as Vietnamese where not', async () => {
    const { text } = await get(`/en/s/${seed.slug}`)
    expect(text).toContain('<a href="/en?topic=xay+dung+dang" rel="tag">Party building</a>')
    expect(text).toContain('lang="vi" rel="tag">Tổ chức</a>')
    expect((await get('/en?topic=xay+dung+dang')).text).toContain('<h1 class="page">Party building</h1>')
  })

  it('are categories of the news feeds', async () => {
    expect((await get('/feed.atom')).text).toContain('<category term="xay dung dang" label="Xây dựng Đảng"/>')
    expect(JSON.parse((await get('/feed.json')).text).items[0].tags).toEqual(['Xây dựng Đảng', 'Tổ chức'])
  })
})
