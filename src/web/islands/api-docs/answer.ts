import type { Words } from '../../api-docs/island-words.ts'
import { fill, make } from './dom.ts'
import type { Answered } from './send.ts'

/** Headers worth a line, as far as an answer has them. */
const told = [
  ...['ETag', 'Location', 'Retry-After', 'RateLimit', 'Idempotency-Replayed', 'Preference-Applied'],
  ...['Upload-Offset', 'Upload-Length', 'Upload-State', 'Tus-Version', 'Tus-Extension', 'Tus-Max-Size'],
]

/** Where an answer is shown. One file at a time is held for download. */
export function answerPlace(words: Words) {
  const line = make('p', { class: 'status', role: 'status' })
  const rest = make('div', { class: 'stack' })
  const element = make('div', { class: 'result' }, line, rest)
  let held: string | undefined

  function begin(...said: (Node | string)[]): void {
    if (held) URL.revokeObjectURL(held)
    held = undefined
    line.replaceChildren(...said)
    rest.replaceChildren()
  }
  return {
    element,
    /** Shows a text in place of an answer. */
    say: (text: string) => begin(text),
    async show({ status, statusText, milliseconds, headers, body }: Answered): Promise<void> {
      const text = isText(headers) ? await body.text() : undefined
      const mark = make('b', { class: `state ${status < 400 ? 'yes' : 'bad'}` }, `${status} ${statusText}`.trim())
      begin(mark, make('span', { class: 'muted num' }, `${milliseconds} ms`))
      const named = told.filter((name) => headers.has(name))
      const facts = named.flatMap((name) => [
        make('dt', {}, name),
        make('dd', {}, make('code', {}, headers.get(name) ?? '')),
      ])
      if (facts.length) rest.append(make('dl', { class: 'facts' }, ...facts))
      rest.append(contentOf(body, headers, text))
    },
  }

  function contentOf(body: Blob, headers: Headers, text: string | undefined): HTMLElement {
    if (!body.size) return make('p', { class: 'muted' }, words.nothing)
    if (text === undefined) return fileOf(body, headers)
    return make('pre', { tabindex: '0' }, make('code', {}, pretty(text)))
  }

  function fileOf(body: Blob, headers: Headers): HTMLElement {
    const size = new Intl.NumberFormat(document.documentElement.lang).format(body.size)
    const type = (headers.get('content-type') ?? '').replace(/;.*/, '')
    held = URL.createObjectURL(body)
    const link = make('a', { href: held, download: nameOf(headers) }, words.download)
    return make('p', {}, fill(words.binary, { type, size }), ' ', link)
  }
}

function isText(headers: Headers): boolean {
  return /json|^text\//.test(headers.get('content-type') ?? '')
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The name a file is to be saved by (RFC 6266); empty: the browser chooses. */
function nameOf(headers: Headers): string {
  const disposition = headers.get('content-disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  return encoded ? decodeURIComponent(encoded) : (/filename="([^"]*)"/.exec(disposition)?.[1] ?? '')
}
