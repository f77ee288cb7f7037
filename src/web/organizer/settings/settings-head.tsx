import type { Member, Page } from '../../../env.ts'
import { Notice } from '../accounts/account-page.tsx'

export type SettingsTab = 'organization' | 'members' | 'mail' | 'calendar' | 'keys'

const PATHS: Record<SettingsTab, string> = {
  organization: '',
  members: '/members',
  mail: '/mail',
  calendar: '/calendar',
  keys: '/keys',
}

/** The address of a page of the settings, without the locale. */
export function settingsPath(member: Member, tab: SettingsTab, rest = ''): string {
  return `/console/${member.organization.slug}/settings${PATHS[tab]}${rest}`
}

const DONE = ['saved', 'invited', 'resent', 'withdrawn', 'role', 'disabled', 'enabled', 'revoked'] as const

/** The head of the settings: title, tabs, and what was just done (`?done=` in the address). Keys are for owners. */
export function SettingsHead({ page, member, tab }: { page: Page; member: Member; tab: SettingsTab }) {
  const { t, href } = page
  const tabs: SettingsTab[] = [
    'organization',
    'members',
    'mail',
    'calendar',
    ...(member.role === 'owner' ? (['keys'] as const) : []),
  ]
  const asked = new URLSearchParams(page.path.split('?')[1]).get('done')
  const done = DONE.find((word) => word === asked)
  return (
    <>
      <header class="head">
        <h1>{t('console:nav.settings')}</h1>
      </header>
      <nav class="tabs" aria-label={t('organizations:tabs')}>
        {tabs.map((id) => (
          <a href={href(settingsPath(member, id))} aria-current={id === tab ? 'page' : undefined}>
            {t(`organizations:tab.${id}`)}
          </a>
        ))}
      </nav>
      {done ? (
        <div class="after-tabs">
          <Notice>{t(`organizations:done.${done}`)}</Notice>
        </div>
      ) : null}
    </>
  )
}
