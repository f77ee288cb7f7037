import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import { jsonb } from '../../../db/expressions.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudits } from '../../audit/commands.ts'
import { leftToTell, toldBy } from '../rules/calls.ts'
import type { CallReason } from '../schema.ts'
import { requestCalls } from './calls.ts'

/**
 * What the outbox has learnt since: a letter that left takes from a call what it told, and one that did not arrive becomes a
 * call. By the clock, for letters are sent long after what they tell was written.
 */
export async function settleCalls(trx: Trx, ctx: Context): Promise<void> {
  await endToldByLetter(trx)
  await callWhereNotArrived(trx, ctx)
}

/** Letters to whom the call is for that left, and were written after its last reason came up, or tell what still holds. */
async function endToldByLetter(trx: Trx): Promise<void> {
  await sql`
    with told as (
      select c.organization_id, c.id, array_agg(distinct r.reason) as reasons
      from calls c
      join invitations i on i.organization_id = c.organization_id and i.id = c.invitation_id
      left join substitutions u on u.organization_id = c.organization_id and u.id = c.substitution_id
      join seminars s on s.organization_id = c.organization_id and s.id = c.seminar_id
      join messages m on m.organization_id = c.organization_id and m.invitation_id = c.invitation_id and m.state = 'sent'
        and (m.created_at > c.asked_at or m.sent_at > c.asked_at and m.created_at >= s.revised_at) and lower(m.to_address) = lower(case when u.id is null then i.email else u.email end)
      cross join lateral jsonb_array_elements_text(${jsonb(toldBy)} -> m.kind) as r(reason)
      where c.is_open group by c.organization_id, c.id
    )
    update calls c set version = c.version + 1,
      reasons = case when c.reasons <@ told.reasons then c.reasons
        else array(select r from unnest(c.reasons) r where r <> all (told.reasons)) end,
      outcome = case when c.reasons <@ told.reasons then 'letter' else c.outcome end,
      recorded_at = case when c.reasons <@ told.reasons then now() else c.recorded_at end,
      recorded_by = case when c.reasons <@ told.reasons then null else c.recorded_by end
    from told
    where c.organization_id = told.organization_id and c.id = told.id and c.is_open and c.reasons && told.reasons`.execute(
    trx,
  )
}

interface NotArrived {
  organization_id: string
  seminar_id: string
  invitation_id: string
  substitution_id: string | null
  name: string
  reason: CallReason
}

/** The last letter of a kind that people are told things by, where it bounced or was given up, and no call was made of it. */
async function callWhereNotArrived(trx: Trx, ctx: Context): Promise<void> {
  const { rows } = await sql<NotArrived>`
    select distinct on (m.organization_id, m.invitation_id, u.id) m.organization_id, m.seminar_id, m.invitation_id,
      u.id as substitution_id, coalesce(u.name, i.name) as name, ${jsonb(leftToTell)} ->> m.kind as reason
    from messages m
    join invitations i on i.organization_id = m.organization_id and i.id = m.invitation_id
    join seminars s on s.organization_id = m.organization_id and s.id = m.seminar_id
    left join substitutions u on u.organization_id = m.organization_id and u.invitation_id = m.invitation_id
      and lower(u.email) = lower(m.to_address) and u.name = m.to_name and lower(u.email) is distinct from lower(i.email)
    where m.state in ('bounced', 'failed') and m.invitation_id is not null and ${jsonb(leftToTell)} ? m.kind
      and (s.ends_at is null or s.ends_at > now()) and s.state <> 'held'
      and (i.status = 'sent' or m.kind = 'withdrawal')
      and (m.kind <> 'invitation' or u.id is not null or i.answered_at is null)
      and not exists (select from messages later where later.organization_id = m.organization_id
        and later.invitation_id = m.invitation_id and later.id > m.id and later.kind = any (${sql`array[${sql.join(Object.keys(leftToTell))}]`})
        and lower(later.to_address) = lower(m.to_address) and later.state in ('queued', 'sending', 'sent'))
      and not exists (select from calls c where c.organization_id = m.organization_id and c.invitation_id = m.invitation_id
        and c.substitution_id is not distinct from u.id
        and (c.asked_at >= m.created_at or c.outcome = 'moot' and c.recorded_at >= m.created_at))
    order by m.organization_id, m.invitation_id, u.id, m.id desc limit 500`.execute(trx)
  for (const [key, asks] of Map.groupBy(rows, (row) => `${row.organization_id} ${row.seminar_id}`)) {
    const [organizationId, seminarId] = key.split(' ') as [string, string]
    await requestCalls(
      trx,
      organizationId,
      seminarId,
      asks.map((row) => ({ invitationId: row.invitation_id, substitutionId: row.substitution_id, reason: row.reason })),
    )
  }
  await recordAudits(
    trx,
    ctx,
    rows.map((row) => ({
      organizationId: row.organization_id,
      action: 'call.asked',
      subjectKind: 'invitation',
      subjectId: row.invitation_id,
      seminarId: row.seminar_id,
      details: { name: row.name, reason: row.reason },
    })),
  )
}
