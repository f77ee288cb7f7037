import type { Operation, Parameter, Schema } from '../../api-docs/description.ts'
import type { Words } from '../../api-docs/island-words.ts'
import { type Draft, fileType, sampleBody, sampleValue } from '../../api-docs/request.ts'
import { fill, make } from './dom.ts'
import { type Field, field, isList, parameterField } from './fields.ts'

/** What a header may hold. */
const SIGNS = /^[\x20-\x7e]*$/

/** A form for one operation, made of its description. `known` gives the ids that are known by now, by their place. */
export function requestForm(
  one: Operation,
  schemas: Record<string, Schema>,
  words: Words,
  known: (parameter: Parameter) => string | undefined,
) {
  const { operation, method } = one
  const id = (name: string) => `try-${operation.operationId}-${name}`
  const fields = (operation.parameters ?? []).map((parameter) => ({
    parameter,
    field: parameterField(
      parameter,
      id(parameter.name),
      words,
      parameter.in === 'path' ? known(parameter) : sampleValue(parameter),
    ),
  }))
  const body = bodyField(sampleBody(one, schemas), id('body'), words)
  const file = fileType(one) ? fileField(id('file'), words) : undefined
  const send = make('button', { type: 'submit', class: 'btn primary' }, fill(words.send, { method }))
  const element = make('form', { class: 'try form', novalidate: '', autocomplete: 'off' })
  if (method !== 'GET' && method !== 'OPTIONS') element.append(make('p', { class: 'notice late' }, words.changes))
  if (fields.length) element.append(make('div', { class: 'row' }, ...fields.map((f) => f.field.element)))
  for (const whole of [body, file]) if (whole) element.append(whole.element)
  element.append(make('div', { class: 'actions' }, send))

  const chosen = () => (file?.control as HTMLInputElement | undefined)?.files?.[0]
  file?.control.addEventListener('change', () => {
    const told = toldByFile(chosen())
    for (const { parameter, field } of fields) field.control.value = told[parameter.name] ?? field.control.value
  })

  return {
    element,
    send,
    file: chosen,
    /** What is typed, with the examples where nothing is typed that has to be. */
    draft(samples: Draft): Draft {
      const draft: Draft = { path: { ...samples.path }, query: [], headers: [] }
      for (const { parameter, field } of fields) {
        const value = field.control.value
        const values = isList(parameter.schema ?? {}) ? value.split('\n') : [value]
        for (const each of values.map((text) => text.trim()).filter(Boolean)) {
          if (parameter.in === 'path') draft.path[parameter.name] = each
          else draft[parameter.in === 'query' ? 'query' : 'headers'].push([parameter.name, each])
        }
      }
      if (body) draft.body = body.control.value
      draft.file = chosen()?.name ?? samples.file
      return draft
    },
    /** Says at each field what is wrong with it, and goes to the first. @returns whether all is well */
    check(): boolean {
      const wrong = fields.flatMap(({ parameter, field }) => {
        const value = field.control.value.trim()
        if (parameter.required && !value) return [refuse(field, words.empty)]
        return parameter.in === 'header' && !SIGNS.test(value) ? [refuse(field, words.signs)] : []
      })
      const at = body && mistake(body.control.value)
      if (body && at) wrong.push(refuse(body, at.line ? fill(words.jsonAt, at) : words.json))
      if (file && operation.requestBody?.required && !chosen()) wrong.push(refuse(file, words.fileMissing))
      const [first] = wrong
      first?.control.focus()
      if (at?.index !== undefined && first === body) select(first?.control, at.index)
      return !first
    },
  }
}

export type RequestForm = ReturnType<typeof requestForm>

function refuse(field: Field, why: string): Field {
  field.refuse(why)
  return field
}

function bodyField(example: string | undefined, id: string, words: Words): Field | undefined {
  if (example === undefined) return undefined
  const rows = String(Math.min(24, example.split('\n').length + 1))
  const control = make('textarea', { id, class: 'code', rows, spellcheck: 'false', autocapitalize: 'off' })
  control.value = example
  return field(control, [words.body])
}

function fileField(id: string, words: Words): Field {
  return field(make('input', { id, type: 'file' }), [words.file])
}

/** Parameters that say what the chosen file is. */
function toldByFile(file: File | undefined): Record<string, string> {
  if (!file) return {}
  const bytes = new TextEncoder().encode(file.name)
  const name = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return { name: file.name, 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${name}` }
}

interface Mistake extends Record<string, number> {
  line: number
  column: number
  index: number
}

/** Where a text stops being JSON, as far as the browser tells; line and column from 1, 0 where it does not. */
function mistake(text: string): Mistake | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const said = String(error)
    const [, line, column] = /line (\d+) column (\d+)/.exec(said) ?? []
    if (line && column) {
      const before = text.split('\n').slice(0, Number(line) - 1)
      const index = before.reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1
      return { line: Number(line), column: Number(column), index }
    }
    const position = /position (\d+)/.exec(said)?.[1]
    const index = position === undefined ? text.length : Number(position)
    if (position === undefined && !/end of/i.test(said)) return { line: 0, column: 0, index: 0 }
    const before = text.slice(0, index).split('\n')
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, index }
  }
}

function select(control: Field['control'] | undefined, index: number): void {
  if (control instanceof HTMLTextAreaElement) control.setSelectionRange(index, index + 1)
}
