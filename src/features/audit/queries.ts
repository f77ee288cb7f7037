import { sql } from 'kysely'
import { z } from 'zod'
import { decodeCursor, type Page, toPage } from '../../db/cursor.ts'
import type { Db } from '../../db/transaction.ts'

export const actorKinds = ['user', 'key', 'link', 'mail', 'system'] as const

/** How the log is filtered. What is not understood is left out: it comes by address. */
export const auditFilterSchema = z.object({
  seminar: z.uuid().optional().catch(undefined),
  subject: z.uuid().optional().catch(undefined),
  actor: z.string().max(200).catch('').default(''),
  kind: z
    .enum(['', ...actorKinds])
    .catch('')
    .default(''),
  cursor: z.string().max(2000).optional().catch(undefined),
})

/** What narrows the log. `from` is included, `to` is not. */
export type AuditFilter = z.output<typeof auditFilterSchema> & {
  action?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  sort?: 'newest' | 'oldest'
}

function eventRows(db: Db, organizationId: string, filter: AuditFilter) {
  let query = db.selectFrom('audit_events as e').where('e.organization_id', '=', organizationId)
  if (filter.seminar) query = query.where('e.seminar_id', '=', filter.seminar)
  if (filter.subject) query = query.where('e.subject_id', '=', filter.subject)
  if (filter.actor) query = query.where('e.actor_id', '=', filter.actor)
  if (filter.kind) query = query.where('e.actor_kind', '=', filter.kind)
  if (filter.action) query = query.where('e.action', '=', filter.action)
  if (filter.from) query = query.where('e.at', '>=', filter.from)
  if (filter.to) query = query.where('e.at', '<', filter.to)
  return query
}

/** How many events a filter finds. */
export async function countAuditEvents(db: Db, organizationId: string, filter: AuditFilter): Promise<number> {
  const row = await eventRows(db, organizationId, filter)
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return row.n
}

/** What was done, the latest first unless the oldest are asked for, with the seminar it belongs to. */
export async function listAuditEvents(db: Db, organizationId: string, filter: AuditFilter, limit = 50) {
  const down = filter.sort !== 'oldest'
  let query = eventRows(db, organizationId, filter)
    .leftJoin('seminars as s', (j) =>
      j.onRef('s.organization_id', '=', 'e.organization_id').onRef('s.id', '=', 'e.seminar_id'),
    )
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
    .orderBy('e.id', down ? 'desc' : 'asc')
    .limit(limit + 1)
  if (filter.cursor)
    query = query.where('e.id', down ? '<' : '>', sql<string>`${decodeCursor(filter.cursor, 1)[0]}::uuid`)
  const page: Page<Awaited<ReturnType<typeof query.execute>>[number]> = toPage(await query.execute(), limit, (row) => [
    row.id,
  ])
  return page
}
export type AuditRow = Awaited<ReturnType<typeof listAuditEvents>>['items'][number]
