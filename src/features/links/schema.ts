/** What a personal link is for. The address tells: /i, /p, /c, /setup, /join, /reset. */
export const purposes = {
  invitation: '/i/',
  presentation: '/p/',
  'person-feed': '/c/',
  'member-feed': '/c/',
  setup: '/setup/',
  join: '/join/',
  reset: '/reset/',
} as const
export type Purpose = keyof typeof purposes

const places = [...new Set(Object.values(purposes))].join('|')
const opened = new RegExp(`^((?:/+en)?(?:${places}))/*[^/]+`, 'i')

/** A path as it may be logged: without the token of a personal link. */
export function redactPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(opened, '$1…')
}

/** A link that holds: found by its token, neither revoked nor expired. */
export interface FoundLink {
  ref: string
  purpose: Purpose
  organizationId: string | null
  targetId: string
  generation: number
  expired: boolean
  revoked: boolean
  used: boolean
}
