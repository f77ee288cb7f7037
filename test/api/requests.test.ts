import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '../../src/api/api.ts'
import { problemSchema } from '../../src/api/schemas.ts'
import { transaction } from '../../src/db/transaction.ts'
import { revokeApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { createTestApp, systemContext, type TestApp, testOrigin } from '../support/app.ts'
import { createMember, createSeminar } from '../support/factories.ts'
import { type Caller, callApi, createCaller, newSeminar } from './support.ts'

let t: TestApp
let caller: Caller
beforeAll(async () => {
  t = await createTestApp()
  caller = await createCaller(t)
})
afterAll(() => t.close())

describe('a key', () => {
  it('is asked of everyone, on every address, known or not', async () => {
    for (const [method, path] of [
      ['GET', '/seminars'],
      ['POST', '/seminars'],
      ['GET', '/nothing'],
      ['DELETE', '/seminars'],
    ] as const) {
      const { status, body, headers } = await callApi(t, method, path, method === 'POST' ? newSeminar : undefined)
      expect([path, status, body.code]).toEqual([path, 401, 'key_required'])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="hoithao"')
      problemSchema.parse(body)
    }
  })

  it('is asked for by every route there is', async () => {
    for (const definition of api.openAPIRegistry.definitions) {
      if (definition.type !== 'route') continue
      const { method, path } = definition.route
      const body = ['get', 'delete'].includes(method) ? undefined : {}
      const answer = await callApi(t, method.toUpperCase(), path.replace('{id}', crypto.randomUUID()), body)
      expect([path, answer.status]).toEqual([path, 401])
    }
  })

  it('must be whole and known', async () => {
    const changed = `${caller.key.slice(0, -1)}${caller.key.endsWith('A') ? 'B' : 'A'}`
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x',
      `Bearer ${changed}`,
      `Basic ${caller.key}`,
      `Bearer ${caller.key} x`,
      `Bearer ${'a'.repeat(5000)}`,
    ]) {
      expect([authorization, (await callApi(t, 'GET', '/seminars', undefined, { authorization })).status]).toEqual([
        authorization,
        401,
      ])
    }
    expect((await callApi(t, 'GET', '/seminars', undefined, { authorization: `bearer ${caller.key}` })).status).toBe(
      200,
    )
  })

  it('opens nothing once it is revoked or has expired', async () => {
    const expired = await createCaller(t, { expiresAt: new Date(Date.now() - 1000) })
    expect((await expired.call('GET', '/seminars')).status).toBe(401)
    const revoked = await createCaller(t)
    expect((await revoked.call('GET', '/seminars')).status).toBe(200)
    await transaction(t.services.db, (trx) => revokeApiKey(trx, systemContext(), revoked.organizationId, revoked.keyId))
    expect((await revoked.call('GET', '/seminars')).status).toBe(401)
  })

  it('that may only read changes nothing', async () => {
    const reader = await createCaller(t, { scopes: ['read'] })
    expect((await reader.call('GET', '/seminars')).status).toBe(200)
    expect(await reader.call('POST', '/seminars', newSeminar)).toMatchObject({
      status: 403,
      body: { code: 'key_scope' },
    })
    const writer = await createCaller(t, { scopes: ['write'], organizationId: reader.organizationId })
    expect((await writer.call('POST', '/seminars', newSeminar)).status).toBe(201)
    expect((await writer.call('GET', '/seminars')).body.total).toBe(1)
  })

  it('is not replaced by a session: a cookie opens nothing', async () => {
    const member = await createMember(t.services, caller.organizationId)
    expect((await callApi(t, 'GET', '/seminars', undefined, { cookie: member.cookie })).status).toBe(401)
  })

  it('leaves a mark of when it was used, and of what it did', async () => {
    const own = await createCaller(t)
    const { body } = await own.call('POST', '/seminars', newSeminar)
    const audit = await t.services.db
      .selectFrom('audit_events')
      .selectAll()
      .where('subject_id', '=', body.id)
      .executeTakeFirstOrThrow()
    expect(audit).toMatchObject({
      actor_kind: 'key',
      actor_id: own.keyId,
      actor_name: 'kiểm thử',
      action: 'seminar.created',
    })
    const used = () =>
      t.services.db.selectFrom('api_keys').select('last_used_at').where('id', '=', own.keyId).executeTakeFirstOrThrow()
    await expect.poll(async () => (await used()).last_used_at).not.toBeNull()
  })
})

describe('another organisation', () => {
  it('does not exist: its seminars answer 404 and are on no list', async () => {
    const other = await createCaller(t)
    const foreign = await createSeminar(t.services.db, other.organizationId)
    const mine = await createCaller(t)
    for (const [method, path, body] of [
      ['GET', `/seminars/${foreign.id}`],
      ['PATCH', `/seminars/${foreign.id}`, { venue: 'x' }],
      ['PUT', `/seminars/${foreign.id}/state`, { state: 'cancelled' }],
    ] as const) {
      expect([method, (await mine.call(method, path, body, { 'if-match': '*' })).status]).toEqual([method, 404])
    }
    expect((await mine.call('GET', '/seminars')).body.items).toEqual([])
  })

  it('and what is no id at all answer alike', async () => {
    for (const path of [
      '/seminars/x',
      '/seminars/00000000-0000-7000-8000-000000000000',
      '/seminars/..%2f..',
      "/seminars/'--",
      '/seminars/%00',
    ]) {
      expect([path, (await caller.call('GET', path)).status]).toEqual([path, 404])
    }
  })
})

describe('a body', () => {
  const post = (body: string, headers: Record<string, string> = {}) => caller.call('POST', '/seminars', body, headers)

  it('must be JSON', async () => {
    for (const body of ['', '{', '{"theme":}', 'theme=x', '\u0000']) {
      expect(await post(body)).toMatchObject({ status: 400, body: { code: 'malformed_json' } })
    }
    for (const body of ['null', '[]', '3', '"x"', '[1,2]'])
      expect([body, (await post(body)).status]).toEqual([body, 422])
  })

  it('must say that it is JSON', async () => {
    expect((await post('theme=x', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
    expect((await post(JSON.stringify(newSeminar), { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post(JSON.stringify(newSeminar), { 'content-type': '' })).status).toBe(415)
  })

  it('of more than 64 KB is refused, said or streamed', async () => {
    const long = JSON.stringify({ ...newSeminar, introduction: 'a'.repeat(70_000) })
    expect((await post(long)).status).toBe(413)
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('a'.repeat(10_000)))
      },
    })
    const answer = await t.app.request(`${testOrigin}/api/v1/seminars`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { authorization: `Bearer ${caller.key}`, 'content-type': 'application/json' },
    } as RequestInit)
    expect(answer.status).toBe(413)
  })

  it('cannot reach a prototype', async () => {
    const text = JSON.stringify(newSeminar).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    )
    const { status } = await post(text)
    expect(status).toBe(422)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('with control characters, or half a character, never breaks an answer', async () => {
    expect((await caller.call('POST', '/seminars', { ...newSeminar, theme: 'a\u0000b' })).body.errors).toMatchObject([
      { pointer: '#/theme', code: 'control_character' },
    ])
    for (const introduction of ['a\u0000b', 'a\ud800b']) {
      expect((await caller.call('POST', '/seminars', { ...newSeminar, introduction })).status).toBeLessThan(500)
    }
  })
})

describe('Idempotency-Key', () => {
  const themes = async (theme: string) =>
    (await caller.call('GET', `/seminars?q=${encodeURIComponent(theme)}`)).body.total

  it('gives the same answer again, and nothing happens twice', async () => {
    const headers = { 'idempotency-key': 'first-1' }
    const body = { ...newSeminar, theme: 'Một lần' }
    const first = await caller.call('POST', '/seminars', body, headers)
    const second = await caller.call('POST', '/seminars', body, headers)
    expect([second.status, second.body]).toEqual([201, first.body])
    expect([second.headers.get('etag'), second.headers.get('location')]).toEqual([
      first.headers.get('etag'),
      first.headers.get('location'),
    ])
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
    expect(await themes('Một lần')).toBe(1)
  })

  it('holds for 50 at once: one effect, one answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        caller.call('POST', '/seminars', { ...newSeminar, theme: 'Năm mươi' }, { 'idempotency-key': 'fifty' }),
      ),
    )
    expect(new Set(answers.map((a) => `${a.status} ${JSON.stringify(a.body)}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect(await themes('Năm mươi')).toBe(1)
  })

  it('is refused for another request: 422', async () => {
    const headers = { 'idempotency-key': 'reused' }
    await caller.call('POST', '/seminars', newSeminar, headers)
    expect(await caller.call('POST', '/seminars', { ...newSeminar, capacity: 41 }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  it('may be sent again after a refusal, mended', async () => {
    const headers = { 'idempotency-key': 'mended' }
    const { id } = (await caller.call('POST', '/seminars', newSeminar)).body
    const edit = (body: object) => caller.call('PATCH', `/seminars/${id}`, body, { ...headers, 'if-match': '*' })
    expect((await edit({ endsLocal: '2030-01-01T00:00' })).status).toBe(422)
    expect((await edit({ venue: 'Nhà văn hóa' })).status).toBe(200)
  })

  it('of a request that still runs answers 409', async () => {
    await t.services.db
      .insertInto('idempotency_keys')
      .values({
        organization_id: caller.organizationId,
        actor: `key:${caller.keyId}`,
        key: 'running',
        request_hash: await hashOf('POST /api/v1/seminars', newSeminar),
      })
      .execute()
    expect(await caller.call('POST', '/seminars', newSeminar, { 'idempotency-key': 'running' })).toMatchObject({
      status: 409,
      body: { code: 'request_in_flight' },
    })
  })

  it('is taken over from a process that died with it', async () => {
    await t.services.db
      .insertInto('idempotency_keys')
      .values({
        organization_id: caller.organizationId,
        actor: `key:${caller.keyId}`,
        key: 'died',
        request_hash: await hashOf('POST /api/v1/seminars', newSeminar),
        created_at: new Date(Date.now() - 300_000),
      })
      .execute()
    expect((await caller.call('POST', '/seminars', newSeminar, { 'idempotency-key': 'died' })).status).toBe(201)
  })

  it('belongs to one API key: another may use the same', async () => {
    const other = await createCaller(t)
    expect((await caller.call('POST', '/seminars', newSeminar, { 'idempotency-key': 'shared' })).status).toBe(201)
    expect(
      (await other.call('POST', '/seminars', { ...newSeminar, capacity: 3 }, { 'idempotency-key': 'shared' })).status,
    ).toBe(201)
  })

  it('must be printable: 400', async () => {
    for (const key of ['', 'a b', 'é', 'a'.repeat(201)]) {
      const { status, body } = await caller.call('POST', '/seminars', newSeminar, { 'idempotency-key': key })
      expect([key, status, body.errors]).toMatchObject([key, 400, [{ header: 'idempotency-key', code: 'invalid' }]])
    }
  })
})

async function hashOf(line: string, body: object): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${line}\n${JSON.stringify(body)}`)),
  )
}
