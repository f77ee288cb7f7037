import type { PresentationState } from '../schema.ts'

/**
 * Where a speech goes when its newest version is locked away for a virus: back to where it stood before that version came; approved or
 * released, it is no longer. Null where it stands on other grounds (given back, declined, withdrawn).
 * `before` is null for versions of before this was kept; `left` is the newest version that stays, 0 for none.
 */
export function stateAfterInfection(
  state: PresentationState,
  before: PresentationState | null,
  left: number,
): PresentationState | null {
  if (state !== 'received' && state !== 'editing' && state !== 'approved') return null
  const plain = left > 0 ? 'received' : 'accepted'
  if (state === 'approved') return plain
  const back = before ?? plain
  // Who sent a paper has taken the request on; and without one there is nothing to read or edit.
  if (back === 'requested') return 'accepted'
  return left === 0 && (back === 'received' || back === 'editing') ? 'accepted' : back
}
