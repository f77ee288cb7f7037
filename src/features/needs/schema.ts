/** What may wait for an organizer, most pressing first. */
export const needKinds = [
  'mail_no_way',
  'mail_stopped',
  'files_unavailable',
  'substitutions_pending',
  'calls_open',
  'calls_unreachable',
  'files_damaged',
  'speeches_infected',
  'files_unscanned',
  'mail_bounced',
  'mail_failed',
  'speeches_overdue',
  'speeches_to_read',
  'unanswered_near_deadline',
  'invitations_unsent',
  'mark_held',
  'draft_soon',
  'agenda_clash',
  'agenda_overrun',
  'no_chair',
] as const
export type NeedKind = (typeof needKinds)[number]

/** One thing that waits for an organizer. */
export interface Need {
  kind: NeedKind
  /** The seminar it is about, or none where it is about the organisation as a whole. */
  seminar: { id: string; theme: string; themeEn: string | null; timezone: string } | null
  /** How many; minutes for an overrun; days left for a draft. */
  count: number
  /** Up to three names of those concerned. */
  names: string[]
  /** Since when the oldest waits, or the deadline, where there is one. */
  at: Date | null
}
