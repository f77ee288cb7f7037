import type { DraftContent } from '../schema.ts'

export interface Overwriting {
  before: DraftContent
  after: DraftContent
  /** Who wrote the draft as it stands, and who writes over it. */
  by: string | null
  actor: string
  /** Whether an earlier draft was kept in the last minutes. */
  keptLately: boolean
}

/** Letters that an editor may lose before what they lost is kept for them. */
const MUCH = 200

/**
 * Whether the draft that is about to be overwritten is kept: when somebody else wrote it, when much of it goes, and now
 * and then. Saving by itself every few seconds would else leave nothing to go back to.
 */
export function keepsEarlierDraft({ before, after, by, actor, keptLately }: Overwriting): boolean {
  const letters = lettersOf(before)
  if (before.body === '' && before.conclusions.length === 0 && before.figures === null) return false
  if (JSON.stringify(before) === JSON.stringify(after)) return false
  const lost = letters - lettersOf(after)
  return by !== actor || !keptLately || (lost > MUCH && lost > letters / 4)
}

function lettersOf({ lead, body, conclusions }: DraftContent): number {
  return [...lead, body, ...conclusions].join('').length
}
