import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { transaction } from '../src/db/transaction.ts'
import { loadDemo } from '../src/demo/load.ts'
import { answerInvitation } from '../src/features/invitations/commands/answer.ts'
import { answerInput } from '../src/features/invitations/schema.ts'
import { readDemoData } from '../src/node/demo-data.ts'
import { systemContext } from '../src/node/greeting.ts'
import { createFsStore } from '../src/platform/fs.ts'
import { createMailbox } from '../src/platform/mailbox.ts'
import type { Services } from '../src/services.ts'
import { runDueTasks } from '../src/tasks.ts'
import { createTestApp, type TestApp, testOrigin } from './support/app.ts'
import { stageDemo } from './support/stage.ts'

let t: TestApp
let links: string[]
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  t = await createTestApp({ files: createFsStore(folder) })
  const services: Services = { ...t.services, imager: undefined, mailer: createMailbox(t.services.db) }
  const ctx = systemContext(services)
  await loadDemo(services, ctx, await readDemoData())
  const s = await stageDemo(services)
  for (const [code, input] of [
    ['P0034', { answer: 'attend' }],
    ['P0035', { answer: 'decline', reason: 'Đi công tác' }],
    [
      'P0033',
      {
        answer: 'substitute',
        substitute: { name: 'Phạm Thị Ngọc Ánh', position: 'Phó Bí thư', email: 'thay@minhha.example' },
      },
    ],
  ] as const) {
    const found = await services.db
      .selectFrom('invitations as i')
      .innerJoin('people as p', (j) =>
        j.onRef('p.id', '=', 'i.person_id').onRef('p.organization_id', '=', 'i.organization_id'),
      )
      .select('i.id')
      .where('i.organization_id', '=', s.org.id)
      .where('p.code', '=', code)
      .executeTakeFirst()
    if (!found) continue
    await transaction(services.db, (trx) =>
      answerInvitation(trx, ctx, {
        organizationId: s.org.id,
        invitationId: found.id,
        input: answerInput.parse(input),
        via: 'link',
      }),
    )
  }
  // The second run sends what the tasks of the first have written: reminders of the paper that is late.
  await runDueTasks(services, { worker: 'test' })
  await runDueTasks(services, { worker: 'test' })
  links = await linksOfAllMails()
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true, force: true })
})

async function linksOfAllMails(): Promise<string[]> {
  const found = new Set<string>()
  for (const { raw } of await t.services.db.selectFrom('mailbox_messages').select('raw').execute()) {
    const mail = await PostalMime.parse(raw)
    for (const [, link] of `${mail.html} ${mail.text}`.matchAll(/(https?:\/\/[^\s"'<>]+)/g))
      found.add((link as string).replaceAll('&amp;', '&').replace(/[.,)]+$/, ''))
  }
  return [...found].filter((link) => link.startsWith(testOrigin))
}

/** Every row of every table that people care for. */
async function dump(): Promise<string> {
  const tables = [
    'invitations',
    'answers',
    'substitutions',
    'presentations',
    'presentation_versions',
    'links',
    'messages',
    'audit_events',
    'seminar_places',
    'members',
    'seminars',
    'mailbox_messages',
    'idempotency_keys',
  ] as const
  const rows = await Promise.all(tables.map((table) => t.services.db.selectFrom(table).selectAll().execute()))
  return JSON.stringify(rows.map((r) => r.map((row) => JSON.stringify(row)).sort()))
}

it('has links of every kind in its mails', () => {
  // Four of the 238 have no address and are telephoned.
  expect(links.length).toBeGreaterThan(234)
  for (const kind of ['/i/', '/p/', '/s/'])
    expect(
      links.some((l) => l.includes(kind)),
      kind,
    ).toBe(true)
})

it('reminds the demo’s late speaker, once the seminar is scheduled, with a personal link', async () => {
  const reminders = await t.services.db
    .selectFrom('mailbox_messages')
    .select(['to_address', 'raw'])
    .where('subject', 'like', 'Kính nhắc gửi bài tham luận%')
    .execute()
  expect(reminders.map((mail) => mail.to_address)).toEqual(['p0022@minhha.example'])
  expect((await PostalMime.parse(reminders[0]?.raw as Uint8Array<ArrayBuffer>)).text).toContain(`${testOrigin}/p/`)
})

it('changes nothing when every link of every mail is fetched twice by GET and by HEAD, as scanners do', async () => {
  const before = await dump()
  for (const method of ['GET', 'HEAD', 'GET', 'HEAD']) {
    for (const link of links) {
      let address = link
      let cookie = ''
      for (let hop = 0; hop < 4; hop++) {
        const answer = await t.app.request(address, { method, headers: { cookie } })
        expect(answer.status, `${method} ${link}`).toBeLessThan(400)
        cookie = [cookie, ...answer.headers.getSetCookie().map((c) => c.split(';')[0])].filter(Boolean).join('; ')
        const next = answer.headers.get('location')
        await answer.text()
        if (!next) break
        address = new URL(next, address).href
      }
    }
  }
  expect(await dump()).toBe(before)
}, 120_000)
