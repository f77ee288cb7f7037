import { DomainError } from '../errors.ts'

/** A whole number from 0 as tus writes it; undefined where there is none or it is something else. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/**
 * `Upload-Metadata`: pairs of a key and a Base64 value, joined by commas; a value may be absent (tus 1.0.0, Creation).
 * @throws DomainError bad_request
 */
export function readMetadata(header: string | undefined): Map<string, string> {
  const found = new Map<string, string>()
  for (const pair of header?.trim() ? header.split(',') : []) {
    const [key = '', value = '', ...rest] = pair.trim().split(/\s+/)
    if (!key || rest.length || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
      throw new DomainError('bad_request', { detail: 'upload_metadata' })
    found.set(key, fromBase64(value))
  }
  return found
}

function fromBase64(value: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)))
  } catch {
    throw new DomainError('bad_request', { detail: 'upload_metadata' })
  }
}
