import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { transaction } from '../../src/db/transaction.ts'
import { createApiKey } from '../../src/features/accounts/commands/api-keys.ts'
import { systemContext } from '../support/app.ts'
import { createOrganization } from '../support/factories.ts'
import { pdf } from '../support/office-files.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: ReturnType<typeof createClient>
let key: string
beforeAll(async () => {
  server = await startTestServer()
  const { db } = server.services
  const { id } = await createOrganization(db)
  const wanted = { organizationId: id, name: 'Cổng thông tin', scopes: ['read', 'write'] as const, expiresAt: null }
  key = (await transaction(db, (trx) => createApiKey(trx, systemContext(), wanted))).key
  client = createClient(server.origin, key)
})
afterAll(() => server.close())

/** The body of an answer of this status; any other ends the test with what it says. */
async function body<
  T extends { status: number; json(): Promise<unknown>; text(): Promise<string> },
  S extends T['status'],
>(answer: T, status: S): Promise<Awaited<ReturnType<Extract<T, { status: S }>['json']>>> {
  if (answer.status !== status) throw new Error(`${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as never
}

const anyVersion = { 'if-match': '*' }

it('leads from a plan to a published report, over HTTP, by the typed client', async () => {
  const planned = await client.seminars.$post({
    header: { 'idempotency-key': crypto.randomUUID() },
    json: {
      kind: 'hoi_thao',
      theme: 'Nâng cao chất lượng sinh hoạt chi bộ',
      host: 'Ban Thường vụ Thành ủy',
      venue: 'Hội trường Trung tâm Chính trị',
      startsLocal: '2098-12-15T14:00:00',
      endsLocal: '2098-12-15T17:00:00',
    },
  })
  const seminar = await body(planned, 201)
  expect([planned.headers.get('etag'), seminar.state]).toEqual(['"1"', 'draft'])
  const param = { id: seminar.id }
  const scheduled = await client.seminars[':id'].state.$put({
    param,
    query: {},
    header: { 'if-match': planned.headers.get('etag') as string },
    json: { state: 'scheduled' },
  })
  expect((await body(scheduled, 200)).state).toBe('scheduled')

  const invited = await client.seminars[':id'].invitations.$post({
    param,
    header: {},
    json: { name: 'Trần Thị Thuỷ', email: 'thuy.tran@mau.example', positions: ['Bí thư Chi bộ khu 4'] },
  })
  const invitation = await body(invited, 201)
  const mailing = await client.seminars[':id'].mailing.$post({ param, header: {}, json: {} })
  expect(await body(mailing, 200)).toEqual({ mailed: 1, waiting: 0, toCall: 0 })
  await server.runTasks()
  const sent = await client.messages.$get({ query: { kind: 'invitation' } })
  expect((await body(sent, 200)).items).toMatchObject([{ to: { address: 'thuy.tran@mau.example' }, state: 'sent' }])

  const answered = await client.invitations[':id'].answer.$put({
    param: { id: invitation.id },
    header: {},
    json: { answer: 'attend' },
  })
  expect((await body(answered, 200)).state).toBe('accepted')

  const asked = await client.seminars[':seminarId'].speeches.$post({
    param: { seminarId: seminar.id },
    header: {},
    json: { invitationId: invitation.id, topic: 'Tạo nguồn phát triển đảng viên' },
  })
  const speech = await body(asked, 201)
  // A file is a body of its own kind: the client gives the address, `fetch` sends the bytes.
  const address = client.speeches[':id'].versions.$url({ param: { id: speech.id }, query: { name: 'Tham luận.pdf' } })
  const file = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
    body: new Uint8Array(pdf()),
  })
  expect(file.status).toBe(201)
  const approved = await client.speeches[':id'].state.$put({
    param: { id: speech.id },
    header: anyVersion,
    json: { state: 'approved' },
  })
  expect(await body(approved, 200)).toMatchObject({ state: 'approved', latestVersion: 1 })

  const ofSummary = { seminarId: seminar.id, locale: 'vi' } as const
  const begun = await client.seminars[':seminarId'].summaries.$post({
    param: { seminarId: seminar.id },
    header: {},
    json: { locale: 'vi', title: 'Hội thảo thành công', body: '## Kết quả\n\nCó 12 ý kiến tham luận.' },
  })
  expect((await body(begun, 201)).state).toBe('draft')
  const published = await client.seminars[':seminarId'].summaries[':locale'].state.$put({
    param: ofSummary,
    header: anyVersion,
    json: { state: 'published' },
  })
  const { url } = await body(published, 200)
  const page = await fetch(url as string)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Hội thảo thành công')])
})

it('tells a refusal as it is: its code and the field', async () => {
  const refused = await client.seminars.$post({ header: {}, json: { kind: 'hoi_thao', theme: '', host: 'Ban' } })
  expect(await body(refused, 422)).toMatchObject({ code: 'invalid', errors: [{ pointer: '#/theme' }] })
})
