import { sql } from 'kysely'
import type { Db } from '../../../db/transaction.ts'
import { ADDRESS_DEAD, announcements } from '../../mail/rules.ts'
import type { LetterState } from '../schema.ts'

/**
 * How the latest letter to the invitee of `i` stands: an invitation is “sent” from the moment it is asked for, its letter when a
 * server took it. Null where no letter went to the address it has now.
 */
export const letterState = sql<LetterState | null>`(
  select case when m.state in ('queued', 'sending') then 'waiting' when m.state = 'cancelled' then 'held' else m.state end
  from messages m
  where m.organization_id = i.organization_id and m.invitation_id = i.id and lower(m.to_address) = lower(i.email)
    and m.kind in (${sql.join(announcements)}) and (m.state <> 'cancelled' or m.last_reply = ${ADDRESS_DEAD})
  order by m.id desc limit 1)`

/**
 * When the invitee of `i` was first told that they are invited: a letter left for the address it has now, or a call was made. Null
 * while neither has happened, whatever was asked for.
 */
export const toldAt = sql<Date | null>`least(
  (select min(m.sent_at) from messages m where m.organization_id = i.organization_id and m.invitation_id = i.id
    and lower(m.to_address) = lower(i.email) and m.state = 'sent' and m.kind in ('invitation', 'update', 'postponement')),
  (select min(c.recorded_at) from calls c where c.organization_id = i.organization_id and c.invitation_id = i.id
    and c.substitution_id is null and 'invitation' = any(c.reasons) and c.outcome in ('reached', 'left_word', 'otherwise')))`

/** How the letter of one invitation stands, and whether its address is known to be dead. */
export async function findLetter(
  db: Db,
  organizationId: string,
  id: string,
): Promise<{ letter: LetterState | null; dead: boolean }> {
  const row = await db
    .selectFrom('invitations as i')
    .select(letterState.as('letter'))
    .select(
      sql<boolean>`exists (select from dead_addresses d
        where d.organization_id = i.organization_id and d.address = lower(i.email))`.as('dead'),
    )
    .where('i.organization_id', '=', organizationId)
    .where('i.id', '=', id)
    .executeTakeFirst()
  return row ?? { letter: null, dead: false }
}

/** How many of a seminar's invitations were asked to be sent and still wait. */
export async function countWaitingLetters(db: Db, organizationId: string, seminarId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from invitations i
    where i.organization_id = ${organizationId} and i.seminar_id = ${seminarId} and i.status = 'sent'
      and exists (select from messages m where m.organization_id = i.organization_id and m.seminar_id = i.seminar_id
        and m.invitation_id = i.id and m.state <> 'sent' and m.state in ('queued', 'sending') and m.kind = 'invitation'
        and lower(m.to_address) = lower(i.email))`.execute(db)
  return rows[0]?.n ?? 0
}
