import type { Page } from '../../../env.ts'
import type { AgendaItemRow } from '../../../features/seminars/queries/detail.ts'
import { type AgendaItemInput, agendaItemInput, agendaKinds } from '../../../features/seminars/schema.ts'
import { ErrorSummary, type FormState, fieldErrorText, SelectField, TextField } from '../../components/form.tsx'
import { parseForm } from '../../forms.ts'
import type { Values } from './form-values.ts'

const PARTS = ['name', 'position', 'positionEn', 'personId'] as const
type Speaker = Record<(typeof PARTS)[number], string>

/** The speakers of a form, in order: rows in which something stands. */
function speakersOf(values: Record<string, string | undefined>): Speaker[] {
  const numbers = Object.keys(values).flatMap((name) => /^speakers\.(\d{1,3})\.name$/.exec(name)?.[1] ?? [])
  return numbers
    .map(Number)
    .sort((a, b) => a - b)
    .map(
      (n) => Object.fromEntries(PARTS.map((part) => [part, values[`speakers.${n}.${part}`]?.trim() ?? ''])) as Speaker,
    )
    .filter((speaker) => speaker.name !== '' || speaker.position !== '')
}

function speakerValues(speakers: Speaker[]): Values {
  return Object.fromEntries(
    speakers.flatMap((speaker, n) => PARTS.map((part) => [`speakers.${n}.${part}`, speaker[part]])),
  )
}

/** Reads the form of an agenda item; without a title it is called by its kind. */
export function readAgendaItemForm(values: Values, page: Page): { input: AgendaItemInput } | { form: FormState } {
  const speakers = speakersOf(values)
  const kind = agendaKinds.find((each) => each === values.kind)
  const title = values.title?.trim() || (kind && kind !== 'other' ? page.t(`seminars:agenda_kind.${kind}`) : '')
  const parsed = parseForm(agendaItemInput, {
    ...values,
    title,
    minutes: values.minutes?.trim() || 'x',
    speakers,
  } as never)
  if ('input' in parsed) return parsed
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('speakers.')))
  return { form: { values: { ...others, ...speakerValues(speakers) }, errors: parsed.form.errors } }
}

/** What the form of an item shows when it is opened. */
export function agendaItemValues(item: AgendaItemRow): Values {
  const speakers = item.speakers.map((speaker) => ({
    name: speaker.name,
    position: speaker.position ?? '',
    positionEn: speaker.position_en ?? '',
    personId: speaker.person_id ?? '',
  }))
  return {
    version: String(item.version),
    kind: item.kind,
    title: item.title,
    titleEn: item.title_en ?? '',
    minutes: String(item.minutes),
    fixedStart: item.fixed_start?.slice(0, 5) ?? '',
    ...speakerValues(speakers),
  }
}

/** Every field's name in the reader's language. */
export function agendaItemLabels(page: Page): Record<string, string> {
  const { t } = page
  return {
    kind: t('seminars:agenda.kind'),
    title: t('seminars:agenda.item_title'),
    titleEn: t('seminars:agenda.item_title_en'),
    minutes: t('seminars:agenda.minutes'),
    fixedStart: t('seminars:agenda.fixed_start'),
    ...Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`speakers.${n}.name`, t('seminars:agenda.speaker')])),
  }
}

/** The fields of an item. `people` is the address that finds people in the directory. */
export function AgendaItemFields({ page, form, people }: { page: Page; form: FormState; people: string }) {
  const { t } = page
  const labels = agendaItemLabels(page)
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  return (
    <>
      <ErrorSummary t={t} form={form} labels={labels} />
      <SelectField
        {...field('kind')}
        required
        options={agendaKinds.map((value) => ({ value, label: t(`seminars:agenda_kind.${value}`) }))}
      />
      <TextField {...field('title')} maxlength={300} hint={t('seminars:hint.item_title')} />
      <div class="row">
        <TextField {...field('minutes')} required inputmode="numeric" />
        <TextField {...field('fixedStart')} type="time" />
      </div>
      <SpeakerRows page={page} form={form} people={people} />
      <details open={Boolean(form.values.titleEn)}>
        <summary>{t('seminars:form.english')}</summary>
        <div class="form">
          <TextField {...field('titleEn')} maxlength={300} />
        </div>
      </details>
    </>
  )
}

/** One row a speaker, and an empty one; a row whose name is emptied is dropped. */
function SpeakerRows({ page, form, people }: { page: Page; form: FormState; people: string }) {
  const { t } = page
  const count = speakersOf(form.values).length
  const empty = count === 0 ? 1 : 2
  return (
    <fieldset class="field speakers">
      <legend>
        {t('seminars:agenda.speakers')}
        <span class="muted small"> {t('common:optional')}</span>
      </legend>
      <span class="hint">{t('seminars:hint.speakers')}</span>
      {Array.from({ length: count + empty }, (_, n) => (
        <SpeakerRow page={page} form={form} n={n} people={people} />
      ))}
    </fieldset>
  )
}

function SpeakerRow({ page, form, n, people }: { page: Page; form: FormState; n: number; people: string }) {
  const { t } = page
  const at = (part: string) => `speakers.${n}.${part}`
  const error = form.errors.find((each) => each.field.startsWith(`speakers.${n}.`))
  return (
    <div class="speaker" data-pick-row>
      <input type="hidden" name={at('personId')} value={form.values[at('personId')] ?? ''} data-pick="id" />
      <input type="hidden" name={at('positionEn')} value={form.values[at('positionEn')] ?? ''} data-pick="positionEn" />
      <input
        id={`f-${at('name')}`}
        type="text"
        name={at('name')}
        value={form.values[at('name')] ?? ''}
        placeholder={t('seminars:agenda.speaker.name')}
        aria-label={t('seminars:agenda.speaker.name_n', { n: n + 1 })}
        aria-invalid={error ? 'true' : undefined}
        autocomplete="off"
        maxlength={120}
        data-picker={people}
      />
      <input
        type="text"
        name={at('position')}
        value={form.values[at('position')] ?? ''}
        placeholder={t('seminars:agenda.speaker.position')}
        aria-label={t('seminars:agenda.speaker.position_n', { n: n + 1 })}
        autocomplete="off"
        maxlength={300}
        data-pick="position"
      />
      {error ? <span class="error">{fieldErrorText(t, error, t('seminars:agenda.speaker'))}</span> : null}
    </div>
  )
}
