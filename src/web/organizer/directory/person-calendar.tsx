import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import { getPerson } from '../../../features/directory/queries/people.ts'
import type { FeedOwner } from '../../../features/links/commands.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { requireRole } from '../../middleware.ts'
import { FeedAddress, findFeedUrl, replaceFeed } from '../feed-links.tsx'
import { frame } from '../frame.ts'
import { directoryPath } from './directory-head.tsx'

/** The calendar of one person's invitations: an organizer makes its address and passes it on. */
export const personCalendarPages = new Hono<AppEnv>()
  .get('/people/:id/calendar', requireRole('organizer'), async (c) => {
    const { page, member } = c.var
    const { t, href } = page
    const person = await load(c)
    const url = await findFeedUrl(c, feedOf(c, person.id), person.locale)
    const path = directoryPath(member, `/people/${person.id}`)
    return c.html(
      <ConsoleLayout {...(await frame(c, 'directory'))} title={`${t('directory:calendar')} – ${person.name}`}>
        <header class="head">
          <div>
            <p class="muted small crumbs">
              <a href={href(path)}>{person.name}</a>
            </p>
            <h1>{t('directory:calendar')}</h1>
          </div>
        </header>
        <div class="stack">
          <p class="muted lead">{t('directory:calendar.lead', { name: person.name })}</p>
          <FeedAddress
            page={page}
            url={url}
            name={t('public:feed.person', { name: person.name })}
            action={href(`${path}/calendar`)}
          />
        </div>
      </ConsoleLayout>,
    )
  })
  .post('/people/:id/calendar', (c) => renew(c, true))
  .post('/people/:id/calendar/revocation', (c) => renew(c, false))

function load(c: Context<AppEnv>) {
  return getPerson(c.var.services.db, c.var.member.organization.id, c.req.param('id') as string)
}

function feedOf(c: Context<AppEnv>, id: string): FeedOwner {
  return { purpose: 'person-feed', organizationId: c.var.member.organization.id, id }
}

async function renew(c: Context<AppEnv>, again: boolean) {
  const person = await load(c)
  await replaceFeed(c, feedOf(c, person.id), again)
  return c.redirect(c.var.page.href(directoryPath(c.var.member, `/people/${person.id}/calendar`)), 303)
}
