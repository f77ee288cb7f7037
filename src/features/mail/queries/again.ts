import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { isDead, isReplaced } from '../queries.ts'
import { ADDRESS_DEAD } from '../rules.ts'

/** What sending again would do with a letter that came back: send it, or why not. */
export type Again = 'ready' | 'dead' | 'replaced' | 'link' | 'over'

/** Every letter that came back or could not be sent, and was not sent again since, with what sending again would do. */
export async function againRows(db: Db, organizationId: string, seminarId: string | null) {
  const { rows } = await sql<{ id: string; to_address: string; what: Again }>`
    select m.id, m.to_address, case
      when ${isReplaced} then 'replaced'
      when s.ends_at < now() then 'over'
      when exists (
        select from regexp_matches(m.html, '⟦link:([a-z-]+):([A-Za-z0-9_-]{1,64}):([0-9]{1,9})', 'g') as r (mark)
        where not exists (
          select from links l where l.purpose = r.mark[1] and l.target_id = r.mark[2] and l.generation = r.mark[3]::int
            and l.revoked_at is null and l.used_at is null and (l.expires_at is null or l.expires_at > now()))) then 'link'
      when ${isDead} then 'dead'
      else 'ready' end as what
    from messages m left join seminars s on s.organization_id = m.organization_id and s.id = m.seminar_id
    where m.organization_id = ${organizationId} and m.state <> 'sent'
      and (m.state in ('bounced', 'failed') or m.state = 'cancelled' and m.last_reply = ${ADDRESS_DEAD})
      and ${seminarId ? sql`m.seminar_id = ${seminarId}` : sql`true`}
      and not exists (
        select from messages later
        where later.organization_id = m.organization_id and later.id > m.id and later.kind = m.kind
          and lower(later.to_address) = lower(m.to_address) and later.seminar_id is not distinct from m.seminar_id
          and later.state in ('queued', 'sending', 'sent'))
    order by m.id`.execute(db)
  return rows
}

/** How many letters sending again would send, and how many it would leave for each reason. */
export async function planAgain(
  db: Db,
  organizationId: string,
  seminarId: string | null,
): Promise<Record<Again, number>> {
  const counts: Record<Again, number> = { ready: 0, dead: 0, replaced: 0, link: 0, over: 0 }
  for (const { what } of await againRows(db, organizationId, seminarId)) counts[what]++
  return counts
}
