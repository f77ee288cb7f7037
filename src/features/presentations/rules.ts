import type { PresentationState } from './schema.ts'

/** The steps of a speech from its request to the proceedings. */
export type Step = 'accept' | 'decline' | 'submit' | 'return' | 'approve' | 'reopen' | 'withdraw' | 'change'

const FROM: Record<Step, PresentationState[]> = {
  // A speaker may come back on a refusal, and decline until a paper has come in.
  accept: ['requested', 'accepted', 'declined'],
  decline: ['requested', 'accepted', 'declined'],
  submit: ['requested', 'accepted', 'received', 'returned'],
  return: ['received'],
  approve: ['received', 'returned'],
  reopen: ['approved', 'declined', 'withdrawn'],
  withdraw: ['requested', 'accepted', 'declined', 'received', 'returned'],
  change: ['requested', 'accepted', 'received', 'returned', 'approved'],
}

const TO: Record<Exclude<Step, 'reopen' | 'change'>, PresentationState> = {
  accept: 'accepted',
  decline: 'declined',
  submit: 'received',
  return: 'returned',
  approve: 'approved',
  withdraw: 'withdrawn',
}

/** Whether a step may be taken from a state. */
export function mayTake(step: Step, state: PresentationState): boolean {
  return FROM[step].includes(state)
}

/** The state after a step, or null where the step may not be taken. What is reopened goes back to what it has. */
export function stateAfter(step: Step, state: PresentationState, versions: number): PresentationState | null {
  if (!mayTake(step, state)) return null
  if (step === 'change') return state
  if (step === 'reopen') return versions > 0 ? 'received' : 'requested'
  if ((step === 'approve' || step === 'return') && versions === 0) return null
  return TO[step]
}

export type Waiting = 'speaker_answer' | 'speaker_paper' | 'speaker_changes' | 'organizers' | 'nobody'

/** Who waits for whom: whose turn it is. */
export function whoseTurn(state: PresentationState): Waiting {
  if (state === 'requested') return 'speaker_answer'
  if (state === 'accepted') return 'speaker_paper'
  if (state === 'returned') return 'speaker_changes'
  return state === 'received' || state === 'declined' ? 'organizers' : 'nobody'
}

/** Whether the speaker is late: it is their turn, and the deadline's moment has passed. */
export function isLate(speech: { state: PresentationState; deadlineAt: Date | null }, now: Date): boolean {
  return speech.deadlineAt !== null && now > speech.deadlineAt && whoseTurn(speech.state).startsWith('speaker')
}

/** How many versions one speech may have: beyond, someone is filling the disk. */
export const MAX_VERSIONS = 100

/** Why no file is taken now, or null: asked before its bytes are read. */
export function refuseFile(speech: {
  state: PresentationState
  versions: number
}): 'speech_not_submit' | 'speech_too_many_versions' | null {
  if (!mayTake('submit', speech.state)) return 'speech_not_submit'
  return speech.versions >= MAX_VERSIONS ? 'speech_too_many_versions' : null
}

export interface PlacedMinutes {
  itemId: string
  minutes: number
  placed: number
}

/** The minutes of the speeches read in each agenda item, beside the item's own. */
export function placedMinutes(
  items: readonly { id: string; minutes: number }[],
  speeches: readonly { agendaItemId: string | null; minutes: number; delivery: string; state: string }[],
): PlacedMinutes[] {
  const counts = (s: { delivery: string; state: string }) =>
    s.delivery === 'read' && s.state !== 'withdrawn' && s.state !== 'declined'
  return items.map(({ id, minutes }) => ({
    itemId: id,
    minutes,
    placed: speeches.filter((s) => s.agendaItemId === id && counts(s)).reduce((sum, s) => sum + s.minutes, 0),
  }))
}
