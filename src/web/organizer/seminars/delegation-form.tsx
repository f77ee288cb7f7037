import type { Page } from '../../../env.ts'
import type { Selector } from '../../../features/directory/schema.ts'
import type { DelegationRow } from '../../../features/seminars/queries/detail.ts'
import { type DelegationInput, delegationInput } from '../../../features/seminars/schema.ts'
import { ErrorSummary, type FormState, TextField } from '../../components/form.tsx'
import { parseForm } from '../../forms.ts'
import type { Values } from './form-values.ts'

const KEYS = ['unitIds', 'parentIds', 'unitTypes', 'unitKinds', 'blocks', 'titles'] as const

/** What is chosen in a selector's form; null when nothing is, and the group is then chosen by hand. */
export function readSelector(all: URLSearchParams): Record<string, string[]> | null {
  const entries = KEYS.map((key) => [key, all.getAll(key).filter(Boolean)] as const).filter(
    ([, values]) => values.length,
  )
  return entries.length ? Object.fromEntries(entries) : null
}

/** Reads the form of a delegation. */
export function readDelegationForm(
  values: Values,
  all: URLSearchParams,
): { input: DelegationInput } | { form: FormState } {
  const parsed = parseForm(delegationInput, { ...values, selector: readSelector(all) } as never)
  return 'input' in parsed ? parsed : { form: { values, errors: parsed.form.errors } }
}

/** What the form of a delegation shows when it is opened; its selector is shown beside. */
export function delegationValues(group: DelegationRow): Values {
  return {
    version: String(group.version),
    text: group.text,
    textEn: group.text_en ?? '',
    separator: group.separator ?? '',
  }
}

/** Every field's name in the reader's language. */
export function delegationLabels({ t }: Page): Record<string, string> {
  return {
    text: t('seminars:delegation.text'),
    textEn: t('seminars:delegation.text_en'),
    separator: t('seminars:delegation.separator'),
    selector: t('seminars:selector.title'),
  }
}

export interface DelegationFieldsProps {
  page: Page
  form: FormState
  selector: Selector | null
  /** Names of the chosen units, by id. */
  unitNames: Map<string, string>
  /** The words in use in the directory. */
  words: { blocks: string[]; types: string[]; kinds: string[]; titles: string[] }
  /** Addresses: units by search, and how many a selector means. */
  find: string
  count: string
  /** How many it means now, in words. */
  counted: string
}

/** The fields of a delegation, its selector with a live count. */
export function DelegationFields({
  page,
  form,
  selector,
  unitNames,
  words,
  find,
  count,
  counted,
}: DelegationFieldsProps) {
  const { t } = page
  const labels = delegationLabels(page)
  const field = (name: string) => ({ t, form, name, label: labels[name] ?? name })
  const of = selector ?? {}
  return (
    <>
      <ErrorSummary t={t} form={form} labels={labels} />
      <TextField {...field('text')} required maxlength={300} hint={t('seminars:hint.delegation')} />
      <TextField {...field('textEn')} maxlength={300} />
      <fieldset class="selector" data-count={count}>
        <legend>{t('seminars:selector.title')}</legend>
        <p class="muted small">{t('seminars:selector.text')}</p>
        <UnitChoice
          page={page}
          name="unitIds"
          label={t('seminars:selector.units')}
          ids={of.unitIds}
          names={unitNames}
          find={find}
        />
        <UnitChoice
          page={page}
          name="parentIds"
          label={t('seminars:selector.parents')}
          ids={of.parentIds}
          names={unitNames}
          find={find}
        />
        <Choice name="blocks" label={t('seminars:selector.blocks')} words={words.blocks} chosen={of.blocks} />
        <Choice name="unitTypes" label={t('seminars:selector.types')} words={words.types} chosen={of.unitTypes} />
        <Choice name="unitKinds" label={t('seminars:selector.kinds')} words={words.kinds} chosen={of.unitKinds} />
        <Choice name="titles" label={t('seminars:selector.titles')} words={words.titles} chosen={of.titles} />
        <p class="count">
          <strong aria-live="polite" data-count-text>
            {counted}
          </strong>
          <button class="btn small" type="submit" name="count" value="on" data-count-button>
            {t('seminars:selector.recount')}
          </button>
        </p>
      </fieldset>
      <details open={Boolean(form.values.separator) || form.errors.some((error) => error.field === 'separator')}>
        <summary>{t('seminars:delegation.more')}</summary>
        <div class="form">
          <TextField {...field('separator')} maxlength={5} hint={t('seminars:hint.separator')} />
        </div>
      </details>
    </>
  )
}

/** One list of words to tick; open where something is ticked. A word that is gone from the directory stays while it is ticked. */
function Choice({
  name,
  label,
  words,
  chosen = [],
}: {
  name: string
  label: string
  words: string[]
  chosen?: string[]
}) {
  const all = [...words, ...chosen.filter((word) => !words.includes(word))]
  if (!all.length) return null
  return (
    <details class="choice" open={chosen.length > 0}>
      <summary>
        {label}
        {chosen.length ? <span class="muted small num"> {chosen.length}</span> : null}
      </summary>
      <div class="ticks">
        {all.map((word) => (
          <label class="check">
            <input type="checkbox" name={name} value={word} checked={chosen.includes(word)} />
            <span>{word}</span>
          </label>
        ))}
      </div>
    </details>
  )
}

interface UnitChoiceProps {
  page: Page
  name: 'unitIds' | 'parentIds'
  label: string
  ids: string[] | undefined
  names: Map<string, string>
  find: string
}

/** Units found by search, ticked; the island `picker` adds what is found. */
function UnitChoice({ page, name, label, ids = [], names, find }: UnitChoiceProps) {
  return (
    <details class="choice" open={ids.length > 0}>
      <summary>
        {label}
        {ids.length ? <span class="muted small num"> {ids.length}</span> : null}
      </summary>
      <div class="ticks" data-chips={name}>
        {ids.map((id) => (
          <label class="check">
            <input type="checkbox" name={name} value={id} checked />
            <span>{names.get(id) ?? page.t('seminars:selector.unit_gone')}</span>
          </label>
        ))}
      </div>
      <div class="find-unit" data-picker={find} data-adds={name} data-picks="">
        <input
          type="text"
          aria-label={page.t('seminars:selector.find_unit')}
          placeholder={page.t('seminars:selector.find_unit')}
          autocomplete="off"
        />
      </div>
    </details>
  )
}
