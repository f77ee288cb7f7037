import { type Context, Hono } from 'hono'
import { transaction } from '../../../db/transaction.ts'
import type { AppEnv } from '../../../env.ts'
import { recordAudit } from '../../../features/audit/commands.ts'
import { subscribeLinks } from '../../../features/calendar/links.ts'
import { issueLinks, revokeLinks } from '../../../features/links/commands.ts'
import { findLatestLink, linkUrl } from '../../../features/links/queries.ts'
import { ConsoleLayout } from '../../components/console-layout.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { memberContext } from '../../middleware.ts'
import { frame } from '../frame.ts'
import { SettingsHead, settingsPath } from './settings-head.tsx'

/** A member's own calendar feed: its address is made, replaced and revoked here. */
export const calendarPages = new Hono<AppEnv>()
  .get('/calendar', async (c) => {
    const { page, member, services } = c.var
    const { t, href } = page
    const link = await findLatestLink(services.db, 'member-feed', member.userId)
    const { origin, linkKey } = memberContext(c)
    const held = link && !link.revoked ? link : undefined
    const url =
      held &&
      `${await linkUrl({ origin, linkKey }, { purpose: 'member-feed', targetId: member.userId, generation: held.generation, locale: page.locale })}.ics`
    const links = url ? subscribeLinks(url, t('public:feed.member')) : undefined
    const address = (rest = '') => href(settingsPath(member, 'calendar', rest))
    return c.html(
      <ConsoleLayout
        {...(await frame(c, 'settings'))}
        title={`${t('organizations:tab.calendar')} – ${member.organization.name}`}
      >
        <SettingsHead page={page} member={member} tab="calendar" />
        <div class="stack">
          <p class="muted lead">{t('organizations:calendar.lead')}</p>
          {links && url ? (
            <>
              <CopyLine page={page} text={url} label={t('organizations:calendar.address')} />
              <p class="actions">
                <a class="btn" href={links.webcal}>
                  {t('public:calendar.subscribe')}
                </a>
                <a href={links.google} rel="noopener nofollow">
                  {t('public:calendar.google')}
                </a>
                <a href={links.outlook} rel="noopener nofollow">
                  {t('public:calendar.outlook')}
                </a>
                <a href={links.office365} rel="noopener nofollow">
                  {t('public:calendar.office365')}
                </a>
              </p>
              <p class="muted small">{t('organizations:calendar.secret')}</p>
              <div class="actions">
                <form method="post" action={address()}>
                  <button class="btn" type="submit">
                    {t('organizations:calendar.replace')}
                  </button>
                </form>
                <form method="post" action={address('/revocation')}>
                  <button class="btn quiet" type="submit">
                    {t('organizations:calendar.revoke')}
                  </button>
                </form>
              </div>
            </>
          ) : (
            <form method="post" action={address()}>
              <button class="btn primary" type="submit">
                {t('organizations:calendar.make')}
              </button>
            </form>
          )}
        </div>
      </ConsoleLayout>,
    )
  })
  .post('/calendar', (c) => renew(c, true))
  .post('/calendar/revocation', (c) => renew(c, false))

/** Ends the address in use; makes the next one where asked. */
async function renew(c: Context<AppEnv>, again: boolean) {
  const { member, page, services } = c.var
  const ctx = memberContext(c)
  await transaction(services.db, async (trx) => {
    const last = await findLatestLink(trx, 'member-feed', member.userId)
    await revokeLinks(trx, 'member-feed', member.userId)
    const generation = (last?.generation ?? 0) + 1
    if (again)
      await issueLinks(trx, ctx, [
        { purpose: 'member-feed', organizationId: null, targetId: member.userId, generation },
      ])
    await recordAudit(trx, ctx, {
      organizationId: member.organization.id,
      action: again ? 'feed.issued' : 'feed.revoked',
      subjectKind: 'member',
      subjectId: null,
    })
  })
  return c.redirect(page.href(settingsPath(member, 'calendar')), 303)
}
