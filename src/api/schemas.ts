import { z } from '@hono/zod-openapi'
import { decodeCursor } from '../db/cursor.ts'
import { DomainError } from '../errors.ts'
import { hasControlCharacters } from '../text/fold.ts'

// Names and examples are given by zod's own `.meta`: the library's method is missing on schemas made before it was loaded.

export const instant = z.iso.datetime().meta({ example: '2026-12-15T07:00:00.000Z' })

/** The library describes a wall time as an instant (`date-time`), which it is not: it has no offset. */
export const wallTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  .meta({ example: '2026-12-15T14:00:00' })

/** A day of the calendar, in the years that the database and everyone's calendar agree on. */
export const day = z.iso
  .date({ error: 'date' })
  .refine((text) => /^(19|20|21)/.test(text), { error: 'date' })
  .meta({ example: '2026-12-15' })

/** An instant with its offset, as someone else writes it. */
export const moment = z.iso
  .datetime({ offset: true, error: 'date' })
  .refine((text) => /^(19|20|21)/.test(text), { error: 'date' })
  .meta({ example: '2026-12-15T14:00:00+07:00' })

export const id = z.uuid().meta({ example: '019b20b4-7c00-7000-8000-000000000001' })
export const idParam = z.object({ id })

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ example: 'stale_version' }),
    instance: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ example: '#/startsLocal' }),
          parameter: z.string().optional(),
          header: z.string().optional(),
          code: z.string().meta({ example: 'required' }),
          detail: z.string(),
          params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })

/** Query of every list. */
export const pageQuery = {
  limit: z.coerce.number({ error: 'number' }).int('number').min(1, 'number').max(100, 'number').default(25),
  cursor: z.string().max(2000).optional(),
}

/** Words to look for in a list. */
export const searchQuery = z
  .string()
  .max(200, 'too_long')
  .refine((text) => !hasControlCharacters(text), 'control_character')
  .default('')

/** One page of a list: `next` is the cursor of the following page, null on the last; `total` counts all pages. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable(), total: z.int() })
}

/** The answer of a list. */
export function page<T extends z.ZodType>(item: T, name: string) {
  return { description: name, content: { 'application/json': { schema: pageOf(item).meta({ id: name }) } } }
}

/** A cursor of ours ends in an id. @throws DomainError bad_request, detail `cursor` */
export function checkCursor(cursor: string | undefined, length: number, ending: z.ZodType = z.uuid()): void {
  if (cursor === undefined) return
  if (!ending.safeParse(decodeCursor(cursor, length).at(-1)).success)
    throw new DomainError('bad_request', { detail: 'cursor' })
}

/** Printable ASCII, as the draft of the header has it. */
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, { error: 'invalid' })
  .optional()

/** Headers of a change, and of one that edits what stands there. */
export const changeHeaders = z.object({ 'idempotency-key': idempotencyKey })
export const editHeaders = z.object({
  'idempotency-key': idempotencyKey,
  'if-match': z.string({ error: 'required' }).max(100, 'invalid'),
})

/** Headers of a change where If-Match may be left out. */
export const optionalEditHeaders = z.object({
  'idempotency-key': idempotencyKey,
  'if-match': z.string().max(100, 'invalid').optional(),
})

const replyHeaders = {
  ETag: { schema: { type: 'string' as const, example: '"3"' } },
  'Idempotency-Replayed': { schema: { type: 'string' as const, enum: ['true'] } },
}

/** A JSON answer with its version. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, headers: replyHeaders, content: { 'application/json': { schema } } }
}

/** A JSON answer of what has no version. */
export function plain<T extends z.ZodType>(schema: T, description: string) {
  const { ETag: _ETag, ...headers } = replyHeaders
  return { description, headers, content: { 'application/json': { schema } } }
}

/** A body that a route takes. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { 'application/json': { schema } } }
}

/** An error as an answer. */
export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: problemSchema } } }
}

/** The errors that every route of the API may answer, and more by name. */
export function problems(...more: (404 | 409 | 412 | 428)[]) {
  const all = {
    400: problem('bad_request'),
    401: problem('unauthenticated'),
    403: problem('forbidden'),
    408: problem('request_timeout'),
    413: problem('too_large'),
    415: problem('media_type'),
    422: problem('invalid'),
    429: problem('too_many_requests'),
    500: problem('internal'),
    503: problem('unavailable'),
  }
  const named = {
    404: problem('not_found'),
    409: problem('conflict'),
    412: problem('stale_version'),
    428: problem('precondition_required'),
  }
  return { ...all, ...Object.fromEntries(more.map((status) => [status, named[status]])) } as typeof all
}
