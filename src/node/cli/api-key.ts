import { transaction } from '../../db/transaction.ts'
import { createApiKey } from '../../features/accounts/commands/api-keys.ts'
import { type ApiScope, apiScopes, keyKinds } from '../../features/accounts/schema.ts'
import { requiredLine } from '../../text/fields.ts'
import { type Options, required, type Say } from './options.ts'
import { cliContext, getOrganization, withDatabase } from './work.ts'

const DAY_MS = 86_400_000
const LONGEST_DAYS = 3650

/** `api-key create`: prints the key alone; it is shown this once. */
export async function createKey(options: Options, say: Say): Promise<void> {
  const slug = required(options, 'organization')
  const name = requiredLine(120).safeParse(required(options, 'name'))
  if (!name.success) throw new Error('--name: at most 120 characters, in one line')
  const scopes = readScopes(options.scopes)
  const expiresAt = readExpiry(options.expires, new Date())
  const key = await withDatabase(async ({ db }, config) => {
    const organization = await getOrganization(db, slug)
    const input = { organizationId: organization.id, name: name.data, scopes, expiresAt }
    return transaction(db, (trx) => createApiKey(trx, cliContext(config), input))
  })
  say(key.key)
}

function readScopes(given: Options[string]): ApiScope[] {
  if (given === undefined) return [...keyKinds.write]
  const scopes = String(given)
    .split(',')
    .map((scope) => scope.trim())
  const unknown = scopes.find((scope) => !(apiScopes as readonly string[]).includes(scope))
  if (unknown !== undefined) throw new Error(`--scopes: “${unknown}” is none of ${apiScopes.join(', ')}`)
  return [...new Set(scopes)] as ApiScope[]
}

function readExpiry(given: Options[string], now: Date): Date | null {
  if (given === undefined) return null
  const days = Number(/^(\d{1,4})d$/.exec(String(given))?.[1])
  if (!(days >= 1 && days <= LONGEST_DAYS))
    throw new Error(`--expires: expected days like 90d, from 1d to ${LONGEST_DAYS}d`)
  return new Date(now.getTime() + days * DAY_MS)
}
