import { DomainError } from '../errors.ts'
import type { Reply } from './change.ts'

/** The ETag of a version: `"3"` (RFC 9110 section 8.8.3). */
export function etagOf(version: number): string {
  return `"${version}"`
}

/**
 * The version an edit was made on, from If-Match; undefined where it is `*`: whatever stands there.
 * @throws DomainError stale_version: a tag that is none of ours matches nothing (RFC 9110 section 13.1.1)
 */
export function versionOf(ifMatch: string): number | undefined {
  if (ifMatch.trim() === '*') return undefined
  const version = /^\s*"([1-9]\d{0,8})"\s*$/.exec(ifMatch)?.[1]
  if (version === undefined) throw new DomainError('stale_version')
  return Number(version)
}

/** The answer of an edit: what stands now, with its version. */
export function standing<T extends { version: number }>(body: T): Reply<T, 200> {
  return { status: 200, body, headers: { ETag: etagOf(body.version) } }
}

/** The answer of a creation: what was made, with its version and its address. */
export function made<T extends { version: number }>(body: T, location: string): Reply<T, 201> {
  return { status: 201, body, headers: { ETag: etagOf(body.version), Location: location } }
}
