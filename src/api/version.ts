import { DomainError } from '../errors.ts'

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
