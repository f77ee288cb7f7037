import type { Page } from '../../../env.ts'
import { type FormState, fieldErrorText } from '../../components/form.tsx'

export interface WallFieldProps {
  page: Page
  form: FormState
  /** `starts` asks for `startsDate` and `startsTime`. */
  name: string
  labels: Record<string, string>
  required?: boolean
}

/** A wall time as a date and a clock time: both, or neither while it is open. */
export function WallField({ page, form, name, labels, required }: WallFieldProps) {
  const { t } = page
  const [day, time] = [`${name}Date`, `${name}Time`]
  const label = labels[day] ?? name
  const error = form.errors.find((each) => each.field === day || each.field === time)
  const marks = {
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': error ? `e-${day}` : undefined,
  }
  return (
    <fieldset class="field wall">
      <legend>
        {label}
        {required ? null : <span class="muted small"> {t('common:optional')}</span>}
      </legend>
      <div>
        <input
          id={`f-${day}`}
          name={day}
          type="date"
          value={form.values[day] ?? ''}
          required={required}
          aria-label={t('seminars:wall.date', { label })}
          {...marks}
        />
        <input
          id={`f-${time}`}
          name={time}
          type="time"
          value={form.values[time] ?? ''}
          required={required}
          aria-label={t('seminars:wall.time', { label })}
          {...marks}
        />
      </div>
      {error ? (
        <span class="error" id={`e-${day}`}>
          {fieldErrorText(t, error, label)}
        </span>
      ) : null}
    </fieldset>
  )
}
