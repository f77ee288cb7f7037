import { expect, it } from 'vitest'
import { stateAfterInfection } from '../../../src/features/presentations/rules/scans.ts'
import { type PresentationState, presentationStates } from '../../../src/features/presentations/schema.ts'

it.each<[PresentationState, PresentationState | null, number, PresentationState | null]>([
  // Where the newest version came in, the speech goes back to where it stood before.
  ['received', 'requested', 0, 'accepted'],
  ['received', 'accepted', 0, 'accepted'],
  ['received', 'received', 1, 'received'],
  ['received', 'returned', 1, 'returned'],
  ['received', 'editing', 1, 'editing'],
  ['editing', 'received', 2, 'received'],
  // Nothing is left to read or to edit.
  ['received', 'editing', 0, 'accepted'],
  ['editing', 'received', 0, 'accepted'],
  // Versions of before this was written down.
  ['received', null, 1, 'received'],
  ['received', null, 0, 'accepted'],
  // What was approved was the file that is locked away, never the one before it.
  ['approved', 'returned', 1, 'received'],
  ['approved', null, 0, 'accepted'],
])('from %s, before it %s, with version %i left: %s', (state, before, left, after) => {
  expect(stateAfterInfection(state, before, left)).toBe(after)
})

it('leaves a speech that stands on other grounds', () => {
  const moved = ['received', 'editing', 'approved']
  for (const state of presentationStates.filter((one) => !moved.includes(one)))
    for (const left of [0, 1]) expect(stateAfterInfection(state, 'received', left)).toBeNull()
})
