import { type AnswerWindow, type ClosedForAnswers, closedForAnswers } from '../seminars/rules.ts'
import type { AnswerInput, AnswerState, AnswerVia, SubstituteInput, SubstitutePolicy } from './schema.ts'

export interface AnswerFacts extends AnswerWindow {
  /** null: no limit. Places are counted all the same, so that a limit may be set later. */
  capacity: number | null
  onlineOffered: boolean
  substitutePolicy: SubstitutePolicy
  /** Who hands the answer in: an organizer may record one until the seminar is held, a calendar sends no reason. */
  via: AnswerVia
  invitationWithdrawn: boolean
  current: {
    state: AnswerState | null
    /** Whether the invitation holds a place. */
    place: boolean
    /** The substitute named, while the chair's word is open or given. */
    substitute: { name: string; email: string | null; state: 'pending' | 'approved' } | null
  }
}

export type AnswerRefusal =
  | ClosedForAnswers
  | 'invitation_withdrawn'
  | 'online_not_offered'
  | 'substitute_not_allowed'
  | 'reason_required'

/** What an answer asks for, before the counter of places was asked. */
export interface AnswerPlan {
  /** The state once a place is held, or at once where none is needed. */
  wanted: AnswerState
  /** Ask the counter for a place: one conditional update, which also hands out a number in the waiting line. */
  takesPlace: boolean
  freesPlace: boolean
  /** Already in the waiting line: stays there, with the number it has. */
  keepsLine: boolean
  /** The substitution to record with it; null ends one that was named before. */
  substitution: 'pending' | 'approved' | null
  unlimited: boolean
}

export interface AnswerOutcome {
  state: AnswerState
  /** Whether the counter had to be asked, and whether a place held before goes back to the line. */
  needsPlace: boolean
  freesPlace: boolean
  /** Whether the invitation holds a place afterwards. */
  place: boolean
  /** `join` takes the number the counter handed out, `keep` the one it has, `none` clears it. */
  line: 'none' | 'join' | 'keep'
  substitution: 'pending' | 'approved' | null
}

/**
 * First step of an answer: what it asks for, or why it is refused. Who holds a place keeps it while a place is wanted; who
 * waits keeps their number; online and declined need no place and give back the one held.
 */
export function planAnswer(facts: AnswerFacts, input: AnswerInput, now: Date): AnswerPlan | { refused: AnswerRefusal } {
  const refused = refuseAnswer(facts, input, now)
  if (refused) return { refused }
  const { current, capacity } = facts
  const unlimited = capacity === null
  if (input.answer === 'attend_online' || input.answer === 'decline') {
    const wanted = input.answer === 'decline' ? 'declined' : 'online'
    return { wanted, takesPlace: false, freesPlace: current.place, keepsLine: false, substitution: null, unlimited }
  }
  const substitution = input.answer === 'substitute' ? consentFor(facts, input.substitute) : null
  const keepsLine = current.state === 'waitlisted' && !unlimited
  const takesPlace = !current.place && !keepsLine
  return { wanted: stateWithPlace(substitution), takesPlace, freesPlace: false, keepsLine, substitution, unlimited }
}

/** Second step: the outcome, given whether the counter granted a place. `placeTaken` is read only where the plan takes one. */
export function settleAnswer(plan: AnswerPlan, placeTaken: boolean): AnswerOutcome {
  const { wanted, takesPlace, freesPlace, keepsLine, substitution } = plan
  const wantsPlace = wanted !== 'online' && wanted !== 'declined'
  const place = wantsPlace && !keepsLine && (!takesPlace || placeTaken || plan.unlimited)
  const waits = wantsPlace && !place
  const line = waits ? (keepsLine ? 'keep' : 'join') : 'none'
  return { state: waits ? 'waitlisted' : wanted, needsPlace: takesPlace, freesPlace, place, line, substitution }
}

/** Both steps at once, for a caller that knows whether a place would be granted. */
export function decideAnswer(
  facts: AnswerFacts & { gotPlace?: boolean },
  input: AnswerInput,
  now: Date,
): AnswerOutcome | { refused: AnswerRefusal } {
  const plan = planAnswer(facts, input, now)
  return 'refused' in plan ? plan : settleAnswer(plan, facts.gotPlace ?? false)
}

/** The state of an invitation that holds a place, by the substitution named: also what the first in line becomes. */
export function stateWithPlace(substitution: 'pending' | 'approved' | null): AnswerState {
  if (substitution === null) return 'accepted'
  return substitution === 'pending' ? 'substitute_pending' : 'substituted'
}

/**
 * The chair's word on a substitute (QĐ 45/2018/QĐ-TTg asks for it). Agreed: the substitute comes on the same place or the
 * same number in line. Declined: the invitee is asked to come in person and answers anew; their place is kept meanwhile.
 */
export function settleConsent(
  state: 'substitute_pending' | 'waitlisted',
  agreed: boolean,
): { state: AnswerState | null; substitution: 'approved' | 'declined' } {
  const substitution = agreed ? 'approved' : 'declined'
  if (state === 'waitlisted') return { state, substitution }
  return { state: agreed ? 'substituted' : null, substitution }
}

function refuseAnswer(facts: AnswerFacts, input: AnswerInput, now: Date): AnswerRefusal | null {
  if (facts.invitationWithdrawn) return 'invitation_withdrawn'
  const closed = closedForAnswers(facts, now)
  if (closed && !(facts.via === 'organizer' && facts.seminarState === 'scheduled')) return closed
  if (input.answer === 'attend_online' && !facts.onlineOffered) return 'online_not_offered'
  if (input.answer === 'substitute' && facts.substitutePolicy === 'none') return 'substitute_not_allowed'
  if (input.answer === 'decline' && facts.via === 'link' && input.reason === null) return 'reason_required'
  return null
}

/** The chair agreed to a person, not to the words around: the same person named again needs no new consent. */
function consentFor({ substitutePolicy, current }: AnswerFacts, named: SubstituteInput): 'pending' | 'approved' {
  if (substitutePolicy === 'free') return 'approved'
  const before = current.substitute
  return before && before.name === named.name && before.email === named.email ? before.state : 'pending'
}

export interface Change {
  kind: 'update' | 'rescheduled' | 'postponement' | 'cancellation'
  time: boolean
  venue: boolean
  online: boolean
}

export interface ChangeFacts {
  state: string
  startsLocal: string | null
  endsLocal: string | null
  timezone: string
  venue: string | null
  onlineUrl: string | null
}

/**
 * What invitees are told of an edit of a seminar, or null. Time, place and online address are told; words are not: feeds
 * carry those. A postponed seminar with a date again is `rescheduled`. A draft and one that was held tell nothing.
 */
export function changeFor(before: ChangeFacts, after: ChangeFacts): Change | null {
  const time =
    before.startsLocal !== after.startsLocal ||
    before.endsLocal !== after.endsLocal ||
    before.timezone !== after.timezone
  const venue = (before.venue ?? '') !== (after.venue ?? '')
  const online = (before.onlineUrl ?? '') !== (after.onlineUrl ?? '')
  const what = { time, venue, online }
  if (before.state === 'draft' || before.state === 'held' || before.state === 'cancelled') return null
  if (after.state === 'cancelled') return { kind: 'cancellation', ...what }
  if (after.state === 'postponed') return before.state === 'postponed' ? null : { kind: 'postponement', ...what }
  if (after.state !== 'scheduled') return null
  if (before.state === 'postponed') return { kind: 'rescheduled', ...what }
  return time || venue || online ? { kind: 'update', ...what } : null
}

/**
 * Whether an invitee is told. All who were invited are told of the end and of another time: their calendars hold the
 * event, also theirs who declined, and another time may suit them. Of another place only those who may come.
 */
export function isTold(change: Change, answer: AnswerState | null): boolean {
  return answer !== 'declined' || change.kind !== 'update' || change.time
}

/** The SEQUENCE to tell an invitee of a new revision: never below the seminar's, never one they were told before. */
export function nextSequence(seminarSequence: number, told: number | null): number {
  return told === null ? seminarSequence : Math.max(seminarSequence, told + 1)
}
