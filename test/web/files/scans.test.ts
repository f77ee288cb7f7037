import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { findStatus } from '../../../src/features/deployment/queries/status.ts'
import { findTroubles } from '../../../src/features/deployment/rules.ts'
import { listNeeds } from '../../../src/features/needs/queries.ts'
import {
  approveSpeech,
  releaseSpeech,
  returnSpeech,
  takeUpSpeech,
} from '../../../src/features/presentations/commands/decide.ts'
import { scanFiles } from '../../../src/features/presentations/commands/scan.ts'
import { getSpeech, listVersions } from '../../../src/features/presentations/queries.ts'
import { greet } from '../../../src/node/greeting.ts'
import { createClamd } from '../../../src/platform/clamd.ts'
import { createFsStore } from '../../../src/platform/fs.ts'
import type { Services } from '../../../src/services.ts'
import { recurring, runDueTasks } from '../../../src/tasks.ts'
import { createCaller } from '../../api/support.ts'
import { createTestApp, systemContext, type TestApp, testOrigin } from '../../support/app.ts'
import { eicar, findClamd, infectedPdf, startClamd, startTestClamd, type TestClamd } from '../../support/clamd.ts'
import { createMember, createOrganization, createSeminar } from '../../support/factories.ts'
import { docx, pdf } from '../../support/office-files.ts'
import { freePort } from '../../support/server.ts'
import { createSpeech, filesRequest, openSpeechLink } from '../../support/speeches.ts'
import { sender } from '../../support/uploads.ts'

let t: TestApp
let dir: string
let clamd: TestClamd
let organization: Awaited<ReturnType<typeof createOrganization>>
let owner: Awaited<ReturnType<typeof createMember>>
let seminar: Awaited<ReturnType<typeof createSeminar>>
let base: string
let work: Promise<unknown>[] = []
const lines: [string, string, Record<string, unknown> | undefined][] = []
const noted = (level: string) => (event: string, fields?: Record<string, unknown>) =>
  void lines.push([level, event, fields])

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hoithao-files-'))
  clamd = await startTestClamd()
  const services: Partial<Services> = {
    scanner: createClamd(clamd.address, { connectMs: 20_000, idleMs: 20_000 }),
    later: (promise) => void work.push(promise),
    log: { debug() {}, info() {}, warn: noted('warn'), error: noted('error') },
  }
  t = await createTestApp({ files: createFsStore(dir), services })
  organization = await createOrganization(t.services.db)
  owner = await createMember(t.services, organization.id)
  seminar = await createSeminar(t.services.db, organization.id)
  base = `/console/${organization.slug}/seminars/${seminar.id}/presentations`
})
beforeEach(() => {
  clamd.behaviour = {}
})
afterAll(async () => {
  await Promise.all(work)
  await t.close()
  await clamd.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Waits for what was to be done after the answers. */
const settle = async () => {
  const all = work
  work = []
  await Promise.all(all)
}
/** As long as `send` lasts nobody answers where the scanner should be: what comes waits. */
const unanswered = async (send: () => Promise<unknown>) => {
  const set = t.services.scanner
  t.services.scanner = createClamd({ host: '127.0.0.1', port: await freePort() })
  await send()
  await settle()
  t.services.scanner = set
}
const load = (id: string) => getSpeech(t.services.db, organization.id, id)
const get = (path: string, cookie = owner.cookie) => t.app.request(testOrigin + path, { headers: { cookie } })
const html = async (path: string, cookie?: string) => (await get(path, cookie)).text()
const ctx = () => systemContext({ scans: true })
const run = <T>(command: (trx: Parameters<Parameters<typeof transaction>[1]>[0]) => Promise<T>) =>
  transaction(t.services.db, command)
const mailsTo = (kind: string, address: string) =>
  t.services.db
    .selectFrom('messages')
    .selectAll()
    .where('organization_id', '=', organization.id)
    .where('kind', '=', kind)
    .where('to_address', '=', address)
    .execute()
const needs = async () => (await listNeeds(t.services.db, organization.id)).map((need) => `${need.kind}:${need.count}`)

let made = 0
/** A speech whose speaker has the page open. */
async function speakerOf(overrides: Record<string, unknown> = {}) {
  const email = `tac-gia-${++made}@mau.example`
  const speech = await createSpeech(t, seminar, { email, ...overrides })
  const { path, cookie } = await openSpeechLink(t, speech.linkPath)
  const send = async (name: string, bytes: Uint8Array) => {
    const answer = await t.app.request(`${testOrigin}${path}/files`, filesRequest([{ name, bytes }], { cookie }))
    expect(answer.status).toBe(303)
  }
  return {
    id: speech.id,
    email,
    path,
    cookie,
    send,
    target: { organizationId: organization.id, id: speech.id },
    page: () => html(path, cookie),
    board: () => html(`${base}/${speech.id}`),
  }
}

describe('a file that comes while a scanner is set', () => {
  it('waits: nobody opens it, nobody approves it, and both sides see that', async () => {
    const speaker = await speakerOf()
    await unanswered(() => speaker.send('Bài.docx', docx()))
    expect(await load(speaker.id)).toMatchObject({ state: 'received', latest_number: 1, latest_scan: 'waiting' })

    const own = await speaker.page()
    expect(own).toContain('Đã nhận, đang chờ quét vi-rút')
    expect(own).toContain('không phải làm gì thêm')
    expect(own).not.toContain('/files/1"')
    const theirs = await speaker.board()
    expect(theirs).toContain('Đang chờ quét vi-rút, chưa mở được')
    expect(theirs).not.toContain('/files/1"')
    expect(await html(base)).toContain('Đang chờ quét vi-rút')

    for (const [path, cookie] of [
      [`${speaker.path}/files/1`, speaker.cookie],
      [`${base}/${speaker.id}/files/1`, owner.cookie],
      [`${base}/${speaker.id}/files/1/read`, owner.cookie],
    ] as const) {
      const answer = await get(path, cookie)
      expect([path, answer.status]).toEqual([path, 409])
      expect(await answer.text()).toContain('Tệp đang chờ quét vi-rút')
    }
    await expect(run((trx) => approveSpeech(trx, ctx(), speaker.target))).rejects.toMatchObject({
      code: 'conflict',
      detail: 'speech_scanning',
    })

    await scanFiles(t.services, ctx())
    expect((await load(speaker.id)).latest_scan).toBe('clean')
    expect((await get(`${speaker.path}/files/1`, speaker.cookie)).status).toBe(200)
    await run((trx) => approveSpeech(trx, ctx(), speaker.target))
    await run((trx) => releaseSpeech(trx, ctx(), speaker.target, true))
    expect((await get(`/s/${seminar.slug}/speeches/${speaker.id}`, '')).status).toBe(200)
  })

  it('is scanned at once after it came, by form, in pieces and by API', async () => {
    const speaker = await speakerOf()
    await speaker.send('Bài.pdf', pdf())
    await settle()
    expect((await load(speaker.id)).latest_scan).toBe('clean')

    const pieces = sender(t, `${speaker.path}/uploads`, speaker.cookie)
    const bytes = pdf({ padding: 100_000 })
    const upload = await pieces.open('Bài 2.pdf', bytes.byteLength)
    for (const [start, end] of [
      [0, 60_000],
      [60_000, bytes.byteLength],
    ] as const)
      await pieces.patch(upload, start, bytes.subarray(start, end))
    await settle()
    expect(await load(speaker.id)).toMatchObject({ latest_number: 2, latest_scan: 'clean' })
    expect(Buffer.from(clamd.scanned.at(-1)!).equals(Buffer.from(bytes))).toBe(true)

    const { call } = await createCaller(t, { organizationId: organization.id })
    const answer = await call('POST', `/speeches/${speaker.id}/versions?name=Bai.pdf`, infectedPdf())
    expect(answer.body).toMatchObject({ number: 3, scan: 'waiting', virus: null, damaged: null })
    await settle()
    expect((await listVersions(t.services.db, organization.id, speaker.id))[0]).toMatchObject({
      number: 3,
      scan: 'found',
      virus: 'Eicar-Of-The-Test',
    })
    // Nobody wrote to the speaker: it was not theirs.
    expect(await mailsTo('speech_infected', speaker.email)).toEqual([])
    expect(await speaker.board()).toContain('Tệp do Ban Tổ chức hội thảo tải lên')
  })

  it('is told in both languages', async () => {
    const speaker = await speakerOf()
    await speaker.send('Bài.pdf', infectedPdf())
    await settle()
    expect(await html(`/en${speaker.path}`, speaker.cookie)).toContain(
      'A virus (Eicar-Of-The-Test) was found in “Bài.pdf” (version 1). It is locked away: nobody can open it.',
    )
    expect(await html(`/en${base}/${speaker.id}`)).toContain(
      'A letter that asks the author for another was put in the outbox.',
    )
  })
})

describe('a file in which a virus is found', () => {
  it('is locked away for everyone; the speaker is told and sends another', async () => {
    const speaker = await speakerOf()
    await speaker.send('Bài có mã độc.pdf', infectedPdf())
    await settle()
    expect(await load(speaker.id)).toMatchObject({
      state: 'accepted',
      latest_number: null,
      locked_number: 1,
      received_at: null,
    })
    for (const [path, cookie] of [
      [`${speaker.path}/files/1`, speaker.cookie],
      [`${base}/${speaker.id}/files/1`, owner.cookie],
      [`${base}/${speaker.id}/files/1/view`, owner.cookie],
    ] as const) {
      const answer = await get(path, cookie)
      expect([path, answer.status]).toEqual([path, 403])
      expect(await answer.text()).toContain('Tệp có mã độc nên đã bị khóa')
    }
    const [letter, ...more] = await mailsTo('speech_infected', speaker.email)
    expect(more).toEqual([])
    expect(letter?.subject).toMatch(/^Tệp tham luận có mã độc, đề nghị xem lại: /)
    expect(letter?.text).toContain('Mã độc được phát hiện: Eicar-Of-The-Test')
    expect(letter?.text).toContain('Bài có mã độc.pdf')
    expect(letter?.text).toContain('rồi gửi lại')
    expect(letter?.text).toContain(`⟦link:presentation:${speaker.id}:1:vi⟧`)

    const page = await speaker.page()
    expect(page).toContain('Tệp “Bài có mã độc.pdf” (bản thứ 1) có mã độc (Eicar-Of-The-Test)')
    expect(page).toContain('name="file"')
    expect(await html(base)).toContain('Bản thứ 1 có mã độc, đã khóa')
    expect(await speaker.board()).toContain('Thư đề nghị tác giả gửi bản khác đã được đưa vào hàng chờ gửi.')
    expect(await needs()).toContain(`speeches_infected:${await countInfected()}`)
    expect(await html(`/console/${organization.slug}/files`)).toContain('Bài có mã độc.pdf')
    expect(await html(`/console/${organization.slug}/log?subject=${speaker.id}`)).toContain('Khóa tệp có mã độc')
    const before = await countInfected()

    await speaker.send('Bài sạch.pdf', pdf())
    await settle()
    expect(await load(speaker.id)).toMatchObject({ state: 'received', latest_number: 2, locked_number: null })
    expect(await speaker.page()).not.toContain('có mã độc nên bị khóa')
    expect(await countInfected()).toBe(before - 1)
    await run((trx) => approveSpeech(trx, ctx(), speaker.target))
  })

  it('leaves the version before it the newest, and the speech where it stood', async () => {
    const speaker = await speakerOf()
    await speaker.send('Một.pdf', pdf())
    await settle()
    await run((trx) => returnSpeech(trx, ctx(), speaker.target, { comment: 'Bổ sung số liệu.' }))
    await speaker.send('Hai.pdf', infectedPdf())
    expect(await load(speaker.id)).toMatchObject({ state: 'received', latest_number: 2 })
    await settle()
    expect(await load(speaker.id)).toMatchObject({ state: 'returned', latest_number: 1, locked_number: 2 })
    const page = await speaker.page()
    expect(page).toContain('Bổ sung số liệu.')
    expect(page).toContain('Bản thứ 1 gửi trước vẫn được giữ.')
  })

  it('gives the paper back into the hands of who was editing it', async () => {
    const speaker = await speakerOf()
    await speaker.send('Một.pdf', pdf())
    await settle()
    await run((trx) => takeUpSpeech(trx, ctx(), speaker.target))
    await speaker.send('Hai.pdf', infectedPdf())
    await settle()
    expect(await load(speaker.id)).toMatchObject({ state: 'editing', editing_version: 1, editor_name: 'test' })
  })

  it('says, where a newer one has come, that nothing needs to be sent', async () => {
    const speaker = await speakerOf()
    await unanswered(async () => {
      await speaker.send('Một.pdf', infectedPdf())
      await speaker.send('Hai.pdf', pdf())
    })
    await scanFiles(t.services, ctx())
    expect(await load(speaker.id)).toMatchObject({ state: 'received', latest_number: 2, locked_number: null })
    const [letter] = await mailsTo('speech_infected', speaker.email)
    expect(letter?.text).toContain('Bản mới hơn đã được nhận nên không cần gửi lại')
  })

  it('is told once, however often and at once it is looked at', async () => {
    const speaker = await speakerOf()
    await unanswered(() => speaker.send('Một.pdf', infectedPdf()))
    await Promise.all(Array.from({ length: 5 }, () => scanFiles(t.services, ctx())))
    expect((await mailsTo('speech_infected', speaker.email)).length).toBe(1)
    expect(await load(speaker.id)).toMatchObject({ state: 'accepted', locked_number: 1 })
  })

  it('asks the organizers to call where the speaker has no address', async () => {
    const speaker = await speakerOf({ email: '' })
    await speaker.send('Một.pdf', infectedPdf())
    await settle()
    expect(await speaker.board()).toContain('Tác giả không có thư điện tử')
  })

  it('takes what was approved before a scanner was set off the public page', async () => {
    const speaker = await speakerOf()
    const set = t.services.scanner
    t.services.scanner = undefined
    await speaker.send('Một.pdf', infectedPdf())
    await run((trx) => approveSpeech(trx, ctx(), speaker.target))
    await run((trx) => releaseSpeech(trx, ctx(), speaker.target, true))
    expect((await get(`/s/${seminar.slug}/speeches/${speaker.id}`, '')).status).toBe(200)
    t.services.scanner = set
    await scanFiles(t.services, ctx())
    expect(await load(speaker.id)).toMatchObject({ state: 'accepted', released_at: null, locked_number: 1 })
    expect((await get(`/s/${seminar.slug}/speeches/${speaker.id}`, '')).status).toBe(404)
  })
})

async function countInfected(): Promise<number> {
  const need = (await listNeeds(t.services.db, organization.id)).find((one) => one.kind === 'speeches_infected')
  return need?.count ?? 0
}

describe('a scanner that does not answer', () => {
  const scanTask = recurring.filter((task) => task.name === 'scan_files')
  const due = () =>
    sql`update task_runs set started_at = now() - interval '1 minute' where task = 'scan_files'`.execute(t.services.db)
  const runTask = async () => {
    await due()
    await runDueTasks(t.services, { worker: 'test', tasks: scanTask })
  }

  it('is told of before a file waits: ready with a warning, on the page and by the command; and no more once it answers', async () => {
    const told = async () => {
      const { warnings } = (await (await t.app.request(`${testOrigin}/readyz`)).json()) as { warnings: string[] }
      const status = await findStatus(t.services.db, t.services.files, { version: '', build: '', migrations: 0 })
      const troubles = findTroubles(status).filter(({ code }) => code === 'scanner' || code === 'task_failed')
      return {
        warnings: warnings.filter((warning) => warning.includes('scanner')),
        troubles: troubles.map(({ params }) => params.error),
        tasks: status.tasks.filter(({ task }) => task === 'scanner').length,
      }
    }
    const well = { warnings: [], troubles: [], tasks: 0 }
    await runTask()
    expect(await told()).toEqual(well)
    const set = t.services.scanner
    t.services.scanner = createClamd({ host: '127.0.0.1', port: await freePort() })
    await sql`delete from task_runs where task = 'scan_warning'`.execute(t.services.db)
    lines.length = 0
    await runTask()
    expect(await told()).toEqual({
      ...well,
      warnings: ['scanner'],
      troubles: [expect.stringContaining('ECONNREFUSED')],
    })
    expect(lines).toContainEqual(['warn', 'scanner', expect.objectContaining({ waiting: 0 })])
    t.services.scanner = set
    await runTask()
    expect(await told()).toEqual(well)
    t.services.scanner = createClamd({ host: '127.0.0.1', port: await freePort() })
    await runTask()
    t.services.scanner = undefined
    await runTask()
    expect(await told()).toEqual(well)
    t.services.scanner = set
    await sql`delete from task_runs where task = 'scan_warning'`.execute(t.services.db)
  })

  it('leaves files waiting, says so at the desk and once an hour in the log, and goes on by itself', async () => {
    const speaker = await speakerOf()
    await clamd.close()
    await speaker.send('Một.pdf', pdf())
    await settle()
    expect((await load(speaker.id)).latest_scan).toBe('waiting')
    expect((await needs()).filter((need) => need.startsWith('files_unscanned'))).toEqual([])
    await sql`update files set created_at = now() - interval '2 hours' where scan = 'waiting'`.execute(t.services.db)
    const found = (await listNeeds(t.services.db, organization.id)).find((need) => need.kind === 'files_unscanned')
    expect(found).toMatchObject({ seminar: null, count: 1, names: ['Một.pdf'], at: expect.any(Date) })
    expect(await html(`/console/${organization.slug}`)).toContain(`/console/${organization.slug}/files`)
    expect(await html(`/console/${organization.slug}/files`)).toContain('kiểm tra máy quét (CLAMD_URL)')
    const { call } = await createCaller(t, { organizationId: organization.id })
    expect((await call('GET', '/files?state=waiting')).body).toMatchObject({
      total: 1,
      items: [{ name: 'Một.pdf', state: 'waiting' }],
    })

    lines.length = 0
    await runTask()
    await runTask()
    expect(lines.filter(([, event]) => event === 'scanner')).toEqual([
      ['warn', 'scanner', { waiting: 1, since: expect.any(Date), error: expect.stringContaining('ECONNREFUSED') }],
    ])

    const back = await startTestClamd()
    t.services.scanner = createClamd(back.address)
    clamd = back
    await runTask()
    expect((await load(speaker.id)).latest_scan).toBe('clean')
    expect((await needs()).filter((need) => need.startsWith('files_unscanned'))).toEqual([])
  })

  it('and one that takes no file of this size: the others go on, and why stands at the file', async () => {
    clamd.behaviour = { limit: 50_000 }
    const [large, small] = [await speakerOf(), await speakerOf()]
    await unanswered(async () => {
      await large.send('Lớn.pdf', pdf({ padding: 90_000 }))
      await small.send('Nhỏ.pdf', pdf())
    })
    await runTask()
    expect((await load(small.id)).latest_scan).toBe('clean')
    expect((await load(large.id)).latest_scan).toBe('waiting')
    expect(await large.board()).toContain('Máy quét chưa quét được tệp này: INSTREAM size limit exceeded. ERROR')
    // Not tried again at once: it would stand before the others for ever.
    const before = clamd.scanned.length
    await runTask()
    expect(clamd.scanned.length).toBe(before)
    clamd.behaviour = {}
    await sql`update files set scan_tried_at = now() - interval '11 minutes' where scan = 'waiting'`.execute(
      t.services.db,
    )
    await runTask()
    expect((await load(large.id)).latest_scan).toBe('clean')
  })

  it('is missed too when it is taken out of the settings while files wait', async () => {
    const speaker = await speakerOf()
    await unanswered(() => speaker.send('Một.pdf', pdf()))
    const set = t.services.scanner
    t.services.scanner = undefined
    await sql`delete from task_runs where task = 'scan_warning'`.execute(t.services.db)
    lines.length = 0
    await runTask()
    expect(lines).toContainEqual([
      'warn',
      'scanner',
      expect.objectContaining({ waiting: 1, error: 'CLAMD_URL is not set' }),
    ])
    expect((await get(`${base}/${speaker.id}/files/1`)).status).toBe(409)
    t.services.scanner = set
    await runTask()
    expect((await load(speaker.id)).latest_scan).toBe('clean')
  })
})

it('says at the start, in one line, that no scanner answers; nothing where one does', async () => {
  const said = async (port: number) => {
    const words: string[] = []
    const services = { ...t.services, scanner: createClamd({ host: '127.0.0.1', port }) }
    await greet(services, (line) => words.push(line))
    await settle()
    return words.filter((line) => line.includes('CLAMD_URL'))
  }
  const [line, ...more] = await said(await freePort())
  expect(more).toEqual([])
  expect(line).toMatch(/CLAMD_URL: no scanner answers \(.*ECONNREFUSED.*\): files that come in wait until one does\.$/)
  expect(await said(clamd.address.port)).toEqual([])
})

const program = findClamd()
if (program)
  it('is found by clamd itself, from the speaker’s form to the letter', async () => {
    const real = await startClamd(program)
    const set = t.services.scanner
    t.services.scanner = createClamd(real.unix)
    try {
      const [ill, packed, well] = [await speakerOf(), await speakerOf(), await speakerOf()]
      await ill.send('Một.pdf', infectedPdf())
      // In a Word document it is packed, and clamd unpacks it.
      await packed.send('Hai.docx', docx({}, eicar))
      await well.send('Ba.docx', docx({}, 'Kính thưa các đồng chí.'))
      await settle()
      expect(await load(ill.id)).toMatchObject({
        state: 'accepted',
        locked_virus: expect.stringMatching(/^Eicar-Of-The-Test/),
      })
      expect((await mailsTo('speech_infected', ill.email)).length).toBe(1)
      expect((await load(packed.id)).locked_virus).toMatch(/^Eicar-Of-The-Test/)
      expect(await load(well.id)).toMatchObject({ state: 'received', latest_scan: 'clean' })
    } finally {
      t.services.scanner = set
      await real.close()
    }
  })
else console.log('clamd is not installed: files were scanned by a server of the test alone')
