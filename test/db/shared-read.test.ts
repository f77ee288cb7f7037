import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sharedRead } from '../../src/db/shared-read.ts'
import type { Db } from '../../src/db/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createOrganization } from '../support/factories.ts'

let t: TestDatabase
let slug: string
beforeAll(async () => {
  t = await createTestDatabase()
  slug = (await createOrganization(t.db)).slug
})
afterAll(() => t.drop())

function reading() {
  const asked: string[] = []
  const nameOf = sharedRead(async (db: Db, key: string) => {
    asked.push(key)
    return (await db.selectFrom('organizations').select('name').where('slug', '=', key).executeTakeFirstOrThrow()).name
  })
  return { asked, nameOf }
}

describe('a shared read', () => {
  it('asks once for the first, and once for all who came while it was on its way', async () => {
    const { asked, nameOf } = reading()
    await Promise.all(Array.from({ length: 20 }, () => nameOf(t.db, slug)))
    expect(asked).toEqual([slug, slug])
    await nameOf(t.db, slug)
    expect(asked).toHaveLength(3)
  })

  it('gives nobody what was read before they asked', async () => {
    const { nameOf } = reading()
    const first = nameOf(t.db, slug)
    await t.sql`update organizations set name = 'Tên mới' where slug = ${slug}`
    expect(await nameOf(t.db, slug)).toBe('Tên mới')
    await first
  })

  it('fails for those who share a question, and for nobody after them', async () => {
    const { asked, nameOf } = reading()
    const ends = await Promise.allSettled([nameOf(t.db, 'none'), nameOf(t.db, 'none'), nameOf(t.db, slug)])
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    await expect(nameOf(t.db, 'none')).rejects.toThrow()
    expect(asked).toEqual(['none', slug, 'none', 'none'])
  })
})
