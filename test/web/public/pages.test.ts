import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { movableClock, publish, reader, withdraw } from '../../support/public.ts'
import { createSeedSeminar, seed } from '../../support/seed.ts'

let t: TestApp
let get: ReturnType<typeof reader>
let org: Awaited<ReturnType<typeof createOrganization>>
const clock = movableClock('2026-11-24T02:00:00Z')

beforeAll(async () => {
  t = await createTestApp({ services: { clock: clock.now } })
  get = reader(t, clock)
  org = await createOrganization(t.database.db, {
    slug: 'uong-bi',
    name: 'Thành ủy Uông Bí',
    name_en: 'Uông Bí City Party Committee',
  })
})
afterAll(() => t.close())

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
const db = () => t.database.db

describe('the published summary', () => {
  let slug: string
  beforeAll(async () => {
    const seminar = await createSeedSeminar(db(), org.id)
    slug = seminar.slug
    await publish(t.services, seminar, {
      body: `${seed.body.join('\n\n')}\n\n> “Phải làm ngay.”\n> — Đồng chí Nguyễn Chiến Thắng\n\n<script>alert(1)</script>`,
      figures: {
        caption: 'Công tác phát triển đảng viên',
        columns: ['Năm 2020', 'Đến nay'],
        rows: [
          { label: 'Đảng viên', cells: ['7.480', '7.894'] },
          { label: 'Tỷ lệ', cells: ['', '2,4%/năm'] },
        ],
      },
      conclusions: seed.directives.join('\n'),
      conclusionsBy: seed.conclusionsBy,
    })
  })

  it('prints the lead of the seed byte for byte', async () => {
    const { status, text } = await get(`/s/${slug}/summary`)
    expect(status).toBe(200)
    for (const paragraph of seed.lead) expect(text).toContain(`<p>${escaped(paragraph)}</p>`)
  })

  it('names time, byline, minutes to read, figures as they were quoted, and conclusions', async () => {
    const { text } = await get(`/s/${slug}/summary`)
    for (const part of [
      'Hội thảo chuyên đề · 16/11/2023',
      'Hồng Hoàn',
      'Đăng 17/11/2023, 8 giờ 15',
      'phút đọc',
      '<td>7.480</td>',
      '<td>2,4%/năm</td>',
      'Nội dung chỉ đạo, kết luận',
    ]) {
      expect(text).toContain(part)
    }
    expect(text.match(/<li>[^<]*đảng viên/g)?.length).toBeGreaterThan(3)
    expect(text).toContain('<figcaption>Đồng chí Nguyễn Chiến Thắng</figcaption>')
  })

  it('prints typed HTML as text', async () => {
    const { text } = await get(`/s/${slug}/summary`)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script>alert')
  })

  it('tells other programs what it is', async () => {
    const { text } = await get(`/s/${slug}/summary`)
    expect(text).toContain(`<link rel="canonical" href="http://hoithao.test/s/${slug}/summary"/>`)
    expect(text).toContain('<meta property="og:type" content="article"/>')
    const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}')
    expect(data).toMatchObject({
      '@type': 'NewsArticle',
      inLanguage: 'vi',
      datePublished: '2023-11-17T01:15:00.000Z',
      author: { name: 'Hồng Hoàn' },
    })
  })

  it('says in English that there is no English text, and shows the Vietnamese as such', async () => {
    const { text } = await get(`/en/s/${slug}/summary`)
    expect(text).toContain('This report was published in Vietnamese only')
    expect(text).toMatch(/<div class="text" lang="vi">/)
    expect(text).toContain(`<link rel="canonical" href="http://hoithao.test/s/${slug}/summary"/>`)
    expect(text).not.toContain('hreflang="en" href="http://hoithao.test')
  })

  it('keeps to 40 KB of HTML', async () => {
    for (const path of [
      '/',
      '/en',
      `/s/${slug}`,
      `/s/${slug}/summary`,
      '/calendar',
      '/privacy',
      '/accessibility',
      '/o/uong-bi',
    ]) {
      const { status, text } = await get(path)
      expect(status, path).toBe(200)
      expect(new TextEncoder().encode(text).byteLength, path).toBeLessThan(40 * 1024)
      expect(text.match(/<script(?![^>]*type="(module|application\/ld\+json)")/g), path).toBeNull()
    }
  })

  it('disappears when it is withdrawn', async () => {
    const seminar = await createSeedSeminar(db(), org.id)
    await publish(t.services, seminar)
    expect((await get(`/s/${seminar.slug}/summary`)).status).toBe(200)
    await withdraw(t.services, seminar)
    expect((await get(`/s/${seminar.slug}/summary`)).status).toBe(410)
    expect((await get(`/s/${seminar.slug}`)).text).not.toContain('Đọc tin bài')
  })

  it('shows a correction with its note', async () => {
    const seminar = await createSeedSeminar(db(), org.id)
    await publish(t.services, seminar)
    await publish(t.services, seminar, { title: 'Tên đã sửa' })
    const { text } = await get(`/s/${seminar.slug}/summary`)
    expect(text).toContain('Đính chính 17/11/2023, 8 giờ 15:')
    expect(text).toContain('Tên đã sửa')
  })

  it('shows English where it was written', async () => {
    const seminar = await createSeedSeminar(db(), org.id, { theme_en: 'Renewal', host_en: 'The City Party Committee' })
    await publish(t.services, seminar)
    await publish(t.services, seminar, { body: 'What was said.' }, 'en')
    const { text } = await get(`/en/s/${seminar.slug}/summary`)
    expect(text).toContain('the City Party Committee held the thematic workshop “Renewal”.')
    expect(text).not.toContain('in Vietnamese only')
    expect(text).toContain(`hreflang="vi" href="http://hoithao.test/s/${seminar.slug}/summary"`)
  })
})

describe('a seminar’s page', () => {
  it('offers the calendars before it begins', async () => {
    const seminar = await createSeminar(db(), org.id, {
      starts_local: '2026-12-15T14:00:00',
      ends_local: '2026-12-15T17:00:00',
      online_offered: true,
      online_url: 'https://hop.example/abc',
    })
    await db()
      .insertInto('agenda_items')
      .values([
        {
          organization_id: org.id,
          seminar_id: seminar.id,
          ordinal: 1,
          kind: 'reception',
          title: 'Đón tiếp đại biểu',
          minutes: 30,
        },
        {
          organization_id: org.id,
          seminar_id: seminar.id,
          ordinal: 2,
          kind: 'opening',
          title: 'Khai mạc',
          minutes: 10,
        },
      ])
      .execute()
    const { text } = await get(`/s/${seminar.slug}`)
    for (const part of [
      '14 giờ 00 – 17 giờ 00, thứ Ba, 15/12/2026',
      'Còn 21 ngày',
      'Hội trường Trung tâm',
      'https://hop.example/abc',
      'calendar.google.com',
      'outlook.live.com',
      `/s/${seminar.slug}/event.ics`,
      '13:30',
      '14:00',
      '10′',
    ]) {
      expect(text).toContain(part)
    }
    const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)?.[1] ?? '{}')
    expect(data).toMatchObject({
      '@type': 'Event',
      startDate: '2026-12-15T07:00:00.000Z',
      eventStatus: 'https://schema.org/EventScheduled',
    })
  })

  it('says that it is on, and that it was', async () => {
    const now = await createSeminar(db(), org.id, {
      starts_local: '2026-11-24T08:00:00',
      ends_local: '2026-11-24T17:00:00',
    })
    expect((await get(`/s/${now.slug}`)).text).toContain('Đang diễn ra')
    const over = await createSeminar(db(), org.id, {
      starts_local: '2026-11-01T08:00:00',
      ends_local: '2026-11-01T17:00:00',
    })
    const { text } = await get(`/s/${over.slug}`)
    expect(text).toContain('Đã tổ chức')
    expect(text).not.toContain('Thêm vào lịch')
  })

  it('tells of a cancellation and of a postponement, with the note', async () => {
    const gone = await createSeminar(db(), org.id, {
      state: 'cancelled',
      cancelled_at: clock.at,
      postponed_note: 'Do bão.',
    })
    const cancelled = await get(`/s/${gone.slug}`)
    expect(cancelled.text).toContain('Hội thảo đã được hủy.')
    expect(cancelled.text).toContain('Do bão.')
    expect(cancelled.text).toContain('EventCancelled')
    const later = await createSeminar(db(), org.id, { state: 'postponed', starts_local: null, ends_local: null })
    const postponed = await get(`/s/${later.slug}`)
    expect(postponed.text).toContain('Hội thảo được hoãn.')
    expect(postponed.text).toContain('Chưa ấn định thời gian')
  })

  it('is not there for drafts and private seminars, whatever is asked of it', async () => {
    const draft = await createSeminar(db(), org.id, { state: 'draft', theme: 'Bản nháp kín' })
    const hidden = await createSeminar(db(), org.id, { visibility: 'private', theme: 'Chuyện riêng kín' })
    await publish(t.services, hidden)
    for (const { slug } of [draft, hidden]) {
      for (const rest of [
        '',
        '/summary',
        '/event.ics',
        '/photos/x',
        '/speeches/00000000-0000-0000-0000-000000000000',
      ]) {
        expect((await get(`/s/${slug}${rest}`)).status, rest).toBe(404)
      }
    }
    for (const path of [
      '/',
      '/?q=kin',
      '/o/uong-bi',
      '/calendar.ics',
      '/o/uong-bi/calendar.ics',
      '/feed.atom',
      '/feed.json',
      '/sitemap.xml',
    ]) {
      expect((await get(path)).text, path).not.toMatch(/kín|KÍN/)
    }
  })

  it('is in no list and no index when it is unlisted, but opens by its address', async () => {
    const seminar = await createSeminar(db(), org.id, { visibility: 'unlisted', theme: 'Không niêm yết' })
    await publish(t.services, seminar)
    for (const path of [`/s/${seminar.slug}`, `/s/${seminar.slug}/summary`]) {
      const { status, text } = await get(path)
      expect(status).toBe(200)
      expect(text).toContain('<meta name="robots" content="noindex"/>')
      expect(text).not.toContain('application/ld+json')
    }
    expect((await get(`/s/${seminar.slug}/event.ics`)).status).toBe(200)
    for (const path of [
      '/',
      '/?q=niem+yet',
      '/o/uong-bi',
      '/calendar.ics',
      '/o/uong-bi/calendar.ics',
      '/feed.atom',
      '/feed.json',
      '/sitemap.xml',
    ]) {
      const { text } = await get(path)
      expect(text, path).not.toContain('Không niêm yết')
      expect(text, path).not.toContain(seminar.slug)
    }
  })

  it('leads on from an old address', async () => {
    const seminar = await createSeminar(db(), org.id)
    await db()
      .insertInto('slugs')
      .values({
        slug: `${seminar.slug}-cu`,
        kind: 'seminar',
        organization_id: org.id,
        target_id: seminar.id,
        current: false,
      })
      .execute()
    for (const [path, to] of [
      ['', ''],
      ['/event.ics', '/event.ics'],
      ['/summary', '/summary'],
    ]) {
      const { status, headers } = await get(`/en/s/${seminar.slug}-cu${path}`)
      expect([status, headers.get('location')]).toEqual([301, `/en/s/${seminar.slug}${to}`])
    }
  })

  it('marks as Vietnamese what has no English, and says so', async () => {
    const seminar = await createSeminar(db(), org.id, { theme_en: null })
    const { text } = await get(`/en/s/${seminar.slug}`)
    expect(text).toContain('The organisers wrote this page in Vietnamese only')
    expect(text).toContain(`<span lang="vi">${seminar.theme}</span>`)
  })

  it('takes hostile names, notes and titles as text', async () => {
    const evil = '“><script>alert(1)</script><img src=x onerror=alert(1)>${7*7}'
    const seminar = await createSeminar(db(), org.id, {
      theme: evil,
      host: evil,
      venue: evil,
      introduction: evil,
      state: 'postponed',
      postponed_note: evil,
      contact_name: evil,
    })
    await db()
      .insertInto('chairs')
      .values({ organization_id: org.id, seminar_id: seminar.id, ordinal: 1, name: evil, positions: [evil] })
      .execute()
    await publish(t.services, seminar, { title: evil, body: evil, byline: evil })
    for (const path of [
      `/s/${seminar.slug}`,
      `/s/${seminar.slug}/summary`,
      `/en/s/${seminar.slug}`,
      '/?q=%3Cscript%3E',
    ]) {
      const { text } = await get(path)
      expect(text, path).not.toContain('<script>alert')
      expect(text, path).not.toContain('<img src=x')
    }
  })
})
