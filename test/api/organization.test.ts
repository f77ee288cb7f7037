import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let owner: Caller
let writer: Caller
beforeAll(async () => {
  t = await createTestApp()
  owner = await createCaller(t, { scopes: ['read', 'admin'] })
  writer = await createCaller(t, { organizationId: owner.organizationId })
})
afterAll(() => t.close())

describe('the organisation of the key', () => {
  it('is read with any key that reads', async () => {
    const { status, body, headers } = await writer.call('GET', '/organization')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: owner.organizationId,
      name: 'Thành ủy Mẫu',
      nameEn: 'Mau City Party Committee',
      honorific: 'comrade',
      timezone: 'Asia/Ho_Chi_Minh',
      email: 'vanphong@mau.example',
      version: 1,
    })
    expect(body.url).toBe(`${testOrigin}/o/${body.slug}`)
    expect(headers.get('etag')).toBe('"1"')
  })

  it('is changed field by field by a key that administers, and by no other', async () => {
    const edit = (caller: Caller, body: object, headers: Record<string, string> = { 'if-match': '*' }) =>
      caller.call('PATCH', '/organization', body, headers)
    expect(await edit(writer, { accentHue: 200 })).toMatchObject({ status: 403, body: { code: 'key_scope' } })
    expect((await edit(owner, { accentHue: 200 }, {})).status).toBe(428)
    const before = (await owner.call('GET', '/organization')).body
    const edited = await edit(owner, { accentHue: 200, contactName: null }, { 'if-match': '"1"' })
    expect(edited).toMatchObject({
      status: 200,
      body: { ...before, accentHue: 200, contactName: null, version: 2, updatedAt: edited.body.updatedAt },
    })
    expect(edited.headers.get('etag')).toBe('"2"')
    expect((await edit(owner, { accentHue: 100 }, { 'if-match': '"1"' })).status).toBe(412)
  })

  it('refuses what is wrong by its place, in the language asked for', async () => {
    const { status, body } = await owner.call(
      'PATCH',
      '/organization',
      { name: ' ', accentHue: 400, timezone: 'Asia/Nowhere', email: 'x', slug: 'khac', contactPhone: 'a\nb' },
      { 'if-match': '*', 'accept-language': 'en' },
    )
    expect(status).toBe(422)
    expect(Object.fromEntries(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]))).toEqual({
      '#/name': 'required',
      '#/accentHue': 'hue',
      '#/timezone': 'timezone',
      '#/email': 'email',
      '#/slug': 'unknown_field',
      '#/contactPhone': 'control_character',
    })
    expect(body.title).toBe('Something needs a look')
  })
})
