import {
  type ApiDescription,
  type Operation,
  operationsOf,
  type Parameter,
  serverOf,
} from '../../api-docs/description.ts'
import type { Words } from '../../api-docs/island-words.ts'
import { curlOf, sampleDraft } from '../../api-docs/request.ts'
import { answerPlace } from './answer.ts'
import { button, describe, make } from './dom.ts'
import { requestForm } from './form.ts'
import { keyField } from './key.ts'
import { type Answered, send } from './send.ts'

interface Loaded {
  description: ApiDescription
  operations: Map<string, Operation>
}

/** A button at each operation that opens a form to try it, made of the description, which is fetched once. */
export function trying(root: HTMLElement, words: Words): void {
  const key = keyField(root, words)
  const ids = new Map<string, string>()
  let loading: Promise<Loaded> | undefined
  const loaded = () => {
    loading ??= load(root.dataset.api ?? '')
    loading.catch(() => {
      loading = undefined
    })
    return loading
  }

  for (const section of root.querySelectorAll<HTMLElement>('section.op')) {
    const curl = section.querySelector<HTMLElement>('.curl')
    const line = curl?.querySelector('code')
    if (!curl || !line) continue
    const place = make('div', { class: 'trying', hidden: '' })
    curl.after(place)
    const open = button(words.open, 'btn small', async () => {
      place.hidden = !place.hidden
      open.setAttribute('aria-expanded', String(!place.hidden))
      open.textContent = place.hidden ? words.open : words.close
      if (place.hidden || place.querySelector('form')) return
      const said = make('p', { class: 'muted', role: 'status' }, words.loading)
      place.replaceChildren(said)
      try {
        const { operations, description } = await loaded()
        place.replaceChildren(tryOne(operations.get(section.id) as Operation, description, line))
      } catch {
        said.textContent = words.noDescription
      }
    })
    open.setAttribute('aria-expanded', 'false')
    describe(open, section)
    curl.querySelector('.head')?.append(open)
  }

  function tryOne(one: Operation, description: ApiDescription, line: HTMLElement): HTMLElement {
    const { schemas } = description.components
    const samples = sampleDraft(one, schemas)
    const form = requestForm(one, schemas, words, (parameter) => knownId(one, parameter))
    const answer = answerPlace(words)
    form.element.append(answer.element)
    const show = () => {
      line.textContent = curlOf(one, form.draft(samples), serverOf(description))
    }
    for (const event of ['input', 'change']) form.element.addEventListener(event, show)
    show()
    form.element.addEventListener('submit', async (event) => {
      event.preventDefault()
      if (form.send.ariaBusy === 'true' || !form.check()) return
      const given = key.read(form.send)
      if (given === undefined) return
      form.send.ariaBusy = 'true'
      answer.say(words.sending)
      const base = new URL(serverOf(description)).pathname
      const draft = form.draft(samples)
      try {
        const answered = await send(one, draft, { base, key: given, file: form.file() })
        await answer.show(answered)
        await remember(one, answered)
      } catch {
        answer.say(one.method === 'GET' ? words.failed : words.failedChange)
      }
      form.send.ariaBusy = 'false'
    })
    return form.element
  }

  function knownId(one: Operation, parameter: Parameter): string | undefined {
    const { type, enum: values } = parameter.schema ?? {}
    return type === 'string' && !values ? ids.get(placeOf(one, parameter)) : undefined
  }

  /** What was made or read is what the next operation is probably tried on. */
  async function remember({ path }: Operation, { status, body, headers }: Answered): Promise<void> {
    if (status >= 300 || !headers.get('content-type')?.startsWith('application/json')) return
    const { id } = JSON.parse(await body.text()) as { id?: unknown }
    const place = path
      .replace(/\/\{\w+\}$/, '')
      .split('/')
      .pop()
    if (place && typeof id === 'string') ids.set(place, id)
  }
}

/** The part of a path that stands before a parameter: `seminars` for `/seminars/{id}`. */
function placeOf({ path }: Operation, { name }: Parameter): string {
  return (
    path
      .slice(0, path.indexOf(`/{${name}}`))
      .split('/')
      .pop() ?? ''
  )
}

async function load(address: string): Promise<Loaded> {
  const answer = await fetch(address, { credentials: 'omit' })
  if (!answer.ok) throw new Error(String(answer.status))
  const description = (await answer.json()) as ApiDescription
  const operations = new Map(operationsOf(description).map((one) => [one.operation.operationId, one]))
  return { description, operations }
}
