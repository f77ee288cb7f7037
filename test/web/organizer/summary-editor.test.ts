import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listDrafts } from '../../../src/features/summaries/queries/drafts.ts'
import { getSummary, listPhotos } from '../../../src/features/summaries/queries/editing.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createImager } from '../../../src/platform/imager.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { summaryDesk, typedSummary } from '../../support/desk.ts'
import { createMember, createOrganization } from '../../support/factories.ts'
import { movableClock } from '../../support/public.ts'

let t: TestApp
let folder: string
let org: Awaited<ReturnType<typeof createOrganization>>
const clock = movableClock('2023-11-17T01:15:00Z')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoithao-photos-'))
  t = await createTestApp({ files: createFsStore(folder), services: { imager: createImager(), clock: clock.now } })
  org = await createOrganization(t.database.db, { slug: 'uong-bi', name: 'Thành ủy Uông Bí' })
})
afterAll(async () => {
  await t.close()
  await rm(folder, { recursive: true, force: true })
})

const photo = (color = '#921f25') =>
  sharp({ create: { width: 90, height: 60, channels: 3, background: color } })
    .jpeg()
    .toBuffer()
const desk = (over: Parameters<typeof summaryDesk>[2] = {}) => summaryDesk(t, org, over)
const stored = (seminar: { id: string }) => getSummary(t.database.db, org.id, seminar.id, 'vi')
const photosOf = (seminar: { id: string }) => listPhotos(t.database.db, org.id, seminar.id)

describe('quotations by speaker', () => {
  it('offer chairs, the agenda’s speakers and those whose speech was approved, each once', async () => {
    const { seminar, post, get } = await desk()
    const of = { organization_id: org.id, seminar_id: seminar.id }
    const { db } = t.database
    const item = await db
      .insertInto('agenda_items')
      .values({ ...of, ordinal: 1, kind: 'report', title: 'Báo cáo', minutes: 20 })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db
      .insertInto('agenda_speakers')
      .values([
        {
          organization_id: org.id,
          agenda_item_id: item.id,
          ordinal: 1,
          name: 'Phạm Thu Hà',
          position: 'Phó Trưởng Ban Tổ chức Thành uỷ',
          position_en: 'Deputy Head of the Organisation Commission',
        },
        { organization_id: org.id, agenda_item_id: item.id, ordinal: 2, name: 'Nguyễn Chiến Thắng' },
      ])
      .execute()
    await db
      .insertInto('presentations')
      .values([
        { ...of, name: 'Lê Văn Mẫu', position: 'Bí thư Chi bộ khu 4', topic: 'A', state: 'approved' },
        { ...of, name: 'Trần Chưa Duyệt', topic: 'B', state: 'received' },
      ])
      .execute()
    await post('/create')
    await post('/create?lang=en')
    const { text } = await get()
    const names = [...text.matchAll(/data-tool="quote" data-by="([^"]*)"/g)].map((match) => match[1])
    expect(names).toEqual([
      '**Đồng chí Nguyễn Chiến Thắng**, Phó Bí thư Thường trực Thành ủy',
      '**Đồng chí Nguyễn Văn Bích**, Uỷ viên BTV, Trưởng Ban Tổ chức Thành ủy',
      '**Đồng chí Hoàng Quốc Trung**, Uỷ viên BTV, Trưởng Ban Tuyên giáo Thành ủy, Giám đốc Trung tâm Chính trị thành phố',
      '**Đồng chí Phạm Thu Hà**, Phó Trưởng Ban Tổ chức Thành uỷ',
      '**Đồng chí Lê Văn Mẫu**, Bí thư Chi bộ khu 4',
      '**Họ và tên**, chức vụ',
    ])
    expect(text).toContain('<noscript><details class="speaker-lines">')
    expect(text).toContain('&gt; — **Đồng chí Phạm Thu Hà**, Phó Trưởng Ban Tổ chức Thành uỷ')
    expect((await get('?lang=en')).text).toContain(
      'data-by="**Phạm Thu Hà**, Deputy Head of the Organisation Commission"',
    )
  })

  it('are printed as a figure with the speaker below', async () => {
    const { post, save, publish, read } = await desk()
    await post('/create')
    await save({ body: 'Một.\n\n> “Phải làm ngay.”\n>\n> — **Đồng chí Phạm Thu Hà**, Phó Trưởng Ban' })
    await publish()
    expect((await read()).text).toContain(
      '<figure class="quote"><blockquote><p>“Phải làm ngay.”</p></blockquote><figcaption><strong>Đồng chí Phạm Thu Hà</strong>, Phó Trưởng Ban</figcaption></figure>',
    )
  })
})

describe('earlier drafts', () => {
  it('are kept when someone else wrote them, compared with the present one, and brought back', async () => {
    const { seminar, post, get, save, version } = await desk()
    await post('/create')
    await save({ body: 'Bản của người thứ nhất.' })
    const other = (await createMember(t.services, org.id, 'organizer')).cookie
    await post('', { ...typedSummary({ body: 'Bản của người thứ hai.' }), version: await version() }, { cookie: other })
    const { id } = await stored(seminar)
    const [draft] = await listDrafts(t.database.db, org.id, id)
    expect((await get('/revisions')).text).toContain(`/drafts/${draft?.id}`)
    const page = await get(`/drafts/${draft?.id}`)
    expect(page.text).toContain('Bản của người thứ <del>nhất.</del><ins>hai.</ins>')
    expect((await post(`/drafts/${draft?.id}/restoration`, { version: '1' })).status).toBe(412)
    expect((await post(`/drafts/${draft?.id}/restoration`, { version: await version() })).status).toBe(303)
    expect((await stored(seminar)).body).toBe('Bản của người thứ nhất.')
    const kept = await listDrafts(t.database.db, org.id, id)
    expect(kept).toHaveLength(2)
    expect((await get(`/drafts/${kept[0]?.id}`)).text).toContain('<del>hai.</del>')
    expect((await get(`/drafts/${crypto.randomUUID()}`)).status).toBe(404)
  })

  it('are kept when much of a text goes at once, and not for every few words', async () => {
    const { seminar, post, save } = await desk()
    await post('/create')
    const long = 'Một đoạn dài. '.repeat(60)
    await save({ body: long })
    for (const more of ['Thêm.', 'Thêm nữa.']) await save({ body: `${long}\n\n${more}` })
    const { id } = await stored(seminar)
    expect(await listDrafts(t.database.db, org.id, id)).toHaveLength(1)
    await save({ body: '' })
    expect(await listDrafts(t.database.db, org.id, id)).toHaveLength(2)
  })
})

describe('photos in the editor', () => {
  it('are answered one by one to the script that sends them: taken ones as their part of the board, others in words', async () => {
    const { post, upload } = await desk()
    await post('/create')
    const good = await upload([{ name: 'a.jpg', bytes: await photo() }], { accept: 'application/json' })
    expect(good.status).toBe(200)
    const { items, refused } = JSON.parse(good.text)
    expect([items.length, refused]).toEqual([1, []])
    expect(items[0]).toMatch(/^<li id="photo-[^"]+" data-photo="/)
    const bad = await upload([{ name: 'a.txt', bytes: new TextEncoder().encode('chữ') }], {
      accept: 'application/json',
    })
    expect([bad.status, JSON.parse(bad.text)]).toEqual([
      200,
      { items: [], refused: ['“a.txt”: không phải ảnh JPEG, PNG hoặc WebP.'] },
    ])
  })

  it('that were pasted into the text stand after that paragraph', async () => {
    const { seminar, post, save, upload } = await desk()
    await post('/create')
    await save({ body: 'Một.\n\nHai.\n\nBa.' })
    await upload([{ name: 'a.png', bytes: await photo() }], { accept: 'application/json' }, 'Một.\n\nHa')
    expect((await photosOf(seminar))[0]?.after_paragraph).toBe(2)
  })

  it('go with their paragraph when others come before it', async () => {
    const { seminar, post, save, upload, json, version } = await desk()
    await post('/create')
    await save({ body: 'Một.\n\nHai.' })
    await upload([{ name: 'a.jpg', bytes: await photo() }])
    const [one] = await photosOf(seminar)
    await post(`/photos/${one?.id}`, { place: '2' })
    const { body } = await json('', {
      ...typedSummary({ body: 'Mở đầu.\n\nMột.\n\nHai.\n\nBa.' }),
      version: await version(),
    })
    expect(body.photos).toEqual({ [one?.id as string]: '3' })
    expect(body.places.map((place: { label: string }) => place.label)).toEqual([
      'Đầu bài, trên sapo',
      'Sau sapo',
      'Sau đoạn 1: Mở đầu.',
      'Sau đoạn 2: Một.',
      'Sau đoạn 3: Hai.',
      'Sau đoạn 4: Ba.',
    ])
  })

  it('have their own place in each language, and words of one language leave the other’s alone', async () => {
    const { seminar, post, upload } = await desk()
    await post('/create')
    await upload([{ name: 'a.jpg', bytes: await photo() }])
    const [one] = await photosOf(seminar)
    await post(`/photos/${one?.id}`, { caption: 'Quang cảnh.', alt: 'Hội trường', place: '2' })
    await post('/create?lang=en')
    await post(`/photos/${one?.id}?lang=en`, { captionEn: 'The hall.', altEn: 'A hall', place: '1' })
    expect((await photosOf(seminar))[0]).toMatchObject({
      caption: 'Quang cảnh.',
      alt: 'Hội trường',
      caption_en: 'The hall.',
      alt_en: 'A hall',
      after_paragraph: 2,
      after_paragraph_en: 1,
    })
  })

  it('are put in order at once, and a button that moves one saves the words beside it', async () => {
    const { seminar, post, json, upload } = await desk()
    await post('/create')
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await upload([{ name, bytes: await photo() }])
    const [a, b, c] = (await photosOf(seminar)).map((one) => one.id) as [string, string, string]
    const foreign = crypto.randomUUID()
    expect((await json('/photos/order', { order: [c, foreign, a].join(',') })).status).toBe(200)
    expect((await photosOf(seminar)).map((one) => one.id)).toEqual([c, a, b])
    await post(`/photos/${b}/up`, { caption: 'Gõ rồi mới chuyển.', alt: '', place: 'top' })
    expect((await photosOf(seminar)).map((one) => [one.id, one.caption])).toEqual([
      [c, ''],
      [b, 'Gõ rồi mới chuyển.'],
      [a, ''],
    ])
  })

  it('save their words by themselves and say what is still missing', async () => {
    const { seminar, post, json, upload } = await desk()
    await post('/create')
    await upload([{ name: 'a.jpg', bytes: await photo() }])
    const [one] = await photosOf(seminar)
    expect((await json(`/photos/${one?.id}`, { caption: 'Quang cảnh.' })).body).toEqual({
      text: 'Đã lưu lúc 8 giờ 15.',
      missing: true,
    })
    expect((await json(`/photos/${one?.id}`, { alt: 'Hội trường' })).body.missing).toBe(false)
    expect((await json(`/photos/${one?.id}`, { alt: 'a'.repeat(401) })).status).toBe(422)
    expect((await json(`/photos/${one?.id}/deletion`)).status).toBe(200)
    expect(await photosOf(seminar)).toEqual([])
  })

  it('without a description are listed before publishing, which is refused with each of them named', async () => {
    const { seminar, post, get, save, upload, publish, read } = await desk()
    await post('/create')
    await save()
    await upload([
      { name: 'a.jpg', bytes: await photo() },
      { name: 'b.jpg', bytes: await photo('#333') },
    ])
    const [a, b] = await photosOf(seminar)
    await post(`/photos/${b?.id}`, { caption: 'Đại biểu thảo luận.' })
    expect((await get('/preview')).text).toContain('2 ảnh chưa có mô tả')
    const refused = await publish()
    expect(refused.status).toBe(422)
    expect(refused.text).toContain(`/summary#photo-${a?.id}">Ảnh thứ 1</a>`)
    expect(refused.text).toContain(`/summary#photo-${b?.id}">Ảnh thứ 2: Đại biểu thảo luận.</a>`)
    expect((await read()).status).toBe(404)
    for (const one of [a, b]) await post(`/photos/${one?.id}`, { alt: 'Hội trường' })
    expect((await publish()).status).toBe(303)
    await post('/create?lang=en')
    const english = await post('/publication?lang=en', { version: '1' })
    expect([english.status, english.text.includes('2 ảnh chưa có mô tả')]).toEqual([422, true])
  })
})

describe('the preview', () => {
  /** The article alone, its photos by what they are and not where they lie. */
  const article = (html: string) =>
    /<article class="article">.*<\/article>/s
      .exec(html)?.[0]
      .replace(/(["\s])\/[^"\s]*\/photos\/(?:files\/)?([\w-]{36})[^"\s]*/g, '$1photo:$2')
      .replace(/<aside.*?<\/aside>/s, '')

  it.each(['', '?lang=en'])('is the very article that the public then reads (%s)', async (lang) => {
    const { seminar, post, get, upload, read } = await desk({
      theme_en: 'Renewal',
      host_en: 'The City Party Committee',
    })
    await post(`/create${lang}`)
    await upload([
      { name: 'a.jpg', bytes: await photo() },
      { name: 'b.jpg', bytes: await photo('#333') },
    ])
    const [a, b] = await photosOf(seminar)
    await post(`/photos/${a?.id}${lang}`, { caption: 'Một', alt: 'Một', captionEn: 'One', altEn: 'One', place: 'top' })
    await post(`/photos/${b?.id}${lang}`, { caption: 'Hai', alt: 'Hai', captionEn: 'Two', altEn: 'Two', place: '1' })
    await post(lang, {
      ...typedSummary({ body: '## Mục\n\nMột **hai**.\n\n> “Ba.”\n> — **A**, B\n\n- bốn', conclusions: 'Năm\nSáu' }),
      figuresCaption: 'Bảng',
      'row.0.label': 'Hàng',
      'row.0.0': '7.480',
      version: '1',
    })
    const preview = (await get(`/preview${lang}`)).text
    expect((await post(`/publication${lang}`, { version: '2' })).status).toBe(303)
    const published = (await read()).text
    const strip = (html: string | undefined) =>
      html?.replace(/<div class="notice.*?<\/div>|<p class="notice.*?<\/p>/s, '')
    expect(article(preview)).toContain('<figcaption><strong>A</strong>, B</figcaption>')
    expect(strip(article(published))).toBe(strip(article(preview)))
  })

  it('beside the editor shows what is typed and changes nothing', async () => {
    const { seminar, post } = await desk()
    await post('/create')
    const { status, text } = await post('/preview', { ...typedSummary({ title: '', body: 'Chưa lưu.' }), version: '9' })
    expect([status, text.startsWith('<article class="article">')]).toEqual([200, true])
    expect(text).toContain('<p>Chưa lưu.</p>')
    expect(await stored(seminar)).toMatchObject({ body: '', version: 1 })
    const viewer = (await createMember(t.services, org.id, 'viewer')).cookie
    expect((await post('/preview', typedSummary(), { cookie: viewer })).status).toBe(403)
  })
})

describe('a withdrawal', () => {
  it('is seen within a second by readers, feeds, the sitemap and the search', async () => {
    const { seminar, post, save, publish, version, ask } = await desk({ slug: 'hoi-thao-go', theme: 'Chuyện đã gỡ' })
    const places: [string, string][] = [
      ['/feed.atom', 'Bài sắp gỡ'],
      ['/feed.json', 'Bài sắp gỡ'],
      ['/o/uong-bi/feed.atom', 'Bài sắp gỡ'],
      ['/sitemap.xml', '/s/hoi-thao-go/summary'],
      ['/?q=%C4%91ung+m%E1%BA%A5t', 'hoi-thao-go'],
    ]
    await post('/create')
    await save({ title: 'Bài sắp gỡ', body: 'Một chữ hiếm: đừng mất.' })
    await publish()
    clock.forward(1000)
    for (const [path, words] of places) expect((await ask(path)).text, path).toContain(words)
    expect((await ask(`/s/${seminar.slug}/summary`)).status).toBe(200)
    await post('/withdrawal', { version: await version() })
    clock.forward(1000)
    const gone = await ask(`/s/${seminar.slug}/summary`)
    expect(gone.status).toBe(410)
    expect(gone.text).toContain('Thành ủy Uông Bí đã gỡ tin bài này')
    expect(gone.text).toContain('<meta name="robots" content="noindex"')
    expect((await ask(`/en/s/${seminar.slug}/summary`)).text).toContain('This report was withdrawn')
    for (const [path, words] of places) expect((await ask(path)).text, path).not.toContain(words)
    expect((await ask(`/s/${seminar.slug}`)).status).toBe(200)
  })
})
