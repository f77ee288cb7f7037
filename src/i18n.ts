import i18next, { type i18n } from 'i18next'
import ICU from 'i18next-icu'
import en_accounts from '../locales/en/accounts.json' with { type: 'json' }
import en_api from '../locales/en/api.json' with { type: 'json' }
import en_common from '../locales/en/common.json' with { type: 'json' }
import en_console from '../locales/en/console.json' with { type: 'json' }
import en_delegate from '../locales/en/delegate.json' with { type: 'json' }
import en_deployment from '../locales/en/deployment.json' with { type: 'json' }
import en_directory from '../locales/en/directory.json' with { type: 'json' }
import en_errors from '../locales/en/errors.json' with { type: 'json' }
import en_invitations from '../locales/en/invitations.json' with { type: 'json' }
import en_mail from '../locales/en/mail.json' with { type: 'json' }
import en_organizations from '../locales/en/organizations.json' with { type: 'json' }
import en_presentations from '../locales/en/presentations.json' with { type: 'json' }
import en_public from '../locales/en/public.json' with { type: 'json' }
import en_seminars from '../locales/en/seminars.json' with { type: 'json' }
import en_summaries from '../locales/en/summaries.json' with { type: 'json' }
import en_uploads from '../locales/en/uploads.json' with { type: 'json' }
import vi_accounts from '../locales/vi/accounts.json' with { type: 'json' }
import vi_api from '../locales/vi/api.json' with { type: 'json' }
import vi_common from '../locales/vi/common.json' with { type: 'json' }
import vi_console from '../locales/vi/console.json' with { type: 'json' }
import vi_delegate from '../locales/vi/delegate.json' with { type: 'json' }
import vi_deployment from '../locales/vi/deployment.json' with { type: 'json' }
import vi_directory from '../locales/vi/directory.json' with { type: 'json' }
import vi_errors from '../locales/vi/errors.json' with { type: 'json' }
import vi_invitations from '../locales/vi/invitations.json' with { type: 'json' }
import vi_mail from '../locales/vi/mail.json' with { type: 'json' }
import vi_organizations from '../locales/vi/organizations.json' with { type: 'json' }
import vi_presentations from '../locales/vi/presentations.json' with { type: 'json' }
import vi_public from '../locales/vi/public.json' with { type: 'json' }
import vi_seminars from '../locales/vi/seminars.json' with { type: 'json' }
import vi_summaries from '../locales/vi/summaries.json' with { type: 'json' }
import vi_uploads from '../locales/vi/uploads.json' with { type: 'json' }
import type { Locale } from './context.ts'

const vi = {
  common: vi_common,
  errors: vi_errors,
  public: vi_public,
  accounts: vi_accounts,
  console: vi_console,
  organizations: vi_organizations,
  directory: vi_directory,
  seminars: vi_seminars,
  invitations: vi_invitations,
  delegate: vi_delegate,
  mail: vi_mail,
  presentations: vi_presentations,
  summaries: vi_summaries,
  uploads: vi_uploads,
  api: vi_api,
  deployment: vi_deployment,
}
type Texts = { [A in keyof typeof vi]: Record<keyof (typeof vi)[A], string> }
// The compiler refuses an English text that is missing.
const en: Texts = {
  common: en_common,
  errors: en_errors,
  public: en_public,
  accounts: en_accounts,
  console: en_console,
  organizations: en_organizations,
  directory: en_directory,
  seminars: en_seminars,
  invitations: en_invitations,
  delegate: en_delegate,
  mail: en_mail,
  presentations: en_presentations,
  summaries: en_summaries,
  uploads: en_uploads,
  api: en_api,
  deployment: en_deployment,
}

/** `<area>:<key>`, e.g. `delegate:rsvp.yes`. */
export type TextKey = { [A in keyof typeof vi]: `${A}:${keyof (typeof vi)[A] & string}` }[keyof typeof vi]
export type Params = Record<string, string | number | Date>
/** Writes a text of the interface in one language. */
export type Translate = (key: TextKey, params?: Params) => string

const instance: i18n = i18next.createInstance()
instance
  .use(
    new ICU({
      parseErrorHandler: (error: Error) => {
        throw error
      },
      parserOptions: { ignoreTag: true },
    } as never),
  )
  .init({
    initAsync: false,
    lng: 'vi',
    fallbackLng: 'vi',
    defaultNS: 'common',
    ns: Object.keys(vi),
    keySeparator: false,
    nsSeparator: ':',
    interpolation: { escapeValue: false },
    resources: { vi, en },
  })

const fixed: Record<Locale, Translate> = {
  vi: instance.getFixedT('vi') as never,
  en: instance.getFixedT('en') as never,
}

/** The translator of a language. */
export function translator(locale: Locale): Translate {
  return fixed[locale]
}

/** Whether a key exists: for codes that may or may not have a text of their own. */
export function hasText(key: string): key is TextKey {
  return instance.exists(key, { lng: 'vi' })
}

export const texts = { vi, en }
