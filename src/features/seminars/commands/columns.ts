import type { Insertable } from 'kysely'
import type { Seminars } from '../../../db/types.ts'
import type { SeminarRow } from '../queries.ts'
import type { SeminarInput } from '../schema.ts'

type Columns = Omit<Insertable<Seminars>, 'organization_id' | 'id' | 'slug'>

/** A seminar's form as columns of its row. */
export function columnsOf(input: SeminarInput): Columns {
  return {
    kind: input.kind,
    subtype: input.subtype,
    subtype_en: input.subtypeEn,
    title: input.title,
    title_en: input.titleEn,
    theme: input.theme,
    theme_en: input.themeEn,
    host: input.host,
    host_en: input.hostEn,
    cohosts: input.cohosts,
    cohosts_en: input.cohostsEn,
    introduction: input.introduction,
    introduction_en: input.introductionEn,
    venue: input.venue,
    venue_en: input.venueEn,
    online_url: input.onlineUrl,
    online_offered: input.onlineOffered,
    starts_local: input.startsLocal,
    ends_local: input.endsLocal,
    timezone: input.timezone,
    answer_deadline_local: input.answerDeadlineLocal,
    speech_deadline_local: input.speechDeadlineLocal,
    visibility: input.visibility,
    language: input.language,
    substitute_policy: input.substitutePolicy,
    contact_name: input.contactName,
    contact_phone: input.contactPhone,
    contact_email: input.contactEmail,
  }
}

/** Columns that follow from others, or that no form shows. */
const OWN = new Set<keyof SeminarRow>([
  'version',
  'slug',
  'updated_at',
  'revised_at',
  'sequence',
  'search',
  'starts_at',
  'ends_at',
  'answer_deadline_at',
  'speech_deadline_at',
  'postponed_starts_local',
  'postponed_ends_local',
  'postponed_at',
])

/** The fields of the form that an edit changed, by the names they have there: `venueEn`, `startsDate`. */
export function changedFields(before: SeminarRow, after: SeminarRow): string[] {
  const names = (Object.keys(after) as (keyof SeminarRow)[]).filter(
    (name) => !OWN.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  return names.map((name) =>
    name.replace(/_local$/, '_date').replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  )
}
