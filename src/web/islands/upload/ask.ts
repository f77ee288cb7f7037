/** What a request brought; `status` 0 when nothing came back, whatever the reason. */
export interface Reply {
  status: number
  /** Where the server says that the upload stands. */
  offset: number | undefined
  state: string | null
  location: string | null
  body: {
    code?: string
    text?: string
    state?: string
    parts?: { size: number; sha256: string }[]
  } | null
}

/** Without a byte sent, or without an answer after the last, for this long a request is given up. */
const SILENCE_MS = 30_000
const ANSWER_MS = 60_000

/** One request of the tus protocol. Never fails: a connection that breaks is status 0. */
export function ask(
  method: 'POST' | 'HEAD' | 'GET' | 'PATCH' | 'DELETE',
  url: string,
  options: {
    headers?: Record<string, string>
    body?: Blob
    signal?: AbortSignal
    onSent?: (bytes: number) => void
  } = {},
): Promise<Reply> {
  return new Promise((resolve) => {
    if (options.signal?.aborted)
      return resolve({ status: 0, offset: undefined, state: null, location: null, body: null })
    const request = new XMLHttpRequest()
    let timer = setTimeout(() => request.abort(), SILENCE_MS)
    const wait = (ms: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => request.abort(), ms)
    }
    const stop = () => request.abort()
    options.signal?.addEventListener('abort', stop)
    request.upload.onprogress = (e) => {
      wait(SILENCE_MS)
      options.onSent?.(e.loaded)
    }
    request.upload.onload = () => wait(ANSWER_MS)
    request.onloadend = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', stop)
      const offset = request.getResponseHeader('Upload-Offset')
      resolve({
        status: request.status,
        offset: offset === null ? undefined : Number(offset),
        state: request.getResponseHeader('Upload-State'),
        location: request.getResponseHeader('Location'),
        body: read(request.responseText),
      })
    }
    request.open(method, url)
    request.setRequestHeader('Tus-Resumable', '1.0.0')
    for (const [name, value] of Object.entries(options.headers ?? {})) request.setRequestHeader(name, value)
    request.send(options.body ?? null)
  })
}

function read(text: string): Reply['body'] {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
