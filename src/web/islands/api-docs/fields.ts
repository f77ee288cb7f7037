import type { Parameter, Schema } from '../../api-docs/description.ts'
import type { Words } from '../../api-docs/island-words.ts'
import { button, make } from './dom.ts'

/** A field of the form. What is refused is said below it and keeps what was typed. */
export interface Field {
  element: HTMLElement
  control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
  /** Shows why it is refused; an empty text takes it back. */
  refuse(why: string): void
}

type Control = Field['control']

/** A field with its label; `more` stands beside the control. */
export function field(
  control: Control,
  label: (Node | string)[],
  options: { hint?: string; more?: HTMLElement } = {},
): Field {
  const error = make('p', { class: 'error', id: `${control.id}-error` })
  const hint = options.hint ? make('p', { class: 'hint', id: `${control.id}-hint` }, options.hint) : undefined
  control.setAttribute('aria-describedby', [hint?.id, error.id].filter(Boolean).join(' '))
  const row = options.more ? make('div', { class: 'beside' }, control, options.more) : control
  const name = make('label', { for: control.id }, ...label)
  const element = make('div', { class: 'field' }, name, ...(hint ? [hint] : []), row, error)
  const refuse = (why: string) => {
    error.textContent = why
    if (why) control.setAttribute('aria-invalid', 'true')
    else control.removeAttribute('aria-invalid')
  }
  control.addEventListener('input', () => refuse(''))
  return { element, control, refuse }
}

/** A field for a parameter: a choice where its values are known, lines where there may be several. */
export function parameterField(parameter: Parameter, id: string, words: Words, value: string | undefined): Field {
  const { name, description, schema = {}, required } = parameter
  const control = controlFor(schema, id)
  control.value = value ?? ''
  if (required) control.required = true
  const notes = [words[parameter.in], ...(required ? [words.required] : []), ...(isList(schema) ? [words.lines] : [])]
  const label = [make('code', {}, name), ' ', make('small', {}, notes.join(', '))]
  return field(control, label, {
    // What a header means stands below at length.
    hint: parameter.in === 'header' ? undefined : description,
    more: name === 'Idempotency-Key' ? newValue(control, words) : undefined,
  })
}

/** Whether a parameter may be given several times. */
export function isList(schema: Schema): boolean {
  return schema.type === 'array' || (schema.anyOf?.some(({ type }) => type === 'array') ?? false)
}

function controlFor(schema: Schema, id: string): Control {
  if (schema.enum) {
    const options = schema.enum.map((one) => make('option', { value: String(one) }, String(one)))
    return make(
      'select',
      { id },
      make('option', { value: '' }, schema.default ? `(${schema.default})` : ''),
      ...options,
    )
  }
  if (isList(schema)) return make('textarea', { id, rows: '2' })
  const shown = schema.example ?? schema.default
  return make('input', {
    id,
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    inputmode: schema.type === 'integer' ? 'numeric' : undefined,
    placeholder: shown === undefined || shown === '' ? undefined : String(shown),
  })
}

function newValue(control: Control, words: Words): HTMLButtonElement {
  return button(words.newValue, 'btn small', () => {
    // Not randomUUID: over plain http on a host that is not local there is none.
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    control.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    control.dispatchEvent(new Event('input', { bubbles: true }))
  })
}
