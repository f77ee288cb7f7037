import { type Context, Hono } from 'hono'
import type { AppEnv } from '../../../env.ts'
import type { FeedOwner } from '../../../features/links/commands.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { FeedAddress, findFeedUrl, replaceFeed } from '../feed-links.tsx'
import { frame } from '../frame.ts'
import { SettingsHead, settingsPath } from './settings-head.tsx'

/** A member's own calendar feed: its address is made, replaced and revoked here. */
export const calendarPages = new Hono<AppEnv>()
  .get('/calendar', async (c) => {
    const { page, member } = c.var
    const { t, href } = page
    const url = await findFeedUrl(c, ownFeed(c), page.locale)
    return c.html(
      <ConsoleLayout
        {...(await frame(c, 'settings'))}
        title={`${t('organizations:tab.calendar')} – ${member.organization.name}`}
      >
        <SettingsHead page={page} member={member} tab="calendar" />
        <div class="stack">
          <p class="muted lead">{t('organizations:calendar.lead')}</p>
          <FeedAddress
            page={page}
            url={url}
            name={t('public:feed.member')}
            action={href(settingsPath(member, 'calendar'))}
          />
        </div>
      </ConsoleLayout>,
    )
  })
  .post('/calendar', (c) => renew(c, true))
  .post('/calendar/revocation', (c) => renew(c, false))

const ownFeed = (c: Context<AppEnv>): FeedOwner => ({
  purpose: 'member-feed',
  organizationId: null,
  id: c.var.member.userId,
})

async function renew(c: Context<AppEnv>, again: boolean) {
  await replaceFeed(c, ownFeed(c), again)
  return c.redirect(c.var.page.href(settingsPath(c.var.member, 'calendar')), 303)
}
