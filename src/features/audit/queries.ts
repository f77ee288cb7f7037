import { sql } from 'kysely'
import { z } from 'zod'
import { decodeCursor, type Page, toPage } from '../../db/cursor.ts'
import type { Db } from '../../db/transaction.ts'

/** How the log is filtered. What is not understood is left out: it comes by address. */
export const auditFilterSchema = z.object({
  seminar: z.uuid().optional().catch(undefined),
  subject: z.uuid().optional().catch(undefined),
  actor: z.string().max(200).catch('').default(''),
  kind: z.enum(['', 'user', 'key', 'link', 'mail', 'system']).catch('').default(''),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type AuditFilter = z.output<typeof auditFilterSchema>

/** What was done, the latest first, with the seminar it belongs to. */
export async function listAuditEvents(db: Db, organizationId: string, filter: AuditFilter, limit = 50) {
  let query = db
    .selectFrom('audit_events as e')
    .leftJoin('seminars as s', (j) =>
      j.onRef('s.organization_id', '=', 'e.organization_id').onRef('s.id', '=', 'e.seminar_id'),
    )
    .where('e.organization_id', '=', organizationId)
    .select([
      'e.id',
      'e.at',
      'e.actor_kind',
      'e.actor_id',
      'e.actor_name',
      'e.action',
      'e.subject_kind',
      'e.subject_id',
      'e.seminar_id',
      'e.details',
      's.theme',
      's.theme_en',
    ])
    .orderBy('e.id', 'desc')
    .limit(limit + 1)
  if (filter.seminar) query = query.where('e.seminar_id', '=', filter.seminar)
  if (filter.subject) query = query.where('e.subject_id', '=', filter.subject)
  if (filter.actor) query = query.where('e.actor_id', '=', filter.actor)
  if (filter.kind) query = query.where('e.actor_kind', '=', filter.kind)
  if (filter.cursor) query = query.where('e.id', '<', sql<string>`${decodeCursor(filter.cursor, 1)[0]}::uuid`)
  const page: Page<Awaited<ReturnType<typeof query.execute>>[number]> = toPage(await query.execute(), limit, (row) => [
    row.id,
  ])
  return page
}
export type AuditRow = Awaited<ReturnType<typeof listAuditEvents>>['items'][number]
