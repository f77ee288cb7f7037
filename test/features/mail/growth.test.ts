import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Trx, transaction } from '../../../src/db/transaction.ts'
import { claimDue } from '../../../src/features/mail/commands/deliver.ts'
import { enqueueMessages } from '../../../src/features/mail/commands.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { mailContext as ctx, newMessage } from '../../support/mail.ts'

/** A database of its own for each figure: its statistics say of the outbox that it is empty, as at the first bulk of a day. */
let t: TestDatabase
beforeEach(async () => {
  t = await createTestDatabase()
  await t.sql`alter table messages set (autovacuum_enabled = false)`
})
afterEach(() => t.drop())

/** Rows and entries of indexes that Postgres reads of the outbox while so many letters of one event are stored, and while the first 50 are claimed. */
async function rowsRead(letters: number): Promise<{ stored: number; claimed: number }> {
  const org = await createOrganization(t.db)
  const { id: seminarId } = await createSeminar(t.db, org.id)
  await t.sql`analyze messages`
  const batch = Array.from({ length: letters }, (_, i) =>
    newMessage(org.id, { seminarId, to: { name: null, address: `p${letters}-${i}@mau.example` } }),
  )
  const read = async (trx: Trx) => {
    const { rows } = await sql<{ n: string }>`select coalesce(sum(pg_stat_get_xact_tuples_returned(c.oid)
      + pg_stat_get_xact_tuples_fetched(c.oid)), 0) as n
      from pg_class c left join pg_index x on x.indexrelid = c.oid
      where 'messages'::regclass in (c.oid, x.indrelid)`.execute(trx)
    return Number(rows[0]?.n)
  }
  const counted = (work: (trx: Trx) => Promise<unknown>) =>
    transaction(t.db, async (trx) => {
      const before = await read(trx)
      await work(trx)
      return (await read(trx)) - before
    })
  return {
    stored: await counted((trx) => enqueueMessages(trx, ctx, batch)),
    claimed: await counted((trx) => claimDue(trx, 'a', 50, 60)),
  }
}

describe('a bulk of letters about one event', () => {
  it('costs Postgres what it is long, also where its statistics say that the outbox is empty', async () => {
    const once = await rowsRead(1000)
    await t.sql`delete from messages`
    const twice = await rowsRead(2000)
    expect(once.stored).toBeLessThan(1000 * 5)
    expect(twice.stored).toBeLessThan(2000 * 5)
  })

  it('is claimed in portions that read their own rows, not all that wait', async () => {
    const { claimed } = await rowsRead(1500)
    expect(claimed).toBeLessThan(50 * 10)
  })
})
