import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { roomInWindow } from '../support/windows.ts'
import { type Caller, callApi, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
const LIMIT = 5
beforeAll(async () => {
  t = await createTestApp()
  Object.assign(t.services.config, { apiRateLimit: LIMIT })
})
afterAll(() => t.close())

async function begin() {
  caller = await createCaller(t)
  await roomInWindow(60)
}

const left = (headers: Headers) => Number(/^"\w+";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1])

describe('a key', () => {
  it('is told on every answer what is left, and past its quota when to come again', { timeout: 90_000 }, async () => {
    await begin()
    const answers = [
      await caller.call('GET', '/seminars'),
      await caller.call('GET', '/seminars?limit=x'),
      await caller.call('GET', `/seminars/${crypto.randomUUID()}`),
      await caller.call('POST', '/seminars', {}),
      await caller.call('GET', '/members'),
    ]
    expect(answers.map(({ status, headers }) => [status, left(headers)])).toEqual([
      [200, 4],
      [400, 3],
      [404, 2],
      [422, 1],
      [403, 0],
    ])
    for (const { headers } of answers) expect(headers.get('ratelimit-policy')).toBe(`"default";q=${LIMIT};w=60`)
    const refused = await caller.call('GET', '/seminars')
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
    const wait = Number(refused.headers.get('retry-after'))
    expect([wait > 0 && wait <= 60, left(refused.headers)]).toEqual([true, 0])
  })

  it('has a count of its own, which many at once and many instances share', { timeout: 90_000 }, async () => {
    await begin()
    const instances = [t.app, createApp(t.services), createApp(t.services)]
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (instances[i % 3] as TestApp['app']).request(`${testOrigin}/api/v1/seminars`, {
          headers: { authorization: `Bearer ${caller.key}` },
        }),
      ),
    )
    expect(answers.filter((answer) => answer.status === 200).length).toBe(LIMIT)
    expect(answers.filter((answer) => answer.status === 429).length).toBe(30 - LIMIT)
    const other = await createCaller(t)
    expect((await other.call('GET', '/seminars')).status).toBe(200)
  })
})

it('is 600 a minute unless it is set', () => {
  expect(readConfig({}).apiRateLimit).toBe(600)
  expect(readConfig({ API_RATE_LIMIT: '1200' }).apiRateLimit).toBe(1200)
})

describe('wrong keys', () => {
  it('are let through a tenth as often as a key from one address, without shutting out keys that hold', {
    timeout: 90_000,
  }, async () => {
    await begin()
    const from = (address: string, key = 'ht_wrong') =>
      t.app.request(
        `${testOrigin}/api/v1/seminars`,
        { headers: { authorization: `Bearer ${key}` } },
        { incoming: { socket: { remoteAddress: address } } },
      )
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await from('203.0.113.7')).status)
    expect(statuses).toEqual([401, 429, 429])
    const refused = await from('203.0.113.7')
    expect(refused.headers.get('ratelimit')).toMatch(/^"unauthenticated";r=0;t=\d+$/)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await from('203.0.113.8')).status).toBe(401)
    expect((await from('203.0.113.7', caller.key)).status).toBe(200)
  })

  it('are counted without any key as well', async () => {
    const { status, headers } = await callApi(t, 'GET', '/seminars')
    expect([status, headers.get('ratelimit-policy')]).toEqual([401, '"unauthenticated";q=1;w=60'])
  })
})
