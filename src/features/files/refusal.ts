import { DomainError, type ErrorCode } from '../../errors.ts'

/** Why a file is not taken; each has its text under `presentations:refused.<code>`. */
export const refusals = {
  file_empty: 'invalid',
  file_format: 'media_type',
  file_disguised: 'media_type',
  file_damaged: 'unsafe_file',
  file_encrypted: 'unsafe_file',
  file_macros: 'unsafe_file',
  file_active: 'unsafe_file',
  file_script: 'unsafe_file',
  file_doctype: 'unsafe_file',
  file_external: 'unsafe_file',
  file_embedded: 'unsafe_file',
  file_bomb: 'unsafe_file',
  file_too_complex: 'unsafe_file',
} as const satisfies Record<string, ErrorCode>
export type Refusal = keyof typeof refusals

/** The error for a file that is not taken: `detail` is the refusal's stable code. */
export function refused(refusal: Refusal, cause?: unknown): DomainError {
  return new DomainError(refusals[refusal], { detail: refusal, cause })
}
