import type { Context, Locale } from '../../../context.ts'
import type { Db } from '../../../db/transaction.ts'
import { DomainError } from '../../../errors.ts'
import { computeAgenda } from '../../seminars/rules.ts'

/** The seminar with what its organisation adds to a mail, a page and a calendar, in one row. */
function eventRows(db: Db, organizationId: string, seminarId: string) {
  return db
    .selectFrom('seminars as s')
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
    .where('s.organization_id', '=', organizationId)
    .where('s.id', '=', seminarId)
    .selectAll('s')
    .select([
      'o.slug as org_slug',
      'o.name as org_name',
      'o.name_en as org_name_en',
      'o.accent_hue as org_accent_hue',
      'o.honorific as org_honorific',
      'o.email as org_email',
      'o.contact_name as org_contact_name',
      'o.contact_phone as org_contact_phone',
    ])
}

/** A seminar and its organisation: enough for short mails. @throws DomainError not_found */
export async function getEvent(db: Db, organizationId: string, seminarId: string) {
  const row = await eventRows(db, organizationId, seminarId).executeTakeFirst()
  if (!row) throw new DomainError('not_found')
  return row
}
export type EventRow = Awaited<ReturnType<typeof getEvent>>

export interface EventDetails {
  event: EventRow
  chairs: { name: string; personId: string | null }[]
  /** When reception begins, as wall time, where the agenda opens with one. */
  receptionLocal: string | null
}

/** The same with chairs and reception: for invitations and the delegate's page. @throws DomainError not_found */
export async function getEventDetails(db: Db, organizationId: string, seminarId: string): Promise<EventDetails> {
  const event = await getEvent(db, organizationId, seminarId)
  const chairs = await db
    .selectFrom('chairs')
    .select(['name', 'person_id as personId'])
    .where('organization_id', '=', organizationId)
    .where('seminar_id', '=', seminarId)
    .where('role', '=', 'chair')
    .orderBy('ordinal')
    .execute()
  return { event, chairs, receptionLocal: await findReception(db, event) }
}

async function findReception(db: Db, event: EventRow): Promise<string | null> {
  const items = await db
    .selectFrom('agenda_items')
    .select(['id', 'kind', 'minutes', 'fixed_start as fixedStart'])
    .where('organization_id', '=', event.organization_id)
    .where('seminar_id', '=', event.id)
    .orderBy('ordinal')
    .limit(20)
    .execute()
  if (items[0]?.kind !== 'reception') return null
  const agenda = computeAgenda(
    items.map((item) => ({ ...item, speakers: [] })),
    event.starts_local,
    event.ends_local,
  )
  const starts = agenda.items[0]?.startsLocal ?? null
  return starts !== null && event.starts_local !== null && starts < event.starts_local ? starts : null
}

/** The organisation's name in a language. */
export function organizationName(event: EventRow, locale: Locale): string {
  return (locale === 'en' && event.org_name_en) || event.org_name
}

/** The host with its co-hosts, in a language, as a sentence begins with them. */
export function hostPhrase(event: EventRow, locale: Locale): string {
  const host = (locale === 'en' && event.host_en) || event.host
  const cohosts = locale === 'en' && event.cohosts_en.length ? event.cohosts_en : event.cohosts
  if (!cohosts.length) return host
  return locale === 'en' ? `${host}, with ${cohosts.join(', ')},` : `${host} phối hợp với ${cohosts.join(', ')}`
}

/** Who to ask: the seminar's own contact, else the organisation's: `Văn phòng Thành ủy, 0203 000 000`. */
export function contactOf(event: EventRow): string | null {
  const own = [event.contact_name, event.contact_phone, event.contact_email].filter(Boolean)
  const parts = own.length ? own : [event.org_contact_name, event.org_contact_phone].filter(Boolean)
  return parts.length ? parts.join(', ') : null
}

/** The seminar's public address in a language, null while it is private. */
export function publicUrl(event: EventRow, ctx: Pick<Context, 'origin'>, locale: Locale): string | null {
  if (event.visibility === 'private') return null
  return `${ctx.origin}${locale === 'en' ? '/en' : ''}/s/${event.slug}`
}

/** From, Reply-To and ORGANIZER: one address, the organisation's own mailbox where it has one (calendar rule 30). */
export function senderAddress(event: EventRow, ctx: Pick<Context, 'mail'>): string {
  return event.org_email ?? ctx.mail.from
}
