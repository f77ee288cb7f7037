import { describe, expect, it } from 'vitest'
import {
  agendaTotals,
  isLate,
  mayTake,
  placedMinutes,
  refuseFile,
  refuseReminder,
  type Step,
  stateAfter,
  stateAfterVersion,
  statesOf,
  whoseTurn,
} from '../../../src/features/presentations/rules.ts'
import { type PresentationState, presentationStates } from '../../../src/features/presentations/schema.ts'

// One row a state: what each step leads to with a version at hand, `-` where it may not be taken.
const steps: Step[] = [
  'accept',
  'decline',
  'submit',
  'take_up',
  'put_down',
  'return',
  'approve',
  'reopen',
  'withdraw',
  'remind',
]
// biome-ignore format: one row a state
const table: Record<PresentationState, (PresentationState | '-')[]> = {
  requested: ['accepted', 'declined', 'received', '-', '-', '-', '-', '-', 'withdrawn', 'requested'],
  accepted: ['accepted', 'declined', 'received', '-', '-', '-', '-', '-', 'withdrawn', 'accepted'],
  declined: ['accepted', 'declined', '-', '-', '-', '-', '-', 'received', 'withdrawn', '-'],
  received: ['-', '-', 'received', 'editing', '-', 'returned', 'approved', '-', 'withdrawn', '-'],
  editing: ['-', '-', 'received', 'editing', 'received', 'returned', 'approved', '-', 'withdrawn', '-'],
  returned: ['-', '-', 'received', '-', '-', '-', 'approved', '-', 'withdrawn', 'returned'],
  approved: ['-', '-', '-', '-', '-', '-', '-', 'received', '-', '-'],
  withdrawn: ['-', '-', '-', '-', '-', '-', '-', 'received', '-', '-'],
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

it('is taken out of its editor’s hands by a version from the speaker, not by the editor’s own', () => {
  expect(stateAfterVersion('editing', 'speaker')).toBe('received')
  expect(stateAfterVersion('editing', 'organizer')).toBe('editing')
  for (const state of ['requested', 'accepted', 'received', 'returned'] as const)
    for (const by of ['speaker', 'organizer'] as const) expect(stateAfterVersion(state, by)).toBe('received')
})

it('says whose turn it is, and for what', () => {
  expect(Object.fromEntries(presentationStates.map((state) => [state, whoseTurn(state)]))).toEqual({
    requested: 'speaker_answer',
    accepted: 'speaker_paper',
    declined: 'organizers_decide',
    received: 'organizers_read',
    editing: 'organizers_edit',
    returned: 'speaker_changes',
    approved: 'nobody',
    withdrawn: 'nobody',
  })
  expect(statesOf('speaker')).toEqual(['requested', 'accepted', 'returned'])
  expect(statesOf('organizers')).toEqual(['declined', 'received', 'editing'])
})

describe('a reminder', () => {
  const speech = { state: 'accepted', email: 'a@mau.example', seminarState: 'scheduled', recent: false } as const
  it('goes to those whose turn it is, also while the seminar is a draft or postponed', () => {
    for (const state of ['requested', 'accepted', 'returned'] as const)
      for (const seminarState of ['draft', 'scheduled', 'postponed', 'held'])
        expect(refuseReminder({ ...speech, state, seminarState })).toBeNull()
  })
  it('is refused where nobody waits for the speaker, or nothing can reach them, or they were just reminded', () => {
    for (const state of ['declined', 'received', 'editing', 'approved', 'withdrawn'] as const)
      expect(refuseReminder({ ...speech, state })).toBe('speech_not_remind')
    expect(refuseReminder({ ...speech, seminarState: 'cancelled' })).toBe('speech_not_remind')
    expect(refuseReminder({ ...speech, email: null })).toBe('speech_no_address')
    expect(refuseReminder({ ...speech, recent: true })).toBe('speech_reminded')
  })
})

it('is late only while the speaker is waited for, after the deadline’s last moment', () => {
  const deadlineAt = new Date('2026-12-01T10:00:00Z')
  const at = (offset: number) => new Date(deadlineAt.getTime() + offset)
  expect(isLate({ state: 'accepted', deadlineAt }, at(0))).toBe(false)
  expect(isLate({ state: 'accepted', deadlineAt }, at(1))).toBe(true)
  expect(isLate({ state: 'returned', deadlineAt }, at(1))).toBe(true)
  for (const state of ['received', 'editing', 'approved', 'declined', 'withdrawn'] as const)
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
  const items = [
    { id: 'a', kind: 'speech', minutes: 30 },
    { id: 'b', kind: 'speech', minutes: 10 },
    { id: 'c', kind: 'break', minutes: 15 },
  ]
  const speeches = [
    speech(10),
    speech(15),
    speech(20, 'print'),
    speech(20, 'read', 'withdrawn'),
    speech(20, 'read', 'declined'),
    speech(5, 'read', 'requested', null),
  ]
  expect(placedMinutes(items, speeches)).toEqual([
    { itemId: 'a', minutes: 30, placed: 25, count: 2 },
    { itemId: 'b', minutes: 10, placed: 0, count: 0 },
    { itemId: 'c', minutes: 15, placed: 0, count: 0 },
  ])
  expect(agendaTotals(items, speeches)).toEqual({ placed: 25, available: 40 })
  expect(agendaTotals(items, [...speeches, speech(5, 'read', 'approved', 'c')])).toEqual({ placed: 30, available: 55 })
})
