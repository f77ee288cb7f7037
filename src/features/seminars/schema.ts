import { z } from 'zod'
import { optionalEmail, optionalLine, optionalText, requiredLine } from '../../text/fields.ts'
import { seminarKinds } from '../../text/kinds.ts'
import { selectorSchema } from '../directory/schema.ts'

/** Who may come in an invitee's place: nobody, whoever they name, or whom the chair consents to (QĐ 45/2018/QĐ-TTg). */
export const substitutePolicies = ['none', 'free', 'consent'] as const

/** A wall time: `2026-12-15T14:00:00`. Seconds may be left out. Code: `date`. */
export const wallTimeField = z
  .string({ error: 'date' })
  .regex(/^(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, { error: 'date', abort: true })
  .refine((text) => z.iso.datetime({ local: true }).safeParse(text.padEnd(19, ':00')).success, {
    error: 'date',
    abort: true,
  })
  .transform((text) => text.padEnd(19, ':00'))
const optionalWallTime = wallTimeField.nullable().default(null)

/** An IANA zone by name, never an offset: Postgres reads the sign of an offset the other way round. Code: `timezone`. */
export const timezoneField = z.string({ error: 'required' }).refine(isTimezone, { error: 'timezone' })

function isTimezone(name: string): boolean {
  if (!/^(UTC|[A-Z][A-Za-z]+(\/[A-Z][A-Za-z0-9_+-]+){1,2})$/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const lines = z.array(requiredLine(300)).max(20, 'too_many').default([])

/** What a seminar is filed under; the English name, where it is left out, stays as the organisation has it. */
const topicsField = z
  .array(z.object({ name: requiredLine(60), nameEn: optionalLine(60) }))
  .max(5, 'too_many')
  .default([])
const webAddress = optionalLine(1000).refine((text) => text === null || /^https?:\/\/[^\s/]\S*$/i.test(text), {
  error: 'url',
})

/** Everything that is written on a seminar's form. Wall times are those of its own zone. */
export const seminarInput = z
  .object({
    kind: z.enum(seminarKinds, { error: 'required' }),
    subtype: optionalLine(80),
    subtypeEn: optionalLine(80),
    title: optionalLine(400),
    titleEn: optionalLine(400),
    theme: requiredLine(300),
    themeEn: optionalLine(300),
    host: requiredLine(300),
    hostEn: optionalLine(300),
    cohosts: lines,
    cohostsEn: lines,
    topics: topicsField,
    introduction: optionalText(5000),
    introductionEn: optionalText(5000),
    venue: optionalLine(300),
    venueEn: optionalLine(300),
    onlineUrl: webAddress,
    onlineOffered: z.boolean().default(false),
    startsLocal: optionalWallTime,
    endsLocal: optionalWallTime,
    timezone: timezoneField.default('Asia/Ho_Chi_Minh'),
    capacity: z
      .number({ error: 'number' })
      .int('number')
      .min(1, 'number')
      .max(1_000_000, 'number')
      .nullable()
      .default(null),
    answerDeadlineLocal: optionalWallTime,
    speechDeadlineLocal: optionalWallTime,
    visibility: z.enum(['public', 'unlisted', 'private'], { error: 'required' }).default('public'),
    language: z.enum(['vi', 'en'], { error: 'required' }).default('vi'),
    substitutePolicy: z.enum(substitutePolicies, { error: 'required' }).default('consent'),
    contactName: optionalLine(200),
    contactPhone: optionalLine(60),
    contactEmail: optionalEmail(),
  })
  .superRefine(checkTimes)
export type SeminarInput = z.output<typeof seminarInput>

const times = z.object({
  startsLocal: optionalWallTime,
  endsLocal: optionalWallTime,
  answerDeadlineLocal: optionalWallTime,
})

/** The times of a seminar's form alone: a form with another fault is told of these too. */
export const timesInput = times.superRefine(checkTimes)

/** When a seminar is (again) to be: what scheduling needs. */
export const scheduleInput = times
  .superRefine((value, check) => {
    for (const field of ['startsLocal', 'endsLocal'] as const) {
      if (value[field] === null) check.addIssue({ code: 'custom', path: [field], message: 'required' })
    }
  })
  .superRefine(checkTimes)
export type ScheduleInput = z.output<typeof scheduleInput>

const LONGEST_DAYS = 31

interface Times {
  startsLocal: string | null
  endsLocal: string | null
  answerDeadlineLocal: string | null
}

// Wall times of one form and one zone compare as text.
function checkTimes({ startsLocal, endsLocal, answerDeadlineLocal }: Times, check: z.RefinementCtx): void {
  const refuse = (field: keyof Times, message: string) => check.addIssue({ code: 'custom', path: [field], message })
  if (startsLocal !== null && endsLocal === null) refuse('endsLocal', 'required')
  if (startsLocal === null && endsLocal !== null) refuse('startsLocal', 'required')
  if (startsLocal === null || endsLocal === null) return
  const days = (Date.parse(`${endsLocal}Z`) - Date.parse(`${startsLocal}Z`)) / 86_400_000
  if (days <= 0) refuse('endsLocal', 'ends_before_start')
  if (days > LONGEST_DAYS) refuse('endsLocal', 'too_many_days')
  if (answerDeadlineLocal !== null && answerDeadlineLocal > startsLocal) refuse('answerDeadlineLocal', 'after_start')
}

/** What is told to participants when a seminar is postponed or cancelled. */
export const noteInput = z.object({ note: optionalText(500) })

/** The version a form was opened on. */
export const versionInput = z.coerce
  .number({ error: 'invalid' })
  .int('invalid')
  .min(1, 'invalid')
  .max(2_000_000_000, 'invalid')

const personId = z.union([z.literal('').transform(() => null), z.uuid({ error: 'invalid' }), z.null()]).default(null)

export const chairInput = z.object({
  role: z.enum(['chair', 'superior'], { error: 'required' }),
  name: requiredLine(120),
  gender: z.union([z.literal('').transform(() => null), z.enum(['male', 'female']), z.null()]).default(null),
  /** As printed, in order. */
  positions: z.array(requiredLine(300)).max(10, 'too_many').default([]),
  positionsEn: z.array(requiredLine(300)).max(10, 'too_many').default([]),
  personId,
})
export type ChairInput = z.output<typeof chairInput>

export const delegationInput = z.object({
  text: requiredLine(300),
  textEn: optionalLine(300),
  /** Written after this group in the press lead where it departs from `; `; its spaces count. */
  separator: z
    .string()
    .max(5, 'too_long')
    .regex(/^[^\p{Cc}]*$/u, 'control_character')
    .nullish()
    .transform((text) => (text?.trim() ? text : null)),
  selector: selectorSchema.nullable().default(null),
})
export type DelegationInput = z.output<typeof delegationInput>

export const agendaKinds = [
  'reception',
  'introduction',
  'opening',
  'report',
  'speech',
  'discussion',
  'direction',
  'conclusion',
  'break',
  'other',
] as const
export type AgendaKind = (typeof agendaKinds)[number]

const speakerInput = z.object({
  name: requiredLine(120),
  position: optionalLine(300),
  positionEn: optionalLine(300),
  personId,
})

export const agendaItemInput = z.object({
  kind: z.enum(agendaKinds, { error: 'required' }),
  title: requiredLine(300),
  titleEn: optionalLine(300),
  minutes: z.coerce.number({ error: 'number' }).int('number').min(0, 'number').max(1440, 'number'),
  /** `14:30`: a clock time this item keeps whatever comes before it. */
  fixedStart: z
    .union(
      [z.literal('').transform(() => null), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/, 'date'), z.null()],
      { error: 'date' },
    )
    .default(null),
  speakers: z.array(speakerInput).max(30, 'too_many').default([]),
})
export type AgendaItemInput = z.output<typeof agendaItemInput>

export const seminarStatesShown = ['all', 'upcoming', 'draft', 'scheduled', 'held', 'postponed', 'cancelled'] as const

/** How a list of seminars is filtered and sorted. What is not understood is left out, never refused: it comes by address. */
export const seminarFilter = z.object({
  state: z.enum(seminarStatesShown).catch('all').default('all'),
  year: z.coerce.number().int().min(1900).max(2199).optional().catch(undefined),
  q: z.string().max(200).catch('').default(''),
  sort: z.enum(['date', 'date_asc', 'name']).catch('date').default('date'),
  cursor: z.string().max(2000).optional().catch(undefined),
})
export type SeminarFilter = z.output<typeof seminarFilter>
