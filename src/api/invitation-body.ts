import { z } from '@hono/zod-openapi'
import type { InvitationListRow } from '../features/invitations/queries/list.ts'
import type { NamedSubstitute } from '../features/invitations/queries/substitutions.ts'
import {
  answerInput,
  answerStates,
  answerVias,
  letterStates,
  statusFilters,
  tellings,
} from '../features/invitations/schema.ts'
import { optionalEmail, optionalLine, requiredLine } from '../text/fields.ts'
import { patchOf } from './patch.ts'
import { id, instant } from './schemas.ts'

const line = z.string().nullable()

/** How those concerned are told: letters in the outbox, those of them that wait because mail stands still, people to telephone. */
export const toldSchema = z.object({ mailed: z.int(), waiting: z.int(), toCall: z.int() }).meta({ id: 'Told' })

/** How an invitation stands answered. */
export const answerSchema = z
  .object({
    state: z.enum(answerStates).nullable(),
    at: instant.nullable(),
    via: z.enum(answerVias).nullable(),
    reason: line,
    note: line,
    waitingNo: z.int().nullable(),
    substitute: z
      .object({ name: z.string(), position: z.string(), email: line, state: z.enum(['pending', 'approved']) })
      .nullable(),
  })
  .meta({ id: 'Answer' })
/** An answer after the chair's word, with how those concerned are told. */
export const decidedAnswerSchema = answerSchema.extend({ told: toldSchema }).meta({ id: 'DecidedAnswer' })
export type AnswerBody = z.output<typeof answerSchema>

/** An invitation as the API gives it. */
export const invitationSchema = z
  .object({
    id,
    seminarId: id,
    personId: id.nullable(),
    delegationId: id.nullable(),
    name: z.string(),
    gender: z.enum(['male', 'female']).nullable(),
    positions: z.array(z.string()),
    positionsEn: z.array(z.string()),
    email: line,
    phone: line,
    locale: z.enum(['vi', 'en']),
    status: z.enum(statusFilters),
    telling: z.enum(tellings).nullable(),
    version: z.int(),
    issuedAt: instant.nullable(),
    sentAt: instant.nullable(),
    letter: z.enum(letterStates).nullable(),
    openedAt: instant.nullable(),
    withdrawnAt: instant.nullable(),
    answer: answerSchema,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Invitation' })
export type InvitationBody = z.output<typeof invitationSchema>

const positions = z.array(requiredLine(300)).max(10, 'too_many')
const optionalId = z.uuid({ error: 'invalid' }).nullable()
const fields = {
  name: requiredLine(120),
  gender: z.enum(['male', 'female'], { error: 'invalid' }).nullable(),
  positions,
  positionsEn: positions,
  email: optionalEmail(),
  phone: optionalLine(60),
  locale: z.enum(['vi', 'en'], { error: 'invalid' }),
  delegationId: optionalId,
}

/** Someone to invite who is in no directory. */
export const newInvitationSchema = z
  .strictObject({
    ...fields,
    gender: fields.gender.default(null),
    positions: positions.default([]),
    positionsEn: positions.default([]),
    locale: fields.locale.default('vi'),
    delegationId: optionalId.default(null),
  })
  .meta({
    id: 'NewInvitation',
    example: {
      name: 'Trần Thị Thuỷ',
      positions: ['Bí thư Chi bộ khu 4, Đảng bộ phường Mẫu A'],
      email: 'thuy.tran@mau.example',
    },
  })
export type NewInvitation = z.output<typeof newInvitationSchema>

export const invitationPatchSchema = patchOf(fields).meta({
  id: 'InvitationPatch',
  example: { email: 'thuy.tran@mau.example' },
})

/** People to invite from the directory: by their ids, or whom the seminar's delegations select. */
export const inviteesSchema = z
  .strictObject({
    personIds: z
      .array(z.uuid({ error: 'invalid' }))
      .min(1, 'required')
      .max(1000, 'too_many')
      .optional(),
    delegationId: optionalId.default(null),
    delegationIds: z
      .array(z.uuid({ error: 'invalid' }))
      .min(1, 'required')
      .max(200, 'too_many')
      .optional(),
  })
  .refine((value) => (value.personIds === undefined) !== (value.delegationIds === undefined), {
    error: 'required',
    path: ['personIds'],
  })
  .meta({ id: 'Invitees', example: { personIds: ['019b20b4-7c00-7000-8000-000000000001'] } })
export const addedSchema = z.object({ added: z.int(), already: z.int(), seats: z.int() }).meta({ id: 'Added' })

/** Which drafts to send: those named, or all. */
export const mailingSchema = z
  .strictObject({
    invitationIds: z
      .array(z.uuid({ error: 'invalid' }))
      .min(1, 'required')
      .max(1000, 'too_many')
      .optional(),
  })
  .meta({ id: 'Mailing', example: {} })

/** An answer, as the delegate would give it; the organizer records it for them. */
export const newAnswerSchema = answerInput.meta({ id: 'NewAnswer', example: { answer: 'attend' } })

export const pastAnswerSchema = z
  .object({
    id,
    at: instant,
    via: z.enum(answerVias),
    asked: z.enum(['attend', 'attend_online', 'decline', 'substitute']),
    result: z.enum(answerStates),
    reason: line,
    note: line,
    by: line,
  })
  .meta({ id: 'PastAnswer' })

type Row = Omit<InvitationListRow, 'family' | 'middle' | 'given'>

export function toAnswer(row: Row, substitute: NamedSubstitute | undefined): AnswerBody {
  return {
    state: row.answer as AnswerBody['state'],
    at: row.answered_at?.toISOString() ?? null,
    via: row.answered_via as AnswerBody['via'],
    reason: row.reason,
    note: row.note,
    waitingNo: row.waiting_no,
    substitute: substitute ?? null,
  }
}

export function toInvitation(row: Row, substitute: NamedSubstitute | undefined): InvitationBody {
  return {
    id: row.id,
    seminarId: row.seminar_id,
    personId: row.person_id,
    delegationId: row.delegation_id,
    name: row.name,
    gender: row.gender as InvitationBody['gender'],
    positions: row.positions,
    positionsEn: row.positions_en,
    email: row.email,
    phone: row.phone,
    locale: row.locale as InvitationBody['locale'],
    status: row.status as InvitationBody['status'],
    telling: row.telling,
    version: row.version,
    issuedAt: row.sent_at?.toISOString() ?? null,
    sentAt: row.told_at?.toISOString() ?? null,
    letter: row.letter,
    openedAt: row.opened_at?.toISOString() ?? null,
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
    answer: toAnswer(row, substitute),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
