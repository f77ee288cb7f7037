import { sql } from 'kysely'
import type { Context, Locale } from '../../../context.ts'
import type { Db } from '../../../db/transaction.ts'
import type { CalendarEvent } from '../../calendar/schema.ts'
import { calendarEvent } from '../../invitations/emails/calendar.ts'
import type { EventRow } from '../../invitations/queries/event.ts'
import { calendarStatus, type SeminarState } from '../../seminars/rules.ts'
import { printedSummary } from '../schema.ts'

/** Whose calendar a feed is. `person` and `member` are by a personal link, and show unlisted and private seminars too. */
export type FeedScope =
  | { kind: 'public' }
  | { kind: 'organization'; id: string }
  | { kind: 'person'; organizationId: string; personId: string }
  | { kind: 'member'; userId: string; organizationId: string | null }

/** How far back a feed reaches, how many events it holds at most, and how long a cancelled event stays in it. */
export const FEED = { pastDays: 365, maxEvents: 500, cancelledDays: 30 } as const

/** Events of a feed and when it last changed, by what came into it and by what fell out of it. */
export interface FeedContent {
  events: CalendarEvent[]
  modifiedAt: Date
}

type FeedContext = Pick<Context, 'origin' | 'mail'>

/**
 * The events of a feed, the latest 500 that end no more than a year ago. A cancelled one stays for 30 days, marked so, and
 * so does a postponed one at the time it was to be (calendar rule 68): those who were not invited learn of it nowhere
 * else. A draft is in none, nor is a seminar that never had a date.
 */
export async function listFeedEvents(
  db: Db,
  scope: FeedScope,
  ctx: FeedContext,
  locale: Locale,
  now: Date,
): Promise<FeedContent> {
  const rows = await inScope(db, scope)
    .innerJoin('organizations as o', 'o.id', 's.organization_id')
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
    .select((eb) =>
      eb
        .selectFrom('chairs as c')
        .select(
          sql<
            { name: string; personId: string | null }[]
          >`coalesce(json_agg(json_build_object('name', c.name, 'personId', c.person_id) order by c.ordinal), '[]')`.as(
            'list',
          ),
        )
        .whereRef('c.organization_id', '=', 's.organization_id')
        .whereRef('c.seminar_id', '=', 's.id')
        .where('c.role', '=', 'chair')
        .as('chairs'),
    )
    .where('s.state', '<>', 'draft')
    .where(
      sql`coalesce(s.ends_at, s.postponed_ends_local at time zone s.timezone)`,
      '>=',
      daysBefore(now, FEED.pastDays),
    )
    .where((eb) =>
      eb.or([
        eb('s.state', 'in', ['scheduled', 'held']),
        eb(
          eb.fn.coalesce('s.cancelled_at', 's.postponed_at', 's.revised_at'),
          '>',
          daysBefore(now, FEED.cancelledDays),
        ),
      ]),
    )
    .orderBy(sql`coalesce(s.starts_at, s.postponed_starts_local at time zone s.timezone)`, 'desc')
    .orderBy('s.id', 'desc')
    .limit(FEED.maxEvents)
    .execute()
  const events = rows.flatMap(({ chairs, ...event }) => {
    const made = feedEvent(event, chairs ?? [], ctx, locale)
    return made ? [made] : []
  })
  return { events, modifiedAt: await lastChange(db, scope, now) }
}

/**
 * One seminar as an event of a feed or a file: the same as in the mail, with its status. A postponed one stands at the
 * time it was to be, as cancelled. Undefined where there never was a date.
 */
export function feedEvent(
  event: EventRow,
  chairs: { name: string; personId: string | null }[],
  ctx: FeedContext,
  locale: Locale,
): CalendarEvent | undefined {
  const status = calendarStatus(event.state as SeminarState)
  const dated =
    event.starts_local === null
      ? { ...event, starts_local: event.postponed_starts_local, ends_local: event.postponed_ends_local }
      : event
  const made = calendarEvent({ event: dated, chairs, receptionLocal: null }, ctx, locale)
  return made && status ? { ...made, status } : undefined
}

function inScope(db: Db, scope: FeedScope) {
  const seminars = db.selectFrom('seminars as s')
  switch (scope.kind) {
    case 'public':
      return seminars.where('s.visibility', '=', 'public')
    case 'organization':
      return seminars.where('s.organization_id', '=', scope.id).where('s.visibility', '=', 'public')
    case 'person':
      return seminars
        .where('s.organization_id', '=', scope.organizationId)
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('invitations as i')
              .select('i.id')
              .whereRef('i.organization_id', '=', 's.organization_id')
              .whereRef('i.seminar_id', '=', 's.id')
              .where('i.person_id', '=', scope.personId)
              .where('i.status', '=', 'sent'),
          ),
        )
    case 'member':
      return seminars.where((eb) =>
        eb.exists(
          eb
            .selectFrom('members as b')
            .select('b.user_id')
            .whereRef('b.organization_id', '=', 's.organization_id')
            .where('b.user_id', '=', scope.userId)
            .where('b.disabled_at', 'is', null)
            .$if(scope.organizationId !== null, (q) =>
              q.where('b.organization_id', '=', scope.organizationId as string),
            ),
        ),
      )
  }
}

/**
 * When a feed last changed: the last edit of any seminar it could hold, also of one that is hidden now; the moments when a
 * cancelled or an old one fell out; for a person, the last change of an invitation.
 */
async function lastChange(db: Db, scope: FeedScope, now: Date): Promise<Date> {
  const of =
    scope.kind === 'organization'
      ? sql`where organization_id = ${scope.id}`
      : scope.kind === 'person'
        ? sql`where organization_id = ${scope.organizationId}`
        : scope.kind === 'member'
          ? sql`where organization_id in (select organization_id from members where user_id = ${scope.userId})`
          : sql``
  const invitations =
    scope.kind === 'person'
      ? sql`, (select max(greatest(updated_at, withdrawn_at)) from invitations
               where organization_id = ${scope.organizationId} and person_id = ${scope.personId})`
      : sql``
  const { rows } = await sql<{ at: Date | null }>`
    select greatest(
      (select max(greatest(updated_at, revised_at)) from seminars ${of}),
      (select max(at + ${`${FEED.cancelledDays} days`}::interval) from
        (select state, coalesce(cancelled_at, postponed_at, revised_at) as at from seminars ${of}) c
        where state in ('cancelled', 'postponed') and at + ${`${FEED.cancelledDays} days`}::interval <= ${now}),
      (select max(ends_at + ${`${FEED.pastDays} days`}::interval) from
        (select coalesce(ends_at, postponed_ends_local at time zone timezone) as ends_at from seminars ${of}) e
        where ends_at + ${`${FEED.pastDays} days`}::interval <= ${now})
      ${invitations}) as at`.execute(db)
  return rows[0]?.at ?? new Date(0)
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000)
}

/** The name of the person a feed belongs to. */
export function findFeedPerson(db: Db, organizationId: string, personId: string) {
  return db
    .selectFrom('people')
    .select('name')
    .where('organization_id', '=', organizationId)
    .where('id', '=', personId)
    .executeTakeFirst()
}

/** The latest published texts of public seminars in a language, for the news feeds: at most 50. */
export async function listNews(db: Db, locale: Locale, organizationId: string | null) {
  let query = db
    .selectFrom('summaries as m')
    .innerJoin('seminars as s', (join) =>
      join.onRef('s.organization_id', '=', 'm.organization_id').onRef('s.id', '=', 'm.seminar_id'),
    )
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['m.id', 'm.published', 's.slug', 'o.name as org_name', 'o.name_en as org_name_en'])
    .select(
      sql<{ name: string; nameEn: string | null; key: string }[]>`(
        select coalesce(json_agg(json_build_object('name', t.name, 'nameEn', t.name_en, 'key', t.key) order by x.ordinal), '[]')
        from seminar_topics x join topics t on t.organization_id = x.organization_id and t.id = x.topic_id
        where x.organization_id = s.organization_id and x.seminar_id = s.id)`.as('topics'),
    )
    .where('m.state', '=', 'published')
    .where('m.locale', '=', locale)
    .where('s.visibility', '=', 'public')
    .where('s.state', '<>', 'draft')
  if (organizationId) query = query.where('m.organization_id', '=', organizationId)
  const rows = await query.orderBy('m.published_at', 'desc').orderBy('m.id').limit(50).execute()
  return rows.map(({ published, ...row }) => ({ ...row, text: printedSummary.parse(published) }))
}
export type NewsItem = Awaited<ReturnType<typeof listNews>>[number]

/** Everything a search engine may know: public seminars, their published texts by language, organisations. */
export async function listSitemap(db: Db) {
  const seminars = await db
    .selectFrom('seminars as s')
    .select(['s.slug', 's.updated_at'])
    .select((eb) =>
      eb
        .selectFrom('summaries as m')
        .select(sql<string[]>`coalesce(array_agg(m.locale order by m.locale), '{}')`.as('locales'))
        .whereRef('m.organization_id', '=', 's.organization_id')
        .whereRef('m.seminar_id', '=', 's.id')
        .where('m.state', '=', 'published')
        .as('summaries'),
    )
    .where('s.visibility', '=', 'public')
    .where('s.state', '<>', 'draft')
    .orderBy('s.starts_at', (o) => o.desc().nullsLast())
    .orderBy('s.id')
    .limit(10_000)
    .execute()
  const organizations = await db
    .selectFrom('organizations as o')
    .select('o.slug')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('seminars as s')
          .select('s.id')
          .whereRef('s.organization_id', '=', 'o.id')
          .where('s.visibility', '=', 'public')
          .where('s.state', '<>', 'draft'),
      ),
    )
    .orderBy('o.slug')
    .limit(1000)
    .execute()
  return { seminars, organizations }
}
