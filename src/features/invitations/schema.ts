import { z } from 'zod'
import { optionalEmail, optionalLine, optionalText, requiredLine } from '../../text/fields.ts'
import { cleanLine } from '../../text/fold.ts'

export const answerStates = [
  'accepted',
  'online',
  'waitlisted',
  'declined',
  'substitute_pending',
  'substituted',
] as const
/** What an invitation's answer stands at; null (where allowed) is not answered yet. */
export type AnswerState = (typeof answerStates)[number]

export const answerVias = ['link', 'organizer', 'calendar', 'api'] as const
export type AnswerVia = (typeof answerVias)[number]

export const substitutePolicies = ['none', 'free', 'consent'] as const
export type SubstitutePolicy = (typeof substitutePolicies)[number]

export const substituteInput = z.object(
  {
    name: requiredLine(120),
    position: requiredLine(200),
    email: optionalEmail(),
  },
  { error: 'required' },
)
export type SubstituteInput = z.infer<typeof substituteInput>

const note = optionalText(1000)

/**
 * What an invitee sends. Fields of another answer are ignored, so that a form without scripts may send them all.
 * Messages are stable codes: `required`, `too_long`, `email`, `control_character`, `answer`.
 */
export const answerInput = z.discriminatedUnion(
  'answer',
  [
    z.object({ answer: z.literal('attend'), note }),
    z.object({ answer: z.literal('attend_online'), note }),
    z.object({ answer: z.literal('decline'), reason: optionalText(500), note }),
    z.object({ answer: z.literal('substitute'), substitute: substituteInput, note }),
  ],
  { error: 'answer' },
)
export type AnswerInput = z.infer<typeof answerInput>

const gender = z
  .union([z.literal('').transform(() => null), z.enum(['male', 'female']), z.null()], { error: 'invalid' })
  .default(null)
const delegationId = z
  .union([z.literal('').transform(() => null), z.uuid({ error: 'invalid' }), z.null()], { error: 'invalid' })
  .default(null)

/** Positions as printed, one a line, in order; at most ten. Codes: `too_long`, `too_many`. */
const positionLines = z
  .union([z.array(z.string()), z.string().transform((text) => text.split('\n'))])
  .default([])
  .transform((lines) => lines.map(cleanLine).filter((line) => line !== ''))
  .refine((lines) => lines.length <= 10, { error: 'too_many' })
  .refine((lines) => lines.every((line) => line.length <= 300), { error: 'too_long' })

/** An invitee written by hand, or an invitation that is edited. */
export const inviteeInput = z.object({
  name: requiredLine(120),
  positions: positionLines,
  positions_en: positionLines,
  email: optionalEmail(),
  phone: optionalLine(60),
  gender,
  locale: z.enum(['vi', 'en'], { error: 'invalid' }).default('vi'),
  delegation_id: delegationId,
})
export type InviteeInput = z.output<typeof inviteeInput>

/** The chair's word on a substitute. */
export const decisionInput = z.object({
  decision: z.enum(['agree', 'refuse'], { error: 'required' }),
  note: optionalText(500),
})
export type DecisionInput = z.output<typeof decisionInput>

/** What someone who cannot be written to is to be told. `change` covers another time or place; `consent` the chair's word. */
export const callReasons = [
  'invitation',
  'change',
  'postponement',
  'cancellation',
  'withdrawal',
  'place_given',
  'consent',
] as const
export type CallReason = (typeof callReasons)[number]

/** How a call is ticked off: `otherwise` is a paper letter, a message, a word in person; `not_reached` leaves it open. */
export const recordedOutcomes = ['reached', 'left_word', 'otherwise', 'not_reached'] as const
/** How it may end besides: by their answer, by a letter that left, by there being nothing left to tell. */
export const callOutcomes = [...recordedOutcomes, 'answered', 'letter', 'moot'] as const
export type CallOutcome = (typeof callOutcomes)[number]

/** How a call went. */
export const callInput = z.object({
  outcome: z.enum(recordedOutcomes, { error: 'required' }),
  note: optionalText(500),
})
export type CallInput = z.output<typeof callInput>

/** Whether a call is still to be made, in lists of calls and of invitations. */
export const callStates = ['open', 'done'] as const

/** How someone is told of their invitation. */
export const tellings = ['letter', 'to_call', 'called'] as const
export type Telling = (typeof tellings)[number]

/** What a list of calls is narrowed by, in its address. */
export const callFilter = z.object({
  state: z.enum(callStates).catch('open').default('open'),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type CallFilter = z.output<typeof callFilter>

export const answerFilters = ['none', ...answerStates] as const
export const statusFilters = ['draft', 'sent', 'withdrawn'] as const
export const sorts = ['name', 'answered'] as const

/** How the list of a seminar's invitations is filtered and sorted. What is not understood is left out: it comes by address. */
export const invitationFilter = z.object({
  q: z.string().max(200).catch('').default(''),
  delegation: z.uuid().optional().catch(undefined),
  status: z.enum(statusFilters).optional().catch(undefined),
  answer: z.enum(answerFilters).optional().catch(undefined),
  address: z.enum(['with', 'without']).optional().catch(undefined),
  call: z.enum(callStates).optional().catch(undefined),
  sort: z.enum(sorts).catch('name').default('name'),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type InvitationFilter = z.output<typeof invitationFilter>

/** How an invitation's letter stands: `held` because its address is known to be dead. */
export const letterStates = ['waiting', 'sent', 'bounced', 'failed', 'held'] as const
export type LetterState = (typeof letterStates)[number]
