import type { Context } from 'hono'
import { transaction } from '../../db/transaction.ts'
import type { AppEnv, Page } from '../../env.ts'
import { subscribeLinks } from '../../features/calendar/links.ts'
import { type FeedOwner, renewFeed } from '../../features/links/commands.ts'
import { findLatestLink, linkUrl } from '../../features/links/queries.ts'
import { CopyLine } from '../components/copy-line.tsx'
import { memberContext } from '../middleware.ts'

/** The address of a feed that holds now, in a language; undefined where none was made or it was ended. */
export async function findFeedUrl(c: Context<AppEnv>, owner: FeedOwner, locale: string): Promise<string | undefined> {
  const link = await findLatestLink(c.var.services.db, owner.purpose, owner.id)
  if (!link || link.revoked) return undefined
  const url = await linkUrl(memberContext(c), {
    purpose: owner.purpose,
    targetId: owner.id,
    generation: link.generation,
    locale,
  })
  return `${url}.ics`
}

/** Ends the address in use; makes the next one where asked. */
export async function replaceFeed(c: Context<AppEnv>, owner: FeedOwner, again: boolean): Promise<void> {
  const organizationId = c.var.member.organization.id
  await transaction(c.var.services.db, (trx) => renewFeed(trx, memberContext(c), organizationId, owner, again))
}

/** The address with the ways to subscribe, to replace and to end it; or the button that makes one. */
export function FeedAddress({
  page,
  url,
  name,
  action,
}: {
  page: Page
  url: string | undefined
  name: string
  action: string
}) {
  const { t } = page
  if (!url) {
    return (
      <form method="post" action={action}>
        <button class="btn primary" type="submit">
          {t('organizations:calendar.make')}
        </button>
      </form>
    )
  }
  const links = subscribeLinks(url, name)
  return (
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
        <form method="post" action={action}>
          <button class="btn" type="submit">
            {t('organizations:calendar.replace')}
          </button>
        </form>
        <form method="post" action={`${action}/revocation`}>
          <button class="btn quiet" type="submit">
            {t('organizations:calendar.revoke')}
          </button>
        </form>
      </div>
    </>
  )
}
