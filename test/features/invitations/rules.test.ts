import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AnswerFacts,
  type AnswerOutcome,
  decideAnswer,
  planAnswer,
  settleAnswer,
  settleConsent,
  stateWithPlace,
} from '../../../src/features/invitations/rules.ts'
import { type AnswerInput, type AnswerState, answerInput } from '../../../src/features/invitations/schema.ts'

const NOW = new Date('2023-11-10T02:00:00Z')
const LATER = new Date('2023-11-16T07:00:00Z')
const EARLIER = new Date('2023-11-09T02:00:00Z')

function facts(overrides: Partial<AnswerFacts> = {}): AnswerFacts {
  return {
    capacity: 400,
    seminarState: 'scheduled',
    startsAt: LATER,
    deadline: null,
    onlineOffered: true,
    substitutePolicy: 'consent',
    via: 'link',
    invitationWithdrawn: false,
    current: { state: null, place: false, substitute: null },
    ...overrides,
  }
}

const attend: AnswerInput = { answer: 'attend', note: null }
const online: AnswerInput = { answer: 'attend_online', note: null }
const decline: AnswerInput = { answer: 'decline', reason: 'Đi công tác', note: null }
const declineBare: AnswerInput = { answer: 'decline', reason: null, note: null }
const other = { name: 'Trần Thị B', position: 'Phó Bí thư', email: 'b@minhha.example' }
const substitute: AnswerInput = { answer: 'substitute', substitute: other, note: null }

const unanswered: AnswerFacts['current'] = { state: null, place: false, substitute: null }
const keptPlace: AnswerFacts['current'] = { state: null, place: true, substitute: null }
const holding = (state: AnswerState, agreed?: 'pending' | 'approved'): AnswerFacts['current'] => ({
  state,
  place: true,
  substitute: agreed ? { name: other.name, email: other.email, state: agreed } : null,
})
const without = (state: AnswerState): AnswerFacts['current'] => ({ state, place: false, substitute: null })

/** `accepted +` took a place, `-` gave one back, `=` kept one, `join`/`keep` is the line. */
function told(outcome: ReturnType<typeof decideAnswer>): string {
  if ('refused' in outcome) return outcome.refused
  const place = outcome.freesPlace ? ' -' : outcome.place ? (outcome.needsPlace ? ' +' : ' =') : ''
  return outcome.state + place + (outcome.line === 'none' ? '' : ` ${outcome.line}`)
}

describe('an answer', () => {
  it.each([
    // current, input, a place is free, outcome
    [unanswered, attend, true, 'accepted +'],
    [unanswered, attend, false, 'waitlisted join'],
    [unanswered, online, false, 'online'],
    [unanswered, decline, false, 'declined'],
    [unanswered, substitute, true, 'substitute_pending +'],
    [unanswered, substitute, false, 'waitlisted join'],
    // the chair asked this invitee to come in person: the place was kept
    [keptPlace, attend, false, 'accepted ='],
    [keptPlace, decline, false, 'declined -'],
    [holding('accepted'), attend, false, 'accepted ='],
    [holding('accepted'), online, false, 'online -'],
    [holding('accepted'), decline, false, 'declined -'],
    [holding('accepted'), substitute, false, 'substitute_pending ='],
    [holding('substitute_pending', 'pending'), attend, false, 'accepted ='],
    [holding('substitute_pending', 'pending'), decline, false, 'declined -'],
    [holding('substituted', 'approved'), attend, false, 'accepted ='],
    [holding('substituted', 'approved'), substitute, false, 'substituted ='],
    [holding('substituted', 'approved'), online, false, 'online -'],
    [without('waitlisted'), attend, true, 'waitlisted keep'],
    [without('waitlisted'), substitute, true, 'waitlisted keep'],
    [without('waitlisted'), decline, true, 'declined'],
    [without('waitlisted'), online, true, 'online'],
    [without('declined'), attend, true, 'accepted +'],
    [without('declined'), attend, false, 'waitlisted join'],
    [without('online'), attend, true, 'accepted +'],
    [without('online'), decline, true, 'declined'],
  ] as [AnswerFacts['current'], AnswerInput, boolean, string][])(
    'from %j by %j, place free: %s',
    (current, input, gotPlace, outcome) => {
      expect(told(decideAnswer({ ...facts({ current }), gotPlace }, input, NOW))).toBe(outcome)
    },
  )

  it('names the substitute at once where the policy is free', () => {
    const outcome = decideAnswer({ ...facts({ substitutePolicy: 'free' }), gotPlace: true }, substitute, NOW)
    expect(outcome).toMatchObject({ state: 'substituted', substitution: 'approved', place: true })
  })

  it('asks the chair again for another person, not for another note', () => {
    const current = holding('substituted', 'approved')
    const renamed: AnswerInput = { ...substitute, substitute: { ...other, name: 'Lê Văn C' } } as AnswerInput
    const moved: AnswerInput = { ...substitute, substitute: { ...other, position: 'Bí thư' }, note: 'x' } as AnswerInput
    expect(told(decideAnswer(facts({ current }), renamed, NOW))).toBe('substitute_pending =')
    expect(told(decideAnswer(facts({ current }), moved, NOW))).toBe('substituted =')
  })

  it('gives a place to everyone where there is no limit, those in the line included', () => {
    expect(told(decideAnswer(facts({ capacity: null }), attend, NOW))).toBe('accepted +')
    expect(told(decideAnswer(facts({ capacity: null, current: without('waitlisted') }), attend, NOW))).toBe(
      'accepted +',
    )
  })

  it('ends a substitution when the invitee comes, attends online or declines', () => {
    const current = holding('substitute_pending', 'pending')
    for (const input of [attend, online, decline]) {
      expect(decideAnswer(facts({ current }), input, NOW)).toMatchObject({ substitution: null })
    }
  })
})

describe('a refusal', () => {
  it.each([
    [{ deadline: EARLIER }, attend, 'deadline_passed'],
    [{ deadline: EARLIER, via: 'calendar' }, attend, 'deadline_passed'],
    [{ deadline: EARLIER, via: 'organizer' }, attend, 'waitlisted join'],
    [{ seminarState: 'cancelled' }, attend, 'seminar_cancelled'],
    [{ seminarState: 'cancelled', via: 'organizer' }, attend, 'seminar_cancelled'],
    [{ seminarState: 'postponed', startsAt: null }, attend, 'seminar_postponed'],
    [{ seminarState: 'draft' }, attend, 'seminar_not_open'],
    [{ seminarState: 'held' }, attend, 'seminar_over'],
    [{ seminarState: 'held', via: 'organizer' }, attend, 'seminar_over'],
    [{ startsAt: EARLIER }, attend, 'seminar_over'],
    [{ startsAt: EARLIER, via: 'organizer' }, decline, 'declined'],
    [{ invitationWithdrawn: true, seminarState: 'cancelled' }, attend, 'invitation_withdrawn'],
    [{ onlineOffered: false }, online, 'online_not_offered'],
    [{ substitutePolicy: 'none' }, substitute, 'substitute_not_allowed'],
    [{}, declineBare, 'reason_required'],
    [{ via: 'calendar' }, declineBare, 'declined'],
    [{ via: 'organizer' }, declineBare, 'declined'],
  ] as [Partial<AnswerFacts>, AnswerInput, string][])('%j, %j: %s', (overrides, input, outcome) => {
    expect(told(decideAnswer(facts(overrides), input, NOW))).toBe(outcome)
  })
})

describe('the chair’s word on a substitute', () => {
  it.each([
    ['substitute_pending', true, { state: 'substituted', substitution: 'approved' }],
    ['substitute_pending', false, { state: null, substitution: 'declined' }],
    ['waitlisted', true, { state: 'waitlisted', substitution: 'approved' }],
    ['waitlisted', false, { state: 'waitlisted', substitution: 'declined' }],
  ] as const)('%s, agreed: %s', (state, agreed, expected) => {
    expect(settleConsent(state, agreed)).toEqual(expected)
  })

  it.each([
    [null, 'accepted'],
    ['pending', 'substitute_pending'],
    ['approved', 'substituted'],
  ] as const)('makes the first in line, whose substitute is %s, %s', (substitution, state) => {
    expect(stateWithPlace(substitution)).toBe(state)
  })
})

interface Seat {
  current: AnswerFacts['current']
  number: number | null
}

/** A hall with a counter and a line, kept as the command keeps them. */
function hall(capacity: number) {
  const seats: Seat[] = Array.from({ length: 5 }, () => ({ current: unanswered, number: null }))
  let taken = 0
  let lastNumber = 0

  function answer(seat: Seat, input: AnswerInput, substitutePolicy: AnswerFacts['substitutePolicy']) {
    const plan = planAnswer(facts({ capacity, substitutePolicy, current: seat.current }), input, NOW)
    if ('refused' in plan) return
    const granted = plan.takesPlace && taken < capacity
    const given = plan.takesPlace && !granted ? ++lastNumber : null
    const outcome = settleAnswer(plan, granted)
    taken += (granted ? 1 : 0) - (outcome.freesPlace ? 1 : 0)
    write(seat, outcome, given, input)
    if (outcome.freesPlace) promote()
  }

  function write(seat: Seat, outcome: AnswerOutcome, given: number | null, input: AnswerInput) {
    seat.number = outcome.line === 'join' ? given : outcome.line === 'keep' ? seat.number : null
    const { state, place, substitution } = outcome
    const named = input.answer === 'substitute' && substitution ? { ...input.substitute, state: substitution } : null
    seat.current = { state, place, substitute: named }
  }

  function promote() {
    const [first] = seats.filter((s) => s.number !== null).sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
    if (!first) return
    taken += 1
    first.number = null
    first.current = { ...first.current, place: true, state: stateWithPlace(first.current.substitute?.state ?? null) }
  }

  return { seats, answer, taken: () => taken }
}

it('never gives two seats, never more than there are, and leaves none empty while someone waits', () => {
  const inputs = fc.constantFrom(attend, online, decline, substitute)
  const policies = fc.constantFrom('none', 'free', 'consent')
  const steps = fc.array(fc.tuple(fc.nat(4), inputs, policies), { maxLength: 40 })
  fc.assert(
    fc.property(fc.nat(3), steps, (capacity, sequence) => {
      const { seats, answer, taken } = hall(capacity)
      for (const [index, input, policy] of sequence) {
        answer(seats[index]!, input, policy as AnswerFacts['substitutePolicy'])
        const holders = seats.filter((seat) => seat.current.place)
        const waiting = seats.filter((seat) => seat.number !== null)
        expect(taken()).toBe(holders.length)
        expect(taken()).toBeLessThanOrEqual(capacity)
        if (waiting.length > 0) expect(taken()).toBe(capacity)
        for (const { current, number } of seats) {
          expect(current.place).toBe(['accepted', 'substitute_pending', 'substituted'].includes(current.state ?? ''))
          expect(current.state === 'waitlisted').toBe(number !== null)
        }
      }
    }),
  )
})

describe('what is sent', () => {
  /** The value, or `path: code` of each refusal. */
  function read(body: unknown) {
    const result = answerInput.safeParse(body)
    return result.success ? result.data : result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`)
  }

  it.each([
    [{ answer: 'attend' }, { answer: 'attend', note: null }],
    [
      { answer: 'attend', note: ' Ăn chay\r\n', reason: 'x', substitute: { name: '' } },
      { answer: 'attend', note: 'Ăn chay' },
    ],
    [
      { answer: 'decline', reason: '  ' },
      { answer: 'decline', reason: null, note: null },
    ],
    [
      { answer: 'substitute', substitute: { name: ' Tra\u0302\u0300n  B ', position: 'Phó Bí thư', email: '' } },
      { answer: 'substitute', substitute: { name: 'Trần B', position: 'Phó Bí thư', email: null }, note: null },
    ],
  ])('takes %j, composed and cleaned', (body, expected) => {
    expect(read(body)).toEqual(expected)
  })

  const named = (overrides: Record<string, unknown>) => ({
    answer: 'substitute',
    substitute: { ...other, ...overrides },
  })
  it.each([
    [{}, ['answer: answer']],
    [{ answer: 'perhaps' }, ['answer: answer']],
    [{ answer: 'attend', note: 'x'.repeat(1001) }, ['note: too_long']],
    [{ answer: 'decline', reason: 'x'.repeat(501) }, ['reason: too_long']],
    [{ answer: 'substitute' }, ['substitute: required']],
    [named({ name: '' }), ['substitute.name: required']],
    [named({ name: 'x'.repeat(121) }), ['substitute.name: too_long']],
    [named({ name: 'A\r\nBcc: c@d.example' }), ['substitute.name: control_character']],
    [named({ position: ' ' }), ['substitute.position: required']],
    [named({ position: 'x'.repeat(201) }), ['substitute.position: too_long']],
    [named({ email: 'b@minhha' }), ['substitute.email: email']],
    [named({ email: 'b@minhha.example\nBcc: c@d.example' }), ['substitute.email: control_character']],
  ])('refuses %j by stable codes', (body, expected) => {
    expect(read(body)).toEqual(expected)
  })
})
