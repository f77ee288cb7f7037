import type { Context } from '../../context.ts'
import type { Trx } from '../../db/transaction.ts'
import { DomainError, invalid } from '../../errors.ts'
import { recordAudit } from '../audit/commands.ts'
import type { OrganizationInput } from './schema.ts'

/**
 * Makes an organisation; a user who makes one owns it.
 * @returns its id
 * @throws DomainError invalid: slug `taken` (slugs are unique in the deployment)
 */
export async function createOrganization(
  trx: Trx,
  ctx: Context,
  input: { name: string; slug: string } & Partial<OrganizationInput>,
): Promise<string> {
  const { id } = await trx.insertInto('organizations').values(input).returning('id').executeTakeFirstOrThrow()
  const slug = await trx
    .insertInto('slugs')
    .values({ slug: input.slug, kind: 'organization', organization_id: id, target_id: id })
    .onConflict((c) => c.columns(['kind', 'slug']).doNothing())
    .executeTakeFirst()
  if (!slug.numInsertedOrUpdatedRows) throw invalid({ field: 'slug', code: 'taken' })
  if (ctx.actor.kind === 'user') {
    await trx.insertInto('members').values({ organization_id: id, user_id: ctx.actor.id, role: 'owner' }).execute()
  }
  await recordAudit(trx, ctx, {
    organizationId: id,
    action: 'organization.created',
    subjectKind: 'organization',
    subjectId: id,
    details: { name: input.name },
  })
  return id
}

/** Changes an organisation. @throws DomainError not_found, stale_version */
export async function updateOrganization(
  trx: Trx,
  ctx: Context,
  organizationId: string,
  version: number,
  input: OrganizationInput,
): Promise<void> {
  const before = await trx
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', organizationId)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new DomainError('not_found')
  if (before.version !== version) throw new DomainError('stale_version')
  const changed = (Object.keys(input) as (keyof OrganizationInput)[]).filter((key) => before[key] !== input[key])
  if (!changed.length) return
  await trx
    .updateTable('organizations')
    .set((eb) => ({ ...input, version: eb('version', '+', 1), updated_at: eb.fn<Date>('now') }))
    .where('id', '=', organizationId)
    .execute()
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'organization.changed',
    subjectKind: 'organization',
    subjectId: organizationId,
    details: { name: input.name, changed },
  })
}
