/** Headers are shorter; what is longer is not read. */
const MAX = 2000
const PARAMETER = /;\s{0,9}([!#$%&'*+.^_`|~\w-]+)\s{0,9}=\s{0,9}(?:"((?:\\.|[^"\\])*)"|([^\s;"]*))\s{0,9}/sy

/**
 * The file's name in a Content-Disposition header (RFC 6266 section 4.3): `filename*` in UTF-8 or ISO-8859-1 (RFC 8187) before
 * `filename`, whose bytes are taken for UTF-8 where they are. As it was sent: `displayName` cleans it. Undefined where none is there.
 */
export function dispositionName(header: string | undefined): string | undefined {
  const value = header?.slice(0, MAX) ?? ''
  const start = /^\s{0,9}[!#$%&'*+.^_`|~\w-]+\s{0,9}/.exec(value)?.[0].length
  if (start === undefined) return undefined
  const found = new Map<string, string>()
  PARAMETER.lastIndex = start
  for (let match = PARAMETER.exec(value); match; match = PARAMETER.exec(value)) {
    const [, name = '', quoted, bare = ''] = match
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? bare)
  }
  return extended(found.get('filename*')) || asUtf8(found.get('filename')) || undefined
}

/** `UTF-8''B%C3%A0i.pdf`. */
function extended(value: string | undefined): string | undefined {
  const [, charset = '', text = ''] = /^(utf-8|iso-8859-1)'[^']*'(.*)$/is.exec(value ?? '') ?? []
  if (!charset) return undefined
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return charset.toLowerCase() === 'utf-8' ? asUtf8(bytes) : bytes
}

/** Headers reach us byte by byte (Fetch, section 2.2.2): what is UTF-8 is read as such, the rest stays as it is. */
function asUtf8(value: string | undefined): string | undefined {
  if (value === undefined || !/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value
  const bytes = Uint8Array.from(value, (char) => char.charCodeAt(0))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return value
  }
}
