import type { Context, Locale, Role } from './context.ts'
import type { Translate } from './i18n.ts'
import type { Services } from './services.ts'

/** The member who is signed in, in the organisation of the address. */
export interface Member {
  userId: string
  name: string
  email: string
  role: Role
  organization: {
    id: string
    slug: string
    name: string
    nameEn: string | null
    accentHue: number
    timezone: string
    honorific: 'comrade' | 'neutral' | 'academic'
  }
}

export interface Variables {
  services: Services
  requestId: string
  locale: Locale
  t: Translate
  page: Page
  /** Set by `requireMember`, under /console/:org. */
  member: Member
}

export type AppEnv = { Variables: Variables }

/** What every page component is told of the request. */
export interface Page {
  locale: Locale
  t: Translate
  /** Puts a path under /en where the page is English. */
  href: (path: string) => string
  /** This page's path without the locale, with its query: for the link to the other language. */
  path: string
  origin: string
  now: Date
  demo: boolean
}

export type { Context }
