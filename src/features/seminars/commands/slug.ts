import { sql } from 'kysely'
import type { Trx } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'

const MOST_TRIES = 100

/**
 * Takes the first free public address of `base`, `base-2`, `base-3`… for a seminar. Addresses it had before stay and lead
 * on; one of its own is taken back. Two who ask at once get different ones.
 */
export async function claimSlug(trx: Trx, organizationId: string, seminarId: string, base: string): Promise<string> {
  for (let n = 1; n <= MOST_TRIES; n++) {
    const slug = n === 1 ? base : `${base}-${n}`
    const { rows } = await sql<{ slug: string }>`
      insert into slugs (kind, slug, organization_id, target_id) values ('seminar', ${slug}, ${organizationId}, ${seminarId})
      on conflict (kind, slug) do update set current = true
        where slugs.organization_id = excluded.organization_id and slugs.target_id = excluded.target_id
      returning slug`.execute(trx)
    if (!rows.length) continue
    await trx
      .updateTable('slugs')
      .set({ current: false })
      .where('kind', '=', 'seminar')
      .where('organization_id', '=', organizationId)
      .where('target_id', '=', seminarId)
      .where('slug', '<>', slug)
      .execute()
    return slug
  }
  throw new DomainError('conflict', { detail: 'slug' })
}
