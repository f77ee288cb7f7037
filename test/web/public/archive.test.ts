import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { movableClock, publish, reader } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'

let t: TestApp
let get: ReturnType<typeof reader>
const clock = movableClock('2026-11-24T02:00:00Z')

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now } })
  get = reader(t, clock)
})
afterAll(() => t.close())

const titles = (text: string) =>
  [...text.matchAll(/<h3><a [^>]*>(.*?)<\/a><\/h3>/gs)].map((match) => match[1]?.replace(/<[^>]*>/g, ''))

describe('the home page', () => {
  it('says what to expect while there is nothing', async () => {
    const { status, text } = await get('/')
    expect(status).toBe(200)
    expect(text).toContain('Chưa có hội thảo nào được công bố.')
  })

  it('leads with what is next, then lists what is coming and what was', async () => {
    const { db } = t.database
    const uongBi = await createOrganization(db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí' })
    const minhHa = await createOrganization(db, { slug: 'minh-ha', name: 'Thành ủy Minh Hà' })
    await createSeminar(db, minhHa.id, {
      theme: 'Kế tiếp',
      starts_local: '2026-12-15T14:00:00',
      ends_local: '2026-12-15T17:00:00',
    })
    await createSeminar(db, minhHa.id, {
      theme: 'Sau đó',
      starts_local: '2027-01-15T14:00:00',
      ends_local: '2027-01-15T17:00:00',
    })
    await createSeminar(db, minhHa.id, { theme: 'Hoãn lại', state: 'postponed', starts_local: null, ends_local: null })
    await createSeminar(db, minhHa.id, {
      theme: 'Bỏ hẳn',
      state: 'cancelled',
      starts_local: '2026-10-15T14:00:00',
      ends_local: '2026-10-15T17:00:00',
    })
    await createSeminar(db, minhHa.id, {
      theme: 'Chuyển đổi số',
      kind: 'toa_dam',
      state: 'held',
      starts_local: '2025-09-22T08:00:00',
      ends_local: '2025-09-22T11:00:00',
    })
    await publish(t.services, await createSeedSeminar(db, uongBi.id), {
      body: 'Đề nghị phân tích chất lượng quần chúng trong trường học.',
    })
    const { text } = await get('/')
    expect(text).toMatch(/<h1 id="next"><a [^>]*>Kế tiếp<\/a>/)
    expect(text).toContain('thứ Ba, 14 giờ 00')
    expect(titles(text)).toEqual([
      'Sau đó',
      'Hoãn lại',
      'Chuyển đổi số',
      'Tăng cường sự lãnh đạo của Đảng đối với công tác phát triển đảng viên trong tình hình mới',
    ])
  })

  it.each([
    ['a theme, without marks', 'phat trien dang vien', 'Tăng cường'],
    ['a person as printed', 'nguyen chien thang', 'Tăng cường'],
    ['the organisation', 'uong bi', 'Tăng cường'],
    ['words of the summary', 'phan tich quan chung', 'Tăng cường'],
    ['words from several places', 'truong hoc hoang quoc trung', 'Tăng cường'],
    ['a percent sign as itself', '%', undefined],
    ['nothing that is there', 'khong co gi dau', undefined],
  ])('finds a seminar by %s', async (_, q, found) => {
    const { text } = await get(`/?q=${encodeURIComponent(q)}`)
    if (found) expect(titles(text).map((title) => title?.slice(0, found.length))).toEqual([found])
    else expect(text).toContain('Không tìm thấy hội thảo nào.')
    expect(text).toContain('<meta name="robots" content="noindex"/>')
  })

  it('marks what was found, in the title and in the summary', async () => {
    expect((await get('/?q=dang+vien')).text).toContain('<mark>đảng</mark> <mark>viên</mark>')
    expect((await get('/?q=quan+chung')).text).toContain('chất lượng <mark>quần</mark> <mark>chúng</mark>')
  })

  it('finds nothing in a draft of a summary', async () => {
    const { db } = t.database
    await db.updateTable('summaries').set({ body: 'Chữ chỉ có trong bản nháp.' }).execute()
    expect((await get('/?q=ban+nhap')).text).toContain('Không tìm thấy')
  })

  it('narrows by year, kind and organisation, with a pill to take each away', async () => {
    const year = await get('/?year=2025')
    expect(titles(year.text)).toEqual(['Chuyển đổi số'])
    expect(year.text).toMatch(/<a class="pill" href="\/" aria-label="Bỏ điều kiện: Năm 2025">/)
    expect(titles((await get('/?kind=toa_dam')).text)).toEqual(['Chuyển đổi số'])
    const both = await get('/?org=uong-bi&year=2023&q=dang')
    expect(titles(both.text)).toHaveLength(1)
    expect(both.text).toContain('href="/?q=dang&amp;org=uong-bi"')
    expect(titles((await get('/o/uong-bi')).text)).toHaveLength(1)
  })

  it.each(['/?year=abc&kind=x&org=khong-co', '/?year=99999', '/?q=%00%00', `/?q=${'a'.repeat(500)}`])(
    'takes odd questions calmly: %s',
    async (path) => {
      expect((await get(path)).status).toBe(200)
    },
  )

  it('refuses a cursor that is none', async () => {
    expect((await get('/?after=abc')).status).toBe(400)
  })

  it('pages through the past, each seminar once', async () => {
    const { db } = t.database
    const org = await createOrganization(db, { slug: 'nhieu' })
    for (let i = 0; i < 45; i++) {
      const day = `2024-0${1 + (i % 9)}-1${i % 5}`
      await createSeminar(db, org.id, {
        theme: `Số ${i}`,
        state: 'held',
        starts_local: `${day}T08:00:00`,
        ends_local: `${day}T11:00:00`,
      })
    }
    const seen: (string | undefined)[] = []
    let path: string | undefined = '/o/nhieu'
    let pages = 0
    while (path && pages < 9) {
      const { text }: { text: string } = await get(path)
      seen.push(...titles(text))
      path = /<a rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
      pages++
    }
    expect(pages).toBe(3)
    expect(new Set(seen).size).toBe(45)
    expect(seen).toHaveLength(45)
  })
})

describe('an organisation’s page', () => {
  it('is 404 where there is none, and leads on from an old address', async () => {
    expect((await get('/o/khong-co')).status).toBe(404)
    const { db } = t.database
    const { id } = await createOrganization(db, { slug: 'moi' })
    await db
      .insertInto('slugs')
      .values({ slug: 'cu', kind: 'organization', organization_id: id, target_id: id, current: false })
      .execute()
    for (const rest of ['', '/calendar.ics']) {
      const { status, headers } = await get(`/o/cu${rest}`)
      expect([status, headers.get('location')]).toEqual([301, `/o/moi${rest}`])
    }
  })
})
