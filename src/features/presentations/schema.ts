import { z } from 'zod'
import { optionalEmail, optionalLine, optionalText, requiredLine, requiredText } from '../../text/fields.ts'
import { wallTimeField } from '../seminars/schema.ts'

export const presentationStates = [
  'requested',
  'accepted',
  'declined',
  'received',
  'editing',
  'returned',
  'approved',
  'withdrawn',
] as const
export type PresentationState = (typeof presentationStates)[number]

/** Read aloud, or printed in the proceedings only. */
export const deliveries = ['read', 'print'] as const
export type Delivery = (typeof deliveries)[number]

/** What the board is narrowed by, in its address; anything else counts as not given. */
export const boardFilter = z.object({
  state: z.enum(presentationStates).optional().catch(undefined),
  wait: z.enum(['organizers', 'speaker', 'late']).optional().catch(undefined),
  cursor: z.string().max(300).optional().catch(undefined),
})
export type BoardFilter = z.output<typeof boardFilter>

const empty = z.literal('').transform(() => null)
const optionalId = z.union([empty, z.uuid({ error: 'invalid' }), z.null()]).default(null)

const wanted = {
  topic: requiredLine(300),
  topicEn: optionalLine(300),
  minutes: z.coerce.number({ error: 'number' }).int('number').min(0, 'number').max(240, 'number'),
  delivery: z.enum(deliveries, { error: 'required' }),
  /** Wall time in the seminar's zone. */
  deadlineLocal: z.union([empty, wallTimeField, z.null()], { error: 'date' }).default(null),
}

/** Whom a speech is asked of: an invitee of the seminar, or someone written by hand. */
const asked = z
  .object({
    invitationId: optionalId,
    name: optionalLine(120),
    position: optionalLine(300),
    email: optionalEmail(),
    locale: z.enum(['vi', 'en'], { error: 'required' }).default('vi'),
  })
  .refine((input) => Boolean(input.invitationId || input.name), { path: ['name'], error: 'required' })

// Two halves, each checked whatever the other says: the form shows everything at once.
export const requestInput = z.object(wanted).and(asked)
export type RequestInput = z.output<typeof requestInput>

/** What may still be changed of a request: the speaker is told by a new mail where the organizer wants so. */
export const changeInput = z.object({ ...wanted, email: optionalEmail(), position: optionalLine(300) })
export type ChangeInput = z.output<typeof changeInput>

export const acceptInput = z.object({ readerName: optionalLine(120) })
export const declineInput = z.object({ reason: optionalText(500) })
export const returnInput = z.object({ comment: requiredText(4000) })
export const placeInput = z.object({ agendaItemId: optionalId })

/** Why nobody opens a stored file: its bytes are not what came, it waits for the virus scan, it is locked away. */
export const fileTroubles = ['damaged', 'waiting', 'infected'] as const
export type FileTrouble = (typeof fileTroubles)[number]

/** What the list of such files is narrowed by, in its address; anything else counts as not given. */
export const troubleFilter = z.object({
  state: z.enum(fileTroubles).optional().catch(undefined),
  cursor: z.string().max(300).optional().catch(undefined),
})
