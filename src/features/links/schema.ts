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
