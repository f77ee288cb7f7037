import { text } from 'node:stream/consumers'
import type { Context } from '../../context.ts'
import { type Trx, transaction } from '../../db/transaction.ts'
import { createAccount } from '../../features/accounts/commands/accounts.ts'
import { addMember } from '../../features/accounts/commands/add-member.ts'
import { inviteMember } from '../../features/accounts/commands/invitations.ts'
import { refuseWeakPassword } from '../../features/accounts/queries/passwords.ts'
import { newPassword } from '../../features/accounts/schema.ts'
import { linkUrl } from '../../features/links/queries.ts'
import { createOrganization } from '../../features/organizations/commands.ts'
import { findOrganizationBySlug } from '../../features/organizations/queries.ts'
import { slugField } from '../../features/organizations/schema.ts'
import { requiredEmail, requiredLine } from '../../text/fields.ts'
import { createServices } from '../services.ts'
import { type Options, required, type Say } from './options.ts'
import { cliContext, withDatabase } from './work.ts'

/**
 * `create-owner`: makes someone owner of an organisation, which is made where --organization-name is given. Prints a link
 * by which they choose a password; with --password-stdin the account is made at once.
 */
export async function createOwner(options: Options, say: Say): Promise<void> {
  const slug = read(slugField, options, 'organization')
  const email = read(requiredEmail(), options, 'email').toLowerCase()
  const name = read(requiredLine(120), options, 'name')
  const password = options['password-stdin'] ? await readPassword() : undefined
  await withDatabase(async (connection, config) => {
    const services = await createServices(config, { connection, migrations: 0 })
    const ctx = cliContext(config, services.config.linkKey)
    const organizationName = options['organization-name']
    await assertOrganization(services.db, slug, organizationName)
    if (password === undefined) {
      say(await invite(services.db, ctx, { slug, organizationName, email }))
      return
    }
    await refuseWeakPassword(password, [email, name, slug, String(organizationName ?? '')])
    const passwordHash = await services.auth.hashPassword(password)
    await transaction(services.db, async (trx) => {
      const organizationId = await ensureOrganization(trx, ctx, slug, organizationName)
      const userId = await createAccount(trx, { name, email, passwordHash })
      await addMember(trx, ctx, organizationId, { userId, name, role: 'owner' })
    })
    say(`${email} owns ${slug}`)
  })
}

type Given = Options[string]

async function assertOrganization(
  db: Parameters<typeof findOrganizationBySlug>[0],
  slug: string,
  name: Given,
): Promise<void> {
  if (!name && !(await findOrganizationBySlug(db, slug))) {
    throw new Error(`there is no organisation “${slug}”; --organization-name makes it`)
  }
}

async function ensureOrganization(trx: Trx, ctx: Context, slug: string, name: Given): Promise<string> {
  const found = await findOrganizationBySlug(trx, slug)
  return found?.id ?? createOrganization(trx, ctx, { slug, name: String(name) })
}

async function invite(
  db: Parameters<typeof transaction>[0],
  ctx: Context,
  given: { slug: string; organizationName: Given; email: string },
): Promise<string> {
  const invitation = await transaction(db, async (trx) => {
    const organizationId = await ensureOrganization(trx, ctx, given.slug, given.organizationName)
    return inviteMember(trx, ctx, organizationId, { email: given.email, role: 'owner' })
  })
  return linkUrl(ctx, { purpose: 'join', targetId: invitation.id, generation: invitation.generation })
}

function read(
  schema: { safeParse(value: unknown): { success: boolean; data?: string } },
  options: Options,
  name: string,
): string {
  const parsed = schema.safeParse(required(options, name))
  if (!parsed.success) throw new Error(`--${name} is not valid`)
  return parsed.data as string
}

async function readPassword(): Promise<string> {
  const parsed = newPassword.safeParse((await text(process.stdin)).replace(/\r?\n$/, ''))
  if (!parsed.success) throw new Error('the password on standard input must have 10 to 128 characters')
  return parsed.data
}
