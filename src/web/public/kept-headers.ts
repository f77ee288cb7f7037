/** What an answer is known by: its tag, and the milliseconds of its last change where it has one. */
interface Validators {
  etag: string
  lastModified: number | undefined
}

/** On Node the headers are at hand as they came; an object of them for each request would cost more than the answer. */
export function headerOf(request: Request, env: unknown, name: string): string | undefined {
  const raw = (env as { incoming?: { rawHeaders: string[] } } | undefined)?.incoming?.rawHeaders
  if (!raw) return request.headers.get(name) ?? undefined
  let found: string | undefined
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i] as string
    if (given.length === name.length && given.toLowerCase() === name)
      found = found === undefined ? raw[i + 1] : `${found}, ${raw[i + 1]}`
  }
  return found
}

// Few ways of saying it are sent by all readers; each is read once.
const offers = new Map<string, boolean>()
const MAX_OFFERS = 100

export function offersGzip(accepted: string | undefined): boolean {
  if (accepted === undefined) return false
  const known = offers.get(accepted)
  if (known !== undefined) return known
  if (offers.size >= MAX_OFFERS) offers.clear()
  const offered = readsGzip(accepted)
  offers.set(accepted, offered)
  return offered
}

export function readsGzip(accepted: string): boolean {
  const gzip = accepted.split(',').find((part) => /^\s*gzip\s*(;|$)/i.test(part))
  return gzip !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(gzip)
}

/** If-None-Match decides where it is sent; If-Modified-Since only without it (RFC 9110 section 13.2.2). */
export function isUnchanged(request: Request, env: unknown, { etag, lastModified }: Validators): boolean {
  const known = headerOf(request, env, 'if-none-match')
  if (known !== undefined) {
    const bare = etag.slice(1, -1)
    return known.split(',').some((tag) => {
      const own = tag.trim().replace(/^W\//, '')
      return own === '*' || own === etag || own === `"${bare}-gzip"`
    })
  }
  const since = headerOf(request, env, 'if-modified-since')
  return since !== undefined && lastModified !== undefined && Date.parse(since) >= lastModified
}
