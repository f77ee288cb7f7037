import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { loadMinhHa } from '../../../src/demo/minh-ha.ts'
import {
  addPosition,
  createPerson,
  createUnit,
  endPosition,
  updatePerson,
  updateUnit,
} from '../../../src/features/directory/commands.ts'
import { countPeople, getPerson, listPeople } from '../../../src/features/directory/queries/people.ts'
import { listPositionsAt, listPositionsOf, selectPositions } from '../../../src/features/directory/queries/positions.ts'
import {
  findUnitsByText,
  getUnit,
  listChildUnits,
  listUnits,
  listUnitsAbove,
} from '../../../src/features/directory/queries/units.ts'
import { describePosition } from '../../../src/features/directory/rules.ts'
import {
  peopleFilterSchema,
  personSchema,
  positionSchema,
  selectorSchema,
  unitFilterSchema,
  unitSchema,
} from '../../../src/features/directory/schema.ts'
import { compareNames } from '../../../src/text/fold.ts'
import { systemContext } from '../../support/app.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createPerson as insertPerson, createUnit as insertUnit } from '../../support/factories.ts'
import { killAddress } from '../../support/mail.ts'

let database: TestDatabase
let org: string
let minhHa: string
const ctx = systemContext()
const today = '2026-11-24'
beforeAll(async () => {
  database = await createTestDatabase()
  org = (await createOrganization(database.db)).id
  const data = JSON.parse(readFileSync(new URL('../../../demo/minh-ha.json', import.meta.url), 'utf8'))
  minhHa = (await run((trx) => loadMinhHa(trx, ctx, { minhHa: data } as never))).organizationId
})
afterAll(() => database.drop())
const run = <T>(command: Parameters<typeof transaction<T>>[1]) => transaction(database.db, command)
const people = (q: object) => peopleFilterSchema.parse(q)
const units = (q: object) => unitFilterSchema.parse(q)
const find = async (q: string) => (await listPeople(database.db, minhHa, people({ q }), today, 500)).items

describe('selecting positions', () => {
  it('finds 239 seats of 238 people for the seven groups of the demo', async () => {
    const groups = await database.db
      .selectFrom('delegations')
      .select('selector')
      .where('organization_id', '=', minhHa)
      .orderBy('ordinal')
      .execute()
    const seats = await Promise.all(
      groups.map((g) => selectPositions(database.db, minhHa, selectorSchema.parse(g.selector), today)),
    )
    expect(seats.map((s) => s.length)).toEqual([5, 10, 2, 12, 82, 106, 22])
    expect(new Set(seats.flat().map((s) => s.person.id)).size).toBe(238)
    const printed = seats.map((s) => s[0] && describePosition(s[0].unit, s[0], 'vi'))
    expect(printed.slice(0, 2)).toEqual(['Chủ tịch Hội đồng nhân dân thành phố', 'Trưởng Ban Tổ chức Thành ủy'])
    expect(printed[4]).toMatch(/^Bí thư Đảng ủy phường /)
    expect(printed[5]).toMatch(/^Bí thư Chi bộ khu 1, Đảng bộ phường /)
  })

  it('goes unit by unit through the tree, by rank within each', async () => {
    const ward = await insertUnit(database.db, org, { name: 'Đảng bộ B', rank: 2, type: 'x' })
    const first = await insertUnit(database.db, org, { name: 'Đảng bộ A', rank: 1, type: 'x' })
    const cell = await insertUnit(database.db, org, { name: 'Chi bộ', rank: 1, parent_id: ward.id, type: 'x' })
    const holder = await insertPerson(database.db, org)
    const seat = (unit: string, title: string, rank: number) =>
      run((trx) => addPosition(trx, ctx, org, holder.id, positionSchema.parse({ unit_id: unit, title, rank })))
    await seat(cell.id, 'Bí thư', 1)
    await seat(ward.id, 'Phó Bí thư', 2)
    await seat(ward.id, 'Bí thư', 1)
    await seat(first.id, 'Bí thư', 1)
    const found = await selectPositions(database.db, org, { unitTypes: ['x'] }, today)
    expect(found.map((p) => [p.unit.name, p.title])).toEqual([
      ['Đảng bộ A', 'Bí thư'],
      ['Đảng bộ B', 'Bí thư'],
      ['Đảng bộ B', 'Phó Bí thư'],
      ['Chi bộ', 'Bí thư'],
    ])
    expect(await selectPositions(database.db, org, { unitTypes: ['x'], titles: ['Phó Bí thư'] }, today)).toHaveLength(1)
    expect(await selectPositions(database.db, org, { parentIds: [ward.id] }, today)).toHaveLength(1)
    expect(await selectPositions(database.db, org, {}, today)).toEqual([])
    expect(await selectPositions(database.db, org, { unitTypes: [] }, today)).toEqual([])
    const [of] = await listPositionsAt(database.db, org, cell.id)
    await run((trx) => endPosition(trx, ctx, org, holder.id, of?.id as string, '2026-11-23'))
    expect(await selectPositions(database.db, org, { unitIds: [cell.id] }, today)).toEqual([])
    expect(await selectPositions(database.db, org, { unitIds: [cell.id] }, '2026-11-23')).toHaveLength(1)
  })
})

describe('the tree of units', () => {
  const make = (fields: object) => run((trx) => createUnit(trx, ctx, org, unitSchema.parse(fields)))
  const change = async (id: string, fields: object) => {
    const unit = await getUnit(database.db, org, id)
    return run((trx) => updateUnit(trx, ctx, org, id, unit.version, unitSchema.parse({ ...unit, ...fields })))
  }

  it('moves with everything under it, and refuses a cycle', async () => {
    const a = await make({ name: 'A', rank: 5 })
    const b = await make({ name: 'B', rank: 6, parent_id: a })
    const c = await make({ name: 'C', rank: 7, parent_id: b })
    const d = await make({ name: 'D', rank: 1 })
    await expect(change(a, { parent_id: c })).rejects.toMatchObject({ fields: [{ field: 'parent_id', code: 'cycle' }] })
    await expect(change(a, { parent_id: a })).rejects.toMatchObject({ fields: [{ field: 'parent_id', code: 'cycle' }] })
    await change(b, { parent_id: d })
    const above = await listUnitsAbove(database.db, org, (await getUnit(database.db, org, c)).tree_path)
    expect(above.map((u) => u.name)).toEqual(['D', 'B'])
    await change(d, { rank: 9 })
    const path = (await getUnit(database.db, org, c)).tree_path
    expect(path.startsWith((await getUnit(database.db, org, d)).tree_path)).toBe(true)
    expect((await listChildUnits(database.db, org, d, today)).map((u) => [u.name, u.children])).toEqual([['B', 1]])
  })

  it('makes no cycle either when two moves are asked at once', async () => {
    const a = await make({ name: 'Một' })
    const b = await make({ name: 'Hai' })
    const results = await Promise.allSettled([change(a, { parent_id: b }), change(b, { parent_id: a })])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('refuses an edit of an old version, a code in use, a unit of another organisation', async () => {
    const other = (await createOrganization(database.db)).id
    const foreign = await insertUnit(database.db, other)
    const a = await make({ name: 'Ban A', code: 'A1' })
    await expect(make({ name: 'Ban B', code: 'A1' })).rejects.toMatchObject({
      fields: [{ field: 'code', code: 'taken' }],
    })
    await expect(make({ name: 'Ban C', parent_id: foreign.id })).rejects.toMatchObject({
      fields: [{ field: 'parent_id', code: 'unknown_unit' }],
    })
    await change(a, { name: 'Ban A1' })
    await expect(run((trx) => updateUnit(trx, ctx, org, a, 1, unitSchema.parse({ name: 'x' })))).rejects.toMatchObject({
      code: 'stale_version',
    })
    await expect(
      run((trx) => updateUnit(trx, ctx, other, a, 2, unitSchema.parse({ name: 'x' }))),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  it('finds units without diacritics and walks them by cursor in both orders', async () => {
    expect((await listUnits(database.db, minhHa, units({ q: 'mat tran' }), today)).items).toEqual([])
    expect((await findUnitsByText(database.db, minhHa, 'ban to chuc')).map((u) => u.name)).toContain(
      'Ban Tổ chức Thành ủy',
    )
    for (const sort of ['rank', 'name']) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listUnits(database.db, minhHa, units({ sort, cursor }), today, 47)
        seen.push(...page.items.map((u) => u.id))
        cursor = page.next
      } while (cursor)
      expect([seen.length, new Set(seen).size]).toEqual([362, 362])
    }
    const kinds = await listUnits(database.db, minhHa, units({ kind: 'thôn', block: 'cơ sở' }), today)
    expect(kinds.items).toHaveLength(11)
    const top = await listChildUnits(database.db, minhHa, null, today)
    expect(top[0]?.name).toBe('Thành ủy Minh Hà')
  })

  it('leaves out what is no longer in force, unless asked for all', async () => {
    await make({ name: 'Ban Tuyên giáo cũ', valid_to: '2025-06-30' })
    const q = 'tuyen giao cu'
    expect((await listUnits(database.db, org, units({ q }), today)).items).toEqual([])
    expect((await listUnits(database.db, org, units({ q, valid: 'all' }), today)).items).toHaveLength(1)
  })
})

describe('people', () => {
  it('come in the order of Vietnamese names, 300 and more by cursor without gaps or repeats', async () => {
    const seen: { id: string; name: string }[] = []
    let cursor: string | undefined
    do {
      const page = await listPeople(database.db, minhHa, people({ cursor }), today, 37)
      seen.push(...page.items)
      cursor = page.next
    } while (cursor)
    expect([seen.length, new Set(seen.map((p) => p.id)).size]).toEqual([415, 415])
    const names = seen.map((p) => p.name)
    expect(names).toEqual([...names].sort(compareNames))
    expect(await countPeople(database.db, minhHa, people({}), today)).toBe(415)
  })

  it('are sorted by tone and letter as in Vietnam', async () => {
    const own = (await createOrganization(database.db)).id
    for (const name of [
      'Lê Văn Ân',
      'Lê Văn An',
      'Lê Thị Ấn',
      'Đỗ Ánh',
      'Nguyễn Đức',
      'Dương Dũng',
      'Cao An',
      'Trần Ăn',
    ]) {
      await run((trx) => createPerson(trx, ctx, own, personSchema.parse({ name })))
    }
    const { items } = await listPeople(database.db, own, people({}), today)
    expect(items.map((p) => p.name)).toEqual([
      'Cao An',
      'Lê Văn An',
      'Đỗ Ánh',
      'Trần Ăn',
      'Lê Văn Ân',
      'Lê Thị Ấn',
      'Dương Dũng',
      'Nguyễn Đức',
    ])
  })

  it('are found without diacritics by name, address, position and unit together', async () => {
    expect((await find('duong dinh dat')).map((p) => p.name)).toContain('Dương Đình Đạt')
    expect((await find('DUONG dat')).map((p) => p.name)).toContain('Dương Đình Đạt')
    expect((await find('p0001@minhha')).map((p) => p.name)).toEqual(['Dương Đình Đạt'])
    const heads = await find('truong ban to chuc thanh uy')
    expect(heads.length).toBeGreaterThan(0)
    expect(await find('giam doc trung tam chinh tri')).not.toEqual([])
    expect(await find('%')).toEqual([])
    expect(await find('khong co ai ten nay')).toEqual([])
    expect(await find('   ')).toHaveLength(415)
  })

  it('are filtered by unit with everything under it, and by address', async () => {
    const ward = await database.db
      .selectFrom('units')
      .select('id')
      .where('organization_id', '=', minhHa)
      .where('code', '=', 'DB15')
      .executeTakeFirstOrThrow()
    const inside = await countPeople(database.db, minhHa, people({ unit: ward.id }), today)
    expect(inside).toBe(24)
    const { email } = await database.db
      .selectFrom('people')
      .select('email')
      .where('organization_id', '=', minhHa)
      .where('code', '=', 'P0002')
      .executeTakeFirstOrThrow()
    await killAddress(database.db, minhHa, email as string)
    await database.db
      .updateTable('people')
      .set({ email: null })
      .where('organization_id', '=', minhHa)
      .where('code', '=', 'P0003')
      .execute()
    const n = (address: string) => countPeople(database.db, minhHa, people({ address }), today)
    expect([await n('with'), await n('without'), await n('dead')]).toEqual([410, 5, 1])
  })

  it('keep a split name, lose the mark of a dead address with the address, refuse old versions', async () => {
    const id = await run((trx) =>
      createPerson(trx, ctx, org, personSchema.parse({ name: '  Nguyễn   Thị Thu Hà ', email: 'ha@mau.example' })),
    )
    expect(await getPerson(database.db, org, id)).toMatchObject({
      name: 'Nguyễn Thị Thu Hà',
      family: 'Nguyễn',
      middle: 'Thị Thu',
      given: 'Hà',
    })
    await killAddress(database.db, org, 'ha@mau.example')
    const edit = (version: number, fields: object) =>
      run((trx) => updatePerson(trx, ctx, org, id, version, personSchema.parse(fields)))
    await edit(1, { name: 'Nguyễn Thị Thu Hà', email: 'ha@mau.example', phone: '0912 000 000' })
    expect((await getPerson(database.db, org, id)).email_dead_at).not.toBeNull()
    await edit(2, { name: 'Nguyễn Thị Thu Hà', email: 'ha.moi@mau.example' })
    expect((await getPerson(database.db, org, id)).email_dead_at).toBeNull()
    await expect(edit(2, { name: 'X' })).rejects.toMatchObject({ code: 'stale_version' })
    const changes = await database.db
      .selectFrom('audit_events')
      .select('action')
      .where('subject_id', '=', id)
      .orderBy('id')
      .execute()
    expect(changes.map((x) => x.action)).toEqual(['person.created', 'person.changed', 'person.changed'])
  })

  it('never see another organisation', async () => {
    const other = (await createOrganization(database.db)).id
    const person = await insertPerson(database.db, org)
    await expect(getPerson(database.db, other, person.id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await listPositionsOf(database.db, other, [person.id])).toEqual([])
    const unit = await insertUnit(database.db, org)
    const position = positionSchema.parse({ unit_id: unit.id, title: 'Bí thư' })
    await expect(run((trx) => addPosition(trx, ctx, other, person.id, position))).rejects.toMatchObject({
      code: 'not_found',
    })
    const own = await insertPerson(database.db, other)
    await expect(run((trx) => addPosition(trx, ctx, other, own.id, position))).rejects.toMatchObject({
      fields: [{ field: 'unit_id' }],
    })
  })
})
