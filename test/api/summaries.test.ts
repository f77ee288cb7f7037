import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createFsStore } from '../../src/platform/fs.ts'
import { createImager } from '../../src/platform/imager.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createSeminar } from '../support/factories.ts'
import { type Caller, callApi, createCaller } from './support.ts'

let t: TestApp
let dir: string
let caller: Caller
let other: Caller
let seminar: Awaited<ReturnType<typeof createSeminar>>
let path: string
let photo: Uint8Array
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(dir), services: { imager: createImager() } })
  caller = await createCaller(t)
  other = await createCaller(t)
  const exif = { IFD0: { Copyright: 'Người chụp' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '21/1 2/1 0/1' } }
  photo = new Uint8Array(
    await sharp({ create: { width: 700, height: 400, channels: 3, background: '#a33' } })
      .withExif(exif)
      .jpeg()
      .toBuffer(),
  )
})
afterAll(async () => {
  await t.close()
  rmSync(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  seminar = await createSeminar(t.services.db, caller.organizationId)
  path = `/seminars/${seminar.id}`
})

const begin = async (body: object = {}) =>
  (await caller.call('POST', `${path}/summaries`, { locale: 'vi', ...body })).body
const patch = (body: object, tag = '*', locale = 'vi') =>
  caller.call('PATCH', `${path}/summaries/${locale}`, body, { 'if-match': tag })
const put = (body: object, tag = '*', locale = 'vi') =>
  caller.call('PUT', `${path}/summaries/${locale}/state`, body, { 'if-match': tag })
const page = (slug = seminar.slug) => t.app.request(`${testOrigin}/s/${slug}/summary`)
const add = (name = 'Quang cảnh.jpg', bytes = photo, headers = {}) =>
  caller.call('POST', `${path}/photos?name=${encodeURIComponent(name)}`, bytes, headers)
const stored = () =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))

describe('a summary', () => {
  it('is begun with what the data gives, once a language', async () => {
    const made = await caller.call('POST', `${path}/summaries`, { locale: 'vi' })
    expect([made.status, made.headers.get('location')]).toEqual([201, `${testOrigin}/api/v1${path}/summaries/vi`])
    expect(made.body).toMatchObject({ locale: 'vi', state: 'draft', leadEdited: false, url: null, version: 1 })
    expect(made.body.lead[0]).toContain('Ban Thường vụ Thành ủy tổ chức')
    expect(await caller.call('POST', `${path}/summaries`, { locale: 'vi' })).toMatchObject({
      status: 409,
      body: { code: 'summary_exists' },
    })
    await begin({ locale: 'en' })
    const { items, total } = (await caller.call('GET', `${path}/summaries`)).body
    expect([total, items.map((one: { locale: string }) => one.locale)]).toEqual([2, ['vi', 'en']])
    expect((await caller.call('GET', `${path}/summaries/vi`)).body).toEqual(made.body)
    expect((await caller.call('GET', `${path}/summaries/fr`)).status).toBe(404)
  })

  it('may be begun with words of one’s own', async () => {
    const made = await begin({ title: 'Hội thảo thành công', lead: ['Đoạn một.', 'Đoạn hai.'], body: '## Kết quả' })
    expect(made).toMatchObject({
      title: 'Hội thảo thành công',
      lead: ['Đoạn một.', 'Đoạn hai.'],
      leadEdited: true,
      body: '## Kết quả',
      editedBy: 'kiểm thử',
    })
  })

  it('is edited on its version; the lead is written anew until someone edits it', async () => {
    const { lead, title } = await begin()
    const edited = await patch({ body: 'Nội dung.', conclusions: ['1. Nhân rộng', 'Tổng kết'] }, '"1"')
    expect(edited.body).toMatchObject({ title, lead, leadEdited: false, body: 'Nội dung.', version: 2 })
    expect(edited.body.conclusions).toEqual(['Nhân rộng', 'Tổng kết'])
    expect((await patch({ body: 'x' }, '"1"')).status).toBe(412)
    expect((await caller.call('PATCH', `${path}/summaries/vi`, { body: 'x' })).status).toBe(428)
    await caller.call('PATCH', path, { host: 'Ban Tổ chức Tỉnh ủy' }, { 'if-match': '*' })
    expect((await patch({ lead: null })).body.lead[0]).toContain('Ban Tổ chức Tỉnh ủy')
    expect((await patch({ lead: ['Viết tay.'] })).body).toMatchObject({ lead: ['Viết tay.'], leadEdited: true })
    expect((await patch({ lead: null })).body.code).toBe('lead_edited')
    const wrong = await patch({
      title: '',
      figures: { caption: 'x', columns: [], rows: [], sum: 1 },
      state: 'published',
    })
    expect(wrong.body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]).sort()).toEqual([
      ['#/figures/sum', 'unknown_field'],
      ['#/state', 'unknown_field'],
      ['#/title', 'required'],
    ])
  })

  it('is published, corrected with a note, and withdrawn; each text is kept', async () => {
    await begin({ body: 'Bản một.' })
    expect((await page()).status).toBe(404)
    const published = await put({ state: 'published' }, '"2"')
    expect(published.body).toMatchObject({ state: 'published', url: `${testOrigin}/s/${seminar.slug}/summary` })
    expect(await (await page()).text()).toContain('Bản một.')
    await patch({ body: 'Bản hai.' })
    expect(await (await page()).text()).toContain('Bản một.')
    expect((await put({ state: 'published' })).body.errors).toMatchObject([{ pointer: '#/note', code: 'required' }])
    expect((await put({ state: 'published', note: 'Sửa số.' }, '"1"')).status).toBe(412)
    expect((await put({ state: 'published', note: 'Sửa số.' })).body.correctionNote).toBe('Sửa số.')
    expect(await (await page()).text()).toContain('Bản hai.')
    expect((await put({ state: 'withdrawn' })).body).toMatchObject({ state: 'withdrawn', url: null })
    expect((await page()).status).not.toBe(200)
    expect((await put({ state: 'withdrawn' })).body.code).toBe('not_published')
    expect((await put({ state: 'draft' })).body.errors).toMatchObject([{ pointer: '#/state', code: 'state' }])
    const { items, total } = (await caller.call('GET', `${path}/summaries/vi/revisions`)).body
    expect([total, items.map((one: { number: number; note: string }) => [one.number, one.note])]).toEqual([
      2,
      [
        [2, 'Sửa số.'],
        [1, null],
      ],
    ])
    const first = (await caller.call('GET', `${path}/summaries/vi/revisions/1`)).body
    expect(first).toMatchObject({ number: 1, by: 'kiểm thử', text: { body: 'Bản một.', photos: [] } })
    expect((await caller.call('GET', `${path}/summaries/vi/revisions/9`)).status).toBe(404)
  })

  it('of a draft seminar is not published', async () => {
    seminar = await createSeminar(t.services.db, caller.organizationId, { state: 'draft' })
    path = `/seminars/${seminar.id}`
    await begin()
    expect(await put({ state: 'published' })).toMatchObject({ status: 409, body: { code: 'seminar_draft' } })
  })

  it('keeps drafts that were overwritten, to be read and brought back', async () => {
    await begin({ body: 'Chữ của máy thứ nhất. '.repeat(20) })
    const second = await createCaller(t, { organizationId: caller.organizationId })
    await second.call('PATCH', `${path}/summaries/vi`, { body: 'Bản mới.' }, { 'if-match': '*' })
    const { items } = (await caller.call('GET', `${path}/summaries/vi/drafts`)).body
    expect(items.length).toBeGreaterThan(0)
    const old = (await caller.call('GET', `${path}/summaries/vi/drafts/${items[0].id}`)).body
    expect(old.text.body).toContain('máy thứ nhất')
    expect((await patch(old.text)).body.body).toContain('máy thứ nhất')
    expect((await caller.call('GET', `${path}/summaries/vi/drafts/${seminar.id}`)).status).toBe(404)
  })

  it('is nobody else’s', async () => {
    await begin()
    const made = (await add()).body
    const any = { 'if-match': '*' }
    for (const answer of [
      await other.call('GET', `${path}/summaries`),
      await other.call('POST', `${path}/summaries`, { locale: 'en' }),
      await other.call('GET', `${path}/summaries/vi`),
      await other.call('PATCH', `${path}/summaries/vi`, { body: 'x' }, any),
      await other.call('PUT', `${path}/summaries/vi/state`, { state: 'published' }, any),
      await other.call('GET', `${path}/summaries/vi/revisions`),
      await other.call('GET', `${path}/summaries/vi/drafts`),
      await other.call('GET', `${path}/photos`),
      await other.call('POST', `${path}/photos`, photo),
      await other.call('PUT', `${path}/photos/order`, { ids: [made.id] }),
      await other.call('GET', `${path}/photos/${made.id}`),
      await other.call('PATCH', `${path}/photos/${made.id}`, { alt: 'x' }, any),
      await other.call('DELETE', `${path}/photos/${made.id}`, undefined, any),
      await other.call('GET', made.variants[0].url.replace(`${testOrigin}/api/v1`, '')),
    ])
      expect(answer.status).toBe(404)
    expect((await caller.call('GET', `${path}/photos`)).body.total).toBe(1)
  })
})

describe('photos', () => {
  it('come in as one file, lose all metadata, and go out in sizes', async () => {
    const before = stored()
    const made = await add()
    expect([made.status, made.headers.get('location'), made.headers.get('etag')]).toEqual([
      201,
      `${testOrigin}/api/v1${path}/photos/${made.body.id}`,
      '"1"',
    ])
    expect(made.body).toMatchObject({ width: 700, height: 400, afterParagraph: null, caption: '', version: 1 })
    for (const variant of made.body.variants) {
      const { body, headers } = await caller.call('GET', variant.url.replace(`${testOrigin}/api/v1`, ''))
      const meta = await sharp(body).metadata()
      expect([headers.get('content-type'), meta.width, meta.exif]).toEqual([
        variant.mediaType,
        variant.width,
        undefined,
      ])
    }
    const fresh = stored().filter((file) => !before.includes(file))
    expect(fresh.some((file) => readFileSync(file).includes('Người chụp'))).toBe(false)
    const elsewhere = `${path}/photos/${made.body.id}/variants/${crypto.randomUUID()}`
    expect((await caller.call('GET', elsewhere)).status).toBe(404)
  })

  it('have words in two languages and a place in each text, edited on their version', async () => {
    await begin({ body: 'Một.\n\nHai.' })
    await begin({ locale: 'en', body: 'One.\n\nTwo.' })
    const { id } = (await add()).body
    const edit = (body: object, tag: string) => caller.call('PATCH', `${path}/photos/${id}`, body, { 'if-match': tag })
    const words = { caption: 'Quang cảnh.', alt: 'Đại biểu ngồi kín hội trường', captionEn: 'The hall' }
    expect((await edit(words, '"1"')).body).toMatchObject({ ...words, version: 2 })
    expect((await edit({ afterParagraph: 1 }, '"2"')).body).toMatchObject({
      afterParagraph: 1,
      afterParagraphEn: null,
      ...words,
    })
    expect((await edit({ afterParagraph: 2, afterParagraphEn: 1 }, '*')).body).toMatchObject({
      afterParagraph: 2,
      afterParagraphEn: 1,
    })
    expect((await edit({ afterParagraphEn: 2 }, '*')).body).toMatchObject({ afterParagraph: 2, afterParagraphEn: 2 })
    expect((await edit(words, '"1"')).status).toBe(412)
    expect((await caller.call('PATCH', `${path}/photos/${id}`, words)).status).toBe(428)
    expect((await edit({ alt: 'x'.repeat(500), place: 'top', afterParagraph: -1 }, '*')).body.errors).toMatchObject([
      { pointer: '#/alt', code: 'too_long' },
      { pointer: '#/afterParagraph', code: 'number' },
      { pointer: '#/place', code: 'unknown_field' },
    ])
  })

  it('stand in an order, and leave the draft on their version', async () => {
    const [a, b] = [(await add('a.jpg')).body, (await add('b.jpg')).body]
    const order = (ids: string[]) => caller.call('PUT', `${path}/photos/order`, { ids })
    expect((await order([b.id])).body).toEqual({ ids: [b.id, a.id] })
    expect((await order([b.id, seminar.id])).body.code).toBe('list_changed')
    expect((await caller.call('GET', `${path}/photos?limit=1`)).body).toMatchObject({ items: [{ id: b.id }], total: 2 })
    const before = stored().length
    const remove = (tag?: string) =>
      caller.call('DELETE', `${path}/photos/${a.id}`, undefined, tag ? { 'if-match': tag } : {})
    expect((await remove()).status).toBe(428)
    expect((await remove('"7"')).status).toBe(412)
    expect((await remove('"1"')).status).toBe(204)
    expect((await remove('*')).status).toBe(404)
    expect(stored().length).toBe(before - a.variants.length)
  })

  it('need an alternative text before they are published, and stay in what is published', async () => {
    await begin()
    const { id, variants } = (await add()).body
    const refused = await put({ state: 'published' })
    expect(refused.body.errors).toMatchObject([{ pointer: `#/photo/${id}`, code: 'alt_missing' }])
    await caller.call('PATCH', `${path}/photos/${id}`, { alt: 'Hội trường' }, { 'if-match': '*' })
    expect((await put({ state: 'published' })).status).toBe(200)
    const before = stored().length
    await caller.call('DELETE', `${path}/photos/${id}`, undefined, { 'if-match': '*' })
    expect(stored().length).toBe(before)
    await put({ state: 'published', note: 'Bỏ ảnh.' })
    expect(stored().length).toBe(before - variants.length)
  })

  it('are refused with a code and in words, and nothing is kept', async () => {
    const before = stored().length
    const text = new TextEncoder().encode('hello, this is no picture')
    const refused = async (bytes: Uint8Array, headers = {}) => {
      const { status, body } = await add('ảnh.jpg', bytes, headers)
      return [status, body.code, body.detail]
    }
    expect(await refused(text, { 'accept-language': 'en' })).toEqual([
      415,
      'photo_format',
      expect.stringContaining('ảnh.jpg'),
    ])
    expect((await refused(photo.subarray(0, 300))).slice(0, 2)).toEqual([422, 'photo_damaged'])
    expect((await caller.call('POST', `${path}/photos`)).body.code).toBe('photo_empty')
    const large = new Uint8Array(20 * 1024 * 1024 + 1)
    expect((await refused(large)).slice(0, 2)).toEqual([413, 'photo_too_large'])
    expect(stored().length).toBe(before)
  })

  it('are refused with the reason where the server cannot free them of what they tell', async () => {
    const bare = { ...t, app: createApp({ ...t.services, imager: undefined }) }
    const answer = await callApi(bare, 'POST', `${path}/photos?name=a.jpg`, photo, {
      authorization: `Bearer ${caller.key}`,
      'content-type': 'image/jpeg',
    })
    expect([answer.status, answer.body.code]).toEqual([415, 'photo_no_imager'])
  })

  it('sent again with one Idempotency-Key are one photo', async () => {
    const key = { 'idempotency-key': `photo-${seminar.id}` }
    const before = stored().length
    const [a, b] = await Promise.all([add('a.jpg', photo, key), add('a.jpg', photo, key)])
    expect(a?.body).toEqual(b?.body)
    expect((await add('a.jpg', photo.subarray(0, -1), key)).body.code).toMatch(/idempotency_key_reused|photo_damaged/)
    expect((await caller.call('GET', `${path}/photos`)).body.total).toBe(1)
    expect(stored().length).toBe(before + a.body.variants.length)
  })
})
