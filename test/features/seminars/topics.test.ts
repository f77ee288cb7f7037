import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { copySeminar } from '../../../src/features/seminars/commands/copy.ts'
import {
  createSeminar,
  editSeminar,
  postponeSeminar,
  scheduleSeminar,
} from '../../../src/features/seminars/commands.ts'
import { listSeminarTopics, listTopicsInUse } from '../../../src/features/seminars/queries/topics.ts'
import { seminarInput } from '../../../src/features/seminars/schema.ts'
import { systemContext } from '../../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization } from '../../support/factories.ts'
import { seminarOf } from './support.ts'

let database: TestDatabase
let orgId: string
const ctx = systemContext({ now: new Date('2026-11-24T02:00:00Z') })
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

type Topics = { name: string; nameEn?: string }[]
const make = (topics: Topics) =>
  transaction(database.db, (trx) => createSeminar(trx, ctx, orgId, seminarOf({ topics })))
const edit = (id: string, version: number, topics: Topics) =>
  transaction(database.db, (trx) => editSeminar(trx, ctx, orgId, id, version, seminarOf({ topics })))
const namesOf = async (id: string) => (await listSeminarTopics(database.db, orgId, id)).map(({ name }) => name)

describe('the topics of a seminar', () => {
  beforeAll(async () => {
    orgId = (await createOrganization(database.db)).id
  })

  it('keep their order, once each, whatever marks and case they are typed with', async () => {
    const { id } = await make([{ name: 'Giáo dục' }, { name: 'Xây dựng Đảng' }, { name: 'giao duc' }])
    expect(await namesOf(id)).toEqual(['giao duc', 'Xây dựng Đảng'])
  })

  it('are one for all seminars: the known spelling stays while another uses it', async () => {
    const first = await make([{ name: 'Chuyển đổi số', nameEn: 'Digital transformation' }])
    const second = await make([{ name: 'chuyen doi so' }])
    expect(await listSeminarTopics(database.db, orgId, second.id)).toEqual([
      { name: 'Chuyển đổi số', nameEn: 'Digital transformation', key: 'chuyen doi so' },
    ])
    await edit(second.id, 1, [])
    await edit(first.id, 1, [{ name: 'Chuyển Đổi Số' }])
    expect(await namesOf(first.id)).toEqual(['Chuyển Đổi Số'])
  })

  it('take another English name, and keep the one they have when none is given', async () => {
    const { id } = await make([{ name: 'Y tế', nameEn: 'Health' }])
    await edit(id, 1, [{ name: 'Y tế' }])
    expect((await listSeminarTopics(database.db, orgId, id))[0]?.nameEn).toBe('Health')
    await edit(id, 2, [{ name: 'Y tế', nameEn: 'Public health' }])
    expect((await listSeminarTopics(database.db, orgId, id))[0]?.nameEn).toBe('Public health')
  })

  it('are named in the log when they change, and not when they stay', async () => {
    const { id } = await make([{ name: 'Kinh tế' }])
    await edit(id, 1, [{ name: 'Kinh tế' }])
    await edit(id, 2, [{ name: 'Tài chính' }])
    const rows = await database.db
      .selectFrom('audit_events')
      .select('details')
      .where('subject_id', '=', id)
      .where('action', '=', 'seminar.edited')
      .orderBy('id')
      .execute()
    expect(rows.map(({ details }) => (details as { changed: string[] }).changed)).toEqual([[], ['topics']])
  })

  it('go with a copy', async () => {
    const { id } = await make([{ name: 'Văn hóa' }, { name: 'Thể thao' }])
    const copy = await transaction(database.db, (trx) => copySeminar(trx, ctx, orgId, id))
    expect(await namesOf(copy.id)).toEqual(['Văn hóa', 'Thể thao'])
  })

  it('are offered to choose from while some seminar has them, the most used first', async () => {
    const org = orgId
    orgId = (await createOrganization(database.db)).id
    const gone = await make([{ name: 'Đã bỏ' }])
    await make([{ name: 'Ít' }, { name: 'Nhiều' }])
    await make([{ name: 'Nhiều' }])
    await edit(gone.id, 1, [])
    expect((await listTopicsInUse(database.db, orgId)).map(({ name }) => name)).toEqual(['Nhiều', 'Ít'])
    orgId = org
  })

  it('are the same two when two edits bring them at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        make(i % 2 ? [{ name: 'Mới A' }, { name: 'Mới B' }] : [{ name: 'mới b' }, { name: 'mới a' }]),
      ),
    )
    const keys = await Promise.all(made.map(({ id }) => listSeminarTopics(database.db, orgId, id)))
    for (const topics of keys) expect(topics.map(({ key }) => key).sort()).toEqual(['moi a', 'moi b'])
  })

  it('are at most five, of at most 60 letters', () => {
    const codes = (topics: unknown) =>
      seminarInput.safeParse({ ...seminarOf(), topics }).error?.issues.map((issue) => issue.message)
    expect(codes(Array(6).fill({ name: 'a' }))).toEqual(['too_many'])
    expect(codes([{ name: 'a'.repeat(61) }])).toEqual(['too_long'])
    expect(codes([{ name: ' ' }])).toEqual(['required'])
    expect(codes([{ name: 'a\nb' }])).toEqual(['control_character'])
  })
})

describe('a postponed seminar', () => {
  it('remembers when it was to be, until it has a date again', async () => {
    const { id } = await make([])
    const at = (row: { postponed_starts_local: string | null; postponed_at: Date | null }) => [
      row.postponed_starts_local,
      row.postponed_at !== null,
    ]
    await transaction(database.db, (trx) => scheduleSeminar(trx, ctx, orgId, id, null))
    const { after } = await transaction(database.db, (trx) => postponeSeminar(trx, ctx, orgId, id, null))
    expect(at(after)).toEqual(['2026-12-15T14:00:00', true])
    const again = { startsLocal: '2027-01-15T14:00:00', endsLocal: '2027-01-15T17:00:00', answerDeadlineLocal: null }
    const done = await transaction(database.db, (trx) => scheduleSeminar(trx, ctx, orgId, id, again))
    expect(at(done.after)).toEqual([null, false])
  })
})
