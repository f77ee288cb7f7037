import { afterAll, beforeEach, expect, it } from 'vitest'
import { transaction } from '../../../src/db/transaction.ts'
import { inviteMember } from '../../../src/features/accounts/commands/invitations.ts'
import { ensureSetupLink } from '../../../src/features/accounts/commands/set-up.ts'
import { linkToken } from '../../../src/features/links/token.ts'
import { createTestApp, formRequest, systemContext, type TestApp, testLinkKey, testOrigin } from '../../support/app.ts'
import { createOrganization } from '../../support/factories.ts'

const AT_ONCE = 20
const ctx = systemContext()
let t: TestApp | undefined

beforeEach(async () => {
  await t?.close()
  t = await createTestApp()
})
afterAll(() => t?.close())

async function sendAll(path: string, fieldsOf: (i: number) => Record<string, string>): Promise<number[]> {
  const app = (t as TestApp).app
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, i) => app.request(testOrigin + path, formRequest(fieldsOf(i)))),
  )
  return answers.map((answer) => answer.status).sort()
}

/** How many rows there are of what an account is made of, and of what it belongs to. */
async function counts() {
  const { db } = (t as TestApp).services
  const count = async (table: 'auth.user' | 'auth.account' | 'auth.session' | 'members' | 'organizations') =>
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
    ).n
  return {
    users: Number(await count('auth.user')),
    accounts: Number(await count('auth.account')),
    sessions: Number(await count('auth.session')),
    members: Number(await count('members')),
    organizations: Number(await count('organizations')),
  }
}

it('twenty set up the first owner at once: one does, and the others leave nothing', { timeout: 120_000 }, async () => {
  const { db } = (t as TestApp).services
  const url = (await transaction(db, (trx) => ensureSetupLink(trx, ctx, { demo: false }))) as string
  const statuses = await sendAll(new URL(url).pathname, (i) => ({
    name: 'Lê Mẫu',
    email: `chu-${i}@mau.example`,
    password: 'mat-khau-dai',
    organizationName: 'Thành ủy Mẫu',
    slug: `thanh-uy-${i}`,
  }))
  expect(statuses).toEqual([303, ...Array(AT_ONCE - 1).fill(404)])
  expect(await counts()).toEqual({ users: 1, accounts: 1, sessions: 1, members: 1, organizations: 1 })
})

it('twenty take the demo over at once: one does, and the others leave no session', { timeout: 120_000 }, async () => {
  const { db } = (t as TestApp).services
  await createOrganization(db, { demo: true })
  const url = (await transaction(db, (trx) => ensureSetupLink(trx, ctx, { demo: true }))) as string
  const statuses = await sendAll(new URL(url).pathname, () => ({}))
  expect(statuses).toEqual([303, ...Array(AT_ONCE - 1).fill(404)])
  expect(await counts()).toEqual({ users: 1, accounts: 1, sessions: 1, members: 1, organizations: 1 })
})

it('twenty join by one link at once: one does, and the others leave nothing', { timeout: 120_000 }, async () => {
  const { db } = (t as TestApp).services
  const { id } = await createOrganization(db)
  const email = 'nguoi-moi@mau.example'
  const invited = await transaction(db, (trx) => inviteMember(trx, ctx, id, { email, role: 'organizer' }))
  const path = `/join/${await linkToken(testLinkKey, 'join', invited.id, 1)}`
  const statuses = await sendAll(path, (i) => ({ name: `Đỗ Mẫu ${i}`, password: 'mat-khau-cua-toi' }))
  expect(statuses).toEqual([303, ...Array(AT_ONCE - 1).fill(404)])
  expect(await counts()).toEqual({ users: 1, accounts: 1, sessions: 1, members: 1, organizations: 1 })
})

it('an invitation withdrawn while its link is being used leaves no account', { timeout: 60_000 }, async () => {
  const { db } = (t as TestApp).services
  const { id } = await createOrganization(db)
  const email = 'nguoi-moi@mau.example'
  const invited = await transaction(db, (trx) => inviteMember(trx, ctx, id, { email, role: 'organizer' }))
  const path = `/join/${await linkToken(testLinkKey, 'join', invited.id, 1)}`
  // What the page read before the withdrawal is committed, the command meets after it.
  const answer = await db.transaction().execute(async (trx) => {
    await trx.updateTable('member_invitations').set({ withdrawn_at: new Date() }).where('id', '=', invited.id).execute()
    const sent = (t as TestApp).app.request(
      testOrigin + path,
      formRequest({ name: 'Đỗ', password: 'mat-khau-cua-toi' }),
    )
    await waitForLock()
    return { sent }
  })
  expect((await answer.sent).status).toBe(404)
  expect(await counts()).toMatchObject({ users: 0, accounts: 0, members: 0 })

  async function waitForLock() {
    for (let i = 0; i < 600; i++) {
      const [row] = await (t as TestApp).database.sql`
        select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      if (row?.n) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('nobody waits')
  }
})
