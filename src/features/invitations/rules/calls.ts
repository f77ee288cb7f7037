import type { MessageKind } from '../../mail/schema.ts'
import type { AnswerState, CallReason } from '../schema.ts'

export interface CallFacts {
  /** What the open call is to tell, null where there is none. */
  open: CallReason[] | null
  /** Whether they know of their invitation: they saw it, answered it, or were told before. */
  known: boolean
}

/**
 * What an open call is to tell once one thing more has come up: the reasons together, `moot` where nothing is left to tell,
 * null where there is nothing to tell. Who was never told of an invitation is not told that it is over, nor that it changed:
 * the invitation is told with the time and place of the day.
 */
export function joinReason({ open, known }: CallFacts, reason: CallReason): CallReason[] | 'moot' | null {
  if (reason === 'invitation') return ['invitation']
  if (reason === 'withdrawal' || reason === 'cancellation') return known ? [reason] : open ? 'moot' : null
  if (!known) return open
  if (reason === 'place_given' || reason === 'consent') return together(open ?? [], reason)
  const replaced: CallReason[] = ['change', 'postponement']
  return together(
    (open ?? []).filter((told) => !replaced.includes(told)),
    reason,
  )
}

function together(reasons: CallReason[], reason: CallReason): CallReason[] {
  return reasons.includes(reason) ? reasons : [...reasons, reason]
}

/** What a letter of each kind tells: once it has left, a call has no need to. */
export const toldBy: Partial<Record<MessageKind, CallReason[]>> = {
  invitation: ['invitation', 'change'],
  update: ['invitation', 'change', 'postponement'],
  postponement: ['invitation', 'change', 'postponement'],
  cancellation: ['invitation', 'change', 'postponement', 'cancellation', 'place_given', 'consent'],
  withdrawal: ['invitation', 'change', 'postponement', 'withdrawal', 'place_given', 'consent'],
  place_given: ['place_given'],
  substitution_decided: ['consent'],
}

/** What a letter that did not arrive leaves to be told. */
export const leftToTell: Partial<Record<MessageKind, CallReason>> = {
  invitation: 'invitation',
  update: 'change',
  postponement: 'postponement',
  cancellation: 'cancellation',
  withdrawal: 'withdrawal',
  place_given: 'place_given',
  substitution_decided: 'consent',
}

export interface SpokenFacts {
  seminarState: string
  /** The invitation was taken back, or the substitute is not asked any more. */
  withdrawn: boolean
  /** A substitute is spoken to in place of the invitee. */
  substitute: boolean
  answer: AnswerState | null
  /** The chair's last word on the invitee's substitute. */
  consent: 'agreed' | 'refused' | null
}

export type SpokenPart =
  | 'invitation'
  | 'substitute'
  | 'change'
  | 'postponement'
  | 'cancellation'
  | 'withdrawal'
  | 'withdrawal_substitute'
  | 'place_given'
  | 'agreed'
  | 'refused'
  | 'facts'
  | 'ask'

/** What is said, in order, by how things stand now: a reason that was overtaken is not told. */
export function spokenParts(reasons: CallReason[], facts: SpokenFacts): SpokenPart[] {
  if (facts.withdrawn) return [facts.substitute ? 'withdrawal_substitute' : 'withdrawal']
  if (facts.seminarState === 'cancelled') return ['cancellation']
  const consent: SpokenPart[] = reasons.includes('consent') && facts.consent !== null ? [facts.consent] : []
  if (facts.seminarState === 'postponed') return [...consent, 'postponement']
  const has = (reason: CallReason) => reasons.includes(reason)
  const first: SpokenPart[] = has('invitation')
    ? [facts.substitute ? 'substitute' : 'invitation']
    : has('change') || has('postponement') || has('cancellation')
      ? ['change']
      : []
  const place: SpokenPart[] = has('place_given') && !has('invitation') ? ['place_given'] : []
  const asks = !facts.substitute && facts.answer !== 'substituted' && !consent.includes('agreed')
  return [...first, ...place, ...consent, 'facts', ...(asks ? (['ask'] as const) : [])]
}
