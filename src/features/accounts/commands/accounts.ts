import { dbNow } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { invalid } from '../../../errors.ts'

/** better-auth's word for an account that a password opens. */
const PASSWORD = 'credential'

/**
 * Makes an account in the transaction of what it is made for, so that none stays behind where that is refused. `passwordHash` as
 * `Auth.hashPassword` makes it. @returns its id
 * @throws DomainError invalid: email `account_exists`
 */
export async function createAccount(
  trx: Trx,
  { name, email, passwordHash }: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const user = await trx
    .insertInto('auth.user')
    .values({ id: crypto.randomUUID(), name, email: email.toLowerCase(), emailVerified: true })
    .onConflict((c) => c.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!user) throw invalid({ field: 'email', code: 'account_exists' })
  await trx
    .insertInto('auth.account')
    .values({
      id: crypto.randomUUID(),
      accountId: user.id,
      providerId: PASSWORD,
      userId: user.id,
      password: passwordHash,
    })
    .execute()
  return user.id
}

/** Gives an account another password, and ends every session of the person. */
export async function setPassword(trx: Trx, userId: string, passwordHash: string): Promise<void> {
  await trx
    .updateTable('auth.account')
    .set({ password: passwordHash, updatedAt: dbNow })
    .where('userId', '=', userId)
    .where('providerId', '=', PASSWORD)
    .execute()
  await trx.deleteFrom('auth.session').where('userId', '=', userId).execute()
}
