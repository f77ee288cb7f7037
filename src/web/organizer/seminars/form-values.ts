import type { FieldError } from '../../../errors.ts'
import type { Topic } from '../../../features/seminars/queries/topics.ts'
import type { SeminarRow } from '../../../features/seminars/queries.ts'
import {
  type ScheduleInput,
  type SeminarInput,
  scheduleInput,
  seminarInput,
  timesInput,
} from '../../../features/seminars/schema.ts'
import { readWall } from '../../../text/dates.ts'
import type { FormState } from '../../components/form.tsx'
import { parseForm } from '../../forms.ts'

export type Values = Record<string, string>

/** Lines of a text field, without the empty ones. */
export function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** Topics line by line; the English name of each on the same line of its own field. */
function topicsOf(values: Values) {
  const english = (values.topicsEn ?? '').split('\n')
  return linesOf(values.topics).map((name, i) => ({ name, nameEn: english[i] ?? '' }))
}

/** Wall times are asked for as a date and a time: `startsDate`, `startsTime` → `startsLocal`. */
const PAIRS = {
  startsLocal: 'starts',
  endsLocal: 'ends',
  answerDeadlineLocal: 'answerDeadline',
  speechDeadlineLocal: 'speechDeadline',
} as const

function wallTimes(values: Values): Record<string, string | null> {
  const entries = Object.entries(PAIRS).map(([name, field]) => {
    const day = values[`${field}Date`]?.trim() ?? ''
    const time = values[`${field}Time`]?.trim() ?? ''
    return [name, day === '' && time === '' ? null : `${day}T${time}`]
  })
  return Object.fromEntries(entries)
}

/** Names the field of the form that an error of the schema is about. */
function atFormField(error: FieldError): FieldError {
  const [head = '', , part] = error.field.split('.')
  if (head === 'topics' && part === 'nameEn') return { ...error, field: 'topicsEn' }
  return { ...error, field: head in PAIRS ? `${PAIRS[head as keyof typeof PAIRS]}Date` : head }
}

/** A refused form with its errors at the form's own fields. */
export function atFormFields(form: FormState): FormState {
  return { ...form, errors: form.errors.map(atFormField) }
}

type Parsed<T> = { input: T } | { form: FormState }

/** Reads the form of a seminar. `fixed` are what the form does not show (the dates of a postponed seminar). */
export function readSeminarForm(
  values: Values,
  fixed: Partial<Record<keyof SeminarInput, unknown>> = {},
): Parsed<SeminarInput> {
  const capacity = values.capacity?.trim() ?? ''
  const raw = {
    ...values,
    ...wallTimes(values),
    cohosts: linesOf(values.cohosts),
    cohostsEn: linesOf(values.cohostsEn),
    topics: topicsOf(values),
    onlineOffered: values.onlineOffered === 'on',
    capacity: capacity === '' ? null : Number(capacity),
    ...fixed,
  }
  const parsed = withValues(parseForm(seminarInput, raw as never), values)
  if ('input' in parsed) return parsed
  // zod compares times only once every field by itself is right: a form says all at once.
  const compared = withValues(parseForm(timesInput, { ...wallTimes(values), ...fixed } as never), values)
  const { errors } = parsed.form
  const more =
    'form' in compared ? compared.form.errors.filter((e) => !errors.some((known) => known.field === e.field)) : []
  return { form: { values, errors: [...errors, ...more] } }
}

/** Reads the form that sets a date. */
export function readScheduleForm(values: Values): Parsed<ScheduleInput> {
  return withValues(parseForm(scheduleInput, wallTimes(values) as never), values)
}

function withValues<T>(parsed: Parsed<T>, values: Values): Parsed<T> {
  return 'input' in parsed ? parsed : { form: atFormFields({ values, errors: parsed.form.errors }) }
}

function wallFields(name: string, wall: string | null): Values {
  if (wall === null) return { [`${name}Date`]: '', [`${name}Time`]: '' }
  const at = readWall(wall)
  return {
    [`${name}Date`]: at.toPlainDate().toString(),
    [`${name}Time`]: at.toPlainTime().toString({ smallestUnit: 'minute' }),
  }
}

/** What the form of a seminar shows when it is opened. */
export function seminarFormValues(row: SeminarRow, capacity: number | null, topics: Topic[] = []): Values {
  return {
    version: String(row.version),
    kind: row.kind,
    subtype: row.subtype ?? '',
    subtypeEn: row.subtype_en ?? '',
    title: row.title ?? '',
    titleEn: row.title_en ?? '',
    theme: row.theme,
    themeEn: row.theme_en ?? '',
    host: row.host,
    hostEn: row.host_en ?? '',
    cohosts: row.cohosts.join('\n'),
    cohostsEn: row.cohosts_en.join('\n'),
    topics: topics.map(({ name }) => name).join('\n'),
    topicsEn: topics
      .map(({ nameEn }) => nameEn ?? '')
      .join('\n')
      .trimEnd(),
    introduction: row.introduction ?? '',
    introductionEn: row.introduction_en ?? '',
    venue: row.venue ?? '',
    venueEn: row.venue_en ?? '',
    onlineUrl: row.online_url ?? '',
    onlineOffered: row.online_offered ? 'on' : '',
    timezone: row.timezone,
    capacity: capacity === null ? '' : String(capacity),
    visibility: row.visibility,
    language: row.language,
    substitutePolicy: row.substitute_policy,
    contactName: row.contact_name ?? '',
    contactPhone: row.contact_phone ?? '',
    contactEmail: row.contact_email ?? '',
    ...wallFields('starts', row.starts_local),
    ...wallFields('ends', row.ends_local),
    ...wallFields('answerDeadline', row.answer_deadline_local),
    ...wallFields('speechDeadline', row.speech_deadline_local),
  }
}
