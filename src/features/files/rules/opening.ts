import { DomainError } from '../../../errors.ts'
import type { Damage } from '../schema.ts'

/** What is asked of a file before its bytes are given to anybody. */
export interface Openable {
  scan: string
  damage: string | null
}

/**
 * Why nobody opens a file now, or null: it waits for the scanner, it is locked away, or its bytes are not what came. One that was
 * missing or of another size is looked at anew when it is asked for: it may be back.
 */
export function whyNotOpened({ scan, damage }: Openable): DomainError | null {
  if (scan === 'waiting') return new DomainError('conflict', { detail: 'file_waiting' })
  if (scan === 'found') return new DomainError('forbidden', { detail: 'file_infected' })
  return damage === 'content' ? damagedFile(damage) : null
}

/** The answer for a file whose bytes are gone or changed: the service's fault, and not for a moment. */
export function damagedFile(damage: Damage): DomainError {
  return new DomainError('unavailable', {
    detail: `stored_${damage}`,
    params: { retryAfter: 3600 },
    cause: new Error(`a stored file is damaged: ${damage}`),
  })
}
