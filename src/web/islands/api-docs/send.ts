import type { Operation } from '../../api-docs/description.ts'
import { addressOf, contentType, type Draft } from '../../api-docs/request.ts'

/** What came back. */
export interface Answered {
  status: number
  statusText: string
  milliseconds: number
  headers: Headers
  body: Blob
}

/**
 * Sends a request to the API of the page's own origin: with the key and nothing else that says who asks, and kept by no
 * cache. Throws where no answer comes.
 */
export async function send(
  one: Operation,
  draft: Draft,
  to: { base: string; key: string; file: File | undefined },
): Promise<Answered> {
  const headers = new Headers([...draft.headers, ...(to.file || draft.body ? contentType(one, draft) : [])])
  headers.set('Authorization', `Bearer ${to.key}`)
  headers.set('Accept-Language', document.documentElement.lang)
  const started = performance.now()
  const answer = await fetch(to.base + addressOf(one, draft), {
    method: one.method,
    headers,
    body: to.file ?? draft.body,
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
  })
  const body = await answer.blob()
  const milliseconds = Math.round(performance.now() - started)
  return { status: answer.status, statusText: answer.statusText, milliseconds, headers: answer.headers, body }
}
