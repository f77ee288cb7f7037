import type { PresentationState } from './schema.ts'

/** The steps of a speech from its request to the proceedings. */
export type Step =
  | 'accept'
  | 'decline'
  | 'submit'
  | 'take_up'
  | 'put_down'
  | 'return'
  | 'approve'
  | 'reopen'
  | 'withdraw'
  | 'remind'
  | 'change'

const FROM: Record<Step, PresentationState[]> = {
  // A speaker may come back on a refusal, and decline until a paper has come in.
  accept: ['requested', 'accepted', 'declined'],
  decline: ['requested', 'accepted', 'declined'],
  submit: ['requested', 'accepted', 'received', 'editing', 'returned'],
  // From `editing` another organizer takes it over.
  take_up: ['received', 'editing'],
  put_down: ['editing'],
  return: ['received', 'editing'],
  approve: ['received', 'editing', 'returned'],
  reopen: ['approved', 'declined', 'withdrawn'],
  withdraw: ['requested', 'accepted', 'declined', 'received', 'editing', 'returned'],
  remind: ['requested', 'accepted', 'returned'],
  change: ['requested', 'accepted', 'received', 'editing', 'returned', 'approved'],
}

const TO: Record<Exclude<Step, 'reopen' | 'remind' | 'change'>, PresentationState> = {
  accept: 'accepted',
  decline: 'declined',
  submit: 'received',
  take_up: 'editing',
  put_down: 'received',
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
  if (step === 'change' || step === 'remind') return state
  if (step === 'reopen') return versions > 0 ? 'received' : 'requested'
  if ((step === 'approve' || step === 'return') && versions === 0) return null
  return TO[step]
}

/** After a version came in: an editor's own leaves the paper in the editor's hands, the speaker's takes it out of them. */
export function stateAfterVersion(state: PresentationState, sentBy: 'speaker' | 'organizer'): PresentationState {
  return state === 'editing' && sentBy === 'organizer' ? 'editing' : 'received'
}

export type Waiting =
  | 'speaker_answer'
  | 'speaker_paper'
  | 'speaker_changes'
  | 'organizers_read'
  | 'organizers_edit'
  | 'organizers_decide'
  | 'nobody'

const TURN: Record<PresentationState, Waiting> = {
  requested: 'speaker_answer',
  accepted: 'speaker_paper',
  declined: 'organizers_decide',
  received: 'organizers_read',
  editing: 'organizers_edit',
  returned: 'speaker_changes',
  approved: 'nobody',
  withdrawn: 'nobody',
}

/** Who waits for whom: whose turn it is, and for what. */
export function whoseTurn(state: PresentationState): Waiting {
  return TURN[state]
}

export const waits = ['speaker', 'organizers'] as const
export type Waits = (typeof waits)[number]

/** The states in which one side waits for the other. */
export function statesOf(side: Waits): PresentationState[] {
  return (Object.keys(TURN) as PresentationState[]).filter((state) => TURN[state].startsWith(side))
}

/** Whether the speaker is late: it is their turn, and the deadline's moment has passed. */
export function isLate(speech: { state: PresentationState; deadlineAt: Date | null }, now: Date): boolean {
  return speech.deadlineAt !== null && now > speech.deadlineAt && whoseTurn(speech.state).startsWith('speaker')
}

/** A reminder by hand is not repeated sooner than this. */
export const REMIND_AGAIN_HOURS = 12

/** Why a speaker is not reminded now, or null. `recent`: they were reminded within the last twelve hours. */
export function refuseReminder(speech: {
  state: PresentationState
  email: string | null
  seminarState: string
  recent: boolean
}): 'speech_not_remind' | 'speech_no_address' | 'speech_reminded' | null {
  if (!mayTake('remind', speech.state) || speech.seminarState === 'cancelled') return 'speech_not_remind'
  if (!speech.email) return 'speech_no_address'
  return speech.recent ? 'speech_reminded' : null
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
  /** How many speeches are read there. */
  count: number
}

/** What the agenda needs to know of a speech. */
export interface Placement {
  agendaItemId: string | null
  minutes: number
  delivery: string
  state: string
}

/** Whether a speech takes time on the agenda: read aloud, and still stands. */
export function takesTime(speech: { delivery: string; state: string }): boolean {
  return speech.delivery === 'read' && speech.state !== 'withdrawn' && speech.state !== 'declined'
}

/** The minutes of the speeches read in each agenda item, beside the item's own. */
export function placedMinutes(
  items: readonly { id: string; minutes: number }[],
  speeches: readonly Placement[],
): PlacedMinutes[] {
  return items.map(({ id, minutes }) => {
    const here = speeches.filter((s) => s.agendaItemId === id && takesTime(s))
    return { itemId: id, minutes, placed: here.reduce((sum, s) => sum + s.minutes, 0), count: here.length }
  })
}

/** Minutes placed of the minutes that the agenda gives to speeches: its items for speeches, and others where one stands. */
export function agendaTotals(
  items: readonly { id: string; kind: string; minutes: number }[],
  speeches: readonly Placement[],
): { placed: number; available: number } {
  const all = placedMinutes(items, speeches)
  const used = all.filter((one, i) => one.count > 0 || items[i]?.kind === 'speech')
  return {
    placed: used.reduce((sum, one) => sum + one.placed, 0),
    available: used.reduce((sum, one) => sum + one.minutes, 0),
  }
}
