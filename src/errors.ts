/** Stable codes of what can go wrong; texts live in locales under `errors:<code>`. */
export const statusOf = {
  bad_request: 400,
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  link_invalid: 404,
  link_expired: 410,
  conflict: 409,
  duplicate: 409,
  stale_version: 412,
  precondition_required: 428,
  idempotency_key_reused: 422,
  closed: 409,
  cross_site: 403,
  too_large: 413,
  media_type: 415,
  unsafe_file: 422,
  request_timeout: 408,
  too_many_requests: 429,
  storage_full: 503,
  unavailable: 503,
  internal: 500,
} as const

export type ErrorCode = keyof typeof statusOf

/** One field that was refused: its name in the form or body, a stable code, and values for the message. */
export interface FieldError {
  field: string
  code: string
  params?: Record<string, string | number>
  /** Where the API read it, when not from the body. */
  in?: 'query' | 'header'
}

/**
 * A violation of a rule of the domain. Ordinary outcomes are return values, not errors.
 * `detail` is a stable code that refines `code` (for texts: `errors:<detail>` wins over `errors:<code>`).
 */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly fields: FieldError[]
  readonly detail: string | undefined
  readonly params: Record<string, string | number>

  constructor(
    code: ErrorCode,
    options: { fields?: FieldError[]; detail?: string; params?: Record<string, string | number>; cause?: unknown } = {},
  ) {
    super(options.detail ?? code, { cause: options.cause })
    this.name = 'DomainError'
    this.code = code
    this.fields = options.fields ?? []
    this.detail = options.detail
    this.params = options.params ?? {}
  }
}

/** The error for a form or body in which fields were refused; pages show it beside each field and keep what was typed. */
export function invalid(...fields: FieldError[]): DomainError {
  return new DomainError('invalid', { fields })
}
