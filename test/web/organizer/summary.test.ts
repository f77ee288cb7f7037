import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../../../src/features/files/bytes.ts'
import { listPhotos } from '../../../src/features/summaries/queries/editing.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import { createImager } from '../../../src/platform/imager.ts'
import { createTestApp, type TestApp, testOrigin } from '../../support/app.ts'
import { summaryDesk, typedSummary } from '../../support/desk.ts'
import { createMember, createOrganization } from '../../support/factories.ts'
import { createSeedSeminar, seed } from '../../support/seed.ts'

let t: TestApp
let folder: string
let org: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoithao-photos-'))
  t = await createTestApp({ files: createFsStore(folder), services: { imager: createImager() } })
  org = await createOrganization(t.database.db)
})
afterAll(async () => {
  await t.close()
  await rm(folder, { recursive: true, force: true })
})

const desk = () => summaryDesk(t, org)
const typed = typedSummary

describe('writing a summary', () => {
  it('begins from the data, and stays out of the public’s sight until it is published', async () => {
    const { get, post, version, read } = await desk()
    expect((await get()).text).toContain('Soạn tin bài')
    expect((await post('/create')).status).toBe(303)
    expect((await get()).text).toContain(seed.lead[1])
    expect((await post('', { ...typed(), version: await version() })).status).toBe(303)
    expect((await read()).status).toBe(404)
    expect((await get('/preview')).text).toContain('<p>Đoạn hai.</p>')
    expect((await post('/publication', { version: await version() })).status).toBe(303)
    expect((await read()).text).toContain('<p>Đoạn hai.</p>')
  })

  it('keeps the table of figures as it was typed, without its empty rows and columns', async () => {
    const { get, post, version } = await desk()
    await post('/create')
    const cells = {
      figuresCaption: 'Số liệu',
      'column.0': 'Năm 2020',
      'column.2': 'Đến nay',
      'row.0.label': 'Đảng viên',
      'row.0.0': '7.480',
      'row.0.2': '7.894',
      'row.4.label': 'Tỷ lệ',
      'row.4.2': '2,4 %',
    }
    await post('', { ...typed(), ...cells, version: await version() })
    const { text } = await get()
    for (const part of [
      'name="column.1" value="Đến nay"',
      'name="row.0.0" value="7.480"',
      'name="row.1.1" value="2,4 %"',
      'name="row.4.label" value=""',
    ])
      expect(text).toContain(part)
    expect((await get('/preview')).text).toContain('<td>2,4 %</td>')
  })

  it('saves itself in the background, and says so', async () => {
    const { post, version } = await desk()
    await post('/create')
    const answer = await post('', { ...typed(), version: await version() }, { accept: 'application/json' })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ version: 2, text: expect.stringContaining('Đã lưu lúc') })
  })

  it('keeps what was typed when someone else saved first, and shows what is stored', async () => {
    const { post, version } = await desk()
    await post('/create')
    const old = await version()
    await post('', { ...typed({ title: 'Bản của người kia' }), version: old })
    const auto = await post('', { ...typed(), version: old }, { accept: 'application/json' })
    expect([auto.status, JSON.parse(auto.text).stale]).toEqual([412, expect.stringContaining('Người khác vừa lưu')])
    const { status, text } = await post('', { ...typed({ title: 'Bản của tôi' }), version: old })
    expect(status).toBe(412)
    expect(text).toContain('Bản của tôi</textarea>')
    expect(text).toContain('Bản của <del>người kia</del><ins>tôi</ins>')
    expect(text).toContain('Lê Văn Mẫu đã lưu bản khác')
    expect(text).toContain('name="version" value="2"')
  })

  it('shows a refused form again with what was typed', async () => {
    const { post, version } = await desk()
    await post('/create')
    const { status, text } = await post('', {
      ...typed({ title: '', byline: 'a'.repeat(201) }),
      version: await version(),
    })
    expect(status).toBe(422)
    expect(text).toContain('aria-invalid="true"')
    expect(text).toContain('Đoạn một.')
  })

  it('offers to write the lead anew when the data has changed, and never once it was edited', async () => {
    const { seminar, get, post, version } = await desk()
    await post('/create')
    await t.database.db.updateTable('seminars').set({ host: 'Thành ủy Minh Hà' }).where('id', '=', seminar.id).execute()
    const before = await get()
    expect(before.text).toContain('Dữ liệu hội thảo đã thay đổi')
    const lead = /name="lead"[^>]*>([^<]*)</.exec(before.text)?.[1]?.replaceAll('&quot;', '"') as string
    await post('', { ...typed({ lead }), do: 'refresh', version: await version() })
    const after = await get()
    expect(after.text).toMatch(/<textarea id="f-lead"[^>]*>[^<]*Thành ủy Minh Hà tổ chức/)
    expect(after.text).not.toContain('Dữ liệu hội thảo đã thay đổi')
    await post('', { ...typed({ lead: 'Viết tay.' }), version: await version() })
    await t.database.db.updateTable('seminars').set({ host: 'Cơ quan khác' }).where('id', '=', seminar.id).execute()
    const edited = await get()
    expect(edited.text).toContain('Viết tay.')
    expect(edited.text).not.toContain('value="refresh"')
  })

  it('asks for a note to correct what is published, compares versions, and withdraws', async () => {
    const { get, post, version, read } = await desk()
    await post('/create')
    await post('', { ...typed(), version: await version() })
    await post('/publication', { version: await version() })
    await post('', { ...typed({ body: 'Đoạn một sửa.\n\nĐoạn hai.' }), version: await version() })
    expect((await read()).text).toContain('<p>Đoạn một.</p>')
    const refused = await post('/publication', { version: await version() })
    expect([refused.status, refused.text.includes('Nội dung đính chính')]).toEqual([422, true])
    expect((await post('/publication', { version: await version(), note: 'Sửa đoạn một.' })).status).toBe(303)
    expect((await read()).text).toContain('Sửa đoạn một.')
    const { text } = await get('/revisions')
    expect(text).toMatch(
      /Đoạn <del>một.<\/del><ins>một sửa.<\/ins>|Đoạn một<del>\.<\/del><ins> sửa\.<\/ins>|<del>một\.<\/del><ins>một<\/ins>|Đoạn <del>một\.<\/del><ins>một sửa\.<\/ins>/,
    )
    expect((await get('/revisions/9')).status).toBe(404)
    expect((await post('/withdrawal', { version: await version() })).status).toBe(303)
    const gone = await read()
    expect([gone.status, gone.text.includes('Tin bài này đã được gỡ')]).toEqual([410, true])
  })

  it('writes the two languages apart', async () => {
    const { get, post, read } = await desk()
    await post('/create?lang=en')
    const { text } = await get('?lang=en')
    expect(text).toContain('On the afternoon of 16 November')
    expect((await get()).text).toContain('Soạn tin bài')
    expect((await read()).status).toBe(404)
  })

  it('lets viewers read and nobody else in', async () => {
    const { get, post, version } = await desk()
    await post('/create')
    const viewer = (await createMember(t.services, org.id, 'viewer')).cookie
    const stranger = (await createMember(t.services, (await createOrganization(t.database.db)).id)).cookie
    expect((await get('', viewer)).status).toBe(200)
    expect((await get('/preview', viewer)).text).not.toContain('Đăng tin bài')
    for (const path of ['', '/publication', '/withdrawal', '/create', '/photos/x']) {
      expect((await post(path, { ...typed(), version: await version() }, { cookie: viewer })).status, path).toBe(403)
      expect((await post(path, { ...typed(), version: await version() }, { cookie: stranger })).status, path).toBe(404)
    }
    for (const path of ['', '/preview', '/revisions']) expect((await get(path, stranger)).status, path).toBe(404)
  })
})

describe('photos', () => {
  /** A landscape JPEG that says to be turned, with a place where it was taken. */
  const withPlace = () =>
    sharp({ create: { width: 1200, height: 800, channels: 3, background: '#921f25' } })
      .jpeg()
      .withExif({
        IFD0: { Artist: 'Nguyễn Văn A', Orientation: '6' },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: '21/1 2/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '106/1 46/1 0/1',
        },
      })
      .withMetadata({ orientation: 6 })
      .toBuffer()

  it('lose their place and every other hidden word, and stand upright, in each size', async () => {
    const { seminar, post, upload, version, read } = await desk()
    await post('/create')
    const original = await withPlace()
    expect((await sharp(original).metadata()).exif).toBeDefined()
    expect((await upload([{ name: 'IMG_1.jpg', bytes: original }])).status).toBe(303)
    const [photo] = await listPhotos(t.database.db, org.id, seminar.id)
    expect([photo?.width, photo?.height]).toEqual([800, 1200])
    expect(photo?.variants.map((v) => `${v.mediaType} ${v.width}`)).toEqual([
      'image/webp 480',
      'image/jpeg 480',
      'image/webp 800',
      'image/jpeg 800',
    ])
    await post(`/photos/${photo?.id}`, { alt: 'Hội trường' })
    await post('/publication', { version: await version() })
    const { text } = await read()
    expect(text).toMatch(/<img [^>]*width="800" height="1200"/)
    for (const variant of photo?.variants ?? []) {
      const answer = await t.app.request(`${testOrigin}/s/${seminar.slug}/photos/${variant.fileId}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, variant.mediaType])
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const { exif, xmp, iptc, icc, orientation, width } = await sharp(bytes).metadata()
      expect([exif, xmp, iptc, icc, orientation, width]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        variant.width,
      ])
      expect(Buffer.from(bytes).includes('GPS')).toBe(false)
    }
    const kept: number[] = []
    for await (const { key } of t.services.files.list(`${org.id}/photo/${seminar.id}/`)) {
      const file = await t.services.files.get(key)
      const bytes = await collect(file?.body as ReadableStream<Uint8Array>, 30e6)
      expect(Buffer.from(bytes).includes('Exif')).toBe(false)
      kept.push(bytes.byteLength)
    }
    expect(kept).toHaveLength(4)
  })

  it('are taken several at once; those that are none are refused in words, by content', async () => {
    const { seminar, post, upload } = await desk()
    await post('/create')
    const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const text = (content: string) => new TextEncoder().encode(content)
    const { status, text: page } = await upload([
      { name: 'tốt.png', bytes: png },
      {
        name: 'anh.svg',
        bytes: text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
      },
      { name: 'gia.jpg', bytes: text('<!doctype html><script>alert(1)</script>') },
      { name: 'iphone.heic', bytes: new Uint8Array([0, 0, 0, 24, ...text('ftypheic'), 0, 0, 0, 0]) },
      { name: 'hong.jpg', bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) },
      { name: '<img src=x>.jpg', bytes: new Uint8Array(0) },
    ])
    expect(status).toBe(415)
    for (const part of [
      '5 ảnh không được nhận',
      '“anh.svg”: không phải ảnh',
      '“gia.jpg”: không phải ảnh',
      '“iphone.heic”: ảnh HEIC',
      '“hong.jpg”: không mở được',
      '&lt;img src=x&gt;.jpg”: tệp trống',
    ])
      expect(page).toContain(part)
    expect(await listPhotos(t.database.db, org.id, seminar.id)).toHaveLength(1)
  })

  it('larger than 20 MB are refused, and nothing of them is kept', async () => {
    const { seminar, post, upload } = await desk()
    await post('/create')
    const huge = new Uint8Array(20 * 1024 * 1024 + 1)
    huge.set([0xff, 0xd8, 0xff, 0xe0])
    const { status, text } = await upload([{ name: 'to.jpg', bytes: huge }])
    expect([status, text.includes('vượt quá 20 MB')]).toEqual([413, true])
    const keys = []
    for await (const { key } of t.services.files.list(`${org.id}/photo/${seminar.id}/`)) keys.push(key)
    expect(keys).toEqual([])
  })

  it('are refused with a reason where the runtime cannot clean them', async () => {
    const { base } = await desk()
    const bare = await createTestApp({ services: { imager: undefined } })
    const { db } = bare.database
    const own = await createOrganization(db, { slug: org.slug })
    const seminar = await createSeedSeminar(db, own.id)
    const member = await createMember(bare.services, own.id)
    const body = new FormData()
    body.append('photo', new File([(await withPlace()) as Uint8Array<ArrayBuffer>], 'a.jpg'))
    const address = base.replace(/seminars\/[^/]+/, `seminars/${seminar.id}`)
    const answer = await bare.app.request(`${testOrigin}${address}/photos`, {
      method: 'POST',
      body,
      headers: { cookie: member.cookie, origin: testOrigin },
    })
    expect(answer.status).toBe(415)
    expect(await answer.text()).toContain('không xử lý được ảnh')
    await bare.close()
  })

  it('get their words, place and order; deleted ones stay with the published text until the next', async () => {
    const { seminar, get, post, upload, version, read } = await desk()
    await post('/create')
    const image = async (color: string) =>
      sharp({ create: { width: 60, height: 40, channels: 3, background: color } })
        .jpeg()
        .toBuffer()
    await upload([
      { name: '1.jpg', bytes: await image('#111') },
      { name: '2.jpg', bytes: await image('#eee') },
    ])
    await post('', { ...typed(), version: await version() })
    const [first, second] = await listPhotos(t.database.db, org.id, seminar.id)
    await post(`/photos/${first?.id}`, {
      caption: 'Quang cảnh.',
      alt: 'Hội trường',
      captionEn: '',
      altEn: '',
      place: 'top',
    })
    await post(`/photos/${second?.id}`, {
      caption: 'Đại biểu "A".',
      alt: 'Đại biểu ngồi hàng đầu',
      captionEn: 'Delegates.',
      altEn: '',
      place: '1',
    })
    const preview = (await get('/preview')).text
    expect(preview.indexOf('Quang cảnh.')).toBeLessThan(preview.indexOf('class="prose opening"'))
    expect(preview.indexOf('Đại biểu &quot;A&quot;.')).toBeGreaterThan(preview.indexOf('Đoạn một.'))
    expect(preview.indexOf('Đại biểu &quot;A&quot;.')).toBeLessThan(preview.indexOf('Đoạn hai.'))
    await post(`/photos/${second?.id}/up`)
    expect((await listPhotos(t.database.db, org.id, seminar.id)).map((p) => p.id)).toEqual([second?.id, first?.id])
    expect((await post(`/photos/${first?.id}`, { caption: 'a'.repeat(401), alt: '', place: 'x' })).status).toBe(422)
    await post('/publication', { version: await version() })
    const address = `/photos/${first?.variants[0]?.fileId}`
    expect((await read(address)).status).toBe(200)
    await post(`/photos/${first?.id}/deletion`)
    expect((await read(address)).status).toBe(200)
    await post('/publication', { version: await version(), note: 'Bỏ một ảnh.' })
    expect((await read(address)).status).toBe(404)
    expect((await post(`/photos/${first?.id}/deletion`)).status).toBe(404)
  })

  it('of a draft are seen by members alone', async () => {
    const { seminar, get, post, upload, read } = await desk()
    await post('/create')
    await upload([{ name: '1.jpg', bytes: await withPlace() }])
    const [photo] = await listPhotos(t.database.db, org.id, seminar.id)
    const file = photo?.variants[0]?.fileId
    expect((await get(`/photos/files/${file}`)).status).toBe(200)
    expect((await read(`/photos/${file}`)).status).toBe(404)
    const other = await desk()
    expect((await other.get(`/photos/files/${file}`)).status).toBe(404)
  })
})
