import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { transaction } from '../../src/db/transaction.ts'
import { stopLine } from '../../src/features/mail/commands/line.ts'
import { createMailbox } from '../../src/platform/mailbox.ts'
import { createMailer } from '../../src/platform/mailer.ts'
import { runDueTasks } from '../../src/tasks.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createInvitation, createPerson, createSeminar, createUnit } from '../support/factories.ts'
import { type Caller, createCaller } from './support.ts'

let t: TestApp
let caller: Caller
let seminar: Awaited<ReturnType<typeof createSeminar>>
beforeAll(async () => {
  t = await createTestApp()
  t.services.mailer = createMailbox(t.services.db)
})
afterAll(() => t.close())
beforeEach(async () => {
  caller = await createCaller(t)
  seminar = await createSeminar(t.services.db, caller.organizationId)
})

const invitee = { name: 'Phạm Thị Hồng Gấm', positions: ['Bí thư Chi bộ 5'], email: 'gam@mau.example' }
const add = async (body: object = {}) =>
  (await caller.call('POST', `/seminars/${seminar.id}/invitations`, { ...invitee, ...body })).body
const messages = () =>
  t.services.db
    .selectFrom('messages')
    .select(['kind', 'to_address', 'state'])
    .where('organization_id', '=', caller.organizationId)
    .orderBy('id')
    .execute()

describe('an invitation', () => {
  it('is a draft until it is sent, then goes out once', async () => {
    const made = await caller.call('POST', `/seminars/${seminar.id}/invitations`, invitee)
    expect([made.status, made.headers.get('location')]).toEqual([
      201,
      `http://hoithao.test/api/v1/invitations/${made.body.id}`,
    ])
    expect(made.body).toMatchObject({
      ...invitee,
      status: 'draft',
      seminarId: seminar.id,
      answer: { state: null },
      locale: 'vi',
    })
    const send = () => caller.call('POST', `/seminars/${seminar.id}/mailing`, {})
    expect((await send()).body).toEqual({ mailed: 1, waiting: 0, toCall: 0 })
    expect((await send()).body).toEqual({ mailed: 0, waiting: 0, toCall: 0 })
    expect(await messages()).toMatchObject([{ kind: 'invitation', to_address: 'gam@mau.example', state: 'queued' }])
    const sent = await caller.call('GET', `/invitations/${made.body.id}`)
    // Issued; what left is another matter.
    expect(sent.body).toMatchObject({ status: 'sent', issuedAt: expect.any(String), letter: 'waiting', sentAt: null })
    await runDueTasks(t.services, { worker: 'w', tasks: [] })
    const left = await caller.call('GET', `/invitations/${made.body.id}`)
    expect(left.body).toMatchObject({ status: 'sent', letter: 'sent', sentAt: expect.any(String) })
    const [listed] = (await caller.call('GET', `/seminars/${seminar.id}/invitations`)).body.items
    expect(listed.sentAt).toBe(left.body.sentAt)
    expect(sent.headers.get('etag')).toBe(`"${sent.body.version}"`)
  })

  it('of another seminar, or of none, is named, and nothing is issued', async () => {
    const own = await add()
    const other = await createSeminar(t.services.db, caller.organizationId)
    const foreign = await createInvitation(t.services.db, other, { status: 'draft', sent_at: null })
    const invitationIds = [own.id, foreign.id, other.id]
    const { status, body } = await caller.call('POST', `/seminars/${seminar.id}/mailing`, { invitationIds })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([
      { pointer: '#/invitationIds/1', code: 'not_of_seminar' },
      { pointer: '#/invitationIds/2', code: 'not_of_seminar' },
    ])
    expect(await messages()).toEqual([])
    expect((await caller.call('GET', `/invitations/${own.id}`)).body.status).toBe('draft')
    const many = Array.from({ length: 1000 }, () => crypto.randomUUID())
    const named = await caller.call('POST', `/seminars/${seminar.id}/mailing`, { invitationIds: many })
    expect([named.status, named.body.errors.length]).toEqual([422, 20])
    const spelled = { invitationIds: [own.id.toUpperCase()] }
    expect((await caller.call('POST', `/seminars/${seminar.id}/mailing`, spelled)).body).toMatchObject({ mailed: 1 })
  })

  it('whose letter cannot leave is never called sent: the act, the list and one alike', async () => {
    const made = await add()
    const bare = await add({ name: 'Lê Thị Bình', email: null, phone: '0203 123 456' })
    await transaction(t.services.db, (trx) => stopLine(trx, 'server', 'connection', 'ECONNREFUSED'))
    try {
      const told = await caller.call('POST', `/seminars/${seminar.id}/mailing`, {})
      expect(told.body).toEqual({ mailed: 1, waiting: 1, toCall: 1 })
      const again = await caller.call('POST', `/invitations/${made.id}/mailings`)
      expect(again.body).toEqual({ mailed: 1, waiting: 1, toCall: 0 })
      for (const id of [made.id, bare.id])
        expect((await caller.call('GET', `/invitations/${id}`)).body).toMatchObject({
          status: 'sent',
          issuedAt: expect.any(String),
          sentAt: null,
        })
    } finally {
      await t.database.sql`delete from mail_stops`
    }
    const [call] = (await caller.call('GET', `/calls?seminarId=${seminar.id}`)).body.items
    await caller.call('PUT', `/calls/${call.id}/outcome`, { outcome: 'reached' }, { 'if-match': '*' })
    expect((await caller.call('GET', `/invitations/${bare.id}`)).body).toMatchObject({
      telling: 'called',
      sentAt: expect.any(String),
    })
  })

  it('says so where no way to send is set up', async () => {
    await add()
    const { mailer } = t.services
    t.services.mailer = createMailer(readConfig({ DEMO: 'off' }), t.services.db)
    try {
      const told = await caller.call('POST', `/seminars/${seminar.id}/mailing`, {})
      expect(told.body).toEqual({ mailed: 1, waiting: 1, toCall: 0 })
    } finally {
      t.services.mailer = mailer
    }
  })

  it('is refused field by field in the names of the API', async () => {
    const { status, body } = await caller.call('POST', `/seminars/${seminar.id}/invitations`, {
      ...invitee,
      email: 'gam@',
      positions: ['ok', ''],
      positionsEn: 'x',
      delegationId: 'none',
      delegation_id: null,
    })
    expect(status).toBe(422)
    expect(Object.fromEntries(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]))).toEqual({
      '#/email': 'email',
      '#/positions/1': 'required',
      '#/positionsEn': 'invalid',
      '#/delegationId': 'invalid',
      '#/delegation_id': 'unknown_field',
    })
    const foreign = await caller.call('POST', `/seminars/${seminar.id}/invitations`, {
      ...invitee,
      delegationId: seminar.id,
    })
    expect(foreign).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/delegationId' }] } })
  })

  it('is made once for one name and address', async () => {
    await add()
    expect(await caller.call('POST', `/seminars/${seminar.id}/invitations`, invitee)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/name', code: 'on_list' }] },
    })
  })

  it('is edited on its version', async () => {
    const made = await add()
    const edit = (body: object, tag: string) =>
      caller.call('PATCH', `/invitations/${made.id}`, body, { 'if-match': tag })
    expect(await edit({ email: 'moi@mau.example' }, `"${made.version}"`)).toMatchObject({
      status: 200,
      body: { ...invitee, email: 'moi@mau.example' },
    })
    expect((await edit({ email: 'cu@mau.example' }, `"${made.version}"`)).status).toBe(412)
    expect((await caller.call('PATCH', `/invitations/${made.id}`, {})).status).toBe(428)
    expect((await edit({ status: 'sent' }, '*')).status).toBe(422)
  })

  it('is taken back: a draft leaves the list, a sent one is withdrawn', async () => {
    const draft = await add()
    expect(await caller.call('DELETE', `/invitations/${draft.id}`)).toMatchObject({
      status: 200,
      body: { mailed: 0, waiting: 0, toCall: 0 },
    })
    expect((await caller.call('GET', `/invitations/${draft.id}`)).status).toBe(404)
    const sent = await createInvitation(t.services.db, seminar)
    expect((await caller.call('DELETE', `/invitations/${sent.id}`, undefined, { 'if-match': '"9"' })).status).toBe(412)
    expect((await caller.call('DELETE', `/invitations/${sent.id}`, undefined, { 'if-match': '"1"' })).body).toEqual({
      mailed: 0,
      waiting: 0,
      toCall: 1,
    })
    expect((await caller.call('GET', `/invitations/${sent.id}`)).body).toMatchObject({
      status: 'withdrawn',
      withdrawnAt: expect.any(String),
    })
    expect((await caller.call('PUT', `/invitations/${sent.id}/answer`, { answer: 'attend' })).status).toBe(409)
  })

  it('cannot be sent before the seminar is scheduled', async () => {
    const draft = await createSeminar(t.services.db, caller.organizationId, { state: 'draft' })
    expect(await caller.call('POST', `/seminars/${draft.id}/mailing`, {})).toMatchObject({
      status: 409,
      body: { code: 'seminar_not_open' },
    })
  })
})

describe('people of the directory', () => {
  it('are invited by id, once, with the positions they hold', async () => {
    const { db } = t.services
    const unit = await createUnit(db, caller.organizationId)
    const person = await createPerson(db, caller.organizationId)
    await db
      .insertInto('positions')
      .values({ organization_id: caller.organizationId, person_id: person.id, unit_id: unit.id, title: 'Bí thư' })
      .execute()
    const call = (body: object) => caller.call('POST', `/seminars/${seminar.id}/invitees`, body)
    expect((await call({ personIds: [person.id, person.id] })).body).toEqual({ added: 1, already: 0, seats: 1 })
    expect((await call({ personIds: [person.id] })).body).toEqual({ added: 0, already: 1, seats: 0 })
    const { body } = await caller.call('GET', `/seminars/${seminar.id}/invitations`)
    expect(body.items).toMatchObject([
      { personId: person.id, name: person.name, positions: [expect.stringContaining('Bí thư')] },
    ])
  })

  it('are those of the organisation only', async () => {
    const other = await createCaller(t)
    const foreign = await createPerson(t.services.db, other.organizationId)
    const call = (body: object) => caller.call('POST', `/seminars/${seminar.id}/invitees`, body)
    expect(await call({ personIds: [foreign.id] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/personIds' }] },
    })
    expect(await call({ delegationIds: [seminar.id] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/delegationIds/0' }] },
    })
    expect((await call({})).status).toBe(422)
    expect((await call({ personIds: [foreign.id], delegationIds: [seminar.id] })).status).toBe(422)
  })
})

describe('the list of invitations', () => {
  it('is paged by name, with a total, each once', async () => {
    for (let i = 0; i < 7; i++) await createInvitation(t.services.db, seminar, { given: `Tên ${i}` })
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const { body } = await caller.call(
        'GET',
        `/seminars/${seminar.id}/invitations?limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
      )
      expect(body.total).toBe(7)
      seen.push(...body.items.map((i: { id: string }) => i.id))
      cursor = body.next
    } while (cursor)
    expect([seen.length, new Set(seen).size]).toEqual([7, 7])
  })

  it('shows the latest answers first when asked, page by page', async () => {
    const rows = []
    for (let i = 0; i < 3; i++) rows.push(await createInvitation(t.services.db, seminar))
    for (const row of rows) await caller.call('PUT', `/invitations/${row.id}/answer`, { answer: 'attend' })
    await createInvitation(t.services.db, seminar)
    const first = (await caller.call('GET', `/seminars/${seminar.id}/invitations?sort=answered&limit=2`)).body
    expect([first.total, first.items.map((i: { id: string }) => i.id)]).toEqual([3, [rows[2]?.id, rows[1]?.id]])
    const second = (
      await caller.call(
        'GET',
        `/seminars/${seminar.id}/invitations?sort=answered&limit=2&cursor=${encodeURIComponent(first.next)}`,
      )
    ).body
    expect([second.next, second.items.map((i: { id: string }) => i.id)]).toEqual([null, [rows[0]?.id]])
  })

  it('refuses what it does not know', async () => {
    const cursor = (parts: unknown[]) => btoa(JSON.stringify(parts))
    for (const query of [
      'status=x',
      'answer=x',
      'delegation=x',
      'sort=email',
      'cursor=x',
      `cursor=${cursor(['a', 'b', 'c', 'no id'])}`,
      `sort=answered&cursor=${cursor(['no time', seminar.id])}`,
      `sort=answered&cursor=${cursor(['2026-19-39 29:00:00+00', seminar.id])}`,
    ]) {
      expect([query, (await caller.call('GET', `/seminars/${seminar.id}/invitations?${query}`)).status]).toEqual([
        query,
        400,
      ])
    }
    expect(
      (await caller.call('GET', `/seminars/${seminar.id}/invitations?answer=none&address=with&status=sent`)).body.items,
    ).toEqual([])
  })
})

describe('another organisation', () => {
  it('finds none of it: every address answers 404', async () => {
    const invitation = await createInvitation(t.services.db, seminar)
    const other = await createCaller(t)
    for (const [method, path, body] of [
      ['GET', `/seminars/${seminar.id}/invitations`],
      ['POST', `/seminars/${seminar.id}/invitations`, invitee],
      ['POST', `/seminars/${seminar.id}/invitees`, { personIds: [seminar.id] }],
      ['POST', `/seminars/${seminar.id}/mailing`, {}],
      ['GET', `/invitations/${invitation.id}`],
      ['PATCH', `/invitations/${invitation.id}`, { name: 'X' }],
      ['DELETE', `/invitations/${invitation.id}`],
      ['GET', `/invitations/${invitation.id}/answer`],
      ['PUT', `/invitations/${invitation.id}/answer`, { answer: 'attend' }],
      ['GET', `/invitations/${invitation.id}/answers`],
      ['PUT', `/invitations/${invitation.id}/consent`, { decision: 'agree' }],
    ] as const) {
      const headers: Record<string, string> = method === 'PATCH' ? { 'if-match': '*' } : {}
      expect([method, path, (await other.call(method, path, body, headers)).status]).toEqual([method, path, 404])
    }
    expect((await caller.call('GET', `/invitations/${invitation.id}`)).body).toMatchObject({
      status: 'sent',
      answer: { state: null },
    })
  })
})

describe('the letter of one invitation', () => {
  it('is sent while it is a draft, and once more after; by hand where there is no address', async () => {
    const made = await add()
    const mail = () => caller.call('POST', `/invitations/${made.id}/mailings`)
    expect(await mail()).toMatchObject({ status: 201, body: { mailed: 1, waiting: 0, toCall: 0 } })
    expect(await mail()).toMatchObject({ status: 201, body: { mailed: 1, waiting: 0, toCall: 0 } })
    expect((await messages()).length).toBe(2)
    const silent = await add({ name: 'Không Có Thư', email: null })
    await caller.call('POST', `/invitations/${silent.id}/mailings`)
    expect((await caller.call('POST', `/invitations/${silent.id}/mailings`)).body).toEqual({
      mailed: 0,
      waiting: 0,
      toCall: 1,
    })
    await caller.call('DELETE', `/invitations/${made.id}`)
    expect((await mail()).body.code).toBe('invitation_withdrawn')
    const other = await createCaller(t)
    expect((await other.call('POST', `/invitations/${silent.id}/mailings`)).status).toBe(404)
  })

  it('holds a link that a key which may write can read and replace; a draft has none', async () => {
    const made = await add()
    const read = () => caller.call('GET', `/invitations/${made.id}/link`)
    expect((await read()).status).toBe(404)
    expect((await caller.call('POST', `/invitations/${made.id}/links`)).body.code).toBe('invitation_not_sent')
    await caller.call('POST', `/invitations/${made.id}/mailings`)
    const { url } = (await read()).body
    expect((await t.app.request(url)).status).toBe(303)
    const key = { 'idempotency-key': `link-${made.id}` }
    const replace = () => caller.call('POST', `/invitations/${made.id}/links`, undefined, key)
    const [fresh, again] = [await replace(), await replace()]
    expect([fresh.status, fresh.body.mailed, fresh.body.url === url]).toEqual([201, true, false])
    expect(again.body).toEqual(fresh.body)
    expect((await read()).body.url).toBe(fresh.body.url)
    expect((await t.app.request(url)).status).toBe(404)
    const reader = await createCaller(t, { organizationId: caller.organizationId, scopes: ['read'] })
    expect((await reader.call('GET', `/invitations/${made.id}/link`)).status).toBe(403)
    const other = await createCaller(t)
    expect((await other.call('GET', `/invitations/${made.id}/link`)).status).toBe(404)
    expect((await other.call('POST', `/invitations/${made.id}/links`)).status).toBe(404)
  })
})
