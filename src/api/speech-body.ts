import { z } from '@hono/zod-openapi'
import { scanStates } from '../features/files/schema.ts'
import type { SpeechRow, VersionRow } from '../features/presentations/queries.ts'
import { isLate, type Waiting, waits, whoseTurn } from '../features/presentations/rules.ts'
import {
  changeInput,
  deliveries,
  type PresentationState,
  presentationStates,
  returnInput,
} from '../features/presentations/schema.ts'
import { wallTimeField } from '../features/seminars/schema.ts'
import { optionalEmail, optionalLine } from '../text/fields.ts'
import { hexOf } from '../text/hex.ts'
import { patchOf } from './patch.ts'
import { id, instant, wallTime } from './schemas.ts'
import { damageSchema, toDamage } from './stored-files.ts'

const line = z.string().nullable()
const turns = [
  'speaker_answer',
  'speaker_paper',
  'speaker_changes',
  'organizers_read',
  'organizers_edit',
  'organizers_decide',
  'nobody',
] as const satisfies readonly Waiting[]

/** A speech that was asked for, and where it stands. */
export const speechSchema = z
  .object({
    id,
    seminarId: id,
    invitationId: id.nullable(),
    personId: id.nullable(),
    name: z.string(),
    position: line,
    email: line,
    locale: z.enum(['vi', 'en']),
    topic: z.string(),
    topicEn: line,
    minutes: z.int(),
    delivery: z.enum(deliveries),
    deadlineLocal: wallTime.nullable(),
    timezone: z.string(),
    deadlineAt: instant.nullable(),
    state: z.enum(presentationStates),
    stateSince: instant,
    waitingFor: z.enum(waits).nullable(),
    turn: z.enum(turns),
    overdue: z.boolean(),
    readerName: line,
    editorName: line,
    comment: line,
    declineReason: line,
    agendaItemId: id.nullable(),
    latestVersion: z.int().nullable(),
    releasedAt: instant.nullable(),
    requestedAt: instant,
    remindedAt: instant.nullable(),
    receivedAt: instant.nullable(),
    decidedAt: instant.nullable(),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Speech' })
export type SpeechBody = z.output<typeof speechSchema>

const wanted = {
  topic: changeInput.shape.topic,
  topicEn: changeInput.shape.topicEn,
  minutes: z.number({ error: 'number' }).int('number').min(0, 'number').max(240, 'number'),
  delivery: changeInput.shape.delivery,
  deadlineLocal: wallTimeField.nullable().default(null),
  position: optionalLine(300),
  email: optionalEmail(),
}

/** Whom a speech is asked of, an invitee of the seminar or someone written here, and for what. */
export const newSpeechSchema = z
  .strictObject({
    ...wanted,
    minutes: wanted.minutes.default(10),
    delivery: wanted.delivery.default('read'),
    invitationId: z.uuid({ error: 'invalid' }).nullable().default(null),
    name: optionalLine(120),
    locale: z.enum(['vi', 'en'], { error: 'invalid' }).default('vi'),
  })
  .refine((input) => Boolean(input.invitationId || input.name), { path: ['name'], error: 'required' })
  .meta({
    id: 'NewSpeech',
    example: {
      invitationId: '019b20b4-7c00-7000-8000-000000000001',
      topic: 'Kinh nghiệm nâng cao chất lượng sinh hoạt chi bộ ở khu dân cư',
      minutes: 10,
      deadlineLocal: '2026-12-08T17:00:00',
    },
  })

export const speechPatchSchema = patchOf(wanted).meta({
  id: 'SpeechPatch',
  example: { minutes: 12, deadlineLocal: '2026-12-10T17:00:00' },
})
/** The whole of what an edit writes. */
export const speechEditSchema = z.strictObject(wanted)

const only = <S extends PresentationState>(state: S) => z.strictObject({ state: z.literal(state) })

/** The state a speech is to have; what is given back needs a comment. What the speaker answers is theirs to say. */
export const speechStateSchema = z
  .discriminatedUnion(
    'state',
    [
      only('editing'),
      only('received'),
      z.strictObject({ state: z.literal('returned'), comment: returnInput.shape.comment }),
      only('approved'),
      only('withdrawn'),
      only('requested'),
    ],
    { error: 'state' },
  )
  .meta({ id: 'SpeechState', example: { state: 'returned', comment: 'Đề nghị bổ sung số liệu năm 2026.' } })

export const placementSchema = z
  .strictObject({ agendaItemId: z.uuid({ error: 'invalid' }).nullable() })
  .meta({ id: 'Placement', example: { agendaItemId: '019b20b4-7c00-7000-8000-000000000001' } })

export const releaseSchema = z
  .strictObject({ released: z.boolean({ error: 'required' }) })
  .meta({ id: 'Release', example: { released: true } })

/** A file that was sent: every version is kept. */
export const speechVersionSchema = z
  .object({
    id,
    number: z.int(),
    sentBy: z.enum(['speaker', 'organizer']),
    name: z.string(),
    mediaType: z.string(),
    size: z.int(),
    sha256: z.string(),
    scan: z.enum(scanStates),
    virus: z.string().nullable(),
    damaged: damageSchema,
    fileUrl: z.url(),
    createdAt: instant,
  })
  .meta({ id: 'SpeechVersion' })
export type SpeechVersionBody = z.output<typeof speechVersionSchema>

export function toSpeech(row: SpeechRow, now: Date): SpeechBody {
  const state = row.state as PresentationState
  return {
    id: row.id,
    seminarId: row.seminar_id,
    invitationId: row.invitation_id,
    personId: row.person_id,
    name: row.name,
    position: row.position,
    email: row.email,
    locale: row.locale as SpeechBody['locale'],
    topic: row.topic,
    topicEn: row.topic_en,
    minutes: row.minutes,
    delivery: row.delivery as SpeechBody['delivery'],
    deadlineLocal: row.deadline_local,
    timezone: row.timezone,
    deadlineAt: row.deadline_at?.toISOString() ?? null,
    state,
    stateSince: row.state_since.toISOString(),
    waitingFor: waits.find((side) => whoseTurn(state).startsWith(side)) ?? null,
    turn: whoseTurn(state),
    overdue: isLate({ state, deadlineAt: row.deadline_at }, now),
    readerName: row.reader_name,
    editorName: state === 'editing' ? row.editor_name : null,
    comment: row.comment,
    declineReason: row.decline_reason,
    agendaItemId: row.agenda_item_id,
    latestVersion: row.latest_number,
    releasedAt: row.released_at?.toISOString() ?? null,
    requestedAt: row.requested_at.toISOString(),
    remindedAt: row.reminded_at?.toISOString() ?? null,
    receivedAt: row.received_at?.toISOString() ?? null,
    decidedAt: row.decided_at?.toISOString() ?? null,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

export function toVersion(row: VersionRow, speechUrl: string): SpeechVersionBody {
  return {
    id: row.id,
    number: row.number,
    sentBy: row.sent_by as SpeechVersionBody['sentBy'],
    name: row.name,
    mediaType: row.media_type,
    size: row.size,
    sha256: hexOf(row.sha256),
    scan: row.scan as SpeechVersionBody['scan'],
    virus: row.virus,
    damaged: toDamage(row),
    fileUrl: `${speechUrl}/versions/${row.number}/file`,
    createdAt: row.created_at.toISOString(),
  }
}
