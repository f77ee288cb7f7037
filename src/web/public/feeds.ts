import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../env.ts'
import { DomainError } from '../../errors.ts'
import { eventFile, feed } from '../../features/calendar/ics.ts'
import { contentDisposition } from '../../features/files/rules.ts'
import { getLink } from '../../features/links/queries.ts'
import { findPublicOrganization } from '../../features/summaries/queries/archive.ts'
import { type FeedScope, feedEvent, findFeedPerson, listFeedEvents } from '../../features/summaries/queries/feeds.ts'
import { getPublicSeminar, getSeminarDetails } from '../../features/summaries/queries/public.ts'
import { contextOf } from '../middleware.ts'
import { kept } from './kept.ts'

const ICS = 'text/calendar; charset=utf-8'
const reader = { kind: 'system', id: 'public', name: 'public' } as const

/** Calendars: one event as a file, and feeds to subscribe to (calendar rules 61–70). */
export const calendarFeeds = new Hono<AppEnv>()
  .get('/s/:slug/event.ics', kept('download'), async (c) => {
    const { db } = c.var.services
    const { seminar, moved } = await getPublicSeminar(db, c.req.param('slug'))
    if (moved) return c.redirect(c.var.page.href(`/s/${seminar.slug}/event.ics`), 301)
    const { chairs } = await getSeminarDetails(db, seminar)
    const event = feedEvent(seminar, chairs, contextOf(c, reader), c.var.locale)
    if (!event) throw new DomainError('not_found')
    const kind = c.req.query('download') === undefined ? 'inline' : 'attachment'
    return c.body(eventFile(event), 200, {
      'Content-Type': ICS,
      'Content-Disposition': contentDisposition(kind, `${seminar.slug}.ics`),
      'Last-Modified': seminar.revised_at.toUTCString(),
    })
  })
  .get('/calendar.ics', kept(), (c) => {
    const { t } = c.var
    return sendFeed(
      c,
      { kind: 'public' },
      { name: t('public:feed.calendar'), description: t('public:home.description') },
    )
  })
  .get('/o/:org/calendar.ics', kept(), async (c) => {
    const found = await findPublicOrganization(c.var.services.db, c.req.param('org'))
    if (!found) throw new DomainError('not_found', { detail: 'no_organization' })
    const { organization, moved } = found
    if (moved) return c.redirect(c.var.page.href(`/o/${organization.slug}/calendar.ics`), 301)
    const name = (c.var.locale === 'en' && organization.name_en) || organization.name
    return sendFeed(c, { kind: 'organization', id: organization.id }, { name: c.var.t('public:feed.org', { name }) })
  })
  .get('/c/:file', kept(), async (c) => {
    const token = /^(.+)\.ics$/.exec(c.req.param('file'))?.[1]
    if (!token) throw new DomainError('link_invalid')
    const { db } = c.var.services
    const link = await getLink(db, token, 'person-feed', 'member-feed')
    c.header('Cache-Control', 'private, max-age=0, must-revalidate')
    c.header('X-Robots-Tag', 'noindex')
    if (link.purpose === 'member-feed') {
      const scope = { kind: 'member', userId: link.targetId, organizationId: link.organizationId } as const
      return sendFeed(c, scope, { name: c.var.t('public:feed.member') })
    }
    const organizationId = link.organizationId as string
    const person = await findFeedPerson(db, organizationId, link.targetId)
    if (!person) throw new DomainError('link_invalid')
    const scope = { kind: 'person', organizationId, personId: link.targetId } as const
    return sendFeed(c, scope, { name: c.var.t('public:feed.person', { name: person.name }) })
  })

async function sendFeed(
  c: Context<AppEnv>,
  scope: FeedScope,
  head: { name: string; description?: string },
): Promise<Response> {
  const { db, clock } = c.var.services
  const { events, modifiedAt } = await listFeedEvents(db, scope, contextOf(c, reader), c.var.locale, clock())
  return c.body(feed({ ...head, events }), 200, { 'Content-Type': ICS, 'Last-Modified': modifiedAt.toUTCString() })
}
