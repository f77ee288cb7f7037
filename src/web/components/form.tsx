import type { Child } from 'hono/jsx'
import type { FieldError } from '../../errors.ts'
import { hasText, type Translate } from '../../i18n.ts'

/** What was typed, by field name, and what was refused: a form is always shown with both. */
export interface FormState {
  values: Record<string, string | undefined>
  errors: FieldError[]
}
export const emptyForm: FormState = { values: {}, errors: [] }

/** The text of a refused field: `errors:field.<code>`, with the field's own label. */
export function fieldErrorText(t: Translate, error: FieldError, label: string): string {
  const key = `errors:field.${error.code}`
  return hasText(key) ? t(key, { field: label, ...error.params }) : t('errors:field.invalid' as never, { field: label })
}

interface FieldProps {
  t: Translate
  form: FormState
  name: string
  label: string
  hint?: string
  required?: boolean
  /** Needed, but the form may be sent without it: a field that is not always shown must not hold the form back. */
  needed?: boolean
}

function errorOf(form: FormState, name: string) {
  return form.errors.find((e) => e.field === name)
}

function Wrap({ t, form, name, label, hint, required, needed, children }: FieldProps & { children: Child }) {
  const error = errorOf(form, name)
  return (
    <div class="field">
      <label for={`f-${name}`}>
        {label}
        {required || needed ? null : <span class="muted small"> {t('common:optional')}</span>}
      </label>
      {hint ? (
        <span class="hint" id={`h-${name}`}>
          {hint}
        </span>
      ) : null}
      {children}
      {error ? (
        <span class="error" id={`e-${name}`}>
          {fieldErrorText(t, error, label)}
        </span>
      ) : null}
    </div>
  )
}

function aria({ form, name, hint }: FieldProps) {
  const error = errorOf(form, name)
  const described = [hint ? `h-${name}` : '', error ? `e-${name}` : ''].filter(Boolean).join(' ')
  return { 'aria-invalid': error ? 'true' : undefined, 'aria-describedby': described || undefined }
}

type InputType = 'text' | 'email' | 'tel' | 'url' | 'password' | 'number' | 'date' | 'time' | 'datetime-local'

/** One line of text, with its label, hint and error. */
export function TextField(
  props: FieldProps & {
    type?: InputType
    maxlength?: number
    autocomplete?: string
    placeholder?: string
    list?: string
    min?: string
    max?: string
    inputmode?: 'numeric'
  },
) {
  const { form, name, required, type = 'text', maxlength, autocomplete, placeholder, list, min, max, inputmode } = props
  return (
    <Wrap {...props}>
      <input
        id={`f-${name}`}
        name={name}
        type={type}
        value={type === 'password' ? undefined : (form.values[name] ?? '')}
        required={required}
        maxlength={maxlength}
        autocomplete={autocomplete ?? 'off'}
        placeholder={placeholder}
        list={list}
        min={min}
        max={max}
        inputmode={inputmode}
        {...aria(props)}
      />
    </Wrap>
  )
}

/** Several lines of text; `lang` where they are written in another language than the page. */
export function TextArea(props: FieldProps & { rows?: number; maxlength?: number; lang?: string }) {
  const { form, name, required, rows = 4, maxlength, lang } = props
  return (
    <Wrap {...props}>
      <textarea
        id={`f-${name}`}
        name={name}
        rows={rows}
        maxlength={maxlength}
        required={required}
        lang={lang}
        {...aria(props)}
      >
        {form.values[name] ?? ''}
      </textarea>
    </Wrap>
  )
}

/** One of several. */
export function SelectField(props: FieldProps & { options: { value: string; label: string }[] }) {
  const { form, name, required, options } = props
  return (
    <Wrap {...props}>
      <select id={`f-${name}`} name={name} required={required} {...aria(props)}>
        {options.map((o) => (
          <option value={o.value} selected={(form.values[name] ?? '') === o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </Wrap>
  )
}

/** Yes or no. */
export function CheckField({ form, name, label, hint }: Omit<FieldProps, 't'>) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value="on" checked={form.values[name] === 'on'} />
      <span>
        {label}
        {hint ? <span class="muted small"> {hint}</span> : null}
      </span>
    </label>
  )
}

/** Above a form that came back: how many fields need a look, as links to them. */
export function ErrorSummary({ t, form, labels }: { t: Translate; form: FormState; labels: Record<string, string> }) {
  if (!form.errors.length) return null
  return (
    <div class="notice bad" role="alert" tabindex={-1}>
      <strong>{t('errors:summary' as never, { count: form.errors.length })}</strong>
      <ul>
        {form.errors.map((e) => (
          <li>
            <a href={`#f-${e.field}`}>{fieldErrorText(t, e, labels[e.field] ?? e.field)}</a>
          </li>
        ))}
      </ul>
    </div>
  )
}
