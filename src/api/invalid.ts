import type { z } from '@hono/zod-openapi'
import { DomainError, type FieldError, invalid } from '../errors.ts'

type Outcome = { target: string } & ({ success: true } | { success: false; error: z.ZodError })

/**
 * What a route answers to a request its schema refuses. Body: 422 with each field. Query and headers: 400. An id that is no
 * id is one that does not exist: 404. An edit without If-Match: 428.
 */
export function refuseInvalid(outcome: Outcome): void {
  if (outcome.success) return
  const fields = refusedFields(outcome.error)
  if (outcome.target === 'param') throw new DomainError('not_found')
  if (outcome.target === 'json') throw invalid(...fields)
  if (fields.some((f) => f.field === 'if-match' && f.code === 'required'))
    throw new DomainError('precondition_required')
  const place = outcome.target === 'header' ? ('header' as const) : ('query' as const)
  throw new DomainError('bad_request', { detail: place, fields: fields.map((f) => ({ ...f, in: place })) })
}

/** Reads a body by a schema of a feature. @throws DomainError invalid, with each field that was refused */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw invalid(...refusedFields(parsed.error))
  return parsed.data
}

/** zod's issues as refused fields; a message that is a code already (the features' schemas) stays. */
function refusedFields(error: z.ZodError): FieldError[] {
  const fields = error.issues.flatMap((issue): FieldError[] => {
    const field = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: [field, key].filter(Boolean).join('.'), code: 'unknown_field' }))
    }
    return [{ field, code: codeOf(issue), params: limitsOf(issue) }]
  })
  const seen = new Set<string>()
  return fields.filter((f) => !seen.has(f.field) && seen.add(f.field)).slice(0, 50)
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (/^[a-z][a-z_]+$/.test(issue.message)) return issue.message
  if (issue.code === 'too_big') return issue.origin === 'string' ? 'too_long' : 'number'
  if (issue.code === 'too_small') return issue.origin === 'string' ? 'required' : 'number'
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'required'
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'email'
  return 'invalid'
}

function limitsOf(issue: z.core.$ZodIssue): Record<string, number> | undefined {
  const { maximum, minimum } = issue as { maximum?: number; minimum?: number }
  if (maximum === undefined && minimum === undefined) return undefined
  return {
    ...(maximum === undefined ? {} : { max: Number(maximum) }),
    ...(minimum === undefined ? {} : { min: Number(minimum) }),
  }
}
