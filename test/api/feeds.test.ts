import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createPerson } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

const status = async (url: string) => (await t.app.request(url)).status

it('tells the address of a person’s calendar once; the address opens it, and the next one ends it', async () => {
  const person = await createPerson(t.services.db, caller.organizationId)
  const headers = { 'idempotency-key': 'feed' }
  const made = await caller.call('POST', '/feeds', { personId: person.id }, headers)
  expect(made).toMatchObject({ status: 201, body: { personId: person.id, personName: person.name } })
  expect(made.body.url).toMatch(new RegExp(`^${testOrigin}/c/[\\w-]{22}\\.ics$`))
  expect(made.headers.get('location')).toBe(`${testOrigin}/api/v1/feeds/${made.body.id}`)
  expect(await status(made.body.url)).toBe(200)
  const again = await caller.call('POST', '/feeds', { personId: person.id }, headers)
  expect(again.body).toEqual(made.body)
  const kept = await t.services.db.selectFrom('idempotency_keys').selectAll().execute()
  expect(JSON.stringify(kept)).not.toContain(made.body.url.slice(-26, -4))
  const { url, ...rest } = made.body
  expect((await caller.call('GET', `/feeds/${made.body.id}`)).body).toEqual(rest)
  const next = await caller.call('POST', '/feeds', { personId: person.id })
  expect([await status(url), await status(next.body.url)]).toEqual([404, 200])
  expect((await caller.call('GET', `/feeds/${made.body.id}`)).status).toBe(404)
  const list = (await caller.call('GET', `/feeds?personId=${person.id}`)).body
  expect([list.total, list.items.map((f: { id: string }) => f.id)]).toEqual([1, [next.body.id]])
  expect(JSON.stringify(list)).not.toContain('/c/')
})

it('writes the address in the person’s language', async () => {
  const person = await createPerson(t.services.db, caller.organizationId, { locale: 'en' })
  const { body } = await caller.call('POST', '/feeds', { personId: person.id })
  expect(body.url).toMatch(new RegExp(`^${testOrigin}/en/c/`))
})

it('ends an address at once', async () => {
  const person = await createPerson(t.services.db, caller.organizationId)
  const { id, url } = (await caller.call('POST', '/feeds', { personId: person.id })).body
  expect((await caller.call('DELETE', `/feeds/${id}`)).status).toBe(204)
  expect(await status(url)).toBe(404)
  expect((await caller.call('DELETE', `/feeds/${id}`)).status).toBe(404)
})

it('lists the latest first, by cursor, each once', async () => {
  const own = await createCaller(t)
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    const person = await createPerson(t.services.db, own.organizationId)
    ids.unshift((await own.call('POST', '/feeds', { personId: person.id })).body.id)
  }
  const seen: string[] = []
  let cursor: string | null = ''
  do {
    const { body } = await own.call('GET', `/feeds?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
    expect(body.total).toBe(5)
    seen.push(...body.items.map((f: { id: string }) => f.id))
    cursor = body.next
  } while (cursor)
  expect(seen).toEqual(ids)
  const forged = btoa(JSON.stringify(['soon', ids[0]])).replace(/=+$/, '')
  for (const query of ['personId=x', 'cursor=x', `cursor=${forged}`])
    expect([query, (await own.call('GET', `/feeds?${query}`)).status]).toEqual([query, 400])
})

it('knows nobody of another organisation, nor a calendar that was made there', async () => {
  const other = await createCaller(t)
  const person = await createPerson(t.services.db, other.organizationId)
  const { id, url } = (await other.call('POST', '/feeds', { personId: person.id })).body
  expect((await caller.call('POST', '/feeds', { personId: person.id })).body.errors).toMatchObject([
    { pointer: '#/personId', code: 'unknown_person' },
  ])
  expect((await caller.call('GET', `/feeds/${id}`)).status).toBe(404)
  expect((await caller.call('DELETE', `/feeds/${id}`)).status).toBe(404)
  expect(await status(url)).toBe(200)
})
