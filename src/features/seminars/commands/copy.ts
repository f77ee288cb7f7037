import { sql } from 'kysely'
import type { Context } from '../../../context.ts'
import type { Trx } from '../../../db/transaction.ts'
import { recordAudit } from '../../audit/commands.ts'
import { getSeminar, type SeminarRow } from '../queries.ts'
import { slugFor } from '../rules.ts'
import { claimSlug } from './slug.ts'

/**
 * Makes a new draft of a seminar: its details, topics, chairs, delegations, agenda and number of places; not its date, deadlines,
 * invitations or answers. Its calendar identity is new. @throws DomainError not_found
 */
export async function copySeminar(trx: Trx, ctx: Context, organizationId: string, id: string): Promise<SeminarRow> {
  const source = await getSeminar(trx, organizationId, id)
  const { rows } = await sql<{ id: string }>`select new_id() as id`.execute(trx)
  const copyId = rows[0]!.id
  const slug = await claimSlug(trx, organizationId, copyId, slugFor(source.theme, null, ctx.now))
  const author = ctx.actor.kind === 'user' ? ctx.actor.id : null
  await sql`
    insert into seminars (organization_id, id, slug, copied_from, created_by, kind, subtype, subtype_en, title, title_en, theme, theme_en,
      host, host_en, cohosts, cohosts_en, introduction, introduction_en, venue, venue_en, online_url, online_offered, timezone,
      visibility, language, substitute_policy, contact_name, contact_phone, contact_email)
    select organization_id, ${copyId}, ${slug}, id, ${author}, kind, subtype, subtype_en, title, title_en, theme, theme_en,
      host, host_en, cohosts, cohosts_en, introduction, introduction_en, venue, venue_en, online_url, online_offered, timezone,
      visibility, language, substitute_policy, contact_name, contact_phone, contact_email
    from seminars where organization_id = ${organizationId} and id = ${id}`.execute(trx)
  await sql`
    insert into seminar_places (organization_id, seminar_id, capacity)
    select organization_id, ${copyId}, capacity from seminar_places where organization_id = ${organizationId} and seminar_id = ${id}`.execute(
    trx,
  )
  await sql`
    insert into seminar_topics (organization_id, seminar_id, topic_id, ordinal)
    select organization_id, ${copyId}, topic_id, ordinal
    from seminar_topics where organization_id = ${organizationId} and seminar_id = ${id}`.execute(trx)
  await sql`
    insert into chairs (organization_id, seminar_id, role, ordinal, person_id, name, gender, positions, positions_en)
    select organization_id, ${copyId}, role, ordinal, person_id, name, gender, positions, positions_en
    from chairs where organization_id = ${organizationId} and seminar_id = ${id}`.execute(trx)
  await sql`
    insert into delegations (organization_id, seminar_id, ordinal, text, text_en, separator, selector)
    select organization_id, ${copyId}, ordinal, text, text_en, separator, selector
    from delegations where organization_id = ${organizationId} and seminar_id = ${id}`.execute(trx)
  await copyAgenda(trx, organizationId, id, copyId)
  const copy = await getSeminar(trx, organizationId, copyId)
  const subject = { subjectKind: 'seminar', subjectId: copyId, seminarId: copyId }
  await recordAudit(trx, ctx, {
    organizationId,
    action: 'seminar.copied',
    ...subject,
    details: { theme: copy.theme, from: id },
  })
  return copy
}

// The new ids are made first, once, so that speakers find the copy of their item.
async function copyAgenda(trx: Trx, organizationId: string, fromId: string, toId: string): Promise<void> {
  await sql`
    with pairs as materialized (
      select id as old_id, new_id() as id from agenda_items where organization_id = ${organizationId} and seminar_id = ${fromId}
    ), items as (
      insert into agenda_items (organization_id, id, seminar_id, ordinal, kind, title, title_en, minutes, fixed_start)
      select i.organization_id, p.id, ${toId}, i.ordinal, i.kind, i.title, i.title_en, i.minutes, i.fixed_start
      from agenda_items i join pairs p on p.old_id = i.id where i.organization_id = ${organizationId}
    )
    insert into agenda_speakers (organization_id, agenda_item_id, ordinal, person_id, name, position, position_en)
    select s.organization_id, p.id, s.ordinal, s.person_id, s.name, s.position, s.position_en
    from agenda_speakers s join pairs p on p.old_id = s.agenda_item_id where s.organization_id = ${organizationId}`.execute(
    trx,
  )
}
