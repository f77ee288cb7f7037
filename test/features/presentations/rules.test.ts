import { describe, expect, it } from 'vitest'
import {
  isLate,
  mayTake,
  placedMinutes,
  refuseFile,
  type Step,
  stateAfter,
  whoseTurn,
} from '../../../src/features/presentations/rules.ts'
import { type PresentationState, presentationStates } from '../../../src/features/presentations/schema.ts'

// One row a state: what each step leads to with a version at hand, `-` where it may not be taken.
const steps: Step[] = ['accept', 'decline', 'submit', 'return', 'approve', 'reopen', 'withdraw']
const table: Record<PresentationState, (PresentationState | '-')[]> = {
  requested: ['accepted', 'declined', 'received', '-', '-', '-', 'withdrawn'],
  accepted: ['accepted', 'declined', 'received', '-', '-', '-', 'withdrawn'],
  declined: ['accepted', 'declined', '-', '-', '-', 'received', 'withdrawn'],
  received: ['-', '-', 'received', 'returned', 'approved', '-', 'withdrawn'],
  returned: ['-', '-', 'received', '-', 'approved', '-', 'withdrawn'],
  approved: ['-', '-', '-', '-', '-', 'received', '-'],
  withdrawn: ['-', '-', '-', '-', '-', 'received', '-'],
}

describe.each(presentationStates)('a speech that is %s', (state) => {
  it.each(steps.map((step, i) => [step, table[state][i]] as const))('on %s: %s', (step, after) => {
    expect(stateAfter(step, state, 1) ?? '-').toBe(after)
    expect(mayTake(step, state)).toBe(after !== '-')
  })
})

it('cannot be judged before anything came, and is reopened as asked for', () => {
  expect(stateAfter('approve', 'returned', 0)).toBeNull()
  expect(stateAfter('return', 'received', 0)).toBeNull()
  expect(stateAfter('reopen', 'withdrawn', 0)).toBe('requested')
})

it('says whose turn it is', () => {
  expect(presentationStates.map(whoseTurn)).toEqual([
    'speaker_answer',
    'speaker_paper',
    'organizers',
    'organizers',
    'speaker_changes',
    'nobody',
    'nobody',
  ])
})

it('is late only while the speaker is waited for, after the deadline’s last moment', () => {
  const deadlineAt = new Date('2026-12-01T10:00:00Z')
  const at = (offset: number) => new Date(deadlineAt.getTime() + offset)
  expect(isLate({ state: 'accepted', deadlineAt }, at(0))).toBe(false)
  expect(isLate({ state: 'accepted', deadlineAt }, at(1))).toBe(true)
  expect(isLate({ state: 'returned', deadlineAt }, at(1))).toBe(true)
  for (const state of ['received', 'approved', 'declined', 'withdrawn'] as const)
    expect(isLate({ state, deadlineAt }, at(1))).toBe(false)
  expect(isLate({ state: 'requested', deadlineAt: null }, at(1))).toBe(false)
})

it('takes files until it is approved, and no more than a hundred', () => {
  expect(refuseFile({ state: 'received', versions: 99 })).toBeNull()
  expect(refuseFile({ state: 'received', versions: 100 })).toBe('speech_too_many_versions')
  expect(refuseFile({ state: 'approved', versions: 1 })).toBe('speech_not_submit')
})

it('adds up the minutes that are read under an agenda item', () => {
  const speech = (minutes: number, delivery = 'read', state = 'received', agendaItemId: string | null = 'a') => ({
    agendaItemId,
    minutes,
    delivery,
    state,
  })
  const placed = placedMinutes(
    [
      { id: 'a', minutes: 30 },
      { id: 'b', minutes: 10 },
    ],
    [
      speech(10),
      speech(15),
      speech(20, 'print'),
      speech(20, 'read', 'withdrawn'),
      speech(20, 'read', 'declined'),
      speech(5, 'read', 'requested', null),
    ],
  )
  expect(placed).toEqual([
    { itemId: 'a', minutes: 30, placed: 25 },
    { itemId: 'b', minutes: 10, placed: 0 },
  ])
})
