import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonb } from '../../../src/db/expressions.ts'
import { type Trx, transaction } from '../../../src/db/transaction.ts'
import { inviteByHand, inviteDelegations, invitePeople } from '../../../src/features/invitations/commands/add.ts'
import { editInvitation, removeDrafts } from '../../../src/features/invitations/commands/edit.ts'
import {
  countByState,
  countInvitations,
  listDelegationsWithCounts,
  listInvitations,
} from '../../../src/features/invitations/queries/list.ts'
import { searchPeopleToInvite } from '../../../src/features/invitations/queries/search.ts'
import { invitationFilter, inviteeInput } from '../../../src/features/invitations/schema.ts'
import { createTestDatabase, inRollback, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createPerson, createSeminar, createUnit } from '../../support/factories.ts'
import { mailContext as ctx } from '../../support/mail.ts'

let database: TestDatabase
let organizationId: string

beforeAll(async () => {
  database = await createTestDatabase()
  organizationId = (await createOrganization(database.db)).id
})
afterAll(() => database.drop())

/** Seven groups of 5, 10, 2, 12, 82, 106 and 22 positions; one person holds a position in the first and one in the last. */
const GROUPS = [5, 10, 2, 12, 82, 106, 22]

async function sevenGroups(trx: Trx) {
  const seminar = await createSeminar(trx, organizationId)
  let shared: string | undefined
  for (const [g, size] of GROUPS.entries()) {
    const kind = `nhóm ${g}`
    for (let n = 0; n < size; n++) {
      const unit = await createUnit(trx, organizationId, { name: `Chi bộ ${g}.${n}`, kind, rank: g * 1000 + n })
      const last = g === 6 && n === 21
      const personId = last
        ? (shared as string)
        : (
            await createPerson(trx, organizationId, {
              name: `Lê Văn ${g} ${n}`,
              family: 'Lê',
              middle: `Văn ${g}`,
              given: `${n}`,
            })
          ).id
      shared ??= personId
      await trx
        .insertInto('positions')
        .values({
          organization_id: organizationId,
          person_id: personId,
          unit_id: unit.id,
          title: 'Bí thư',
          title_en: 'Secretary',
        })
        .execute()
    }
    await trx
      .insertInto('delegations')
      .values({
        organization_id: organizationId,
        seminar_id: seminar.id,
        ordinal: g + 1,
        text: kind,
        selector: jsonb({ unitKinds: [kind], titles: ['Bí thư'] }),
      })
      .execute()
  }
  return { seminar, shared: shared as string }
}

const byName = invitationFilter.parse({})

describe('inviting by delegations', () => {
  it('invites 238 people for 239 seats, and the one who holds two positions once, with both in order', async () => {
    await inRollback(database.db, async (trx) => {
      const { seminar, shared } = await sevenGroups(trx)
      expect(await inviteDelegations(trx, ctx, organizationId, seminar.id)).toEqual({
        added: 238,
        seats: 239,
        already: 0,
      })
      const twice = await trx.selectFrom('invitations').selectAll().where('person_id', '=', shared).execute()
      expect(twice).toHaveLength(1)
      expect(twice[0]).toMatchObject({
        positions: ['Bí thư Chi bộ 0.0', 'Bí thư Chi bộ 6.21'],
        positions_en: ['Secretary, Chi bộ 0.0', 'Secretary, Chi bộ 6.21'],
        status: 'draft',
      })
      const delegations = await listDelegationsWithCounts(trx, organizationId, seminar.id)
      expect(delegations.map((d) => d.people)).toEqual(GROUPS)
      expect(twice[0]?.delegation_id).toBe(delegations[0]?.id)
      expect(await countByState(trx, organizationId, seminar.id)).toMatchObject({ draft: 238, seats: 239, sent: 0 })
      expect(
        await countInvitations(trx, organizationId, seminar.id, { ...byName, delegation: delegations[6]?.id }),
      ).toBe(22)
    })
  }, 60_000)

  it('adds nobody twice when it is done again, group by group, in another order', async () => {
    await inRollback(database.db, async (trx) => {
      const { seminar, shared } = await sevenGroups(trx)
      const groups = await listDelegationsWithCounts(trx, organizationId, seminar.id)
      await inviteDelegations(trx, ctx, organizationId, seminar.id, [groups[6]?.id as string])
      expect(await inviteDelegations(trx, ctx, organizationId, seminar.id, [groups[0]?.id as string])).toEqual({
        added: 4,
        seats: 5,
        already: 1,
      })
      expect(await inviteDelegations(trx, ctx, organizationId, seminar.id)).toEqual({
        added: 238 - 26,
        seats: 239 - 27,
        already: 26,
      })
      expect(await inviteDelegations(trx, ctx, organizationId, seminar.id)).toEqual({
        added: 0,
        seats: 0,
        already: 238,
      })
      const row = await trx
        .selectFrom('invitations')
        .select('positions')
        .where('person_id', '=', shared)
        .executeTakeFirstOrThrow()
      expect(row.positions).toEqual(['Bí thư Chi bộ 0.0', 'Bí thư Chi bộ 6.21'])
    })
  }, 60_000)

  it('keeps positions that an organizer wrote by hand, and puts new ones after them', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      const person = await createPerson(trx, organizationId)
      const [a, b] = [
        await createUnit(trx, organizationId, { name: 'Văn phòng A', kind: 'a' }),
        await createUnit(trx, organizationId, { name: 'Văn phòng B', kind: 'b' }),
      ]
      for (const unit of [a, b])
        await trx
          .insertInto('positions')
          .values({ organization_id: organizationId, person_id: person.id, unit_id: unit.id, title: 'Chánh' })
          .execute()
      for (const [i, kind] of ['a', 'b'].entries()) {
        await trx
          .insertInto('delegations')
          .values({
            organization_id: organizationId,
            seminar_id: seminar.id,
            ordinal: i,
            text: kind,
            selector: jsonb({ unitKinds: [kind] }),
          })
          .execute()
      }
      const groups = await listDelegationsWithCounts(trx, organizationId, seminar.id)
      await inviteDelegations(trx, ctx, organizationId, seminar.id, [groups[0]?.id as string])
      const before = await trx
        .selectFrom('invitations')
        .selectAll()
        .where('person_id', '=', person.id)
        .executeTakeFirstOrThrow()
      await editInvitation(
        trx,
        ctx,
        organizationId,
        before.id,
        inviteeInput.parse({ name: person.name, positions: 'Chánh Văn phòng A (phụ trách)' }),
        before.version,
      )
      await inviteDelegations(trx, ctx, organizationId, seminar.id)
      const after = await trx
        .selectFrom('invitations')
        .selectAll()
        .where('person_id', '=', person.id)
        .executeTakeFirstOrThrow()
      expect(after.positions).toEqual(['Chánh Văn phòng A (phụ trách)', 'Chánh Văn phòng B'])
    })
  })

  it('gives two organizers who invite the same people at once the same list', async () => {
    const seminar = await createSeminar(database.db, organizationId)
    const people = []
    for (let n = 0; n < 20; n++)
      people.push(await createPerson(database.db, organizationId, { name: `Phạm Văn ${n}`, given: `${n}` }))
    const personIds = people.map((p) => p.id)
    const results = await Promise.all(
      [1, 2, 3].map(() =>
        transaction(database.db, (trx) => invitePeople(trx, ctx, organizationId, seminar.id, { personIds })),
      ),
    )
    expect(results.reduce((sum, r) => sum + r.added, 0)).toBe(20)
    expect(await countInvitations(database.db, organizationId, seminar.id, byName)).toBe(20)
  })
})

describe('inviting one by one', () => {
  it('finds people of the directory by a piece of their name without marks, and says who is on the list', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      const person = await createPerson(trx, organizationId, { name: 'Đỗ Thị Ngọc Ánh', given: 'Ánh' })
      expect(await searchPeopleToInvite(trx, organizationId, seminar.id, 'do ngoc anh', ctx.now)).toMatchObject([
        { id: person.id, invited: false },
      ])
      await invitePeople(trx, ctx, organizationId, seminar.id, { personIds: [person.id] })
      expect(await searchPeopleToInvite(trx, organizationId, seminar.id, 'do ngoc anh', ctx.now)).toMatchObject([
        { id: person.id, invited: true },
      ])
    })
  })

  it('invites by hand, once for a name and address', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      const input = inviteeInput.parse({
        name: '  Nguyễn  Thị Bình ',
        positions: 'Giám đốc Công ty A\n\nChủ tịch Hội B',
        email: 'Binh@mau.example',
      })
      const id = await inviteByHand(trx, ctx, organizationId, seminar.id, input)
      const row = await trx.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(row).toMatchObject({
        name: 'Nguyễn Thị Bình',
        family: 'Nguyễn',
        middle: 'Thị',
        given: 'Bình',
        positions: ['Giám đốc Công ty A', 'Chủ tịch Hội B'],
      })
      await expect(
        inviteByHand(trx, ctx, organizationId, seminar.id, { ...input, email: 'binh@MAU.example' }),
      ).rejects.toMatchObject({ fields: [{ field: 'name', code: 'on_list' }] })
    })
  })

  it('refuses a delegation of another seminar', async () => {
    await inRollback(database.db, async (trx) => {
      const [mine, other] = [await createSeminar(trx, organizationId), await createSeminar(trx, organizationId)]
      const { id } = await trx
        .insertInto('delegations')
        .values({ organization_id: organizationId, seminar_id: other.id, ordinal: 1, text: 'x' })
        .returning('id')
        .executeTakeFirstOrThrow()
      await expect(
        inviteByHand(trx, ctx, organizationId, mine.id, inviteeInput.parse({ name: 'A', delegation_id: id })),
      ).rejects.toMatchObject({ fields: [{ field: 'delegation_id' }] })
    })
  })

  it('refuses an edit of an older version, and removes drafts alone', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      const id = await inviteByHand(trx, ctx, organizationId, seminar.id, inviteeInput.parse({ name: 'Lê A' }))
      await editInvitation(
        trx,
        ctx,
        organizationId,
        id,
        inviteeInput.parse({ name: 'Lê Ánh', email: 'a@mau.example' }),
        1,
      )
      await expect(
        editInvitation(trx, ctx, organizationId, id, inviteeInput.parse({ name: 'Lê B' }), 1),
      ).rejects.toMatchObject({ code: 'stale_version' })
      const sent = await inviteByHand(trx, ctx, organizationId, seminar.id, inviteeInput.parse({ name: 'Lê C' }))
      await trx.updateTable('invitations').set({ status: 'sent' }).where('id', '=', sent).execute()
      expect(await removeDrafts(trx, ctx, organizationId, seminar.id, [id, sent])).toBe(1)
    })
  })
})

describe('the list', () => {
  it('sorts by given name as Vietnamese does, and pages by a cursor without a gap', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      const names = ['Nguyễn Văn Ân', 'Nguyễn Văn An', 'Lê Thị Ánh', 'Đỗ Đức', 'Trần Dũng', 'Bùi Văn An', 'Vũ Yến']
      for (const name of names) await inviteByHand(trx, ctx, organizationId, seminar.id, inviteeInput.parse({ name }))
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listInvitations(trx, organizationId, seminar.id, { ...byName, cursor }, 2)
        seen.push(...page.items.map((row) => row.name))
        cursor = page.next
      } while (cursor)
      expect(seen).toEqual([
        'Bùi Văn An',
        'Nguyễn Văn An',
        'Lê Thị Ánh',
        'Nguyễn Văn Ân',
        'Trần Dũng',
        'Đỗ Đức',
        'Vũ Yến',
      ])
    })
  })

  it('pages by the latest answer', async () => {
    await inRollback(database.db, async (trx) => {
      const seminar = await createSeminar(trx, organizationId)
      for (let n = 0; n < 7; n++) {
        const id = await inviteByHand(trx, ctx, organizationId, seminar.id, inviteeInput.parse({ name: `Lê ${n}` }))
        const at = new Date(Date.UTC(2026, 0, 1, 0, 0, Math.floor(n / 2)))
        await trx
          .updateTable('invitations')
          .set({ status: 'sent', answer: 'declined', answered_at: at })
          .where('id', '=', id)
          .execute()
      }
      const filter = { ...byName, sort: 'answered' as const }
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listInvitations(trx, organizationId, seminar.id, { ...filter, cursor }, 3)
        seen.push(...page.items.map((row) => row.name))
        cursor = page.next
      } while (cursor)
      expect(seen).toEqual(['Lê 6', 'Lê 5', 'Lê 4', 'Lê 3', 'Lê 2', 'Lê 1', 'Lê 0'])
    })
  })
})
