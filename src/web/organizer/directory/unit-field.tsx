import type { Db } from '../../../db/transaction.ts'
import type { FieldError } from '../../../errors.ts'
import { findUnitsByText } from '../../../features/directory/queries/units.ts'
import type { Translate } from '../../../i18n.ts'
import { cleanLine, fold } from '../../../text/fold.ts'
import { type FormState, TextField } from '../../components/form.tsx'

const BETWEEN = ' — '

/** A unit as it is picked: its name, and the one above it, since cells of two units may share a name. */
export function unitLabel(unit: { name: string; parent_name: string | null }): string {
  return unit.parent_name ? unit.name + BETWEEN + unit.parent_name : unit.name
}

export interface Candidate {
  id: string
  label: string
}

/** Units that a text may mean, for suggestions. */
export async function suggestUnits(db: Db, organizationId: string, text: string): Promise<Candidate[]> {
  const [name = ''] = cleanLine(text).slice(0, 400).split(BETWEEN)
  if (!name) return []
  const units = await findUnitsByText(db, organizationId, name)
  return units.map((unit) => ({ id: unit.id, label: unitLabel(unit) }))
}

export type ResolvedUnit = { id: string | null } | { error: FieldError; candidates: Candidate[] }

/**
 * The unit that was typed into a `UnitField`: the one chosen below it, the one that stood there before, or the only one of
 * that name. Where several are meant the form comes back with them to choose from.
 */
export async function resolveUnit(
  db: Db,
  organizationId: string,
  values: Record<string, string>,
  name: string,
): Promise<ResolvedUnit> {
  const text = cleanLine(values[name] ?? '')
  if (!text) return { id: null }
  const chosen = values[`${name}_id`] || (values[name] === values[`${name}_was`] && values[`${name}_was_id`])
  if (chosen) return keep(values, name, chosen)
  const candidates = await suggestUnits(db, organizationId, text)
  const labelled = candidates.filter((unit) => unit.label === text)
  const named = candidates.filter((unit) => fold(unit.label.split(BETWEEN)[0] as string) === fold(text))
  const [only, another] = labelled.length ? labelled : named
  if (only && !another) return keep(values, name, only.id)
  return { error: { field: name, code: candidates.length ? 'choose_unit' : 'unknown_unit' }, candidates }
}

/** Remembers what the text means, should the form come back for another field. */
function keep(values: Record<string, string>, name: string, id: string): ResolvedUnit {
  values[`${name}_was`] = values[name] ?? ''
  values[`${name}_was_id`] = id
  return { id }
}

interface UnitFieldProps {
  t: Translate
  form: FormState
  name: string
  label: string
  hint?: string
  required?: boolean
  /** Where suggestions come from. */
  options: string
  candidates?: Candidate[]
}

/** Picks a unit by typing: suggestions with a script, a choice after sending without one. */
export function UnitField({ options, candidates = [], ...field }: UnitFieldProps) {
  const { name, form } = field
  return (
    <div class="unit-field">
      <TextField {...field} list={`l-${name}`} maxlength={400} />
      <datalist id={`l-${name}`} data-options={options} />
      <input type="hidden" name={`${name}_was`} value={form.values[`${name}_was`] ?? ''} />
      <input type="hidden" name={`${name}_was_id`} value={form.values[`${name}_was_id`] ?? ''} />
      {candidates.length ? (
        <fieldset>
          <legend class="visually-hidden">{field.label}</legend>
          {candidates.map((unit) => (
            <label class="opt">
              <input type="radio" name={`${name}_id`} value={unit.id} />
              <span>{unit.label}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
    </div>
  )
}

/** What a `UnitField` starts with. */
export function unitFieldValues(
  name: string,
  unit: { id: string; name: string; parent_name: string | null } | undefined,
): Record<string, string> {
  if (!unit) return {}
  return { [name]: unitLabel(unit), [`${name}_was`]: unitLabel(unit), [`${name}_was_id`]: unit.id }
}
