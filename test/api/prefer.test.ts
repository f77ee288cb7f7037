import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'
import { createPerson } from '../support/factories.ts'
import { type Caller, createCaller, newSeminar } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t, { scopes: ['read', 'write', 'admin'] })
})
afterAll(() => t.close())

const minimal = { prefer: 'return=minimal' }
const told = ({ status, headers, body }: Awaited<ReturnType<Caller['call']>>) => [
  status,
  headers.get('preference-applied'),
  headers.get('etag'),
  body,
]

describe('Prefer: return=minimal', () => {
  it('leaves out the body of what was made, not where it is', async () => {
    const made = await caller.call('POST', '/seminars', newSeminar, minimal)
    expect(told(made)).toEqual([201, 'return=minimal', '"1"', undefined])
    expect([made.headers.get('content-type'), made.headers.get('content-length')]).toEqual([null, null])
    const location = made.headers.get('location') as string
    const read = await caller.call('GET', location.replace(`${testOrigin}/api/v1`, ''), undefined, minimal)
    expect([read.status, read.body.theme, read.headers.get('preference-applied')]).toEqual([
      200,
      newSeminar.theme,
      null,
    ])
  })

  it('answers an edit with 204 and its new version', async () => {
    const { body } = await caller.call('POST', '/seminars', newSeminar)
    const path = `/seminars/${body.id}`
    const edited = await caller.call('PATCH', path, { capacity: 50 }, { ...minimal, 'if-match': '"1"' })
    expect(told(edited)).toEqual([204, 'return=minimal', '"2"', undefined])
    expect((await caller.call('GET', path)).body.capacity).toBe(50)
  })

  it('is read among other preferences, and the first counts (RFC 7240)', async () => {
    for (const [prefer, applied] of [
      ['respond-async, RETURN="minimal"; x=1', 'return=minimal'],
      ['return=representation', null],
      ['return=representation, return=minimal', null],
      ['handling=lenient', null],
      ['return=minimalist', null],
    ] as const) {
      const { status, headers, body } = await caller.call('POST', '/seminars', newSeminar, { prefer })
      expect([prefer, status, headers.get('preference-applied'), body === undefined]).toEqual([
        prefer,
        201,
        applied,
        applied !== null,
      ])
    }
  })

  it('changes nothing of what is kept for an Idempotency-Key: each repeat is answered as it prefers', async () => {
    const key = { 'idempotency-key': 'minimal-then-whole' }
    const first = await caller.call('POST', '/seminars', newSeminar, { ...key, ...minimal })
    const whole = await caller.call('POST', '/seminars', newSeminar, key)
    const again = await caller.call('POST', '/seminars', newSeminar, { ...key, ...minimal })
    const location = first.headers.get('location')
    expect(location).toContain(whole.body.id)
    expect([whole.status, whole.headers.get('location'), whole.headers.get('idempotency-replayed')]).toEqual([
      201,
      location,
      'true',
    ])
    expect(told(again)).toEqual([201, 'return=minimal', '"1"', undefined])
    expect([again.headers.get('location'), again.headers.get('idempotency-replayed')]).toEqual([location, 'true'])
  })

  it('never loses what is told once: a new key, a feed’s address', async () => {
    const key = await caller.call('POST', '/keys', { name: 'Cổng thông tin', scopes: ['read'] }, minimal)
    expect([key.status, key.body.key, key.headers.get('preference-applied')]).toEqual([
      201,
      expect.stringMatching(/^ht_/),
      null,
    ])
    const person = await createPerson(t.services.db, caller.organizationId)
    expect((await caller.call('POST', '/feeds', { personId: person.id }, minimal)).body.url).toContain('/c/')
  })

  it('leaves refusals whole', async () => {
    const { status, body, headers } = await caller.call('POST', '/seminars', {}, minimal)
    expect([status, body.code, headers.get('preference-applied')]).toEqual([422, 'invalid', null])
  })
})
